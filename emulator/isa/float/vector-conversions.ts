/** Conversions, rounding, comparison and tests on vectors (Book I 7.6). Element 0 is the left one, the highest index. */
import { type CrSetter, type VectorRegisters, settingCr } from '../vector-unit';
import { type Rule, comparisonExceptions, extreme, inDataClass, testDivision, testSquareRoot } from './compare';
import { UNORDERED, convert, fromInteger, toInteger, toIntegral } from './convert';
import { integerDoubleword, twice } from './conversions';
import { BINARY16, BINARY32, BINARY64, type Float, type Format, pack, unpack } from './format';
import { NOT_PLAIN, XX, enabled, raise } from './fpscr';
import { hostExtreme, hostIntegral, hostOrder } from './host';
import { MODE, type RoundingMode } from './round';
import { type FloatFunction, status } from './scalar';
import { doubleElement, eachDoubleword, eachWord, noteInexact, singleElement } from './vector';

/** Elements of a register as numbers of a format: doubles or singles. */
const elementOf = (format: Format): typeof doubleElement => (format === BINARY64 ? doubleElement : singleElement);

/** Elements of the result by the host's numbers. */
const hostResults = new Float64Array(4);

/**
 * Every element of the target from the same elements of up to two operands: by `host` where it gives no NaN for any,
 * otherwise by `fn`.
 */
export function mapElements(
  format: Format,
  fn: (a: Float, b: Float) => Float,
  host: (x: number, y: number) => number = () => NaN,
): FloatFunction {
  const read = elementOf(format);
  const count = 128 / format.width;
  return (unit, t, a, b) => {
    const numbers = format === BINARY64 ? unit.f64 : unit.f32;
    let i = 0;
    for (; i < count; i++) {
      const value = host(numbers[count * a + i] ?? 0, numbers[count * b + i] ?? 0);
      if (Number.isNaN(value)) break;
      hostResults[i] = value;
    }
    if (i === count) {
      for (i = 0; i < count; i++) numbers[count * t + i] = hostResults[i] ?? 0;
      return false;
    }
    const element = (i: number): bigint => pack(format, fn(read(unit, a, i), read(unit, b, i)));
    return format === BINARY64 ? eachDoubleword(unit, t, element) : eachWord(unit, t, element);
  };
}

/** xvrdpi, xvrspi and their like. */
export function vectorToIntegral(format: Format, mode: RoundingMode | undefined): FloatFunction {
  const exact = (x: Float): Float => {
    if (mode !== undefined) status.mode = mode;
    const value = toIntegral(x, status);
    if (mode === undefined && status.inexact) status.raised |= XX;
    return value;
  };
  return mapElements(format, exact, (x) => hostIntegral(mode, x));
}

export const vectorExtreme = (format: Format, order: number, rule: Rule): FloatFunction =>
  mapElements(
    format,
    (a, b) => extreme(a, b, order, rule),
    (x, y) => hostExtreme(order, x, y),
  );

/** To integers of the elements' width, or from doubles to words and from singles to doublewords, towards zero. */
export function vectorToInteger(from: Format, width: 32 | 64, signed: boolean): FloatFunction {
  const integer = (x: Float): bigint => {
    status.mode = MODE.zero;
    return toInteger(x, width, signed, status);
  };
  if (from === BINARY32 && width === 32) {
    const [least, limit] = signed ? [-(2 ** 31), 2 ** 31] : [0, 2 ** 32];
    return (unit, t, b) => {
      let inexact = false;
      let i = (unit.fpscr & NOT_PLAIN) === 0 ? 0 : 5;
      for (; i < 4; i++) {
        const x = unit.f32[4 * b + i] ?? 0;
        if (!(x >= least && x < limit)) break;
        hostResults[i] = Math.trunc(x);
        if (hostResults[i] !== x) inexact = true;
      }
      if (i !== 4) return eachWord(unit, t, (n) => BigInt.asUintN(32, integer(singleElement(unit, b, n))));
      for (i = 0; i < 4; i++) unit.u32[4 * t + i] = hostResults[i] ?? 0;
      return noteInexact(unit, inexact);
    };
  }
  // A single beside a doubleword is its left word.
  const read = (unit: VectorRegisters, b: number, i: number): Float =>
    from === BINARY64 ? doubleElement(unit, b, i) : singleElement(unit, b, 2 * i + 1);
  return (unit, t, b) => eachDoubleword(unit, t, (i) => integerDoubleword(integer(read(unit, b, i)), width));
}

