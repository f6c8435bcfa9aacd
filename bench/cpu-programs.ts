/** The programs of bench/programs as bare images, and how they run on this project's CPU and on QEMU. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Cpu, type CpuExit } from '../emulator/cpu/cpu';
import { MSR_BIT } from '../emulator/isa/registers';
import { PhysicalMemory } from '../emulator/memory/physical';

/** Rounds that keep each program busy for about a second on a fast emulator. */
export const PROGRAMS = {
  ...{ crc32: 60_000, sha256: 15_000, mix: 60_000, strings: 600_000 },
  ...{ nbody: 150_000, matrix: 2_500 },
} as const;
export type Program = keyof typeof PROGRAMS;

/** Of start.S: where the number of rounds is, and where this project's CPU begins. */
const ROUNDS = 0x200;
const START = 0x400n;
/** Instructions of one call of `run`: what an interruptible caller takes. */
const SLICE = 1_000_000;

const COMPILER = 'powerpc64le-linux-gnu-gcc';
const OBJCOPY = 'powerpc64le-linux-gnu-objcopy';
export const QEMU = 'qemu-system-ppc64';
const SOURCES = 'bench/programs';
/** Programs of floating point; the other ones are compiled without, as kernels and firmware are. */
export const FLOATING: readonly Program[] = ['nbody', 'matrix'];
const FLAGS =
  '-O2 -mcpu=power9 -fno-math-errno -ffreestanding -nostdlib -static -fno-pic -mcmodel=small ' +
  '-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -Wl,--build-id=none -Wl,--no-warn-rwx-segments';

/** Whether a program can be started here. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Whether the programs can be built here. */
export const canBuild = (): boolean => isInstalled(COMPILER) && isInstalled(OBJCOPY);

/** The image of a program for real address 0. */
export function build(program: Program): Uint8Array {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-programs-'));
  try {
    const [elf, image] = [path.join(folder, 'program.elf'), path.join(folder, 'program.bin')];
    const script = `-Wl,-T,${SOURCES}/program.ld`;
    const sources = [`${SOURCES}/start.S`, `${SOURCES}/${program}.c`];
    const facilities = FLOATING.includes(program) ? [] : ['-mno-vsx', '-mno-altivec'];
    execFileSync(COMPILER, [...FLAGS.split(' '), ...facilities, script, ...sources, '-o', elf]);
    execFileSync(OBJCOPY, ['-O', 'binary', elf, image]);
    return fs.readFileSync(image);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function withRounds(image: Uint8Array, rounds: number): Uint8Array {
  const copy = Uint8Array.from(image);
  new DataView(copy.buffer).setBigUint64(ROUNDS, BigInt(rounds), true);
  return copy;
}

/** One run on this project's CPU. */
export interface Run {
  readonly milliseconds: number;
  readonly instructions: number;
  readonly checksum: string;
  /** The longest that one slice took. */
  readonly longestSlice: number;
  readonly cpu: Cpu;
}

/** Runs an image on a new CPU until its end. */
export function runHere(
  image: Uint8Array,
  rounds: number,
  options: { interpretOnly?: boolean; breakpoint?: bigint } = {},
): Run {
  const cpu = new Cpu(new PhysicalMemory(1 << 25, 1 << 16), 1, options);
  cpu.memory.write(0n, withRounds(image, rounds));
  cpu.msr = MSR_BIT.SF | MSR_BIT.HV | MSR_BIT.LE;
  cpu.nia = START;
  if (options.breakpoint !== undefined) cpu.setBreakpoints(new Set([options.breakpoint]));
  const begin = performance.now();
  let longestSlice = 0;
  let exit: CpuExit;
  do {
    const before = performance.now();
    exit = cpu.run(SLICE);
    longestSlice = Math.max(longestSlice, performance.now() - before);
  } while (exit.reason === 'budget');
  const milliseconds = performance.now() - begin;
  const checksum = [6, 7].map((n) => Buffer.from(cpu.gpr(n).toString(16), 'hex').toString()).join('');
  return { milliseconds, instructions: cpu.instructions, checksum, longestSlice, cpu };
}

const MACHINE = ['-M', 'pseries', '-cpu', 'power9', '-m', '256M'];
const CONSOLE = ['-nographic', '-nodefaults', '-serial', 'stdio', '-monitor', 'none'];

/** Runs an image as the firmware of QEMU's pseries machine: milliseconds of the whole process, and what it printed. */
export function runQemu(
  image: Uint8Array,
  rounds: number,
): { readonly milliseconds: number; readonly checksum: string } {
  const file = path.join(os.tmpdir(), `pef-program-${process.pid}.bin`);
  fs.writeFileSync(file, withRounds(image, rounds));
  try {
    const begin = performance.now();
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const printed = execFileSync(QEMU, [...MACHINE, ...CONSOLE, '-bios', file], {
      encoding: 'utf8',
      stdio: [...stdio],
    });
    return { milliseconds: performance.now() - begin, checksum: printed.trim() };
  } finally {
    fs.rmSync(file);
  }
}
