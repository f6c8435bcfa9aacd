/** Vector integer arithmetic that mixes elements of several sizes, Power ISA 3.0B Book I 6.9.1. */
import type { UnitFunction } from '../vector-unit';
import { type ElementKind, KINDS, saturate } from './elements';

/** Word of T = sum of the products of the halfwords of A and B in that word + word of C, saturated. */
export function multiplySum(halfwords: 'u16' | 'i16', sum: 'u32' | 'i32'): UnitFunction {
  return (unit, t, a, b, c) => {
    const factors = unit[halfwords];
    const words = unit[sum];
    for (let k = 0; k < 4; k++) {
      let value = words[4 * c + k] ?? 0;
      for (let i = 2 * k; i < 2 * k + 2; i++) value += (factors[8 * a + i] ?? 0) * (factors[8 * b + i] ?? 0);
      words[4 * t + k] = saturate(unit, sum, value);
    }
  };
}

/** Word of T = sum of the elements of A in that word + word of B, saturated. */
export function sumAcross(kind: ElementKind, sum: 'u32' | 'i32'): UnitFunction {
  const parts = KINDS[kind].count / 4;
  return (unit, t, a, b) => {
    const elements = unit[kind];
    const words = unit[sum];
    for (let k = 0; k < 4; k++) {
      let value = words[4 * b + k] ?? 0;
      for (let i = parts * k; i < parts * (k + 1); i++) value += elements[4 * parts * a + i] ?? 0;
      words[4 * t + k] = saturate(unit, sum, value);
    }
  };
}

/** vsum2sws: in each doubleword, the sum of the words of A + the right word of B, in the right word. */
export const sumAcrossHalf: UnitFunction = (unit, t, a, b) => {
  const words = unit.i32;
  for (let k = 0; k < 4; k += 2) {
    const value = (words[4 * a + k] ?? 0) + (words[4 * a + k + 1] ?? 0) + (words[4 * b + k] ?? 0);
    words[4 * t + k] = saturate(unit, 'i32', value);
    words[4 * t + k + 1] = 0;
  }
};

/** vsumsws: the sum of the words of A + the rightmost word of B, in the rightmost word. */
export const sumAcrossAll: UnitFunction = (unit, t, a, b) => {
  const words = unit.i32;
  let value = words[4 * b] ?? 0;
  for (let k = 0; k < 4; k++) value += words[4 * a + k] ?? 0;
  words.fill(0, 4 * t, 4 * t + 4);
  words[4 * t] = saturate(unit, 'i32', value);
};
