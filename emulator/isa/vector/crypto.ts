/** AES, SHA-2 and carry-less multiplication, Power ISA 3.0B Book I 6.11; AES by FIPS 197, SHA-2 by FIPS 180-4. */
import type { UnitFunction } from '../vector-unit';
import { Scratch } from './elements';

const A = new Scratch();
const B = new Scratch();
const T = new Scratch();

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

/** Products with one factor: what MixColumns and its inverse look up. */
const multiples = (factor: number): Uint8Array => Uint8Array.from({ length: 256 }, (_, x) => product(x, factor));
const [BY_2, BY_3] = [multiples(2), multiples(3)];
const [BY_9, BY_11, BY_13, BY_14] = [multiples(9), multiples(11), multiples(13), multiples(14)];

/** Byte i of T = box[the byte of A that ShiftRows brings to i]; byte i is row i modulo 4 of column i / 4. */
function substituteRows(box: Uint8Array, direction: 1 | -1): void {
  for (let i = 0; i < 16; i++) {
    const from = (i + direction * 4 * (i & 3)) & 15;
    T.u8[15 - i] = box[A.u8[15 - from] ?? 0] ?? 0;
  }
}

/** T = T xor B. */
function addKey(): void {
  for (let k = 0; k < 4; k++) T.i32[k] = (T.i32[k] ?? 0) ^ (B.i32[k] ?? 0);
}

/** Multiplies the columns of T by the matrix whose first row is x || y || z || w, each row rotated by one. */
function mixColumns(
  x: Uint8Array | undefined,
  y: Uint8Array,
  z: Uint8Array | undefined,
  w: Uint8Array | undefined,
): void {
  const times = (table: Uint8Array | undefined, value: number): number => (table ? (table[value] ?? 0) : value);
  for (let column = 0; column < 16; column += 4) {
    const a = T.u8[15 - column] ?? 0;
    const b = T.u8[14 - column] ?? 0;
    const c = T.u8[13 - column] ?? 0;
    const d = T.u8[12 - column] ?? 0;
    T.u8[15 - column] = times(x, a) ^ times(y, b) ^ times(z, c) ^ times(w, d);
    T.u8[14 - column] = times(w, a) ^ times(x, b) ^ times(y, c) ^ times(z, d);
    T.u8[13 - column] = times(z, a) ^ times(w, b) ^ times(x, c) ^ times(y, d);
    T.u8[12 - column] = times(y, a) ^ times(z, b) ^ times(w, c) ^ times(x, d);
  }
}

/** One round of AES: SubBytes, ShiftRows, MixColumns unless it is the last one, AddRoundKey. */
function cipher(last: boolean): UnitFunction {
  return (unit, t, a, b) => {
    A.take(unit, a);
    B.take(unit, b);
    substituteRows(S_BOX, 1);
    if (!last) mixColumns(BY_2, BY_3, undefined, undefined);
    addKey();
    T.give(unit, t);
  };
}
export const vcipher = cipher(false);
export const vcipherlast = cipher(true);

/** One round of the inverse cipher: InvShiftRows, InvSubBytes, AddRoundKey, InvMixColumns unless it is the last one. */
function inverseCipher(last: boolean): UnitFunction {
  return (unit, t, a, b) => {
    A.take(unit, a);
    B.take(unit, b);
    substituteRows(INVERSE_S_BOX, -1);
    addKey();
    if (!last) mixColumns(BY_14, BY_11, BY_13, BY_9);
    T.give(unit, t);
  };
}
export const vncipher = inverseCipher(false);
export const vncipherlast = inverseCipher(true);

/** vsbox: SubBytes. */
export const vsbox: UnitFunction = (unit, t, a) => {
  const bytes = unit.u8;
  for (let k = 0; k < 16; k++) bytes[16 * t + k] = S_BOX[bytes[16 * a + k] ?? 0] ?? 0;
};

const rotateRight = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/**
 * vshasigmaw: a sigma function of SHA-256 on each word.
 *
 * @param st 0 for the functions of the message schedule, 1 for those of the compression
 * @param six for word i, bit 8 >> i chooses function 1 instead of 0
 */
export const vshasigmaw: UnitFunction = (unit, t, a, st, six) => {
  const words = unit.u32;
  for (let i = 0; i < 4; i++) {
    const x = words[4 * a + 3 - i] ?? 0;
    const one = (six & (8 >> i)) !== 0;
    let value: number;
    if (st === 0) {
      value = one
        ? rotateRight(x, 17) ^ rotateRight(x, 19) ^ (x >>> 10)
        : rotateRight(x, 7) ^ rotateRight(x, 18) ^ (x >>> 3);
    } else {
      value = one
        ? rotateRight(x, 6) ^ rotateRight(x, 11) ^ rotateRight(x, 25)
        : rotateRight(x, 2) ^ rotateRight(x, 13) ^ rotateRight(x, 22);
    }
    words[4 * t + 3 - i] = value;
  }
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

/** High 32 bits of the carry-less product of two words. */
function carrylessHigh(a: number, b: number): number {
  let value = 0;
  for (let i = 1; i < 32; i++) if ((b >>> i) & 1) value ^= a >>> (32 - i);
  return value;
}

/** Adds (xor) the carry-less product of two words to T at a word: 64 bits. */
function addProduct(a: number, b: number, word: number): void {
  T.i32[word] = (T.i32[word] ?? 0) ^ carryless(a, b);
  T.i32[word + 1] = (T.i32[word + 1] ?? 0) ^ carrylessHigh(a, b);
}

/** vpmsumw: the same for words. */
export const vpmsumw: UnitFunction = (unit, t, a, b) => {
  A.take(unit, a);
  B.take(unit, b);
  T.i32.fill(0);
  for (let k = 0; k < 4; k++) addProduct(A.i32[k] ?? 0, B.i32[k] ?? 0, k & 2);
  T.give(unit, t);
};

/** vpmsumd: the same for doublewords. */
export const vpmsumd: UnitFunction = (unit, t, a, b) => {
  A.take(unit, a);
  B.take(unit, b);
  T.i32.fill(0);
  for (let k = 0; k < 4; k += 2) {
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) addProduct(A.i32[k + i] ?? 0, B.i32[k + j] ?? 0, i + j);
    }
  }
  T.give(unit, t);
};
