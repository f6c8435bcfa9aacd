/** Runs a Linux program for `pef user`: its streams are the terminal's, its files those below a folder. */
import fs from 'node:fs';
import path from 'node:path';
import { Cpu, SHORT_WORK } from '../emulator/cpu/cpu';
import { parseElf } from '../emulator/image/elf';
import { PhysicalMemory } from '../emulator/memory/physical';
import { InstructionCounter } from '../emulator/user/counting';
import type { OpenFile, UserIo } from '../emulator/user/io';
import { UserProcess } from '../emulator/user/process';
import { faultReport } from '../emulator/user/report';
import { EXIT, type Io } from './command';
import type { UserOptions } from './commands/user';

/** Instructions between two looks at the clock: some milliseconds. */
const SLICE = 250_000;
/** Milliseconds between two looks at what the user wants. */
const ATTENTION_MS = 8;
/** Exit code of a program that used up its instructions, as that of timeout(1). */
const LIMIT_REACHED = 124;

/**
 * Runs a program to its end.
 *
 * @param program its path and arguments
 * @returns the exit code
 * @throws PefError when it cannot be loaded
 */
export async function runUser(
  bytes: Uint8Array,
  program: readonly string[],
  options: UserOptions,
  io: Io,
): Promise<number> {
  const image = parseElf(bytes);
  const cpu = new Cpu(new PhysicalMemory(options.memoryBytes, 0));
  cpu.workLimit = SHORT_WORK;
  const input = new InputStream(io);
  const process = new UserProcess(cpu, image, {
    args: program,
    environment: options.environment,
    seed: options.seed,
    outputLimit: options.outputLimit,
    trace: options.trace ? (line) => io.error(`${line}\n`) : undefined,
    io: {
      write: (descriptor, data) => (descriptor === 1 ? io.outBytes(data) : io.errorBytes(data)),
      read: (length) => input.take(length),
      open: options.root === undefined ? undefined : filesBelow(options.root),
    },
  });
  const counter = options.count ? new InstructionCounter(cpu, process, image.endian === 'little') : undefined;
  let looked = performance.now();
  try {
    while (cpu.instructions < options.limit) {
      const budget = Math.min(SLICE, options.limit - cpu.instructions);
      const state = counter ? counter.run(budget) : process.run(budget);
      await io.taken();
      if (state.kind === 'exited') return state.code;
      if (state.kind === 'killed') {
        for (const line of faultReport(cpu, process, image, state)) io.error(`${line}\n`);
        return 128 + state.signal;
      }
      if (state.kind === 'waiting') await input.more();
      else if (performance.now() - looked > ATTENTION_MS) {
        // Signals arrive only when the event loop turns.
        await new Promise((resolve) => setImmediate(resolve));
        looked = performance.now();
      }
      if (io.signal.aborted) return EXIT.interrupted;
    }
    io.error(`pef user: the program was ended after ${cpu.instructions} instructions\n`);
    return LIMIT_REACHED;
  } finally {
    for (const [mnemonic, count] of counter?.counts ?? []) io.error(`${String(count).padStart(12)}  ${mnemonic}\n`);
  }
}

/** Standard input, taken from the terminal when the program wants it. */
class InputStream {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private held = new Uint8Array();
  private ended = false;

  constructor(io: Io) {
    this.chunks = io.inputChunks()[Symbol.asyncIterator]();
  }

  /** What there is, at most `length` bytes; none at the end, undefined when one must wait. */
  take(length: number): Uint8Array | undefined {
    if (this.held.length === 0) return this.ended ? this.held : undefined;
    const taken = this.held.subarray(0, length);
    this.held = this.held.subarray(taken.length);
    return taken;
  }

  async more(): Promise<void> {
    const next = await this.chunks.next();
    if (next.done === true) this.ended = true;
    else this.held = new Uint8Array(next.value);
  }
}

/** Largest file that is opened. */
const FILE_LIMIT_BYTES = 256 << 20;

/** Files and folders below a folder, for reading; links that lead out of it are not followed. */
function filesBelow(root: string): UserIo['open'] {
  const top = fs.realpathSync(root);
  return (name) => {
    const file = path.join(top, path.posix.normalize(name));
    try {
      const real = fs.realpathSync(file);
      if (real !== top && !real.startsWith(top + path.sep)) return undefined;
      return openFile(real);
    } catch {
      return undefined;
    }
  };
}

function openFile(file: string): OpenFile | undefined {
  const descriptor = fs.openSync(file, 'r');
  const stat = fs.fstatSync(descriptor);
  if ((!stat.isFile() && !stat.isDirectory()) || stat.size > FILE_LIMIT_BYTES) {
    fs.closeSync(descriptor);
    return undefined;
  }
  return {
    size: stat.size,
    directory: stat.isDirectory(),
    entries: () =>
      fs
        .readdirSync(file, { withFileTypes: true })
        .map((entry) => ({ name: entry.name, directory: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    read: (at, length) => {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, length, at));
    },
    close: () => fs.closeSync(descriptor),
  };
}
