/**
 * The binary formats of IEEE 754 that the Power ISA has, and floating-point numbers taken apart: the representation
 * of everything that is not on the short way of doubles (fast.ts).
 */

/** A binary interchange format. */
export interface Format {
  readonly name: string;
  /** Width in bits. */
  readonly width: number;
  /** Number of fraction bits; the precision is one more. */
  readonly fraction: number;
  /** Exponents of normal numbers. */
  readonly emin: number;
  readonly emax: number;
  /** What an enabled overflow or underflow adjusts the exponent by (Book I 4.4.3.1, 4.4.4.1, 7.4.3.1). */
  readonly rescale: number;
}

export const BINARY16: Format = { name: 'binary16', width: 16, fraction: 10, emin: -14, emax: 15, rescale: 24 };
export const BINARY32: Format = { name: 'binary32', width: 32, fraction: 23, emin: -126, emax: 127, rescale: 192 };
export const BINARY64: Format = { name: 'binary64', width: 64, fraction: 52, emin: -1022, emax: 1023, rescale: 1536 };
// prettier-ignore
export const BINARY128: Format = { name: 'binary128', width: 128, fraction: 112, emin: -16382, emax: 16383, rescale: 24576 };

export type Kind = 'zero' | 'finite' | 'infinity' | 'quiet' | 'signaling';

/** A number taken apart. */
export interface Float {
  readonly kind: Kind;
  readonly negative: boolean;
  /** A finite number is significand times 2 to the exponent. */
  readonly exponent: number;
  /** Of a NaN: its fraction, as it stands in binary128. */
  readonly significand: bigint;
}

/** Fraction bits in which NaNs are kept: the widest format's, so that conversions cut or extend at the right. */
const NAN_FRACTION = BINARY128.fraction;
const QUIET_BIT = 1n << BigInt(NAN_FRACTION - 1);

export const DEFAULT_NAN: Float = { kind: 'quiet', negative: false, exponent: 0, significand: QUIET_BIT };
export const zero = (negative: boolean): Float => ({ kind: 'zero', negative, exponent: 0, significand: 0n });
export const infinity = (negative: boolean): Float => ({ kind: 'infinity', negative, exponent: 0, significand: 0n });
/** significand times 2 to the exponent; zero of that sign when the significand is 0. */
export function finite(negative: boolean, significand: bigint, exponent: number): Float {
  return significand === 0n ? zero(negative) : { kind: 'finite', negative, exponent, significand };
}
export const isNan = (value: Float): boolean => value.kind === 'quiet' || value.kind === 'signaling';
export const negate = (value: Float): Float => ({ ...value, negative: !value.negative });
/** The same, but a NaN keeps its sign. */
export const negateNumber = (value: Float): Float => (isNan(value) ? value : negate(value));

/** The same NaN, quiet. */
export function quieted(value: Float): Float {
  return { ...value, kind: 'quiet', significand: value.significand | QUIET_BIT };
}

/** Number of bits of a positive integer up to its leading one. */
export function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return digits.length * 4 + 28 - Math.clz32(Number.parseInt(digits.charAt(0), 16));
}

/** Exponent of the leading bit of a finite number. */
export const leading = (value: Float): number => value.exponent + bitLength(value.significand) - 1;

/** Takes the bits of a format apart. */
export function unpack(format: Format, bits: bigint): Float {
  const fraction = BigInt.asUintN(format.fraction, bits);
  const rest = Number(bits >> BigInt(format.fraction));
  const limit = format.emax * 2 + 1;
  const biased = rest & limit;
  const negative = (rest & (limit + 1)) !== 0;
  if (biased === limit) {
    if (fraction === 0n) return infinity(negative);
    const significand = fraction << BigInt(NAN_FRACTION - format.fraction);
    const kind = (significand & QUIET_BIT) === 0n ? 'signaling' : 'quiet';
    return { kind, negative, exponent: 0, significand };
  }
  if (biased === 0) return finite(negative, fraction, format.emin - format.fraction);
  const significand = fraction | (1n << BigInt(format.fraction));
  return { kind: 'finite', negative, exponent: biased - format.emax - format.fraction, significand };
}

/**
 * The bits of a number. It must have been rounded to the format or to a narrower one: low bits that have no place
 * are dropped. What is too large, as an enabled overflow can leave it in a narrow format, is an infinity.
 */
export function pack(format: Format, value: Float): bigint {
  const sign = value.negative ? 1n << BigInt(format.width - 1) : 0n;
  const exponentField = (biased: number): bigint => BigInt(biased) << BigInt(format.fraction);
  switch (value.kind) {
    case 'zero':
      return sign;
    case 'infinity':
      return sign | exponentField(format.emax * 2 + 1);
    case 'quiet':
    case 'signaling':
      return sign | exponentField(format.emax * 2 + 1) | (value.significand >> BigInt(NAN_FRACTION - format.fraction));
    case 'finite': {
      const top = leading(value);
      if (top > format.emax) return pack(format, infinity(value.negative));
      const quantum = Math.max(top, format.emin) - format.fraction;
      const scaled = shifted(value.significand, value.exponent - quantum);
      // The leading one of a normal number adds 1 to the exponent field.
      return sign | (exponentField(Math.max(top, format.emin) + format.emax - 1) + scaled);
    }
  }
}

/** Drops the bits of a NaN that a format does not have. */
export function cut(format: Format, value: Float): Float {
  return value.kind === 'quiet' ? unpack(format, pack(format, value)) : value;
}

/** value times 2 to the power `left`, without its fraction. */
export function shifted(value: bigint, left: number): bigint {
  return left >= 0 ? value << BigInt(left) : value >> BigInt(-left);
}

/**
 * Class of a result as FPRF names it, Book I figure "Floating-Point Result Flags": C FL FG FE FU.
 *
 * @param format whose smallest normal number tells denormalized numbers
 */
export function resultClass(format: Format, value: Float): number {
  switch (value.kind) {
    case 'quiet':
    case 'signaling':
      return 0x1_1000;
    case 'infinity':
      return value.negative ? 0x9000 : 0x5000;
    case 'zero':
      return value.negative ? 0x1_2000 : 0x2000;
    case 'finite': {
      const denormal = leading(value) < format.emin ? 0x1_0000 : 0;
      return denormal | (value.negative ? 0x8000 : 0x4000);
    }
  }
}
