/**
 * Arithmetic on the elements of doublewords as expressions, all elements at once.
 *
 * No carry may leave an element: sums are made without the sign bits, which are added without a carry. A condition is
 * found as the sign bit of its element and spread over it as ones.
 */
import type { Semantics } from '../semantics';
import { type U64, u64 } from '../values';

/** VSCR.SAT: a result was saturated since the bit was cleared. */
export const SAT = 1;

/** Widths of elements in bits. */
export type Width = 8 | 16 | 32 | 64;
export type Signedness = 'signed' | 'unsigned';

/** A number in every element of a doubleword. */
export const everywhere = (width: Width, value: bigint): bigint =>
  BigInt.asUintN(64, (((1n << 64n) - 1n) / ((1n << BigInt(width)) - 1n)) * BigInt.asUintN(width, value));
/** The sign bits of the elements. */
const signs = (width: Width): bigint => everywhere(width, 1n << BigInt(width - 1));

/** Ones in the elements whose sign bit is set, zeros in the others. */
function spread(s: Semantics, width: Width, x: U64): U64 {
  const last = x.and(signs(width)).shru(width - 1);
  return s.let(width === 64 ? last.neg() : last.mul((1n << BigInt(width)) - 1n));
}
/** a where the mask has ones, b elsewhere. */
const choose = (mask: U64, a: U64, b: U64): U64 => a.and(mask).or(b.and(mask.not()));

/** Sums of the elements. */
export function addElements(s: Semantics, width: Width, a: U64, b: U64): U64 {
  const [x, y] = [s.let(a), s.let(b)];
  const sign = signs(width);
  return s.let(x.and(~sign).add(y.and(~sign)).xor(x.xor(y).and(sign)));
}

/** Differences of the elements. */
export function subtractElements(s: Semantics, width: Width, a: U64, b: U64): U64 {
  const [x, y] = [s.let(a), s.let(b)];
  const sign = signs(width);
  return s.let(x.or(sign).sub(y.and(~sign)).xor(x.xor(y).not().and(sign)));
}

/** Ones in the elements that are equal. */
export function equalElements(s: Semantics, width: Width, a: U64, b: U64): U64 {
  if (width === 64) return a.eq(b).choose(-1n, 0n);
  const x = s.let(a.xor(b));
  const sign = signs(width);
  // The sign bit of an element stays 0 when neither it nor the bits below it are set.
  return spread(s, width, x.and(~sign).add(~sign).or(x).not());
}

/** Ones in the elements where a > b. */
export function greaterElements(s: Semantics, width: Width, how: Signedness, a: U64, b: U64): U64 {
  if (width === 64) return (how === 'signed' ? a.gts(b) : a.gtu(b)).choose(-1n, 0n);
  // Signed numbers with their sign bits inverted have the order of unsigned ones.
  const flip = how === 'signed' ? signs(width) : 0n;
  const [x, y] = [s.let(a.xor(flip)), s.let(b.xor(flip))];
  return spread(s, width, borrows(x, y, subtractElements(s, width, y, x)));
}
/** In the sign bits: whether y - x, whose result is d, borrows. */
const borrows = (x: U64, y: U64, d: U64): U64 => y.not().and(x).or(y.xor(x).not().and(d));

export function maximum(s: Semantics, width: Width, how: Signedness, a: U64, b: U64): U64 {
  return choose(greaterElements(s, width, how, a, b), a, b);
}
export function minimum(s: Semantics, width: Width, how: Signedness, a: U64, b: U64): U64 {
  return choose(greaterElements(s, width, how, a, b), b, a);
}

/** |a - b| of unsigned elements. */
export function difference(s: Semantics, width: Width, a: U64, b: U64): U64 {
  const greater = greaterElements(s, width, 'unsigned', a, b);
  return subtractElements(s, width, choose(greater, a, b), choose(greater, b, a));
}