/** From integers: words beside doublewords are the left ones. */
export function vectorFromInteger(width: 32 | 64, signed: boolean, to: Format): FloatFunction {
  const word = (unit: VectorRegisters, b: number, i: number): bigint =>
    BigInt((signed ? unit.i32[4 * b + i] : unit.u32[4 * b + i]) ?? 0);
  const doubleword = (unit: VectorRegisters, b: number, i: number): bigint =>
    (signed ? unit.i64[2 * b + i] : unit.u64[2 * b + i]) ?? 0n;
  const bits = (integer: bigint): bigint => pack(to, fromInteger(to, integer, status));
  if (to === BINARY32 && width === 32) {
    return (unit, t, b) => {
      if ((unit.fpscr & NOT_PLAIN) !== 0) return eachWord(unit, t, (i) => bits(word(unit, b, i)));
      const integers = signed ? unit.i32 : unit.u32;
      let inexact = false;
      for (let i = 0; i < 4; i++) {
        const x = integers[4 * b + i] ?? 0;
        hostResults[i] = Math.fround(x);
        if (hostResults[i] !== x) inexact = true;
      }
      unit.f32.set(hostResults, 4 * t);
      return noteInexact(unit, inexact);
    };
  }
  if (to === BINARY32) return (unit, t, b) => eachDoubleword(unit, t, (i) => twice(bits(doubleword(unit, b, i))));
  return (unit, t, b) =>
    eachDoubleword(unit, t, (i) => bits(width === 32 ? word(unit, b, 2 * i + 1) : doubleword(unit, b, i)));
}

export const vectorDoubleToSingle: FloatFunction = (unit, t, b) =>
  eachDoubleword(unit, t, (i) => twice(pack(BINARY32, convert(BINARY32, doubleElement(unit, b, i), status))));
export const vectorSingleToDouble: FloatFunction = (unit, t, b) =>
  eachDoubleword(unit, t, (i) => pack(BINARY64, convert(BINARY64, singleElement(unit, b, 2 * i + 1), status)));
/** Half-precision numbers are the right halves of words. */
export const vectorSingleToHalf: FloatFunction = (unit, t, b) =>
  eachWord(unit, t, (i) => pack(BINARY16, convert(BINARY16, singleElement(unit, b, i), status)));
export const vectorHalfToSingle: FloatFunction = (unit, t, b) =>
  eachWord(unit, t, (i) => {
    const half = unpack(BINARY16, BigInt(unit.u16[8 * b + 2 * i] ?? 0));
    return pack(BINARY32, convert(BINARY32, half, status));
  });

/** Masks of ones where a wanted order holds; with `record` CR field 6 says whether all or none did. */
export function vectorCompare(format: Format, wanted: number, ordered: boolean): CrSetter {
  const read = elementOf(format);
  const count = format === BINARY64 ? 2 : 4;
  return settingCr((unit, t, a, b, record) => {
    const numbers = format === BINARY64 ? unit.f64 : unit.f32;
    let raised = 0;
    let mask = 0;
    for (let i = 0; i < count; i++) {
      const order = hostOrder(numbers[count * a + i] ?? 0, numbers[count * b + i] ?? 0);
      if (order === UNORDERED) {
        raised |= comparisonExceptions(unit.fpscr, read(unit, a, i), read(unit, b, i), ordered);
      } else if ((order & wanted) !== 0) mask |= 1 << i;
    }
    unit.fpscr = raise(unit.fpscr, raised);
    if (enabled(unit.fpscr, raised)) return true;
    for (let i = 0; i < 4; i++) {
      const element = count === 4 ? i : i >> 1;
      unit.i32[4 * t + i] = -((mask >> element) & 1);
    }
    if (record !== 0) unit.setCrField(6, mask === 2 ** count - 1 ? 8 : mask === 0 ? 2 : 0);
    return false;
  });
}

/** xvtdivdp, xvtdivsp: the flags of all elements together. */
export const vectorTestDivision = (format: Format): CrSetter =>
  settingCr((unit, bf, a, b) => {
    const read = elementOf(format);
    let flags = 0;
    for (let i = 0; i < 128 / format.width; i++) flags |= testDivision(format, read(unit, a, i), read(unit, b, i));
    unit.setCrField(bf, flags);
  });

export const vectorTestSquareRoot = (format: Format): CrSetter =>
  settingCr((unit, bf, b) => {
    const read = elementOf(format);
    let flags = 0;
    for (let i = 0; i < 128 / format.width; i++) flags |= testSquareRoot(format, read(unit, b, i));
    unit.setCrField(bf, flags);
  });

/** xvtstdcdp, xvtstdcsp: ones where the element is of one of the classes. */
export function vectorTestDataClass(format: Format): FloatFunction {
  const read = elementOf(format);
  const words = format.width / 32;
  return (unit, t, b, dcmx) => {
    for (let i = 0; i < 4; i += words) {
      const mask = inDataClass(format, read(unit, b, i / words), dcmx) ? -1 : 0;
      for (let word = i; word < i + words; word++) unit.i32[4 * t + word] = mask;
    }
    return false;
  };
}
