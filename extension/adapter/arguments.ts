/** Arguments of a request, read with suspicion: each wrong or missing one is an error that names it. */

import { InputError } from '../../emulator/common/errors';

interface Limits {
  readonly min?: number;
  readonly max?: number;
}

const LARGEST = 2 ** 53 - 1;

export class Args {
  private constructor(
    private readonly members: Readonly<Record<string, unknown>>,
    /** What stands before the names in messages: `breakpoints[0].`. */
    private readonly prefix: string,
  ) {}

  /** @throws InputError when the arguments are no object; missing ones are an empty object */
  static of(value: unknown, prefix = ''): Args {
    if (value === undefined || value === null) return new Args({}, prefix);
    if (typeof value !== 'object' || Array.isArray(value))
      throw bad(prefix.replace(/\.$/, '') || 'arguments', 'an object');
    return new Args(value as Record<string, unknown>, prefix);
  }

  has(name: string): boolean {
    return this.members[name] !== undefined && this.members[name] !== null;
  }

  text(name: string): string {
    const value = this.members[name];
    if (typeof value !== 'string') throw bad(this.prefix + name, 'a string');
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.has(name) ? this.text(name) : undefined;
  }

  integer(name: string, { min = 0, max = LARGEST }: Limits = {}): number {
    const value = this.members[name];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      throw bad(this.prefix + name, `a whole number from ${min} to ${max}`);
    }
    return value;
  }

  optionalInteger(name: string, limits?: Limits): number | undefined {
    return this.has(name) ? this.integer(name, limits) : undefined;
  }

  flag(name: string, missing = false): boolean {
    if (!this.has(name)) return missing;
    const value = this.members[name];
    if (typeof value !== 'boolean') throw bad(this.prefix + name, 'true or false');
    return value;
  }

  /** A member that is an object; missing: an empty one. */
  object(name: string): Args {
    return Args.of(this.members[name], `${this.prefix}${name}.`);
  }

  /** Members of a list of objects; missing: none. */
  objects(name: string): readonly Args[] {
    return this.#list(name).map((item, i) => Args.of(item, `${this.prefix}${name}[${i}].`));
  }

  texts(name: string): readonly string[] {
    return this.#list(name).map((item, i) => {
      if (typeof item !== 'string') throw bad(`${this.prefix}${name}[${i}]`, 'a string');
      return item;
    });
  }

  #list(name: string): readonly unknown[] {
    if (!this.has(name)) return [];
    const value = this.members[name];
    if (!Array.isArray(value)) throw bad(this.prefix + name, 'a list');
    if (value.length > MOST_ITEMS) throw bad(this.prefix + name, `a list of at most ${MOST_ITEMS} items`);
    return value as readonly unknown[];
  }
}

const MOST_ITEMS = 10_000;

function bad(name: string, wanted: string): InputError {
  return new InputError('bad-request', `'${name}' must be ${wanted}.`);
}
