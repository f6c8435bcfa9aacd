/** Sixteen bytes of memory as the instructions of vectors take them, in both byte orders. */
import type { Semantics } from '../semantics';
import type { U64 } from '../values';
import { type Quad, quad } from './vector-forms';

/** A quadword: in little-endian mode its right doubleword comes first. */
export function loadQuad(s: Semantics, ea: U64): Quad {
  const first = s.load(ea, 8);
  const second = s.load(ea.add(8), 8);
  return quad(s.le.choose(second, first), s.le.choose(first, second));
}

export function storeQuad(s: Semantics, ea: U64, value: Quad): void {
  s.store(ea, 8, s.le.choose(value.lo, value.hi));
  s.store(ea.add(8), 8, s.le.choose(value.hi, value.lo));
}

/** The halfwords of each word in the other order. */
const swapHalfwords = (x: U64): U64 => x.shru(16).and(0x0000_ffff_0000_ffffn).or(x.shl(16).and(0xffff_0000_ffff_0000n));
/** The bytes of each halfword in the other order. */
export const swapBytes = (x: U64): U64 =>
  x.shru(8).and(0x00ff_00ff_00ff_00ffn).or(x.shl(8).and(0xff00_ff00_ff00_ff00n));

/**
 * The elements of a doubleword in the other order: between a doubleword of the current byte order and elements of it
 * that stand from left to right in memory.
 */
export function reverseElements(s: Semantics, size: 1 | 2 | 4 | 8, value: U64): U64 {
  if (size === 8) return value;
  const words = s.let(value.rotl(32));
  if (size === 4) return words;
  const halfwords = s.let(swapHalfwords(words));
  return size === 2 ? halfwords : swapBytes(halfwords);
}

/** Two doublewords of elements from left to right, each element in the current byte order. */
export function loadElements(s: Semantics, ea: U64, size: 1 | 2 | 4 | 8): Quad {
  const hi = s.load(ea, 8);
  const lo = s.load(ea.add(8), 8);
  return quad(s.le.choose(reverseElements(s, size, hi), hi), s.le.choose(reverseElements(s, size, lo), lo));
}

export function storeElements(s: Semantics, ea: U64, size: 1 | 2 | 4 | 8, value: Quad): void {
  const hi = s.let(value.hi);
  const lo = s.let(value.lo);
  s.store(ea, 8, s.le.choose(reverseElements(s, size, hi), hi));
  s.store(ea.add(8), 8, s.le.choose(reverseElements(s, size, lo), lo));
}
