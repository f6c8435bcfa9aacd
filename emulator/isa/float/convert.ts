/** Conversions between formats and to and from integers, rounding to integral values, comparison. */
import { type Float, type Format, finite, isNan, leading, quieted, zero } from './format';
import { VXCVI, VXSNAN, XX } from './fpscr';
import { type Status, round, roundAt } from './round';

/** The same number in another format; a signaling NaN is invalid and becomes quiet. */
export function convert(format: Format, value: Float, status: Status): Float {
  if (isNan(value)) {
    if (value.kind === 'signaling') status.raised |= VXSNAN;
    return quieted(value);
  }
  return value.kind === 'finite' ? round(format, value.negative, value.significand, value.exponent, status) : value;
}

/** An integer as a number of the format. */
export function fromInteger(format: Format, integer: bigint, status: Status): Float {
  if (integer === 0n) return zero(false);
  const negative = integer < 0n;
  return round(format, negative, negative ? -integer : integer, 0, status);
}

/**
 * An integer of `width` bits, rounded by the status' mode. What does not fit is invalid (VXCVI) and gives the nearest
 * integer that does; a NaN gives the least one.
 */
export function toInteger(value: Float, width: number, signed: boolean, status: Status): bigint {
  const largest = (1n << BigInt(signed ? width - 1 : width)) - 1n;
  const least = signed ? -largest - 1n : 0n;
  if (isNan(value)) {
    status.raised |= value.kind === 'signaling' ? VXSNAN | VXCVI : VXCVI;
    return least;
  }
  const saturated = (): bigint => {
    status.raised |= VXCVI;
    status.inexact = false;
    status.incremented = false;
    return value.negative ? least : largest;
  };
  if (value.kind === 'zero') return 0n;
  if (value.kind === 'infinity' || leading(value) > width) return saturated();
  const magnitude = integral(value, status);
  const integer = value.negative ? -magnitude : magnitude;
  if (integer < least || integer > largest) return saturated();
  if (status.inexact) status.raised |= XX;
  return integer;
}

/** The magnitude of a finite number, rounded to an integer. What is far below one half keeps its last bits only. */
function integral(value: Float, status: Status): bigint {
  if (value.exponent < 0 && leading(value) < -2) return roundAt(1n, 3, value.negative, status);
  return roundAt(value.significand, -value.exponent, value.negative, status);
}

/** The number rounded to an integral value. FR, FI and XX are the caller's to take from the status or to leave. */
export function toIntegral(value: Float, status: Status): Float {
  if (isNan(value)) {
    if (value.kind === 'signaling') status.raised |= VXSNAN;
    return quieted(value);
  }
  if (value.kind !== 'finite' || value.exponent >= 0) return value;
  return finite(value.negative, integral(value, status), 0);
}

/** Results of a comparison as the bits of a CR field. */
export const LESS = 8;
export const GREATER = 4;
export const EQUAL = 2;
export const UNORDERED = 1;

const magnitudeOrder = (a: Float, b: Float): number => {
  const byExponent = leading(a) - leading(b);
  if (byExponent !== 0) return byExponent;
  const low = Math.min(a.exponent, b.exponent);
  const x = a.significand << BigInt(a.exponent - low);
  const y = b.significand << BigInt(b.exponent - low);
  return x < y ? -1 : x > y ? 1 : 0;
};

/** Compares; raises nothing. */
export function compare(a: Float, b: Float): number {
  if (isNan(a) || isNan(b)) return UNORDERED;
  if (a.kind === 'zero' && b.kind === 'zero') return EQUAL;
  const sign = (x: Float): number => (x.kind === 'zero' ? 0 : x.negative ? -1 : 1);
  const [sa, sb] = [sign(a), sign(b)];
  if (sa !== sb) return sa < sb ? LESS : GREATER;
  const infinite = (x: Float): number => (x.kind === 'infinity' ? 1 : 0);
  const order = infinite(a) !== infinite(b) ? infinite(a) - infinite(b) : infinite(a) === 1 ? 0 : magnitudeOrder(a, b);
  return order === 0 ? EQUAL : order * sa < 0 ? LESS : GREATER;
}
