/** Rotations, masks and counts of bits within elements, Power ISA 3.0B Book I 6.9. */
import type { UnitFunction } from '../vector-unit';

/** Rotates a number of `width` bits (below 32) left. */
export function rotate(a: number, b: number, width: 8 | 16): number {
  const n = b & (width - 1);
  return (a << n) | (a >>> (width - n));
}

/** Rotates a word left by the low 5 bits of b. */
export const rotateWord = (a: number, b: number): number => (a << (b & 31)) | (a >>> (-b & 31));

/** The mask of vrlwmi and vrlwnm: first bit in bits 11:15 of the word, last bit in bits 19:23; it may wrap around. */
export function wordMask(b: number): number {
  const first = (b >>> 16) & 31;
  const last = (b >>> 8) & 31;
  const from = -1 >>> first;
  const to = -1 << (31 - last);
  return first <= last ? from & to : from | to;
}

/** vrlwmi: words of A rotated, put into T under the mask. */
export const rotateInsert: UnitFunction = (unit, t, a, b) => {
  const words = unit.i32;
  for (let k = 0; k < 4; k++) {
    const control = words[4 * b + k] ?? 0;
    const m = wordMask(control);
    words[4 * t + k] = (rotateWord(words[4 * a + k] ?? 0, control) & m) | ((words[4 * t + k] ?? 0) & ~m);
  }
};

/** Zeros behind the last one-bit of a word. */
export const trailingZeros = (x: number): number => (x === 0 ? 32 : 31 - Math.clz32(x & -x));

/** One-bits of a word. */
export function ones(x: number): number {
  const pairs = x - ((x >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
