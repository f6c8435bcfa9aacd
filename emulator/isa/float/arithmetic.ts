/**
 * Arithmetic on numbers taken apart: exact operations, rounded once (Power ISA 3.0B Book I 4.6 and 7.6; IEEE 754).
 *
 * `format` is that of the result; the operands may come from a wider one, as those of the single-precision
 * instructions do.
 */
import {
  DEFAULT_NAN,
  type Float,
  type Format,
  bitLength,
  finite,
  infinity,
  isNan,
  leading,
  negateNumber,
  quieted,
  shifted,
  zero,
} from './format';
import { VXIDI, VXIMZ, VXISI, VXSNAN, VXSQRT, VXZDZ, ZX } from './fpscr';
import { MODE, type Status, round } from './round';

/** The result of an operation that has NaNs among its operands: the first of them, quiet. Undefined without NaNs. */
function nanOf(status: Status, ...operands: readonly Float[]): Float | undefined {
  if (operands.some((each) => each.kind === 'signaling')) status.raised |= VXSNAN;
  const first = operands.find(isNan);
  return first && quieted(first);
}

function invalid(status: Status, exception: number): Float {
  status.raised |= exception;
  return DEFAULT_NAN;
}

/** The sign of an exact zero sum of numbers with different signs. */
const zeroSum = (status: Status): Float => zero(status.mode === MODE.down);

/** More bits than the result of any format needs: what lies further down matters only by not being zero. */
const ENOUGH = 120;

/** The sum of finite numbers or zeros, rounded. */
function addFinite(format: Format, a: Float, b: Float, status: Status): Float {
  if (a.kind === 'zero' && b.kind === 'zero') return a.negative === b.negative ? a : zeroSum(status);
  if (a.kind === 'zero') return round(format, b.negative, b.significand, b.exponent, status);
  if (b.kind === 'zero') return round(format, a.negative, a.significand, a.exponent, status);
  const [large, given] = leading(a) >= leading(b) ? [a, b] : [b, a];
  const low = Math.min(large.exponent, leading(large) - ENOUGH);
  const small = leading(given) < low - 1 ? finite(given.negative, 1n, low - 2) : given;
  const exponent = Math.min(large.exponent, small.exponent);
  const x = shifted(large.significand, large.exponent - exponent);
  const y = shifted(small.significand, small.exponent - exponent);
  const sum = large.negative === small.negative ? x + y : x - y;
  if (sum === 0n) return zeroSum(status);
  return sum < 0n
    ? round(format, small.negative, -sum, exponent, status)
    : round(format, large.negative, sum, exponent, status);
}

/** a + b. */
export function add(format: Format, a: Float, b: Float, status: Status): Float {
  const nan = nanOf(status, a, b);
  if (nan) return nan;
  if (a.kind === 'infinity') {
    return b.kind === 'infinity' && a.negative !== b.negative ? invalid(status, VXISI) : a;
  }
  if (b.kind === 'infinity') return b;
  return addFinite(format, a, b, status);
}

/** a - b. A NaN keeps its sign. */
export function subtract(format: Format, a: Float, b: Float, status: Status): Float {
  return add(format, a, negateNumber(b), status);
}

/** a times b. */
export function multiply(format: Format, a: Float, b: Float, status: Status): Float {
  const nan = nanOf(status, a, b);
  if (nan) return nan;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    return a.kind === 'zero' || b.kind === 'zero' ? invalid(status, VXIMZ) : infinity(negative);
  }
  if (a.kind === 'zero' || b.kind === 'zero') return zero(negative);
  return round(format, negative, a.significand * b.significand, a.exponent + b.exponent, status);
}

/** a divided by b. */
export function divide(format: Format, a: Float, b: Float, status: Status): Float {
  const nan = nanOf(status, a, b);
  if (nan) return nan;
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity') return b.kind === 'infinity' ? invalid(status, VXIDI) : infinity(negative);
  if (b.kind === 'infinity') return zero(negative);
  if (b.kind === 'zero') {
    if (a.kind === 'zero') return invalid(status, VXZDZ);
    status.raised |= ZX;
    return infinity(negative);
  }
  if (a.kind === 'zero') return zero(negative);
  const left = Math.max(0, ENOUGH + bitLength(b.significand) - bitLength(a.significand));
  const dividend = a.significand << BigInt(left);
  const quotient = dividend / b.significand;
  const sticky = quotient * b.significand === dividend ? 0n : 1n;
  return round(format, negative, (quotient << 1n) | sticky, a.exponent - left - b.exponent - 1, status);
}

/** The greatest integer whose square is not above n. */
function integerRoot(n: bigint): bigint {
  let root = 1n << BigInt((bitLength(n) + 1) >> 1);
  while (true) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The square root. */
export function squareRoot(format: Format, a: Float, status: Status): Float {
  const nan = nanOf(status, a);
  if (nan) return nan;
  if (a.kind === 'zero') return a;
  if (a.negative) return invalid(status, VXSQRT);
  if (a.kind === 'infinity') return a;
  let left = Math.max(0, 2 * ENOUGH - bitLength(a.significand));
  if (((a.exponent - left) & 1) !== 0) left++;
  const radicand = a.significand << BigInt(left);
  const root = integerRoot(radicand);
  const sticky = root * root === radicand ? 0n : 1n;
  return round(format, false, (root << 1n) | sticky, (a.exponent - left) / 2 - 1, status);
}

/**
 * a times c plus b, rounded once: the operands in the order of the manual's A, C, B.
 *
 * Infinity times zero is invalid also when b is a NaN, which then is the result. Of several NaNs the result is A, then
 * B, then C.
 */
export function multiplyAdd(format: Format, a: Float, c: Float, b: Float, status: Status): Float {
  const infinite = a.kind === 'infinity' || c.kind === 'infinity';
  if (infinite && (a.kind === 'zero' || c.kind === 'zero')) status.raised |= VXIMZ;
  const nan = nanOf(status, a, b, c);
  if (nan) return nan;
  if ((status.raised & VXIMZ) !== 0) return DEFAULT_NAN;
  const negative = a.negative !== c.negative;
  if (infinite) {
    return b.kind === 'infinity' && b.negative !== negative ? invalid(status, VXISI) : infinity(negative);
  }
  if (b.kind === 'infinity') return b;
  const product =
    a.kind === 'zero' || c.kind === 'zero'
      ? zero(negative)
      : finite(negative, a.significand * c.significand, a.exponent + c.exponent);
  return addFinite(format, product, b, status);
}
