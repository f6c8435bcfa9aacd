/** Comparisons, tests, selections of minimum and maximum on registers (Book I 4.6.8, 7.6). */
import { Routine } from '../routine';
import type { Semantics } from '../semantics';
import type { F64, U64 } from '../values';
import { type CrSetter, type VectorUnit, settingCr } from '../vector-unit';
import { EQUAL, GREATER, LESS, UNORDERED, compare, convert } from './convert';
import { BINARY32, BINARY64, type Float, type Format, isNan, leading, pack, quieted, unpack } from './format';
import { FPCC, VE, VXSNAN, VXVC, enabled, raise } from './fpscr';
import { Status } from './round';
import { type FloatFunction, ofEach, readDouble, readQuad, status, writeDoubleword } from './scalar';

/** What a comparison raises: an ordered one is invalid with any NaN (VXVC), unless VXSNAN is enabled and comes first. */
export function comparisonExceptions(fpscr: number, a: Float, b: Float, ordered: boolean): number {
  if (a.kind === 'signaling' || b.kind === 'signaling') {
    return ordered && (fpscr & VE) === 0 ? VXSNAN | VXVC : VXSNAN;
  }
  return ordered && (isNan(a) || isNan(b)) ? VXVC : 0;
}

/** CR field and FPCC from a comparison. */
function deliver(unit: VectorUnit, bf: number, order: number, exceptions: number): boolean {
  const fpscr = raise((unit.fpscr & ~FPCC) | (order << 12), exceptions);
  unit.fpscr = fpscr >>> 0;
  unit.setCrField(bf, order);
  return enabled(fpscr, exceptions);
}

/** fcmpu, fcmpo and their like: CR field, operands. */
export const compareDoubles = ofEach((ordered: boolean): Routine => {
  const slow = settingCr((unit, bf, a, b) => {
    const [x, y] = [readDouble(unit, a), readDouble(unit, b)];
    return deliver(unit, bf, compare(x, y), comparisonExceptions(unit.fpscr, x, y, ordered));
  });
  return new Routine(`compare doubles ${ordered ? 'ordered' : 'unordered'}`, slow, (s, [bf, a, b], slowly) => {
    const [x, y] = doublesOf(s, a, b);
    const order = s.let(orderOf(x, y));
    const quick = (): void => {
      s.FPSCR.set(s.FPSCR.and(BigInt(~FPCC)).or(order.shl(12)));
      s.setCrField(bf, order);
    };
    s.if(order.ne(UNORDERED), quick, slowly);
  });
});

/** Doublewords 0 of two registers. */
function doublesOf(s: Semantics, a: U64, b: U64): readonly [F64, F64] {
  return [s.letDouble(s.vsr(a).hi.double()), s.letDouble(s.vsr(b).hi.double())];
}
function orderOf(x: F64, y: F64): U64 {
  return x.lt(y).choose(LESS, x.gt(y).choose(GREATER, x.eq(y).choose(EQUAL, UNORDERED)));
}

export const compareQuads = (ordered: boolean): CrSetter =>
  settingCr((unit, bf, a, b) => {
    const [x, y] = [readQuad(unit, a), readQuad(unit, b)];
    return deliver(unit, bf, compare(x, y), comparisonExceptions(unit.fpscr, x, y, ordered));
  });

/** xscmpexpdp, xscmpexpqp: CR field and FPCC from the exponent fields alone. */
export const compareExponents = (format: Format): CrSetter =>
  settingCr((unit, bf, a, b) => {
    const read = format === BINARY64 ? readDouble : readQuad;
    const field = (n: number): number => {
      const half = unit.u32[4 * n + 3] ?? 0;
      return format === BINARY64 ? (half >>> 20) & 0x7ff : (half >>> 16) & 0x7fff;
    };
    const [x, y] = [field(a), field(b)];
    const unordered = isNan(read(unit, a)) || isNan(read(unit, b));
    return deliver(unit, bf, unordered ? UNORDERED : x < y ? LESS : x > y ? GREATER : EQUAL, 0);
  });

/** xscmpeqdp, xscmpgtdp, xscmpgedp: all ones where one of the wanted orders holds. */
export function compareToMask(wanted: number, ordered: boolean): Routine {
  const slow: FloatFunction = (unit, t, a, b) => {
    const [x, y] = [readDouble(unit, a), readDouble(unit, b)];
    const exceptions = comparisonExceptions(unit.fpscr, x, y, ordered);
    unit.fpscr = raise(unit.fpscr, exceptions);
    if (enabled(unit.fpscr, exceptions)) return true;
    writeDoubleword(unit, t, (compare(x, y) & wanted) !== 0 ? 0xffff_ffff_ffff_ffffn : 0n);
    return false;
  };
  return new Routine(`compare to mask ${wanted}`, slow, (s, [t, a, b], slowly) => {
    const order = s.let(orderOf(...doublesOf(s, a, b)));
    s.if(order.ne(UNORDERED), () => s.vsr(t).set(order.and(wanted).ne(0).choose(-1n, 0), 0), slowly);
  });
}

/** Which rule of minimum and maximum: the manual's own (IEEE's maxNum), C's conditional expression, Java's. */
export type Rule = 'number' | 'c' | 'java';

/**
 * The greater (order = GREATER) or less of two numbers. Notes a signaling NaN in the status.
 *
 * A NaN is the result only when both operands are, or one is signaling ('number'); never the first ('c'); whenever
 * there is one ('java').
 */
