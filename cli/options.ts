/** Arguments of a subcommand, with errors that say what to do. */

import { readFile } from 'node:fs/promises';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { InputError, messageOf } from '../emulator/common/errors';
import type { Io } from './command';

/**
 * Options and positional arguments.
 *
 * @throws InputError `usage` for an unknown option, a missing value, or another number of arguments
 */
export function options<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  config: T,
  arity: { readonly min: number; readonly max: number; readonly what: string },
) {
  const parsed = parse(args, config);
  const count = parsed.positionals.length;
  if (count < arity.min) throw new InputError('usage', `${arity.what} is missing; --help tells how to call this.`);
  if (count > arity.max) {
    throw new InputError(
      'usage',
      `'${parsed.positionals[arity.max] ?? ''}' is one argument too many; --help tells how to call this.`,
    );
  }
  return parsed;
}

function parse<T extends ParseArgsOptionsConfig>(args: readonly string[], config: T) {
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: true });
  } catch (error) {
    throw new InputError(
      'usage',
      `${messageOf(error).replace(/\. To specify.*/s, '')}; --help tells how to call this.`,
    );
  }
}

/** One of the words, or an error that lists them. @throws InputError `usage` */
export function oneOf<T extends string>(option: string, value: string, words: readonly T[]): T {
  const word = words.find((each) => each === value);
  if (word === undefined) {
    throw new InputError('usage', `--${option} is '${value}'; it must be one of: ${words.join(', ')}.`);
  }
  return word;
}

/** A number from its text, also hexadecimal. @throws InputError `usage` */
export function numeric(option: string, value: string, min: number, max: number): number {
  const number = /^(0x[0-9a-f]+|\d+(\.\d+)?)$/i.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) {
    throw new InputError('usage', `--${option} is '${value}'; it must be a number from ${min} to ${max}.`);
  }
  return number;
}

/** Largest file that the tools read, unless they say otherwise. */
const LIMIT_MIB = 64;

/** The bytes of a file, or of standard input for `-` or no name. @throws InputError with the reason */
export async function readFileOrInput(path: string | undefined, io: Io, limitMib = LIMIT_MIB): Promise<Uint8Array> {
  const bytes = path === undefined || path === '-' ? await io.readInput() : await readNamed(path);
  if (bytes.length > limitMib * 2 ** 20) {
    const name = path ?? 'the input';
    throw new InputError('file-too-large', `${name} has ${bytes.length} bytes; the limit is ${limitMib} MiB.`);
  }
  return bytes;
}

/** The value of an option that must be there. @throws InputError `usage` */
export function required(option: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new InputError('usage', `--${option} is missing; --help tells how to call this.`);
}

async function readNamed(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new InputError('file-not-found', `there is no file ${path}; check the path.`);
    if (code === 'EISDIR') throw new InputError('not-a-file', `${path} is a folder; name a file in it.`);
    throw new InputError('file-unreadable', `${path} cannot be read: ${messageOf(error)}`);
  }
}
