/** Vector integer arithmetic that mixes elements of several sizes, Power ISA 3.0B Book I 6.9.1. */
import type { UnitFunction } from '../vector-unit';
import { type ElementKind, KINDS, saturate } from './elements';

/** The kind of twice the width. */
const WIDER = { u8: 'u16', i8: 'i16', u16: 'u32', i16: 'i32' } as const;
type Narrow = keyof typeof WIDER;

/**
 * Products of every other element, each as wide as both factors: the even elements 0, 2, ... of the manual, or the odd
 * ones. The even element of a pair is the left one, so the second in the array.
 */
export function multiplyAlternate(kind: Narrow, which: 'even' | 'odd'): UnitFunction {
  const wide = WIDER[kind];
  const { count } = KINDS[wide];
  const place = which === 'even' ? 1 : 0;
  return (unit, t, a, b) => {
    const factors = unit[kind];
    const products = unit[wide];
    for (let k = 0; k < count; k++) {
      const from = 2 * k + place;
      products[t * count + k] = (factors[2 * a * count + from] ?? 0) * (factors[2 * b * count + from] ?? 0);
    }
  };
}

/**
 * Word of T = sum of the products of the elements of A and B in that word + word of C.
 *
 * @param sum kind of the sum, which is saturated when `saturating`
 */
export function multiplySum(
  kindA: ElementKind,
  kindB: ElementKind,
  sum: 'u32' | 'i32',
  saturating: boolean,
): UnitFunction {
  const parts = KINDS[kindA].count / 4;
  return (unit, t, a, b, c) => {
    const left = unit[kindA];
    const right = unit[kindB];
    const words = unit[sum];
    for (let k = 0; k < 4; k++) {
      let value = words[4 * c + k] ?? 0;
      for (let i = parts * k; i < parts * (k + 1); i++) {
        value += (left[4 * parts * a + i] ?? 0) * (right[4 * parts * b + i] ?? 0);
      }
      words[4 * t + k] = saturating ? saturate(unit, sum, value) : value;
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
