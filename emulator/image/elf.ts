/**
 * ELF files of 64-bit PowerPC as programs to run: segments, entry, symbols. Object files and shared libraries for a
 * dynamic loader are refused by those who load (a program with an interpreter says so).
 *
 * Sources: System V ABI (headers); 64-bit PowerPC ELF ABI 1.9 (function descriptors, .opd); 64-bit ELF V2 ABI (local entry
 * points in st_other, ABI version in e_flags).
 */

import { hexNumber } from '../common/bytes';
import { FormatError } from '../common/errors';
import { FileFields } from './fields';
import { type ElfSymbol, readSymbols } from './elf-symbols';

export type { ElfSymbol } from './elf-symbols';

/** One PT_LOAD. Addresses are those in the file: where the file was linked to. */
export interface ElfSegment {
  readonly vaddr: bigint;
  readonly paddr: bigint;
  /** Bytes from the file, not copied; what is missing of `memBytes` is zero. */
  readonly fileBytes: Uint8Array;
  readonly memBytes: bigint;
  readonly flags: { readonly read: boolean; readonly write: boolean; readonly execute: boolean };
}

export interface ElfImage {
  readonly endian: 'little' | 'big';
  /** 1: function descriptors; 2: global and local entry points. */
  readonly abi: 1 | 2;
  /** ET_DYN: may be loaded anywhere; what its relocations need, the program does itself or its loader. */
  readonly positionIndependent: boolean;
  /** e_entry. */
  readonly entry: bigint;
  /** Address of the first instruction: that of the descriptor at `entry`, where there is one. */
  readonly codeEntry: bigint;
  /** The descriptor's TOC pointer for r2. */
  readonly toc: bigint | undefined;
  /** In ascending order of `vaddr`. */
  readonly segments: readonly ElfSegment[];
  /** Of .symtab, or of .dynsym without one; in the file's order. */
  readonly symbols: readonly ElfSymbol[];
  /** The program header table; `address` is where the segments have it in memory, for AT_PHDR. */
  readonly programHeaders: {
    readonly address: bigint | undefined;
    readonly entryBytes: number;
    readonly count: number;
  };
  /** Path of the dynamic loader that the program asks for (PT_INTERP). */
  readonly interpreter: string | undefined;
}

/** Whether bytes begin as an ELF file does. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

const EHDR_BYTES = 64;
const PHDR_BYTES = 56;
const EM_PPC64 = 21;
export const PT = { LOAD: 1, INTERP: 3, PHDR: 6 } as const;
const LIMIT = 1n << 64n;
/** Longest path of an interpreter: PATH_MAX of Linux. */
const INTERPRETER_BYTES = 4096n;

/** Names of e_type for messages. */
const TYPES: Readonly<Record<number, string>> = { 1: 'an object file (link it)', 4: 'a core file' };
const MACHINES: Readonly<Record<number, string>> = { 3: '80386', 20: '32-bit PowerPC', 62: 'x86-64', 183: 'AArch64' };

/**
 * Reads an executable.
 *
 * @throws FormatError `not-elf`, `unsupported-elf`, `truncated`, `bad-elf`: what is wrong, and its offset in the file
 */
export function parseElf(bytes: Uint8Array): ElfImage {
  const { fields, endian } = identify(bytes);
  const { type, flags } = checkedHeader(fields);
  const headers = programHeaders(fields);
  const segments = loadSegments(fields, headers);
  const { symbols, descriptors, sections } = readSymbols(fields, segments);
  // Without a mark in e_flags: the second ABI has no descriptors and the first one has them.
  const abi = (flags & 3) === 1 || ((flags & 3) === 0 && (endian === 'big' || descriptors !== undefined)) ? 1 : 2;
  const entry = fields.u64(24, 'e_entry');
  const start = abi === 1 ? throughDescriptor(fields, segments, entry, descriptors, sections) : undefined;
  const codeEntry = start?.code ?? entry;
  checkEntry(codeEntry, segments);
  return {
    endian,
    abi,
    positionIndependent: type === 3,
    entry,
    codeEntry,
    toc: start?.toc,
    segments,
    symbols,
    programHeaders: {
      address: addressOfHeaders(fields, headers, segments),
      entryBytes: PHDR_BYTES,
      count: headers.length,
    },
    interpreter: interpreterOf(fields, headers),
  };
}

const parsed = new WeakMap<Uint8Array, ElfImage>();

/**
 * The same for bytes that stay as they are, such as a file's: an editor checks them again and again.
 *
 * @throws FormatError as `parseElf`
 */
export function parseElfOnce(bytes: Uint8Array): ElfImage {
  const image = parsed.get(bytes) ?? parseElf(bytes);
  parsed.set(bytes, image);
  return image;
}

