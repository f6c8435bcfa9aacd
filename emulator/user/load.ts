/**
 * Brings a program into an address space as Linux's execve does: segments, stack with arguments, environment and auxiliary
 * vector (64-bit ELF V2 ABI 4.1.2; Linux fs/binfmt_elf.c).
 */
import type { HmacDrbg } from '../common/drbg';
import { InputError } from '../common/errors';
import type { ElfImage } from '../image/elf';
import { INSTRUCTIONS } from '../isa/table';
import { AT, HWCAP2_OF, HWCAP2_VALUE, HWCAP_VALUE, PAGE_BYTES, PROGRAM_BASE, STACK_BYTES, STACK_TOP } from './abi';
import { type AddressSpace, mappable, roundUp } from './address-space';

export interface LoadedProgram {
  /** First instruction, r2 (first ABI only), stack pointer, where the heap begins. */
  readonly entry: number;
  readonly toc: number | undefined;
  readonly stackPointer: number;
  readonly heap: number;
  /** What was added to the addresses of the file. */
  readonly bias: number;
}

export interface Arguments {
  /** Path and arguments: argv. */
  readonly args: readonly string[];
  /** NAME=value. */
  readonly environment: readonly string[];
  /** For AT_RANDOM. */
  readonly generator: HmacDrbg;
}

/**
 * Loads a program.
 *
 * @throws InputError `dynamic-program`, `program-too-large`, `arguments-too-long`
 */
export function loadProgram(space: AddressSpace, image: ElfImage, given: Arguments): LoadedProgram {
  if (image.interpreter !== undefined) {
    throw new InputError(
      'dynamic-program',
      `The program needs the dynamic loader ${image.interpreter}; link it with -static.`,
    );
  }
  const bias = image.positionIndependent ? PROGRAM_BASE : 0;
  const end = loadSegments(space, image, bias);
  const stackPointer = buildStack(space, image, bias, given);
  return {
    entry: Number(image.codeEntry) + bias,
    toc: image.toc === undefined ? undefined : Number(image.toc) + bias,
    stackPointer,
    heap: roundUp(end, PAGE_BYTES),
    bias,
  };
}

const ALL = { read: true, write: true, execute: true } as const;

/** Maps segments in whole pages; where two meet in a page, it has the permissions of both. Answers with their end. */
function loadSegments(space: AddressSpace, image: ElfImage, bias: number): number {
  let end = 0;
  for (const { vaddr, memBytes, fileBytes } of image.segments) {
    const start = Number(vaddr) + bias;
    const size = Number(memBytes);
    if (!mappable(start, size) || start + size > STACK_TOP - STACK_BYTES) {
      throw new InputError('program-too-large', `A segment at 0x${start.toString(16)} does not fit below the stack.`);
    }
    const from = Math.max(end, pageOf(start));
    const to = roundUp(start + size, PAGE_BYTES);
    if (to > from) space.map(from, to - from, ALL);
    if (!space.write(start, fileBytes)) {
      throw new InputError('program-too-large', 'The program does not fit into memory; give it more.');
    }
    end = Math.max(end, to);
  }
  protectPages(space, image, bias);
  return end;
}

const pageOf = (address: number): number => Math.floor(address / PAGE_BYTES) * PAGE_BYTES;

function protectPages(space: AddressSpace, image: ElfImage, bias: number): void {
  let last = { page: -1, flags: { read: false, write: false, execute: false } };
  for (const { vaddr, memBytes, flags } of image.segments) {
    const first = pageOf(Number(vaddr) + bias);
    const to = roundUp(Number(vaddr + memBytes) + bias, PAGE_BYTES);
    if (to === first) continue;
    space.protect(first, to - first, flags);
    const shared = {
      read: flags.read || last.flags.read,
      write: flags.write || last.flags.write,
      execute: flags.execute || last.flags.execute,
    };
    if (first <= last.page) space.protect(first, PAGE_BYTES, shared);
    const page = to - PAGE_BYTES;
    last = { page, flags: page === first && first <= last.page ? shared : flags };
  }
}

/** The capabilities of AT_HWCAP2 that the table of instructions has. */
function hwcap2(): number {
  const names = new Set(INSTRUCTIONS.map(({ name }) => name));
  return Object.entries(HWCAP2_OF).reduce((bits, [name, bit]) => (names.has(name) ? bits + bit : bits), HWCAP2_VALUE);
}

/** Longest arguments and environment together. */
const ARGUMENT_BYTES = 1 << 20;

function buildStack(
  space: AddressSpace,
  image: ElfImage,
  bias: number,
  { args, environment, generator }: Arguments,
): number {
  space.map(STACK_TOP - STACK_BYTES, STACK_BYTES, { read: true, write: true, execute: false });
  let top = STACK_TOP - 16;
  const push = (bytes: Uint8Array): number => {
    top -= bytes.length;
    space.write(top, bytes);
    return top;
  };
  const text = (value: string): number => push(new TextEncoder().encode(`${value}\0`));
  const total = [...args, ...environment].reduce((bytes, value) => bytes + value.length + 1, 0);
  if (total > ARGUMENT_BYTES) {
    throw new InputError('arguments-too-long', `Arguments and environment have ${total} bytes; the limit is 1 MiB.`);
  }
  const name = text(args[0] ?? '');
  const platform = text('power9');
  const argv = args.map(text);
  const envp = environment.map(text);
  top = Math.floor(top / 16) * 16;
  const random = push(generator.generate(16));
  const vector: readonly (readonly [type: number, value: number])[] = [
    [AT.DCACHEBSIZE, 128],
    [AT.ICACHEBSIZE, 128],
    [AT.UCACHEBSIZE, 0],
    [AT.HWCAP, HWCAP_VALUE],
    [AT.PAGESZ, PAGE_BYTES],
    [AT.CLKTCK, 100],
    ...headers(image, bias),
    [AT.BASE, 0],
    [AT.FLAGS, 0],
    [AT.ENTRY, Number(image.entry) + bias],
    [AT.UID, 1000],
    [AT.EUID, 1000],
    [AT.GID, 1000],
    [AT.EGID, 1000],
    [AT.SECURE, 0],
    [AT.RANDOM, random],
    [AT.HWCAP2, hwcap2()],
    [AT.EXECFN, name],
    [AT.PLATFORM, platform],
    [AT.BASE_PLATFORM, platform],
    [AT.NULL, 0],
  ];
  const words = [argv.length, ...argv, 0, ...envp, 0, ...vector.flat()];
  const view = new DataView(new ArrayBuffer(8 * words.length));
  words.forEach((word, i) => view.setBigUint64(8 * i, BigInt(word), image.endian === 'little'));
  top = Math.floor((top - view.byteLength) / 16) * 16;
  space.write(top, new Uint8Array(view.buffer));
  return top;
}

function headers({ programHeaders }: ElfImage, bias: number): (readonly [type: number, value: number])[] {
  const { address, entryBytes, count } = programHeaders;
  if (address === undefined) return [];
  return [
    [AT.PHDR, Number(address) + bias],
    [AT.PHENT, entryBytes],
    [AT.PHNUM, count],
  ];
}
