/** A terminal for tests. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Io } from '../../cli/command';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs a command with a standard input; what it throws is the test's failure. */
export async function runCommandLine(
  command: Command,
  args: readonly string[],
  input: string | Uint8Array = '',
  signal = new AbortController().signal,
): Promise<Ran> {
  const out: string[] = [];
  const error: string[] = [];
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  const io: Io = {
    out: (text) => out.push(text),
    taken: () => Promise.resolve(),
    error: (text) => error.push(text),
    outBytes: (data) => out.push(Buffer.from(data).toString('latin1')),
    errorBytes: (data) => error.push(Buffer.from(data).toString('latin1')),
    inputChunks: async function* () {
      await Promise.resolve();
      yield bytes;
    },
    readInput: () => Promise.resolve(bytes),
    inputLines: async function* () {
      await Promise.resolve();
      yield* new TextDecoder().decode(bytes).split('\n');
    },
    color: false,
    signal,
  };
  const code = await command.run(args, io);
  return { code, out: out.join(''), error: error.join('') };
}

/** Calls back with the path of a file of this text, which is gone afterwards. */
export async function withFile<T>(
  name: string,
  text: string | Uint8Array,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pef-test-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, text);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