/** Means of the elements, rounded up: what a and b have in common, less half of what differs. */
export function average(s: Semantics, width: Width, how: Signedness, a: U64, b: U64): U64 {
  const flip = how === 'signed' ? signs(width) : 0n;
  const [x, y] = [s.let(a.xor(flip)), s.let(b.xor(flip))];
  return x
    .or(y)
    .sub(x.xor(y).shru(1).and(~signs(width)))
    .xor(flip);
}

/** SAT when an element was saturated. */
function saturate(s: Semantics, where: U64): void {
  s.VSCR.set(s.VSCR.or(where.ne(0).choose(SAT, 0)));
}

/** Sums that saturate. */
export function addSaturating(s: Semantics, width: Width, how: Signedness, a: U64, b: U64): U64 {
  const sum = addElements(s, width, a, b);
  if (how === 'signed') return saturateSigned(s, width, a, sum, a.xor(b).not());
  const over = spread(s, width, a.and(b).or(a.or(b).and(sum.not())));
  saturate(s, over);
  return sum.or(over);
}

/** Differences that saturate. */
export function subtractSaturating(s: Semantics, width: Width, how: Signedness, a: U64, b: U64): U64 {
  const d = subtractElements(s, width, a, b);
  if (how === 'signed') return saturateSigned(s, width, a, d, a.xor(b));
  const under = spread(s, width, borrows(b, a, d));
  saturate(s, under);
  return d.and(under.not());
}

/**
 * The result of a + b or a - b, but where it overflows the limit on the side of a.
 *
 * @param possible sign bits: whether the signs of the operands allow an overflow
 */
function saturateSigned(s: Semantics, width: Width, a: U64, result: U64, possible: U64): U64 {
  const over = spread(s, width, possible.and(a.xor(result)));
  saturate(s, over);
  // 7f.. and one more where a is negative
  const limit = a
    .and(signs(width))
    .shru(width - 1)
    .add(~signs(width));
  return choose(over, limit, result);
}

/** The nearest number that has `width` bits. */
export function saturateNumber(s: Semantics, width: 16 | 32, how: Signedness, number: U64): U64 {
  const x = s.let(number);
  const { low, high } = limits(width, how);
  const nearest = s.let(x.lts(low).choose(low, x.gts(high).choose(high, x)));
  saturate(s, x.xor(nearest));
  return nearest;
}
const limits = (width: 8 | 16 | 32, how: Signedness): { readonly low: bigint; readonly high: bigint } =>
  how === 'signed'
    ? { low: -(1n << BigInt(width - 1)), high: (1n << BigInt(width - 1)) - 1n }
    : { low: 0n, high: (1n << BigInt(width)) - 1n };

/** Elements of twice the width (of kind `from`), as near as `width` bits (of kind `to`) can have them. */
export function saturateElements(s: Semantics, width: 8 | 16, from: Signedness, to: Signedness, value: U64): U64 {
  const wide = width === 8 ? 16 : 32;
  const x = s.let(value);
  const { low, high } = limits(width, to);
  const all = (limit: bigint): U64 => u64(everywhere(wide, limit));
  const above = from === 'unsigned' ? x : s.let(maximum(s, wide, 'signed', x, all(low)));
  const nearest = s.let(minimum(s, wide, from, above, all(high)));
  saturate(s, x.xor(nearest));
  return nearest;
}

/** 1 in each word whose sum carries out. */
export const addCarries = (s: Semantics, a: U64, b: U64): U64 =>
  a
    .and(b)
    .or(a.or(b).and(addElements(s, 32, a, b).not()))
    .and(signs(32))
    .shru(31);
/** 1 in each word whose difference does not borrow. */
export const subtractCarries = (s: Semantics, a: U64, b: U64): U64 =>
  borrows(b, a, subtractElements(s, 32, a, b))
    .not()
    .and(signs(32))
    .shru(31);

/**
 * The same operation on each element of doublewords: it gets the elements zero-extended; of its results the low bits
 * count.
 */
