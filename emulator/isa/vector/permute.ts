/** Vector instructions that move elements, Power ISA 3.0B Book I 6.8. */
import type { UnitFunction, VectorUnit } from '../vector-unit';
import { type ElementKind, KINDS, Scratch, saturate } from './elements';

const A = new Scratch();
const B = new Scratch();
const C = new Scratch();
const T = new Scratch();

/** Two registers as 32 bytes, the second one first in the array: byte i of the manual is at 31 - i. */
const PAIR = new Uint8Array(32);
const PAIR_WORDS = new Int32Array(PAIR.buffer);

function takePair(unit: VectorUnit, left: number, right: number): void {
  const words = unit.i32;
  for (let k = 0; k < 4; k++) {
    PAIR_WORDS[k] = words[4 * right + k] ?? 0;
    PAIR_WORDS[4 + k] = words[4 * left + k] ?? 0;
  }
}

/** vpermxor: byte i = byte of A by the left half of byte i of C xor byte of B by its right half. */
export const vpermxor: UnitFunction = (unit, t, a, b, c) => {
  takePair(unit, a, b);
  C.take(unit, c);
  const bytes = unit.u8;
  for (let k = 0; k < 16; k++) {
    const index = C.u8[k] ?? 0;
    bytes[16 * t + k] = (PAIR[31 - (index >> 4)] ?? 0) ^ (PAIR[15 - (index & 15)] ?? 0);
  }
};

/** vslv, vsrv: each byte shifted by the low 3 bits of its byte of B; the bits come from the next byte of A. */
export const vslv: UnitFunction = (unit, t, a, b) => {
  A.take(unit, a);
  const bytes = unit.u8;
  for (let k = 15; k >= 0; k--) {
    const pair = ((A.u8[k] ?? 0) << 8) | (k === 0 ? 0 : (A.u8[k - 1] ?? 0));
    bytes[16 * t + k] = (pair << ((bytes[16 * b + k] ?? 0) & 7)) >> 8;
  }
};
export const vsrv: UnitFunction = (unit, t, a, b) => {
  A.take(unit, a);
  const bytes = unit.u8;
  for (let k = 0; k < 16; k++) {
    const pair = ((k === 15 ? 0 : (A.u8[k + 1] ?? 0)) << 8) | (A.u8[k] ?? 0);
    bytes[16 * t + k] = pair >> ((bytes[16 * b + k] ?? 0) & 7);
  }
};

/** T = the elements of A, then those of B, each made half as wide. */
export function pack(
  from: 'u16' | 'i16' | 'u32' | 'i32',
  narrow: (unit: VectorUnit, value: number) => number,
): UnitFunction {
  const { count } = KINDS[from];
  const to = count === 8 ? 'u8' : 'u16';
  return (unit, t, a, b) => {
    A.take(unit, a);
    B.take(unit, b);
    const array = unit[to];
    for (let k = 0; k < count; k++) {
      array[2 * count * t + k] = narrow(unit, B[from][k] ?? 0);
      array[2 * count * t + count + k] = narrow(unit, A[from][k] ?? 0);
    }
  };
}
/** Packs with saturation. */
export const packSaturate = (from: 'u16' | 'i16' | 'u32' | 'i32', to: ElementKind): UnitFunction =>
  pack(from, (unit, value) => saturate(unit, to, value));
/** A pixel of 32 bits as one of 16: its bits 7, 8:12, 16:20 and 24:28. */
export const packPixel: UnitFunction = pack(
  'u32',
  (_, x) => ((x >>> 9) & 0xfc00) | ((x >>> 6) & 0x3e0) | ((x >>> 3) & 0x1f),
);

/**
 * Pixels of the left or right half of B with 32 bits instead of 16: bit 0 fills the first byte, 5 bits each go to the
 * others.
 */
export const unpackPixel =
  (half: 'high' | 'low'): UnitFunction =>
  (unit, t, b) => {
    const pixels = B.take(unit, b).u16;
    for (let k = 0; k < 4; k++) {
      const x = pixels[half === 'high' ? 4 + k : k] ?? 0;
      const alpha = (x & 0x8000) !== 0 ? 0xff00_0000 : 0;
      unit.u32[4 * t + k] = alpha | ((x & 0x7c00) << 6) | ((x & 0x3e0) << 3) | (x & 0x1f);
    }
  };

/** vinsertb and its like: `size` bytes that end at byte 7 of B go to byte `at` of T. What lies behind byte 15 is lost. */
export const insertBytes =
  (size: number): UnitFunction =>
  (unit, t, b, at) => {
    B.take(unit, b);
    T.take(unit, t);
    for (let i = 0; i < size && at + i < 16; i++) T.u8[15 - at - i] = B.u8[15 - (8 - size) - i] ?? 0;
    T.give(unit, t);
  };

/** vgbbd: the bits of each doubleword as a matrix of 8 rows, transposed. */
export const vgbbd: UnitFunction = (unit, t, b) => {
  B.take(unit, b);
  const bytes = unit.u8;
  for (let k = 0; k < 16; k++) {
    const group = k & 8;
    let value = 0;
    // Counted from the right, bit j of byte k is bit k of byte j.
    for (let j = 0; j < 8; j++) value |= (((B.u8[group + j] ?? 0) >> (k & 7)) & 1) << j;
    bytes[16 * t + k] = value;
  }
};

/** vbpermd: in each doubleword, 8 bits of A by the bytes of B; numbers above 63 give zeros. */
export const vbpermd: UnitFunction = (unit, t, a, b) => {
  A.take(unit, a);
  B.take(unit, b);
  const words = unit.u32;
  for (let d = 0; d < 2; d++) {
    let value = 0;
    for (let k = 0; k < 8; k++) {
      const index = B.u8[8 * d + k] ?? 0;
      if (index < 64) value |= (((A.u8[8 * d + 7 - (index >> 3)] ?? 0) >> (7 - (index & 7))) & 1) << k;
    }
    words[4 * t + 2 * d] = value;
    words[4 * t + 2 * d + 1] = 0;
  }
};

/** vbpermq: 16 bits of A by the bytes of B, in bits 48:63; numbers above 127 give zeros. */
export const vbpermq: UnitFunction = (unit, t, a, b) => {
  A.take(unit, a);
  B.take(unit, b);
  let value = 0;
  for (let k = 0; k < 16; k++) {
    const index = B.u8[k] ?? 0;
    if (index < 128) value |= (((A.u8[15 - (index >> 3)] ?? 0) >> (7 - (index & 7))) & 1) << k;
  }
  const words = unit.u32;
  words.fill(0, 4 * t, 4 * t + 4);
  words[4 * t + 2] = value;
};
