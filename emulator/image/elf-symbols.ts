/**
 * Symbols of an ELF file: .symtab, or .dynsym where that is all there is.
 *
 * They are read for people (breakpoints, names in listings), so everything that is not a place in memory is left out.
 * The work is bounded by the file's size and the limits below, whatever the headers say.
 */

import { hexNumber } from '../common/bytes';
import { FormatError } from '../common/errors';
import type { ElfSegment } from './elf';
import { FileFields } from './fields';

export interface ElfSymbol {
  readonly name: string;
  /** Address as linked; of a function's code, also where the symbol names a descriptor. */
  readonly address: bigint;
  /** In bytes; 0 when the file does not say. */
  readonly size: bigint;
  /** `label`: no type, as labels of assembly have; `absolute`: a number, no place. */
  readonly type: 'function' | 'object' | 'label' | 'absolute';
  readonly binding: 'local' | 'global' | 'weak';
  /** Distance in bytes from the global to the local entry point (second ABI, st_other bits 5 to 7). */
  readonly localEntry: number;
  /** Address of the function descriptor that the symbol names (first ABI). */
  readonly descriptor?: bigint;
}

export interface SymbolTables {
  readonly symbols: readonly ElfSymbol[];
  /** The section .opd: function descriptors of 24 (or 16) bytes. */
  readonly descriptors: { readonly address: bigint; readonly bytes: bigint } | undefined;
  /** The file has section headers. */
  readonly sections: boolean;
}

const SHDR_BYTES = 64;
const SYMBOL_BYTES = 24;
export const SHT = { NULL: 0, SYMTAB: 2, STRTAB: 3, NOBITS: 8, DYNSYM: 11 } as const;
const SHN = { UNDEF: 0, ABS: 0xfff1, COMMON: 0xfff2 } as const;
/** Four times the symbols of a large kernel. */
const MAX_SYMBOLS = 1 << 20;
/** All names together, in bytes: names may share their text, so that the file's size is no bound. */
const MAX_NAME_BYTES = 64 << 20;

/** One section header. */
export interface ElfSection {
  /** Of the header itself in the file. */
  readonly header: number;
  readonly name: number;
  readonly type: number;
  readonly flags: bigint;
  readonly address: bigint;
  readonly offset: bigint;
  readonly bytes: bigint;
  readonly link: number;
  readonly entryBytes: bigint;
}

/** @throws FormatError `truncated`, `bad-elf` */
export function readSymbols(fields: FileFields, segments: readonly ElfSegment[]): SymbolTables {
  const sections = sectionsOf(fields);
  const opd = sectionNamed(fields, sections, '.opd');
  const table = sections.find(({ type }) => type === SHT.SYMTAB) ?? sections.find(({ type }) => type === SHT.DYNSYM);
  return {
    symbols: table ? symbolsOf(fields, sections, table, descriptorReader(fields, opd, segments)) : [],
    descriptors: opd && { address: opd.address, bytes: opd.bytes },
    sections: sections.length > 0,
  };
}

/** The section headers; none when the file has no table of them. @throws FormatError `truncated`, `bad-elf` */
export function sectionsOf(fields: FileFields): readonly ElfSection[] {
  const table = fields.u64(40, 'e_shoff');
  if (table === 0n) return [];
  const entryBytes = fields.u16(58, 'e_shentsize');
  if (entryBytes !== SHDR_BYTES) {
    throw new FormatError('bad-elf', `e_shentsize is ${entryBytes}; section headers have ${SHDR_BYTES} bytes.`, 58);
  }
  const first = fields.slice(table, BigInt(SHDR_BYTES), 'the first section header');
  // System V ABI: a count that does not fit in e_shnum is in sh_size of the first header.
  const small = fields.u16(60, 'e_shnum');
  const extended = new FileFields(first, fields.littleEndian, 'section header').u64(32, 'sh_size');
  const count = small === 0 ? extended : BigInt(small);
  fields.slice(table, count * BigInt(SHDR_BYTES), 'the section header table');
  return Array.from({ length: Number(count) }, (_, i) => {
    const header = Number(table) + i * SHDR_BYTES;
    return {
      header,
      name: fields.u32(header, 'sh_name'),
      type: fields.u32(header + 4, 'sh_type'),
      flags: fields.u64(header + 8, 'sh_flags'),
      address: fields.u64(header + 16, 'sh_addr'),
      offset: fields.u64(header + 24, 'sh_offset'),
      bytes: fields.u64(header + 32, 'sh_size'),
      link: fields.u32(header + 40, 'sh_link'),
      entryBytes: fields.u64(header + 56, 'sh_entsize'),
    };
  });
}

function sectionNamed(fields: FileFields, sections: readonly ElfSection[], name: string): ElfSection | undefined {
  const small = fields.u16(62, 'e_shstrndx');
  const names = sections[small === 0xffff ? (sections[0]?.link ?? 0) : small];
  if (names?.type !== SHT.STRTAB) return undefined;
  const bytes = fields.slice(names.offset, names.bytes, 'the table of section names');
  const wanted = new TextEncoder().encode(`${name}\0`);
  return sections.find((section) => wanted.every((byte, i) => bytes[section.name + i] === byte));
}

