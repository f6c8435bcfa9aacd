/**
 * Writes the vectors of test/cpu/vector-semantics: what QEMU makes of instructions in the states of test/cpu/vector-cases.
 *
 * Words and states follow from the seeds below, so that the same rows give the same files.
 */
import { writeFileSync } from 'node:fs';
import { type Field, extract } from '../../emulator/isa/fields';
import type { InstructionRow } from '../../emulator/isa/row';
import { INSTRUCTIONS } from '../../emulator/isa/table';
import {
  MEMORY_BYTES,
  REGISTERS,
  Random,
  type VectorState,
  changes,
  isDecimal,
  isMemory,
  stateOf,
} from '../cpu/vector-cases';
import { runUserBatch } from './qemu-user';
import { AT, PLACE, RECORD_BYTES, SLOT_BYTES, caseAddress } from './record';

/** Cases of a row. */
const CASES = 9;
/** Rows whose results QEMU 7.2 gets wrong (docs/findings.md). */
const LEFT_OUT = ['vrldmi', 'bcdus.'];

const isVector = ({ name, fields }: InstructionRow): boolean =>
  !LEFT_OUT.includes(name) &&
  fields.some(({ kind }) => kind === 'vr' || kind === 'vsr') &&
  /^(v|xx|lv|stv|lxv|stxv|lxs|stxs|mtv|mfv|bcd)/.test(name) &&
  !/^v.*fp$|^vrfi|^vct[su]xs|^vcf[su]x/.test(name);

// prettier-ignore
const FILES = [
  { file: 'vector-little-endian', littleEndian: true,  seed: 5, rows: isVector,
    head: '# Vector instructions executed by qemu-ppc64le 7.2 -cpu power9 in the states of test/cpu/vector-cases.ts.\n' +
          '# word, seed, what changed. What the ISA leaves undefined is as test/qemu/vector-vectors.ts has it.\n' },
  { file: 'vector-big-endian',    littleEndian: false, seed: 6, rows: (row: InstructionRow) => isVector(row) && /^(l|st)[vx]/.test(row.name),
    head: '# The accesses to memory, executed by qemu-ppc64 7.2 -cpu power9.\n# word, seed, what changed.\n' },
] as const;

/** The last byte at which an element of the row's size fits: behind it results are undefined. */
function lastByte(row: InstructionRow): number {
  const [, size = ''] = /^(?:vextract|vinsert|xxextract|xxinsert)u?([bhwd])$/.exec(row.name) ?? [];
  return 16 - ({ b: 1, h: 2, w: 4, d: 8 }[size] ?? 1);
}

/**
 * Sets to one value what the ISA leaves undefined in a state that another machine reached: doubleword 1 of scalars, and
 * the result of an invalid decimal number; reserved bits of VSCR.
 */
export function withoutUndefined(
  row: InstructionRow,
  word: number,
  before: VectorState,
  after: VectorState,
): VectorState {
  const vsr = [...after.vsr];
  const target = row.fields.find((field) => /^(VRT|XT)$/.test(field.name));
  const index = target ? REGISTERS.findIndex((n) => n === extract(target, word) + (target.kind === 'vr' ? 32 : 0)) : -1;
  if (/^lxs.*x$|^mtvsr(d|wa|wz)$/.test(row.name)) vsr[index] = ((vsr[index] ?? 0n) >> 64n) << 64n;
  if (isDecimal(row) && ((after.cr >> 4n) & 15n) === 1n) vsr[index] = before.vsr[index] ?? 0n;
  return { ...after, vsr, vscr: after.vscr & 0x1_0001n };
}

/** Which of four registers; decimal results get one of their own, or QEMU takes the result for the operand. */
function registerOf(row: InstructionRow, field: Field, random: Random): number {
  if (!isDecimal(row)) return 2 + random.below(4);
  return field.name === 'VRT' ? 2 : 3 + random.below(3);
}

