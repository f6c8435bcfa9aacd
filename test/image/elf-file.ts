/** Writes small ELF files for tests: a header, program headers, bytes, and on request symbols. */

import { concat } from '../../emulator/common/bytes';

export interface SegmentSpec {
  readonly vaddr: bigint;
  readonly paddr?: bigint;
  readonly bytes: Uint8Array;
  readonly memBytes?: bigint;
  /** p_flags; 5 (read, execute) when missing. */
  readonly flags?: number;
}

export interface SymbolSpec {
  readonly name: string;
  readonly value: bigint;
  readonly size?: bigint;
  /** st_info; a global function when missing. */
  readonly info?: number;
  readonly other?: number;
  readonly section?: number;
}

export interface ElfSpec {
  readonly littleEndian?: boolean;
  /** e_flags; 2 (second ABI) when missing. */
  readonly flags?: number;
  /** e_type; ET_EXEC when missing. */
  readonly type?: number;
  readonly entry: bigint;
  readonly segments: readonly SegmentSpec[];
  readonly symbols?: readonly SymbolSpec[];
  readonly interpreter?: string;
}

const encoder = new TextEncoder();

/** The bytes of an ELF file of class 64 for PowerPC. */
export function elfFile(spec: ElfSpec): Uint8Array<ArrayBuffer> {
  const little = spec.littleEndian ?? true;
  const interpreter = spec.interpreter === undefined ? [] : [encoder.encode(`${spec.interpreter}\0`)];
  const headers = spec.segments.length + interpreter.length;
  let end = 64 + 56 * headers;
  const parts: Uint8Array[] = [];
  const place = (bytes: Uint8Array): number => {
    const at = end;
    parts.push(bytes);
    end += bytes.length;
    return at;
  };
  const programHeaders = [
    ...spec.segments.map((segment) =>
      record(56, little, (put) => {
        put(0, 4, 1);
        put(4, 4, segment.flags ?? 5);
        put(8, 8, place(segment.bytes));
        put(16, 8, segment.vaddr);
        put(24, 8, segment.paddr ?? segment.vaddr);
        put(32, 8, segment.bytes.length);
        put(40, 8, segment.memBytes ?? segment.bytes.length);
        put(48, 8, 4);
      }),
    ),
    ...interpreter.map((path) =>
      record(56, little, (put) => {
        put(0, 4, 3);
        put(8, 8, place(path));
        put(32, 8, path.length);
        put(40, 8, path.length);
      }),
    ),
  ];
  const sections = spec.symbols ? symbolSections(spec.symbols, little, place) : undefined;
  const sectionTable = sections ? place(sections) : 0;
  const header = record(64, little, (put) => {
    put(16, 2, spec.type ?? 2);
    put(18, 2, 21);
    put(20, 4, 1);
    put(24, 8, spec.entry);
    put(32, 8, 64);
    put(40, 8, sectionTable);
    put(48, 4, spec.flags ?? 2);
    put(52, 2, 64);
    put(54, 2, 56);
    put(56, 2, headers);
    put(58, 2, sections ? 64 : 0);
    put(60, 2, sections ? sections.length / 64 : 0);
  });
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, little ? 1 : 2, 1]);
  return concat(header, ...programHeaders, ...parts);
}

/** Section headers: none, .symtab, .strtab. */
function symbolSections(
  symbols: readonly SymbolSpec[],
  little: boolean,
  place: (bytes: Uint8Array) => number,
): Uint8Array {
  const names = encoder.encode(`\0${symbols.map(({ name }) => name).join('\0')}\0`);
  let name = 1;
  const entries = symbols.map((symbol) =>
    record(24, little, (put) => {
      put(0, 4, name);
      name += encoder.encode(symbol.name).length + 1;
      put(4, 1, symbol.info ?? 0x12);
      put(5, 1, symbol.other ?? 0);
      put(6, 2, symbol.section ?? 1);
      put(8, 8, symbol.value);
      put(16, 8, symbol.size ?? 0n);
    }),
  );
  const table = concat(...entries);
  const section = (type: number, bytes: Uint8Array, link: number, entryBytes: number): Uint8Array =>
    record(64, little, (put) => {
      put(4, 4, type);
      put(24, 8, place(bytes));
      put(32, 8, bytes.length);
      put(40, 4, link);
      put(56, 8, entryBytes);
    });
  return concat(new Uint8Array(64), section(2, table, 2, 24), section(3, names, 0, 0));
}

type Put = (offset: number, bytes: 1 | 2 | 4 | 8, value: number | bigint) => void;

function record(length: number, little: boolean, fill: (put: Put) => void): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  fill((offset, size, value) => {
    if (size === 1) view.setUint8(offset, Number(value));
    else if (size === 2) view.setUint16(offset, Number(value), little);
    else if (size === 4) view.setUint32(offset, Number(value), little);
    else view.setBigUint64(offset, BigInt(value), little);
  });
  return bytes;
}