/** Gives the code address in the descriptor at an address; undefined where there is none. */
type DescriptorReader = (address: bigint) => bigint | undefined;

function descriptorReader(
  fields: FileFields,
  opd: ElfSection | undefined,
  segments: readonly ElfSegment[],
): DescriptorReader {
  if (!opd || opd.type === SHT.NOBITS) return () => undefined;
  const bytes = fields.slice(opd.offset, opd.bytes, 'the section .opd');
  const descriptors = new FileFields(bytes, fields.littleEndian, 'section .opd');
  return (address) => {
    const at = address - opd.address;
    if (at < 0n || at + 8n > BigInt(bytes.length)) return undefined;
    const code = descriptors.u64(Number(at), 'a function descriptor');
    const known = segments.some(({ vaddr, memBytes }) => code >= vaddr && code - vaddr < memBytes);
    return known ? code : undefined;
  };
}

const BINDINGS = ['local', 'global', 'weak'] as const;
/** STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_COMMON, STT_GNU_IFUNC; others (sections, files, TLS offsets) are no places. */
const TYPES: Readonly<Record<number, ElfSymbol['type']>> = {
  0: 'label',
  1: 'object',
  2: 'function',
  5: 'object',
  10: 'function',
};

function symbolsOf(
  fields: FileFields,
  sections: readonly ElfSection[],
  table: ElfSection,
  codeOf: DescriptorReader,
): readonly ElfSymbol[] {
  if (table.entryBytes !== BigInt(SYMBOL_BYTES)) {
    const text = `sh_entsize of the symbol table is ${table.entryBytes}; symbols have ${SYMBOL_BYTES} bytes.`;
    throw new FormatError('bad-elf', text, table.header + 56);
  }
  const entries = new FileFields(
    fields.slice(table.offset, table.bytes, 'the symbol table'),
    fields.littleEndian,
    'symbol table',
  );
  const count = Math.floor(entries.bytes.length / SYMBOL_BYTES);
  if (count > MAX_SYMBOLS) {
    throw new FormatError('bad-elf', `The ELF file has ${count} symbols; the limit is ${MAX_SYMBOLS}.`, table.header);
  }
  const names = new Names(fields, sections[table.link], table.header + 40);
  const symbols: ElfSymbol[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * SYMBOL_BYTES;
    const info = entries.u8(at + 4, 'st_info');
    const section = entries.u16(at + 6, 'st_shndx');
    const type = TYPES[info & 15];
    if (!type || section === SHN.UNDEF || section === SHN.COMMON) continue;
    const name = names.at(entries.u32(at, 'st_name'));
    if (name === '') continue;
    const value = entries.u64(at + 8, 'st_value');
    const code = type === 'object' ? undefined : codeOf(value);
    symbols.push({
      name,
      address: code ?? value,
      size: entries.u64(at + 16, 'st_size'),
      type: section === SHN.ABS ? 'absolute' : type,
      binding: BINDINGS[info >> 4] ?? 'global',
      localEntry: localEntryBytes(entries.u8(at + 5, 'st_other')),
      ...(code === undefined ? {} : { descriptor: value }),
    });
  }
  return symbols;
}

/** ELF V2 ABI, st_other: 0 and 1 are one entry point, 2 to 6 a distance of 1, 2, 4, 8, 16 instructions, 7 is reserved. */
function localEntryBytes(other: number): number {
  const code = other >> 5;
  return code >= 2 && code <= 6 ? 1 << code : 0;
}

/** A string table, read within a budget. */
class Names {
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  readonly #decoder = new TextDecoder();
  #left = MAX_NAME_BYTES;

  constructor(fields: FileFields, section: ElfSection | undefined, linkOffset: number) {
    if (section?.type !== SHT.STRTAB) {
      throw new FormatError('bad-elf', 'The symbol table of the ELF file names no string table (sh_link).', linkOffset);
    }
    this.#offset = Number(section.offset);
    this.#bytes = fields.slice(section.offset, section.bytes, 'the string table');
  }

  at(index: number): string {
    if (index >= this.#bytes.length) {
      const text = `A symbol's name is at ${hexNumber(index)} of a string table of ${this.#bytes.length} bytes.`;
      throw new FormatError('bad-elf', text, this.#offset);
    }
    const end = this.#bytes.indexOf(0, index);
    if (end < 0) {
      const text = `The string table of the ELF file does not end: no zero after ${hexNumber(index)}.`;
      throw new FormatError('bad-elf', text, this.#offset + index);
    }
    this.#left -= end - index;
    if (this.#left < 0) {
      throw new FormatError('bad-elf', `The symbols' names are more than ${MAX_NAME_BYTES} bytes.`, this.#offset);
    }
    return this.#decoder.decode(this.#bytes.subarray(index, end));
  }
}
