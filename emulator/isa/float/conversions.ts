/** Scalar conversions and rounding on registers: between formats, to and from integers (Book I 4.6.7, 7.6). */
import { convert, fromInteger, toInteger, toIntegral } from './convert';
import {
  BINARY128,
  BINARY16,
  BINARY32,
  BINARY64,
  cut,
  type Float,
  type Format,
  pack,
  resultClass,
  unpack,
} from './format';
import { FI, FPRF, FR, FX, NOT_PLAIN, UX, XX } from './fpscr';
import { hostIntegral, integralClass } from './host';
import { MODE, type RoundingMode } from './round';
import {
  type FloatFunction,
  finish,
  finishFloat,
  readDouble,
  readQuad,
  status,
  writeDoubleword,
  writeFloat,
} from './scalar';
import { short, shortToSingle } from './short';

const WORD = 4294967296;

/** FPSCR after an operation of the short way with this error, leaving FPRF. */
function shortStatus(fpscr: number, value: number, error: number): number {
  const kept = fpscr & ~(FR | FI);
  if (error === 0) return kept >>> 0;
  const first = (kept & XX) === 0 ? XX | FX : 0;
  return (kept | first | FI | (error < 0 === value > 0 ? FR : 0)) >>> 0;
}

/** How a conversion to an integer lays its result out. */
export interface IntegerTarget {
  readonly width: 32 | 64;
  readonly signed: boolean;
  /** Towards zero, whatever FPSCR says. */
  readonly truncate: boolean;
  /** A word stands in both halves of the doubleword instead of being extended. */
  readonly twice?: boolean;
}

/** A single or a word in both halves: the ISA defines one of them and leaves the other undefined. */
export const twice = (bits: bigint): bigint => (bits << 32n) | bits;

/** Doubleword 0 for an integer result: a word stands in both halves, of which the ISA defines the right one. */
export function integerDoubleword(integer: bigint, width: 32 | 64): bigint {
  return width === 64 ? BigInt.asUintN(64, integer) : twice(BigInt.asUintN(32, integer));
}

/** Double to integer. */
export function doubleToInteger(target: IntegerTarget): FloatFunction {
  const { width, signed, truncate } = target;
  const both = target.twice === true;
  const limit = width === 64 ? 2 ** 53 : signed ? 2 ** 31 - 1 : 2 ** 32 - 1;
  const least = signed ? -limit : 0;
  return (unit, t, b) => {
    const value = unit.f64[2 * b + 1] ?? 0;
    if (truncate && (unit.fpscr & NOT_PLAIN) === 0 && value > least && value < limit) {
      const integer = Math.trunc(value);
      const word = integer | 0;
      unit.i32[4 * t + 2] = word;
      unit.i32[4 * t + 3] = both ? word : Math.floor(integer / WORD);
      unit.f64[2 * t] = 0;
      unit.fpscr = shortStatus(unit.fpscr, value, value - integer);
      return false;
    }
    status.begin(unit.fpscr);
    if (truncate) status.mode = MODE.zero;
    const integer = toInteger(readDouble(unit, b), width, signed, status);
    return finish(unit, undefined, () =>
      writeDoubleword(unit, t, both ? integerDoubleword(integer, width) : BigInt.asUintN(64, integer)),
    );
  };
}

/** Doubleword 0 as an integer to double, rounded to `format`. */
export function integerToDouble(signed: boolean, format: Format): FloatFunction {
  const single = format === BINARY32;
  return (unit, t, b) => {
    if ((unit.fpscr & NOT_PLAIN) === 0) {
      const high = ((signed ? unit.i32[4 * b + 3] : unit.u32[4 * b + 3]) ?? 0) * WORD;
      const low = unit.u32[4 * b + 2] ?? 0;
      const value = high + low;
      short[0] = value;
      short[1] = high - (value - (value - high)) + (low - (value - high));
      if (!single || shortToSingle()) {
        const result = short[0];
        const fpscr = shortStatus(unit.fpscr & ~FPRF, result, short[1]);
        unit.fpscr = (fpscr | (result > 0 ? 0x4000 : result < 0 ? 0x8000 : 0x2000)) >>> 0;
        unit.f64[2 * t + 1] = result;
        unit.f64[2 * t] = 0;
        return false;
      }
    }
    status.begin(unit.fpscr);
    const integer = (signed ? unit.i64[2 * b + 1] : unit.u64[2 * b + 1]) ?? 0n;
    return finishFloat(unit, t, format, BINARY64, fromInteger(format, integer, status));
  };
}

/** Rounds a double to an integral value: in the given mode and silently, or in FPSCR's with XX. */
export function doubleToIntegral(mode: RoundingMode | undefined): FloatFunction {
  return (unit, t, b) => {
    const whole = hostIntegral(mode, unit.f64[2 * b + 1] ?? 0);
    if (!Number.isNaN(whole)) {
      unit.fpscr = ((unit.fpscr & ~(FR | FI | FPRF)) | integralClass(whole)) >>> 0;
      unit.f64[2 * t + 1] = whole;
      unit.f64[2 * t] = 0;
      return false;
    }
    status.begin(unit.fpscr);
    if (mode !== undefined) status.mode = mode;
    const value = toIntegral(readDouble(unit, b), status);
    if (mode === undefined) noteInexact();
    else quiet();
    return finishFloat(unit, t, BINARY64, BINARY64, value);
  };
}

function noteInexact(): void {
  if (status.inexact) status.raised |= XX;
}
function quiet(): void {
  status.inexact = false;
  status.incremented = false;
}