export function extreme(a: Float, b: Float, order: number, rule: Rule): Float {
  if (a.kind === 'signaling' || b.kind === 'signaling') status.raised |= VXSNAN;
  if (isNan(a) || isNan(b)) {
    if (rule === 'c') return b;
    if (rule === 'java') return isNan(a) ? a : b;
    if (a.kind === 'signaling') return quieted(a);
    if (b.kind === 'signaling') return isNan(a) ? a : quieted(b);
    return isNan(b) ? a : b;
  }
  if (rule !== 'c' && a.kind === 'zero' && b.kind === 'zero') return a.negative === (order === LESS) ? a : b;
  return compare(a, b) === order ? a : b;
}

/** The greater (order = GREATER) or less of two doubles, by a rule. */
export function extremeDouble(order: number, rule: Rule): Routine {
  const slow: FloatFunction = (unit, t, a, b) => {
    status.begin(unit.fpscr);
    const value = extreme(readDouble(unit, a), readDouble(unit, b), order, rule);
    const fpscr = raise(unit.fpscr, status.raised);
    unit.fpscr = fpscr;
    if (enabled(fpscr, status.raised)) return true;
    writeDoubleword(unit, t, pack(BINARY64, value));
    return false;
  };
  const name = `${order === GREATER ? 'maximum' : 'minimum'} ${rule}`;
  return new Routine(name, slow, (s, [t, a, b], slowly) => {
    const [x, y] = doublesOf(s, a, b);
    const isFirst = order === GREATER ? x.ge(y) : x.le(y);
    // Zeros are equal and yet differ.
    const fits = x
      .lt(y)
      .or(x.gt(y))
      .or(x.eq(y).and(x.ne(0)));
    s.if(fits, () => s.vsr(t).set(isFirst.chooseDouble(x, y).bits(), 0), slowly);
  });
}

/** Exponent with which the tests for software division and square root reckon: that of the field, unbiased. */
const fieldExponent = (format: Format, x: Float): number =>
  x.kind === 'zero' ? format.emin - 1 : Math.max(leading(x), format.emin - 1);

const infiniteOrNan = (x: Float): boolean => x.kind === 'infinity' || isNan(x);
const denormal = (format: Format, x: Float): boolean => x.kind === 'finite' && leading(x) < format.emin;

/** ftdiv and its like: 1 FG FE 0, FE where a division routine must look closer (Book I 4.6.6.1). */
export function testDivision(format: Format, a: Float, b: Float): number {
  const flags =
    a.kind === 'infinity' || b.kind === 'infinity' || b.kind === 'zero' || denormal(format, b) ? 0b1100 : 0b1000;
  return flags | (divisionIsHard(format, a, b) ? 0b0010 : 0);
}

function divisionIsHard(format: Format, a: Float, b: Float): boolean {
  if (infiniteOrNan(a) || infiniteOrNan(b) || b.kind === 'zero') return true;
  const eb = fieldExponent(format, b);
  if (eb <= format.emin || eb >= format.emax - 2) return true;
  if (a.kind === 'zero') return false;
  const ea = fieldExponent(format, a);
  return ea - eb >= format.emax || ea - eb <= format.emin + 1 || ea <= format.emin + format.fraction;
}

/** ftsqrt and its like. */
export function testSquareRoot(format: Format, b: Float): number {
  const flags = b.kind === 'infinity' || b.kind === 'zero' || denormal(format, b) ? 0b1100 : 0b1000;
  const hard =
    infiniteOrNan(b) || b.kind === 'zero' || b.negative || fieldExponent(format, b) <= format.emin + format.fraction;
  return flags | (hard ? 0b0010 : 0);
}

export const testDoubleDivision = settingCr((unit, bf, a, b) => {
  unit.setCrField(bf, testDivision(BINARY64, readDouble(unit, a), readDouble(unit, b)));
});
export const testDoubleSquareRoot = settingCr((unit, bf, b) => {
  unit.setCrField(bf, testSquareRoot(BINARY64, readDouble(unit, b)));
});

/** Whether a number is of one of the data classes of DCMX: NaN, +-infinity, +-zero, +-denormalized. */
export function inDataClass(format: Format, x: Float, dcmx: number): boolean {
  const pair = (positive: number): boolean => (dcmx & (x.negative ? positive >> 1 : positive)) !== 0;
  if (isNan(x)) return (dcmx & 0x40) !== 0;
  if (x.kind === 'infinity') return pair(0x20);
  if (x.kind === 'zero') return pair(0x08);
  return denormal(format, x) && pair(0x02);
}

/** xststdcdp, xststdcqp: CR field and FPCC are sign, 0, match, 0. */
export const testDataClass = (format: Format): CrSetter =>
  settingCr((unit, bf, b, dcmx) => {
    const value = format === BINARY64 ? readDouble(unit, b) : readQuad(unit, b);
    return deliver(unit, bf, (value.negative ? 8 : 0) | (inDataClass(format, value, dcmx) ? 2 : 0), 0);
  });

/** xststdcsp: the classes of singles; the last bit says that the double is none. */
export const testSingleDataClass = settingCr((unit, bf, b, dcmx) => {
  const value = readDouble(unit, b);
  const single = unpack(BINARY32, pack(BINARY32, convert(BINARY32, value, new Status())));
  const exact = isNan(value) ? cutsNothing(value) : compare(single, value) === EQUAL;
  const match = inDataClass(BINARY32, value, dcmx);
  return deliver(unit, bf, (value.negative ? 8 : 0) | (match ? 2 : 0) | (exact ? 0 : 1), 0);
});

/** Whether the NaN has no bits that a single lacks. */
function cutsNothing(nan: Float): boolean {
  return unpack(BINARY32, pack(BINARY32, nan)).significand === nan.significand;
}
