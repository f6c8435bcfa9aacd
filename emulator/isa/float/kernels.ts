/**
 * Arithmetic by the host's doubles, as programs for generated code: the rounded result, with the sign of the rounding
 * error from error-free transformations (Dekker's product, Knuth's two-sum). For rounding to nearest and values far from
 * overflow and underflow; everything else is arithmetic.ts.
 */
import type { Semantics } from '../semantics';
import type { F64 } from '../values';
import { type Bit, type U64, u64 } from '../values';

/** What a kernel computes. */
export interface Rounded {
  /** Whether the values are for it; where not, the others mean nothing. */
  readonly fits: Bit;
  readonly value: F64;
  /** Exact value minus `value`: of that, zero and the sign are right. */
  readonly error: F64;
}
export type Kernel = (s: Semantics, x: F64, y: F64, z: F64) => Rounded;

/** Magnitudes between these: no product or remainder leaves the range of normal numbers, errors included. */
const TINY = 2 ** -900;
const HUGE = 2 ** 960;
/** Dekker's splitter for 53 bits. */
const SPLIT = 134217729;

const zero = (): F64 => u64(0).double();
/** Neither huge nor a NaN. */
const notHuge = (x: F64): Bit => x.abs().lt(HUGE);
const notTiny = (x: F64): Bit => x.abs().ge(TINY);

/** A sum: rounded, and what is lost. */
function twoSum(s: Semantics, x: F64, y: F64): { readonly sum: F64; readonly error: F64 } {
  const sum = s.letDouble(x.add(y));
  const part = s.letDouble(sum.sub(x));
  return { sum, error: s.letDouble(x.sub(sum.sub(part)).add(y.sub(part))) };
}

/** A number as the sum of two that have half of its bits. */
function halves(s: Semantics, x: F64): { readonly high: F64; readonly low: F64 } {
  const scaled = s.letDouble(x.mul(SPLIT));
  const high = s.letDouble(scaled.sub(scaled.sub(x)));
  return { high, low: s.letDouble(x.sub(high)) };
}

/** A product: rounded, and what is lost. */
function twoProduct(s: Semantics, x: F64, y: F64): { readonly product: F64; readonly error: F64 } {
  const product = s.letDouble(x.mul(y));
  const [a, b] = [halves(s, x), halves(s, y)];
  const rest = product.sub(a.high.mul(b.high)).sub(a.low.mul(b.high)).sub(a.high.mul(b.low));
  return { product, error: s.letDouble(a.low.mul(b.low).sub(rest)) };
}

/** x + y. */
export const quickAdd: Kernel = (s, x, y) => {
  const { sum, error } = twoSum(s, x, y);
  return { fits: notHuge(sum).and(notTiny(sum).or(sum.eq(0))), value: sum, error };
};

/** x - y. */
export const quickSubtract: Kernel = (s, x, y, z) => quickAdd(s, x, s.letDouble(y.neg()), z);

/** x times y. */
export const quickMultiply: Kernel = (s, x, y) => {
  const { product, error } = twoProduct(s, x, y);
  const inRange = notHuge(product).and(notHuge(x)).and(notHuge(y));
  return { fits: inRange.and(notTiny(product).or(x.eq(0)).or(y.eq(0))), value: product, error };
};

/** x divided by y. */
export const quickDivide: Kernel = (s, x, y) => {
  const quotient = s.letDouble(x.div(y));
  const { product, error } = twoProduct(s, quotient, y);
  const rest = s.letDouble(x.sub(product).sub(error));
  const inRange = notHuge(quotient).and(notHuge(x)).and(notHuge(y)).and(notTiny(y));
  const fits = inRange.and(notTiny(quotient).and(notTiny(x)).or(x.eq(0)));
  return { fits, value: quotient, error: s.letDouble(y.lt(0).chooseDouble(rest.neg(), rest)) };
};

/** The square root of x. */
export const quickSquareRoot: Kernel = (s, x) => {
  const root = s.letDouble(x.sqrt());
  const { product, error } = twoProduct(s, root, root);
  const fits = x.ge(TINY).and(x.lt(HUGE)).or(x.eq(0));
  return { fits, value: root, error: s.letDouble(x.sub(product).sub(error)) };
};

/** A number that is no zero, moved to the next double up or down. */
function stepped(value: F64, up: Bit): F64 {
  const away = up.xor(value.lt(0));
  return value.bits().add(away.choose(1, -1)).double();
}

/**
 * x times y plus z, rounded once: the exact sum of three doubles, of which the lower two are added with rounding to odd
 * (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums").
 */
export const quickMultiplyAdd: Kernel = (s, x, y, z) => {
  const { product, error: low } = twoProduct(s, x, y);
  const nothing = x.eq(0).or(y.eq(0));
  // z + low = upper + lower; product + upper = high + rest
  const { sum: upper, error: lower } = twoSum(s, z, low);
  const { sum: high, error: rest } = twoSum(s, product, upper);
  const { sum: middle, error: lost } = twoSum(s, lower, rest);
  const isStep = s.let(lost.ne(0).and(middle.bits().and(1).eq(0)).u64()).ne(0);
  const odd = s.letDouble(isStep.chooseDouble(stepped(middle, lost.gt(0)), middle));
  const { sum, error } = twoSum(s, high, odd);
  const last = error.eq(0).chooseDouble(isStep.chooseDouble(lost.neg(), lost), error);
  // What is left of z alone is exact, but for its sign the product of zeros counts.
  const value = s.letDouble(nothing.chooseDouble(product.add(z), sum));
  const inRange = notHuge(product).and(notHuge(x)).and(notHuge(y)).and(notHuge(z)).and(notHuge(sum));
  const notSmall = notTiny(product).and(notTiny(sum)).or(nothing);
  return {
    fits: inRange.and(notTiny(z).or(z.eq(0))).and(notSmall),
    value,
    error: s.letDouble(nothing.chooseDouble(zero(), last)),
  };
};

/** x times y minus z. */
export const quickMultiplySubtract: Kernel = (s, x, y, z) => quickMultiplyAdd(s, x, y, s.letDouble(z.neg()));

const SINGLE_TINY = 2 ** -125;
const SINGLE_HUGE = 2 ** 127;

/**
 * Rounds a result on to single. It does not fit where the two roundings would not be one: the double lies half way between
 * singles and is itself not exact; or where the single is denormalized or near the end of the range.
 */
export function roundedToSingle(s: Semantics, { fits, value, error }: Rounded): Rounded {
  const size = value.abs();
  const inRange = size.ge(SINGLE_TINY).and(size.le(SINGLE_HUGE)).or(value.eq(0));
  const twice = value.bits().and(0x1fff_ffff).eq(0x1000_0000).and(error.ne(0));
  const single = s.letDouble(value.toSingle().single());
  return {
    fits: fits.and(inRange).and(twice.not()),
    value: single,
    error: s.letDouble(single.eq(value).chooseDouble(error, value.sub(single))),
  };
}

/** An exact number as a result. */
export const exactly = (value: F64): Rounded => ({ fits: value.eq(value), value, error: zero() });

/** Bits of the register element: words of a doubleword, left one first. */
export const singlesOf = (doubleword: U64): readonly [F64, F64] => [doubleword.shru(32).single(), doubleword.single()];
/** The doubleword of two singles. */
export const doublewordOf = (left: F64, right: F64): U64 => left.toSingle().shl(32).or(right.toSingle());