/** A word of the row that names only the registers of these states, and displacements that stay in the memory. */
export function wordOf(row: InstructionRow, random: Random): number {
  let word = ((random.next() & ~(row.mask | row.reserved)) | row.value) >>> 0;
  const set = (bit: number, width: number, value: number): void => {
    const left = 32 - bit - width;
    word = ((word & ~((2 ** width - 1) << left)) | (value << left)) >>> 0;
  };
  for (const field of row.fields) {
    const [[bit, width, left] = [0, 0, 0]] = field.parts;
    if (field.kind === 'vr' || field.kind === 'vsr') set(bit, width, registerOf(row, field, random));
    else if (field.kind === 'gpr') set(bit, width, field.name === 'RT' ? 3 : field.name === 'RB' ? 5 : 4);
    else if (field.kind === 'displacement') set(bit, width, random.below(32 >> left));
    else if (field.name === 'UIM4') set(bit, width, random.below(lastByte(row) + 1));
  }
  return word;
}

/** A state as the record of case n. */
const recordOf = (state: VectorState, n: number, memory: boolean, littleEndian: boolean): Uint8Array => {
  const record = new Uint8Array(RECORD_BYTES);
  const view = new DataView(record.buffer);
  const set = (at: number, value: bigint): void => view.setBigUint64(at, BigInt.asUintN(64, value), littleEndian);
  REGISTERS.forEach((n, i) => {
    set(AT.vsr + 16 * n, (state.vsr[i] ?? 0n) >> 64n);
    set(AT.vsr + 16 * n + 8, state.vsr[i] ?? 0n);
  });
  state.gpr.forEach((value, i) => set(AT.gpr + 8 * (3 + i), memory && i === 1 ? value + BigInt(PLACE.window) : value));
  set(AT.cr, state.cr);
  set(AT.vscr + 8, state.vscr);
  set(AT.slot, BigInt(PLACE.slots + n * SLOT_BYTES));
  record.set(state.memory, AT.memory);
  return record;
};

function stateIn(record: Uint8Array, memory: boolean, littleEndian: boolean): VectorState {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const get = (at: number): bigint => view.getBigUint64(at, littleEndian);
  return {
    vsr: REGISTERS.map((n) => (get(AT.vsr + 16 * n) << 64n) | get(AT.vsr + 16 * n + 8)),
    gpr: [3, 4, 5].map((n) => get(AT.gpr + 8 * n) - (memory && n === 4 ? BigInt(PLACE.window) : 0n)),
    cr: get(AT.cr),
    vscr: get(AT.vscr + 8) & 0xffff_ffffn,
    memory: record.slice(AT.memory, AT.memory + MEMORY_BYTES),
  };
}

/** Writes both files; needs qemu-ppc64le and qemu-ppc64. */
export function writeVectors(folder: string): void {
  for (const { file, littleEndian, seed, rows, head } of FILES) {
    const random = new Random(seed);
    const cases = INSTRUCTIONS.filter(rows).flatMap((row) =>
      Array.from({ length: CASES }, (_, i) => {
        const word = wordOf(row, random);
        return { row, word, seed: 1000 * seed + i, state: stateOf(row, word, 1000 * seed + i) };
      }),
    );
    let text = head;
    for (let first = 0; first < cases.length; first += BATCH) {
      const batch = cases.slice(first, first + BATCH);
      const records = new Uint8Array(batch.length * RECORD_BYTES);
      batch.forEach(({ row, state }, n) =>
        records.set(recordOf(state, n, isMemory(row), littleEndian), n * RECORD_BYTES),
      );
      const words = batch.map(({ word }, n) => ({ words: [word], address: caseAddress(n) }));
      const after = runUserBatch({ cases: words, records, littleEndian });
      batch.forEach(({ row, word, seed: own, state }, n) => {
        const record = after.subarray(n * RECORD_BYTES, (n + 1) * RECORD_BYTES);
        const reached = withoutUndefined(row, word, state, stateIn(record, isMemory(row), littleEndian));
        if ((first + n) % CASES === 0) text += `# ${row.name}\n`;
        text += `${[word.toString(16), own.toString(36), ...changes(state, reached)].join(' ')}\n`;
      });
    }
    writeFileSync(`${folder}/${file}.txt`, text);
  }
}
/** Cases of one run of QEMU. */
const BATCH = 900;