/** e_ident: magic, class, data, version. @throws FormatError `not-elf`, `unsupported-elf`, `bad-elf` */
export function identify(bytes: Uint8Array): { readonly fields: FileFields; readonly endian: 'little' | 'big' } {
  if (!isElf(bytes)) throw new FormatError('not-elf', 'This is no ELF file: it does not begin with 7f 45 4c 46.', 0);
  const [fileClass, data, version] = [bytes[4], bytes[5], bytes[6]];
  if (fileClass !== 2) {
    throw new FormatError('unsupported-elf', `The ELF file is not of class 64 (EI_CLASS is ${fileClass ?? 0}).`, 4);
  }
  if (data !== 1 && data !== 2) {
    throw new FormatError('bad-elf', `EI_DATA of the ELF file is ${data ?? 0}; 1 is little-endian, 2 big-endian.`, 5);
  }
  if (version !== 1)
    throw new FormatError('bad-elf', `EI_VERSION of the ELF file is ${version ?? 0}; it must be 1.`, 6);
  const littleEndian = data === 1;
  return { fields: new FileFields(bytes, littleEndian, 'ELF file'), endian: littleEndian ? 'little' : 'big' };
}

/** The rest of the file header. @throws FormatError `unsupported-elf`, `truncated` */
export function checkedHeader(fields: FileFields): { readonly type: number; readonly flags: number } {
  fields.slice(0n, BigInt(EHDR_BYTES), 'the file header');
  const type = fields.u16(16, 'e_type');
  const machine = fields.u16(18, 'e_machine');
  if (machine !== EM_PPC64) {
    const name = MACHINES[machine] ?? 'unknown';
    throw new FormatError(
      'unsupported-elf',
      `The ELF file is for machine ${machine} (${name}), not 64-bit PowerPC.`,
      18,
    );
  }
  if (type !== 2 && type !== 3) {
    const what = TYPES[type] ?? `of type ${type}`;
    throw new FormatError('unsupported-elf', `The ELF file is ${what}; executables (ET_EXEC, ET_DYN) can run.`, 16);
  }
  const flags = fields.u32(48, 'e_flags');
  if ((flags & 3) === 3) throw new FormatError('unsupported-elf', 'ABI version 3 in e_flags is not defined.', 48);
  return { type, flags };
}

export interface ProgramHeader {
  /** Of the header itself in the file. */
  readonly offset: number;
  readonly type: number;
  readonly flags: number;
  readonly fileOffset: bigint;
  readonly vaddr: bigint;
  readonly paddr: bigint;
  readonly fileSize: bigint;
  readonly memSize: bigint;
}

/** @throws FormatError `bad-elf`, `unsupported-elf`, `truncated` */
export function programHeaders(fields: FileFields): readonly ProgramHeader[] {
  const count = fields.u16(56, 'e_phnum');
  if (count === 0)
    throw new FormatError('bad-elf', 'The ELF file has no program headers: there is nothing to load.', 56);
  if (count === 0xffff) {
    throw new FormatError('unsupported-elf', 'The ELF file has more than 65534 program headers.', 56);
  }
  const size = fields.u16(54, 'e_phentsize');
  if (size !== PHDR_BYTES) {
    throw new FormatError('bad-elf', `e_phentsize is ${size}; program headers have ${PHDR_BYTES} bytes.`, 54);
  }
  const table = fields.u64(32, 'e_phoff');
  fields.slice(table, BigInt(count * PHDR_BYTES), 'the program header table');
  return Array.from({ length: count }, (_, i) => {
    const offset = Number(table) + i * PHDR_BYTES;
    return {
      offset,
      type: fields.u32(offset, 'p_type'),
      flags: fields.u32(offset + 4, 'p_flags'),
      fileOffset: fields.u64(offset + 8, 'p_offset'),
      vaddr: fields.u64(offset + 16, 'p_vaddr'),
      paddr: fields.u64(offset + 24, 'p_paddr'),
      fileSize: fields.u64(offset + 32, 'p_filesz'),
      memSize: fields.u64(offset + 40, 'p_memsz'),
    };
  });
}