export const eachElement =
  (width: 8 | 16 | 32, op: (...elements: U64[]) => U64) =>
  (...doublewords: U64[]): U64 => {
    const mask = (1n << BigInt(width)) - 1n;
    const parts: U64[] = [];
    for (let at = 0; at < 64; at += width) {
      const elements = doublewords.map((x) => (at === 64 - width ? x.shru(at) : x.shru(at).and(mask)));
      const result = op(...elements);
      parts.push(at === 64 - width ? result.shl(at) : result.and(mask).shl(at));
    }
    return parts.reduce((all, part) => all.or(part));
  };

/** Elements moved by 1, 2, 4, ... where the bits of b say so: `move` moves all elements by one distance. */
function inSteps(s: Semantics, width: 8 | 16, a: U64, b: U64, move: (x: U64, distance: number) => U64): U64 {
  const amount = s.let(b);
  let value = s.let(a);
  for (let bit = 0; 1 << bit < width; bit++) {
    const moves = spread(s, width, amount.shl(width - 1 - bit));
    value = s.let(choose(moves, move(value, 1 << bit), value));
  }
  return value;
}
/** The high bits of elements that are left after a shift to the left; the low ones after a shift to the right. */
const kept = (width: Width, distance: number, side: 'left' | 'right'): bigint =>
  side === 'left'
    ? everywhere(width, ((1n << BigInt(width)) - 1n) << BigInt(distance))
    : everywhere(width, ((1n << BigInt(width)) - 1n) >> BigInt(distance));

export const shiftElementsLeft = (s: Semantics, width: 8 | 16, a: U64, b: U64): U64 =>
  inSteps(s, width, a, b, (x, n) => x.shl(n).and(kept(width, n, 'left')));
export const shiftElementsRight = (s: Semantics, width: 8 | 16, a: U64, b: U64): U64 =>
  inSteps(s, width, a, b, (x, n) => x.shru(n).and(kept(width, n, 'right')));
export const rotateElements = (s: Semantics, width: 8 | 16, a: U64, b: U64): U64 =>
  inSteps(s, width, a, b, (x, n) =>
    x
      .shl(n)
      .and(kept(width, n, 'left'))
      .or(x.shru(width - n).and(kept(width, width - n, 'right'))),
  );
/** Shifts that repeat the sign: negative elements are shifted as their complements. */
export function shiftElementsAlgebraic(s: Semantics, width: 8 | 16, a: U64, b: U64): U64 {
  const negative = spread(s, width, a);
  return shiftElementsRight(s, width, a.xor(negative), b).xor(negative);
}

/** Elements that stand in the right halves of elements of twice the width, sign-extended to these. */
export function signExtend(s: Semantics, width: 8 | 16, x: U64): U64 {
  const value = s.let(x);
  const wide = width === 8 ? 16 : 32;
  const sign = value.and(everywhere(wide, 1n << BigInt(width - 1))).shru(width - 1);
  return value.or(sign.mul(((1n << BigInt(width)) - 1n) << BigInt(width)));
}

/** The elements of a word of each doubleword in turns: from the left halves of a and b, or the right ones. */
export function interleave(s: Semantics, width: 8 | 16, a: U64, b: U64): U64 {
  const halfwords = (x: U64): U64 => s.let(x.shl(16).or(x).and(0x0000_ffff_0000_ffffn));
  const bytes = (x: U64): U64 => x.shl(8).or(x).and(0x00ff_00ff_00ff_00ffn);
  const apart = (word: U64): U64 => (width === 16 ? halfwords(word) : bytes(halfwords(word)));
  return apart(s.let(a))
    .shl(width)
    .or(apart(s.let(b)));
}

/** The low halves of the elements of a doubleword, together in its low word. */
export function narrow(s: Semantics, width: 8 | 16, x: U64): U64 {
  const halfwords = (y: U64): U64 => y.shru(16).or(y);
  if (width === 16) return halfwords(s.let(x.and(0x0000_ffff_0000_ffffn))).extu32();
  const bytes = s.let(x.and(0x00ff_00ff_00ff_00ffn));
  return halfwords(s.let(bytes.shru(8).or(bytes).and(0x0000_ffff_0000_ffffn))).extu32();
}

/** Zero, for comparisons with it. */
export const ZERO = u64(0);
