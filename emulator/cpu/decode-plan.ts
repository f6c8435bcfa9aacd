/**
 * Which handler of the interpreter executes an instruction word: numbers by a decode index, the primary opcode and the low
 * 11 bits of the word.
 */
import { type Field, deposit } from '../isa/fields';
import { type InstructionRow, mnemonicsOf } from '../isa/row';
import { INSTRUCTIONS } from '../isa/table';
import { PREBUILT } from './prebuilt';
import * as state from './state';

/** Rows whose handlers lie in the loop: what compilers and firmware use most. */
const FREQUENT: ReadonlySet<string> = new Set(
  (
    'addi addis add subf neg mulli mullw mulld cmpi cmp cmpli cmpl isel andi. ori oris xori xoris and or xor nor andc ' +
    'extsw rlwinm rldicl rldicr slw srw srawi sld srd sradi b bc bclr bcctr mfspr mtspr dcbt ' +
    'lbz lbzx lhz lhzx lwz lwzx lwa ld ldx ldu stb stbx sth stw stwx stwu std stdx stdu'
  ).split(' '),
);

/** Word bits that the decode index sees. */
export const INDEX_BITS = 0xfc00_07ff;

/** One form of one row. */
export interface Variant {
  readonly row: InstructionRow;
  readonly constants: ReadonlyMap<Field, number>;
  readonly mask: number;
  readonly value: number;
}

function variantsOf(row: InstructionRow): Variant[] {
  const flagBits = row.flags.reduce((bits, flag) => bits | deposit(flag, 1), 0);
  return mnemonicsOf(row).map(({ flags }) => ({
    row,
    constants: new Map(row.flags.map((flag) => [flag, flags.includes(flag) ? 1 : 0])),
    mask: (row.mask | flagBits) >>> 0,
    value: flags.reduce((bits, flag) => bits | deposit(flag, 1), row.value) >>> 0,
  }));
}

/** Variants that share a handler: more than one where the decode index does not tell them apart. */
export type Handler = readonly Variant[];

export interface DecodePlan {
  /** Frequent handlers first; the number of a handler is its index + 1, 0 is the illegal instruction. */
  readonly handlers: readonly Handler[];
  readonly frequent: number;
  /** Handler numbers by decode index. */
  readonly table: Uint16Array<ArrayBuffer>;
}

let plan: DecodePlan | undefined;

/** The entries of the decode table at which a variant may be found. */
function indicesOf({ mask, value }: Variant): number[] {
  const fixed = ((value >>> 26) << 11) | (value & 0x7ff);
  const free = ~mask & 0x7ff;
  const indices: number[] = [];
  for (let bits = free; ; bits = (bits - 1) & free) {
    indices.push(fixed | bits);
    if (bits === 0) return indices;
  }
}

function countBy(items: readonly number[], key: (item: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}

/** Handlers and the decode table of all rows; made once. */
export function decodePlan(): DecodePlan {
  if (plan) return plan;
  const table = new Uint16Array(state.DECODE_ENTRIES);
  const handlers: Variant[][] = [];
  const isFrequent = (row: InstructionRow): boolean => FREQUENT.has(row.name);
  const first = INSTRUCTIONS.filter(isFrequent).flatMap(variantsOf);
  const others = INSTRUCTIONS.filter((row) => !isFrequent(row)).flatMap(variantsOf);
  /** Number of entries of the table that lead to each handler. */
  const entries: number[] = [];
  for (const variant of [...first, ...others]) {
    const indices = indicesOf(variant);
    for (const [shared, count] of countBy(indices, (index) => table[index] ?? 0)) {
      // Where an entry belongs to other variants too, they are tried in turn; those that share all entries share a handler.
      const known = handlers[shared - 1];
      let number = shared;
      if (known && entries[shared - 1] === count) known.push(variant);
      else {
        number = handlers.push([...(known ?? []), variant]);
        entries.push(count);
        if (known) entries[shared - 1] = (entries[shared - 1] ?? 0) - count;
      }
      for (const index of indices) if (table[index] === shared) table[index] = number;
    }
  }
  plan = { handlers, frequent: first.length, table };
  return plan;
}

/** Handler numbers by decode index. */
export function decodeTable(): Uint16Array<ArrayBuffer> {
  return PREBUILT.decodeRuns ? unpackRuns(PREBUILT.decodeRuns) : decodePlan().table;
}

/** A table as runs of equal numbers: pairs of a length and a number, 16 bits each. */
export function packRuns(table: Uint16Array): Uint8Array<ArrayBuffer> {
  const runs: number[] = [];
  for (let from = 0, to = 0; from < table.length; from = to) {
    while (to < table.length && to - from < 0xffff && table[to] === table[from]) to++;
    runs.push(to - from, table[from] ?? 0);
  }
  const bytes = new Uint8Array(2 * runs.length);
  const view = new DataView(bytes.buffer);
  runs.forEach((number, i) => {
    view.setUint16(2 * i, number, true);
  });
  return bytes;
}

export function unpackRuns(bytes: Uint8Array): Uint16Array<ArrayBuffer> {
  const table = new Uint16Array(state.DECODE_ENTRIES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0, from = 0; at < bytes.length; at += 4) {
    const to = from + view.getUint16(at, true);
    table.fill(view.getUint16(at + 2, true), from, to);
    from = to;
  }
  return table;
}