function loadSegments(fields: FileFields, headers: readonly ProgramHeader[]): readonly ElfSegment[] {
  const loads = headers
    .filter(({ type, memSize }) => type === PT.LOAD && memSize > 0n)
    .toSorted((a, b) => (a.vaddr < b.vaddr ? -1 : a.vaddr > b.vaddr ? 1 : 0));
  if (loads.length === 0) {
    throw new FormatError('bad-elf', 'The ELF file has no loadable segment: there is nothing to run.', 32);
  }
  let end = 0n;
  return loads.map(({ offset, flags, fileOffset, vaddr, paddr, fileSize, memSize }) => {
    const name = `the segment at ${hexNumber(vaddr)}`;
    if (fileSize > memSize) {
      const sizes = `p_filesz ${hexNumber(fileSize)} is above p_memsz ${hexNumber(memSize)}`;
      throw new FormatError('bad-elf', `In ${name} of the ELF file ${sizes}.`, offset + 32);
    }
    if (vaddr + memSize > LIMIT || paddr + memSize > LIMIT) {
      const size = `its size is ${hexNumber(memSize)}`;
      throw new FormatError('bad-elf', `The end of ${name} of the ELF file is beyond 64 bits: ${size}.`, offset + 40);
    }
    if (vaddr < end) {
      const text = `The ELF file's segments overlap: ${name} begins before ${hexNumber(end)}, the end of another.`;
      throw new FormatError('bad-elf', text, offset + 16);
    }
    end = vaddr + memSize;
    return {
      vaddr,
      paddr,
      fileBytes: fields.slice(fileOffset, fileSize, name),
      memBytes: memSize,
      flags: { read: (flags & 4) !== 0, write: (flags & 2) !== 0, execute: (flags & 1) !== 0 },
    };
  });
}

/** The segment that has an address, as it was linked. */
export function segmentAt(segments: readonly ElfSegment[], address: bigint): ElfSegment | undefined {
  return segments.find(({ vaddr, memBytes }) => address >= vaddr && address - vaddr < memBytes);
}

function checkEntry(entry: bigint, segments: readonly ElfSegment[]): void {
  if (!segmentAt(segments, entry)) {
    throw new FormatError('bad-elf', `The entry ${hexNumber(entry)} of the ELF file is in none of its segments.`, 24);
  }
  if (entry % 4n !== 0n) {
    throw new FormatError('bad-elf', `The entry ${hexNumber(entry)} of the ELF file is not a multiple of 4.`, 24);
  }
}

/**
 * Code address and TOC of the descriptor that e_entry of the first ABI names. Kernels and bare programs may name code
 * instead (Linux's vmlinux does): what lies outside of .opd, or without sections in a segment with code, is code.
 */
function throughDescriptor(
  fields: FileFields,
  segments: readonly ElfSegment[],
  entry: bigint,
  descriptors: { readonly address: bigint; readonly bytes: bigint } | undefined,
  sections: boolean,
): { readonly code: bigint; readonly toc: bigint } | undefined {
  const segment = segmentAt(segments, entry);
  if (!segment) return undefined;
  const inside = descriptors && entry >= descriptors.address && entry - descriptors.address < descriptors.bytes;
  if (sections ? !inside : segment.flags.execute) return undefined;
  const at = entry - segment.vaddr;
  if (at + 16n > BigInt(segment.fileBytes.length)) {
    throw new FormatError(
      'bad-elf',
      `The function descriptor at the entry ${hexNumber(entry)} is not in the file.`,
      24,
    );
  }
  const descriptor = new FileFields(segment.fileBytes, fields.littleEndian, 'segment');
  const code = descriptor.u64(Number(at), 'the descriptor of the entry');
  return { code, toc: descriptor.u64(Number(at) + 8, "the descriptor's TOC pointer") };
}

/** PT_PHDR says it; else it is the place of the table in the segment that holds it. */
function addressOfHeaders(
  fields: FileFields,
  headers: readonly ProgramHeader[],
  segments: readonly ElfSegment[],
): bigint | undefined {
  const own = headers.find(({ type }) => type === PT.PHDR);
  if (own && segmentAt(segments, own.vaddr)) return own.vaddr;
  const table = fields.u64(32, 'e_phoff');
  const end = table + BigInt(headers.length * PHDR_BYTES);
  const holder = headers.find(
    ({ type, fileOffset, fileSize }) => type === PT.LOAD && table >= fileOffset && end <= fileOffset + fileSize,
  );
  return holder && holder.vaddr + table - holder.fileOffset;
}

function interpreterOf(fields: FileFields, headers: readonly ProgramHeader[]): string | undefined {
  const header = headers.find(({ type }) => type === PT.INTERP);
  if (!header) return undefined;
  if (header.fileSize > INTERPRETER_BYTES) {
    throw new FormatError('bad-elf', 'The path of the interpreter (PT_INTERP) is too long.', header.offset + 32);
  }
  const path = fields.slice(header.fileOffset, header.fileSize, 'the path of the interpreter');
  const end = path.indexOf(0);
  return new TextDecoder().decode(end < 0 ? path : path.subarray(0, end));
}
