/** AES (FIPS 197) and carry-less multiplication, Power ISA 3.0B Book I 6.11. */
import type { UnitFunction, VectorRegisters } from '../vector-unit';
import { Scratch } from './scratch';

const A = new Scratch();

/** Twice a number in the field of 256 elements modulo x^8 + x^4 + x^3 + x + 1. */
const twice = (x: number): number => ((x << 1) ^ (x & 0x80 ? 0x11b : 0)) & 0xff;

/** Product in that field. */
function product(a: number, b: number): number {
  let value = 0;
  for (let x = a, y = b; y !== 0; x = twice(x), y >>= 1) if (y & 1) value ^= x;
  return value;
}

const rotateByte = (x: number, n: number): number => ((x << n) | (x >> (8 - n))) & 0xff;

/** The substitution of bytes and its inverse (FIPS 197 5.1.1): inverse in the field, then an affine map. */
const S_BOX = new Uint8Array(256);
const INVERSE_S_BOX = new Uint8Array(256);
// 3 generates the field without 0, and its inverse generates the inverses.
for (let x = 1, inverse = 1, i = 0; i < 255; i++) {
  S_BOX[x] =
    inverse ^ rotateByte(inverse, 1) ^ rotateByte(inverse, 2) ^ rotateByte(inverse, 3) ^ rotateByte(inverse, 4) ^ 0x63;
  x = product(x, 3);
  inverse = product(inverse, 0xf6);
}
S_BOX[0] = 0x63;
S_BOX.forEach((value, x) => {
  INVERSE_S_BOX[value] = x;
});

/**
 * What one byte of a column adds to the column: box[x] times each of four factors, the first row on the left. The other
 * bytes of a column add the same, rotated.
 */
const columnTable = (box: (x: number) => number, factors: readonly [number, number, number, number]): Int32Array =>
  Int32Array.from({ length: 256 }, (_, x) =>
    factors.reduce((word, factor) => (word << 8) | product(box(x), factor), 0),
  );

const substitute = (x: number): number => S_BOX[x] ?? 0;
const inverseSubstitute = (x: number): number => INVERSE_S_BOX[x] ?? 0;
// SubBytes with MixColumns or without, and their inverses (FIPS 197 5.1 and 5.3)
const CIPHER = columnTable(substitute, [2, 1, 1, 3]);
const CIPHER_LAST = columnTable(substitute, [1, 0, 0, 0]);
const INVERSE_CIPHER_LAST = columnTable(inverseSubstitute, [1, 0, 0, 0]);
const INVERSE_MIX = columnTable((x) => x, [14, 9, 13, 11]);

const rotateRight = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** A column from the byte `at` of the state and three more, each `step` bytes on: ShiftRows is 5, its inverse -3. */
function column(table: Int32Array, state: Uint8Array, at: number, step: number): number {
  const part = (row: number): number => table[state[15 - ((at + row * step) & 15)] ?? 0] ?? 0;
  return part(0) ^ rotateRight(part(1), 8) ^ rotateRight(part(2), 16) ^ rotateRight(part(3), 24);
}

/** One round of AES: SubBytes, ShiftRows, MixColumns unless it is the last one, AddRoundKey. */
function cipher(table: Int32Array): UnitFunction {
  return (unit, t, a, b) => {
    A.take(unit, a);
    const words = unit.i32;
    for (let i = 0; i < 4; i++) {
      words[4 * t + 3 - i] = (words[4 * b + 3 - i] ?? 0) ^ column(table, A.u8, 4 * i, 5);
    }
  };
}
export const vcipher = cipher(CIPHER);
export const vcipherlast = cipher(CIPHER_LAST);

/** The last round of the inverse cipher: InvShiftRows, InvSubBytes, AddRoundKey. */
function inverseLast(unit: VectorRegisters, t: number, a: number, b: number): void {
  A.take(unit, a);
  const words = unit.i32;
  for (let i = 0; i < 4; i++) {
    words[4 * t + 3 - i] = (words[4 * b + 3 - i] ?? 0) ^ column(INVERSE_CIPHER_LAST, A.u8, 4 * i, -3);
  }
}
export const vncipherlast: UnitFunction = inverseLast;
/** One round of the inverse cipher: InvMixColumns follows. */
export const vncipher: UnitFunction = (unit, t, a, b) => {
  inverseLast(unit, t, a, b);
  A.take(unit, t);
  const words = unit.i32;
  for (let i = 0; i < 4; i++) words[4 * t + 3 - i] = column(INVERSE_MIX, A.u8, 4 * i, 1);
};

/** vsbox: SubBytes. */
export const vsbox: UnitFunction = (unit, t, a) => {
  const bytes = unit.u8;
  for (let k = 0; k < 16; k++) bytes[16 * t + k] = S_BOX[bytes[16 * a + k] ?? 0] ?? 0;
};

/** Xor of the carry-less products of the elements of `bits` bits, in elements of twice the width. */
export function polynomialSum(bits: 8 | 16): UnitFunction {
  const kind = bits === 8 ? 'u8' : 'u16';
  const wide = bits === 8 ? 'u16' : 'u32';
  const count = 64 / bits;
  return (unit, t, a, b) => {
    const left = unit[kind];
    const right = unit[kind];
    const sums = unit[wide];
    for (let k = 0; k < count; k++) {
      const low = 2 * k;
      const high = low + 1;
      sums[count * t + k] =
        carryless(left[2 * count * a + low] ?? 0, right[2 * count * b + low] ?? 0) ^
        carryless(left[2 * count * a + high] ?? 0, right[2 * count * b + high] ?? 0);
    }
  };
}

/** Low 32 bits of a carry-less product. */
function carryless(a: number, b: number): number {
  let value = 0;
  for (let x = a, y = b; y !== 0; x <<= 1, y >>>= 1) value ^= x & -(y & 1);
  return value;
}
