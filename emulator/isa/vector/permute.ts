/** Vector instructions that move elements, Power ISA 3.0B Book I 6.8. */
import type { UnitFunction, VectorRegisters } from '../vector-unit';
import { Scratch } from './scratch';

const A = new Scratch();
const B = new Scratch();
const C = new Scratch();

/** Two registers as 32 bytes, the second one first in the array: byte i of the manual is at 31 - i. */
const PAIR = new Uint8Array(32);
const PAIR_WORDS = new Int32Array(PAIR.buffer);

function takePair(unit: VectorRegisters, left: number, right: number): void {
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

/** Pixels of 32 bits in A and B as pixels of 16: their bits 7, 8:12, 16:20 and 24:28. */
export const packPixel: UnitFunction = (unit, t, a, b) => {
  const [left, right] = [A.take(unit, a).u32, B.take(unit, b).u32];
  const narrow = (x: number): number => ((x >>> 9) & 0xfc00) | ((x >>> 6) & 0x3e0) | ((x >>> 3) & 0x1f);
  for (let k = 0; k < 4; k++) {
    unit.u16[8 * t + k] = narrow(right[k] ?? 0);
    unit.u16[8 * t + 4 + k] = narrow(left[k] ?? 0);
  }
};

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
