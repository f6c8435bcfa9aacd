/**
 * What the client was shown at one stop: frames, trees of values, byte strings, each under a number.
 *
 * The numbers never repeat in a session, so that one from an earlier stop is recognised and refused.
 */

import { InputError } from '../../emulator/common/errors';
import type { Frame } from '../../emulator/common/frames';
import type { EvaluateResult } from '../../emulator/timeline/replayable';
import { QuietError } from './handlers';

/** How numbers are wanted. */
export interface Format {
  readonly hex?: boolean;
}

/** One line of a view. */
export interface Shown {
  readonly name: string;
  readonly value: string;
  /** What the client shows beside the name or on hover: the type, or a line about the meaning. */
  readonly type?: string;
  readonly children?: Container;
  /** An expression of the language with this value. */
  readonly evaluateName?: string;
  readonly memoryReference?: string;
  readonly set?: (text: string) => EvaluateResult;
}

/** A value that can be unfolded. Members are made when they are asked for. */
export interface Container {
  readonly named?: number;
  readonly indexed?: number;
  /** Members from `start`, at most `count`; indexed or named ones. */
  list(start: number, count: number, format: Format): readonly Shown[];
}

/** The next number; one counter a session. */
export class Numbers {
  #last = 0;
  next(): number {
    return ++this.#last;
  }
}

const MOVED_ON = 'The run has moved on since this was shown; ask for the stack anew.';

export class Inspection {
  readonly #containers = new Map<number, Container>();
  readonly #frameIds: readonly number[];
  /** Hardware threads whose turn it is not, by the numbers of their frames. */
  readonly #threads = new Map<number, number>();
  readonly #bytes = new Map<string, Uint8Array>();

  constructor(
    private readonly numbers: Numbers,
    readonly frames: readonly Frame[],
  ) {
    this.#frameIds = frames.map(() => numbers.next());
  }

  frameId(index: number): number {
    return this.#frameIds[index] ?? 0;
  }

  /** A number for the only frame of a hardware thread whose turn it is not. */
  threadFrameId(thread: number): number {
    const id = this.numbers.next();
    this.#threads.set(id, thread);
    return id;
  }

  /** The hardware thread of such a frame. */
  threadOf(id: number): number | undefined {
    return this.#threads.get(id);
  }

  /** Index of a frame by its number. @throws InputError for one of an earlier stop or of none */
  frameIndex(id: number): number {
    const index = this.#frameIds.indexOf(id);
    if (this.#threads.has(id)) {
      throw new QuietError('other-thread', 'Names and registers mean the thread that executes; select that one.');
    }
    if (index < 0) throw new QuietError('stale-frame', `There is no stack frame ${id} here. ${MOVED_ON}`);
    return index;
  }

  /** The number under which the client can unfold a container; 0: nothing to unfold. */
  reference(container: Container | undefined): number {
    if (!container) return 0;
    const number = this.numbers.next();
    this.#containers.set(number, container);
    return number;
  }

  /** @throws InputError for a number of an earlier stop or of none */
  container(reference: number): Container {
    const container = this.#containers.get(reference);
    if (!container) throw new QuietError('stale-variables', `There are no variables ${reference} here. ${MOVED_ON}`);
    return container;
  }

  /** A memory space that holds these bytes until the run moves on. */
  byteSpace(bytes: Uint8Array): string {
    const name = `bytes-${this.numbers.next()}`;
    this.#bytes.set(name, bytes);
    return name;
  }

  bytesOf(space: string): Uint8Array | undefined {
    return this.#bytes.get(space);
  }
}

/** Most members that one answer holds; clients page through longer lists. */
export const MOST_MEMBERS = 4096;

/** A container over a list that is at hand. */
export function listed(make: (format: Format) => readonly Shown[], count?: number): Container {
  return {
    ...(count !== undefined && { named: count }),
    list: (start, most, format) => make(format).slice(start, start + most),
  };
}

/** The member of that name, to be set. @throws InputError when there is none */
export function memberNamed(container: Container, name: string): Shown {
  const found = container.list(0, MOST_MEMBERS, {}).find((member) => member.name === name);
  if (!found) throw new InputError('unknown-variable', `There is no variable '${name.slice(0, 80)}' here.`);
  return found;
}
