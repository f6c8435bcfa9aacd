/** Scalar conversions and rounding on registers: between formats, to and from integers (Book I 4.6.7, 7.6). */
import { Routine } from '../routine';
import type { Semantics } from '../semantics';
import { type F64, u64 } from '../values';
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
import { UX, XX } from './fpscr';
import { exactly, roundedToSingle } from './kernels';
import { classOf, isPlain, setErrorStatus, setExactStatus } from './quick';
import { MODE, type RoundingMode } from './round';
import {
  type FloatFunction,
  finish,
  finishFloat,
  finishQuickly,
  ofEach,
  readDouble,
  readQuad,
  scalarRoutine,
  status,
  writeDoubleword,
  writeFloat,
} from './scalar';

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

const nameOf = ({ width, signed, truncate, twice }: IntegerTarget): string =>
  `double to ${signed ? 'signed' : 'unsigned'} ${width}${truncate ? ' truncated' : ''}${twice ? ' twice' : ''}`;

/** Double to integer. */
export const doubleToInteger = ofEach((target: IntegerTarget): Routine => {
  const { width, signed, truncate } = target;
  const both = target.twice === true;
  const slow: FloatFunction = (unit, t, b) => {
    status.begin(unit.fpscr);
    if (truncate) status.mode = MODE.zero;
    const integer = toInteger(readDouble(unit, b), width, signed, status);
    return finish(unit, undefined, () =>
      writeDoubleword(unit, t, both ? integerDoubleword(integer, width) : BigInt.asUintN(64, integer)),
    );
  };
  // Integers are at least this, and less than that.
  const [least, limit] = signed ? [-(2 ** (width - 1)), 2 ** (width - 1)] : [0, 2 ** width];
  return new Routine(nameOf(target), slow, (s, [t, b], slowly) => {
    const value = s.letDouble(s.vsr(b).hi.double());
    const whole = s.letDouble(truncate ? value.trunc() : value.nearest());
    const quick = (): void => {
      const integer = s.let(signed ? whole.toInteger() : whole.toUnsigned());
      setErrorStatus(s, { value, error: s.letDouble(value.sub(whole)) });
      s.vsr(t).set(both ? integer.extu32().or(integer.shl(32)) : integer, 0);
    };
    s.if(whole.ge(least).and(whole.lt(limit)).and(isPlain(s)), quick, slowly);
  });
}, nameOf);

interface IntegerSource {
  readonly signed: boolean;
  readonly format: Format;
}
const nameOfSource = ({ signed, format }: IntegerSource): string =>
  `${signed ? 'signed' : 'unsigned'} 64 to ${format.name}`;

/** Doubleword 0 as an integer to double, rounded to a format. */
export const integerToDouble = ofEach((source: IntegerSource): Routine => {
  const { signed, format } = source;
  const slow: FloatFunction = (unit, t, b) => {
    status.begin(unit.fpscr);
    const integer = (signed ? unit.i64[2 * b + 1] : unit.u64[2 * b + 1]) ?? 0n;
    return finishFloat(unit, t, format, BINARY64, fromInteger(format, integer, status));
  };
  /** The integer that a double may be rounded up to, and that none is. */
  const end = signed ? 2 ** 63 : 2 ** 64;
  return new Routine(nameOfSource(source), slow, (s, [t, b], slowly) => {
    const integer = s.let(s.vsr(b).hi);
    const value = s.letDouble(signed ? integer.toDouble() : integer.unsignedToDouble());
    const back = signed ? value.toInteger() : value.toUnsigned();
    const error = s.letDouble(value.ge(end).chooseDouble(-1, integer.sub(back).toDouble()));
    const double = { fits: value.eq(value), value, error };
    finishQuickly(s, t, format === BINARY32 ? roundedToSingle(s, double) : double, slowly);
  });
}, nameOfSource);

/** Rounds a double to an integral value: in the given mode and silently, or in FPSCR's with XX. */
export const doubleToIntegral = ofEach((mode: RoundingMode | undefined): Routine => {
  const slow: FloatFunction = (unit, t, b) => {
    status.begin(unit.fpscr);
    if (mode !== undefined) status.mode = mode;
    const value = toIntegral(readDouble(unit, b), status);
    if (mode === undefined) noteInexact();
    else quiet();
    return finishFloat(unit, t, BINARY64, BINARY64, value);
  };
  return new Routine(`double to integral ${mode ?? 'by FPSCR'}`, slow, (s, [t, b], slowly) => {
    const value = s.letDouble(s.vsr(b).hi.double());
    const whole = s.letDouble(integral(s, mode, value));
    if (mode === undefined) {
      finishQuickly(
        s,
        t,
        { fits: value.abs().lt(Infinity), value: whole, error: s.letDouble(value.sub(whole)) },
        slowly,
      );
      return;
    }
    const quick = (): void => {
      setExactStatus(s, classOf(whole).or(whole.abs().eq(Infinity).choose(0x1000, 0)));
      s.vsr(t).set(whole.bits(), 0);
    };
    s.if(value.eq(value), quick, slowly);
  });
});

/** A double rounded to an integral value, whose sign is that of the double. */
function integral(s: Semantics, mode: RoundingMode | undefined, value: F64): F64 {
  switch (mode) {
    case MODE.zero:
      return value.trunc();
    case MODE.up:
      return value.ceil();
    case MODE.down:
      return value.floor();
    case MODE.nearestAway: {
      const whole = s.letDouble(value.trunc());
      const isFar = value.sub(whole).abs().ge(0.5);
      return isFar.chooseDouble(whole.add(s.letDouble(u64(ONE).double()).withSign(value)), whole);
    }
    default:
      return value.nearest();
  }
}
/** Bits of the double 1. */
const ONE = 0x3ff0_0000_0000_0000n;

function noteInexact(): void {
  if (status.inexact) status.raised |= XX;
}
function quiet(): void {
  status.inexact = false;
  status.incremented = false;
}

/** frsp, xsrsp: rounds a double to single. Of a NaN the bits that a single does not have become 0. */
export const roundToSingle = scalarRoutine(
  'round to single',
  (unit, t, b) => {
    status.begin(unit.fpscr);
    const value = convert(BINARY32, readDouble(unit, b), status);
    return finishFloat(unit, t, BINARY32, BINARY64, cut(BINARY32, value));
  },
  (s, x) => roundedToSingle(s, exactly(x)),
);

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
