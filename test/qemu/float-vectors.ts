/**
 * The vectors of the floating-point instructions (test/vectors/isa/float.txt): what qemu-ppc64le answers to the cases of
 * float-cases.ts. `node scripts/float-vectors.mjs` writes them.
 *
 * A line is the instruction word, the seed, and what the case changed: vsN, rN, fpscr, vscr, cr, exit, signal,
 * mN (memory) = value.
 */
import { runUserBatch } from './qemu-user';
import { AT, RECORD_BYTES, WINDOW_BYTES, caseAddress } from './record';
import { FLOAT_ROWS, floatCase } from './float-cases';

interface Place {
  readonly name: string;
  readonly at: number;
  readonly bytes: 8 | 16;
}

const PLACES: readonly Place[] = [
  ...Array.from({ length: 32 }, (_, n) => ({ name: `r${n}`, at: AT.gpr + 8 * n, bytes: 8 as const })),
  ...Array.from({ length: 64 }, (_, n) => ({ name: `vs${n}`, at: AT.vsr + 16 * n, bytes: 16 as const })),
  { name: 'fpscr', at: AT.fpscr, bytes: 8 },
  { name: 'vscr', at: AT.vscr + 8, bytes: 8 },
  { name: 'cr', at: AT.cr, bytes: 8 },
  { name: 'exit', at: AT.exit, bytes: 8 },
  { name: 'signal', at: AT.signal, bytes: 8 },
  ...Array.from({ length: WINDOW_BYTES / 8 }, (_, n) => ({
    name: `m${8 * n}`,
    at: AT.memory + 8 * n,
    bytes: 8 as const,
  })),
];

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function read(record: Uint8Array, { at, bytes }: Place): bigint {
  const view = viewOf(record);
  const first = view.getBigUint64(at, true);
  return bytes === 8 ? first : (first << 64n) | view.getBigUint64(at + 8, true);
}

/** What a case changed, as a line has it. */
export function changes(before: Uint8Array, after: Uint8Array): string[] {
  return PLACES.filter((place) => read(before, place) !== read(after, place)).map(
    (place) => `${place.name}=${read(after, place).toString(16)}`,
  );
}

/** The record after a case of which a line says what it changed. */
export function changed(before: Uint8Array, list: readonly string[]): Uint8Array {
  const after = before.slice();
  for (const item of list) {
    const [name, text = ''] = item.split('=');
    const place = PLACES.find((each) => each.name === name);
    if (!place) throw new Error(`There is no place ${name}.`);
    const value = BigInt(`0x${text}`);
    const view = viewOf(after);
    if (place.bytes === 16) view.setBigUint64(place.at + 8, BigInt.asUintN(64, value), true);
    view.setBigUint64(place.at, place.bytes === 16 ? value >> 64n : value, true);
  }
  return after;
}

/** Cases of each row. */
const CASES = 16;

/** The text of the vectors, by QEMU. */
export function floatVectors(): string {
  const lines = [
    '# Floating-point instructions in qemu-ppc64le 7.2, -cpu power9: word, seed, changes (test/qemu/float-vectors.ts)',
  ];
  for (const row of FLOAT_ROWS) {
    const seeds = Array.from({ length: CASES }, (_, i) => i + 1);
    const cases = seeds.map((seed) => floatCase(row, seed));
    const records = new Uint8Array(CASES * RECORD_BYTES);
    cases.forEach(({ record }, n) => {
      viewOf(record).setBigUint64(AT.slot, BigInt(caseAddress(n) - 12), true);
      records.set(record, n * RECORD_BYTES);
    });
    const after = runUserBatch({
      cases: cases.map(({ word }, n) => ({ words: [word], address: caseAddress(n) })),
      records,
      littleEndian: true,
    });
    lines.push(`# ${row.name}`);
    cases.forEach(({ word, record }, n) => {
      const list = changes(record, after.subarray(n * RECORD_BYTES, (n + 1) * RECORD_BYTES));
      lines.push([word.toString(16).padStart(8, '0'), String(n + 1), ...list].join(' '));
    });
  }
  return `${lines.join('\n')}\n`;
}
