/** Small Linux programs in assembler, and what they leave. */
import { expect } from 'vitest';
import { Cpu } from '../../emulator/cpu/cpu';
import { parseElf } from '../../emulator/image/elf';
import { assemble } from '../../emulator/isa/assembler';
import { PhysicalMemory } from '../../emulator/memory/physical';
import type { OpenFile } from '../../emulator/user/io';
import { type ProcessOptions, type ProcessState, UserProcess } from '../../emulator/user/process';
import { elfProgram } from '../qemu/elf';

export const BASE = 0x10000000;
/** A page for data, which a program may write. */
export const DATA = 0x10020000;

export interface Outside {
  readonly args?: readonly string[];
  readonly environment?: readonly string[];
  /** Pieces of standard input; undefined makes the program wait once. */
  readonly input?: (string | undefined)[];
  readonly files?: Readonly<Record<string, string>>;
  readonly endian?: 'little' | 'big';
  readonly memoryBytes?: number;
  readonly options?: Partial<ProcessOptions>;
}

export interface Started {
  readonly process: UserProcess;
  readonly cpu: Cpu;
  readonly image: ReturnType<typeof parseElf>;
  readonly output: { 1: string; 2: string };
}

/** A process at its first instruction. */
export function start(text: string, outside: Outside = {}): Started {
  const {
    endian = 'little',
    input = [],
    files,
    args = ['/program'],
    environment = [],
    memoryBytes = 1 << 21,
  } = outside;
  const { bytes, errors } = assemble(text, BigInt(BASE), { endian });
  expect(errors).toEqual([]);
  const segments = [
    { address: BASE, bytes, flags: 5 },
    { address: DATA, bytes: new Uint8Array(), size: 0x1000, flags: 6 },
  ];
  const image = parseElf(elfProgram(BASE, segments, endian === 'little'));
  const cpu = new Cpu(new PhysicalMemory(memoryBytes, 0));
  const output = { 1: '', 2: '' };
  const process = new UserProcess(cpu, image, {
    args,
    environment,
    io: {
      write: (descriptor, data) => (output[descriptor] += new TextDecoder().decode(data)),
      read: () => (input.length === 0 ? new Uint8Array() : encoded(input.shift())),
      open: files && ((path) => fileOf(files[path])),
    },
    ...outside.options,
  });
  return { process, cpu, image, output };
}

const encoded = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : new TextEncoder().encode(text);

function fileOf(text: string | undefined): OpenFile | undefined {
  const bytes = encoded(text);
  return (
    bytes && {
      size: bytes.length,
      directory: false,
      read: (at, length) => bytes.slice(at, at + length),
      close: () => undefined,
    }
  );
}

/** Runs a program to its end. */
export function run(text: string, outside: Outside = {}): { state: ProcessState; out: string; error: string } {
  const { process, output } = start(text, outside);
  let state = process.run(100_000);
  while (state.kind === 'waiting') state = process.run(100_000);
  return { state, out: output[1], error: output[2] };
}

/** Instructions that put a number below 2^31 into a register. */
export const load = (register: number, value: number): string =>
  `lis ${register},${value >>> 16}\n ori ${register},${register},${value & 0xffff}\n`;

/** A system call with numbers as arguments. */
export const call = (number: number, ...args: readonly number[]): string =>
  `${args.map((value, i) => load(3 + i, value)).join('')} li 0,${number}\n sc\n`;

/** Ends with the low byte of r3. */
export const EXIT = ' li 0,1\n sc\n';