/** frsp, xsrsp: rounds a double to single. Of a NaN the bits that a single does not have become 0. */
export const roundToSingle: FloatFunction = (unit, t, b) => {
  if ((unit.fpscr & NOT_PLAIN) === 0) {
    short[0] = unit.f64[2 * b + 1] ?? 0;
    short[1] = 0;
    if (shortToSingle()) {
      const value = short[0];
      const fpscr = shortStatus(unit.fpscr & ~FPRF, value, short[1]);
      const sign = value > 0 ? 0x4000 : value < 0 ? 0x8000 : Object.is(value, 0) ? 0x2000 : 0x1_2000;
      unit.f64[2 * t + 1] = value;
      unit.f64[2 * t] = 0;
      unit.fpscr = (fpscr | sign) >>> 0;
      return false;
    }
  }
  status.begin(unit.fpscr);
  const value = convert(BINARY32, readDouble(unit, b), status);
  return finishFloat(unit, t, BINARY32, BINARY64, cut(BINARY32, value));
};

/** Where a conversion between formats takes its operand from and puts its result. */
interface Layout {
  readonly to: Format;
  /** Reads the operand. */
  readonly read: (unit: Parameters<FloatFunction>[0], n: number) => Float;
  /** Doubleword 0 of the result from its bits. */
  readonly place: (bits: bigint) => bigint;
}

/** Left word of a register as a single. */
const readSingle: Layout['read'] = (unit, n) => unpack(BINARY32, BigInt(unit.u32[4 * n + 3] ?? 0));
const readHalf: Layout['read'] = (unit, n) => unpack(BINARY16, BigInt(unit.u16[8 * n + 4] ?? 0));
const asIs = (bits: bigint): bigint => bits;

function conversion({ to, read, place }: Layout): FloatFunction {
  return (unit, t, b) => {
    status.begin(unit.fpscr);
    const value = convert(to, read(unit, b), status);
    const write = (): void => writeDoubleword(unit, t, place(pack(to, value)));
    return finish(unit, resultClass(to, value), write);
  };
}

export const doubleToSingleWord = conversion({ to: BINARY32, read: readDouble, place: twice });
export const singleWordToDouble = conversion({ to: BINARY64, read: readSingle, place: asIs });
export const doubleToHalf = conversion({ to: BINARY16, read: readDouble, place: asIs });
export const halfToDouble = conversion({ to: BINARY64, read: readHalf, place: asIs });

/** Double to quad. */
export const doubleToQuad: FloatFunction = (unit, t, b) => {
  status.begin(unit.fpscr);
  return finishFloat(unit, t, BINARY128, BINARY128, convert(BINARY128, readDouble(unit, b), status));
};

/** Quad to double, in FPSCR's rounding mode or to odd. */
export const quadToDouble =
  (odd: boolean): FloatFunction =>
  (unit, t, b) => {
    status.begin(unit.fpscr);
    if (odd) status.mode = MODE.odd;
    return finishFloat(unit, t, BINARY64, BINARY64, convert(BINARY64, readQuad(unit, b), status));
  };

/** Quad to integer, towards zero; a word is extended to the doubleword. */
export const quadToInteger =
  (width: 32 | 64, signed: boolean): FloatFunction =>
  (unit, t, b) => {
    status.begin(unit.fpscr);
    status.mode = MODE.zero;
    const integer = toInteger(readQuad(unit, b), width, signed, status);
    return finish(unit, undefined, () => writeDoubleword(unit, t, BigInt.asUintN(64, integer)));
  };

/** Doubleword 0 as an integer to quad. */
export const integerToQuad =
  (signed: boolean): FloatFunction =>
  (unit, t, b) => {
    status.begin(unit.fpscr);
    const integer = (signed ? unit.i64[2 * b + 1] : unit.u64[2 * b + 1]) ?? 0n;
    return finishFloat(unit, t, BINARY128, BINARY128, fromInteger(BINARY128, integer, status));
  };

/** Rounding mode of xsrqpi and xsrqpxp from R and RMC; R = 0 with RMC = 3 is FPSCR's. */
function quadMode(r: number, rmc: number, own: RoundingMode): RoundingMode {
  if (r === 1) return rmc as RoundingMode;
  return rmc === 3 ? own : MODE.nearestAway;
}

/** xsrqpi and xsrqpix: target, operand, R, RMC. */
export const quadToIntegral =
  (exact: boolean): FloatFunction =>
  (unit, t, b, r, rmc) => {
    status.begin(unit.fpscr);
    status.mode = quadMode(r, rmc, status.mode);
    const value = toIntegral(readQuad(unit, b), status);
    if (exact) noteInexact();
    else quiet();
    return finishFloat(unit, t, BINARY128, BINARY128, value);
  };

/** The 64-bit significand of x87's double-extended format, with the exponents of binary128. */
const EXTENDED: Format = { ...BINARY128, name: 'extended', width: 79, fraction: 63 };

/** xsrqpxp: rounds to double-extended precision. It has no underflow. */
export const quadToExtended: FloatFunction = (unit, t, b, r, rmc) => {
  status.begin(unit.fpscr);
  status.mode = quadMode(r, rmc, status.mode);
  status.enables &= ~0x20;
  const value = convert(EXTENDED, readQuad(unit, b), status);
  status.raised &= ~UX;
  return finish(unit, resultClass(BINARY128, value), () => writeFloat(unit, t, BINARY128, cut(EXTENDED, value)));
};
