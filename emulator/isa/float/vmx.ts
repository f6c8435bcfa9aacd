/**
 * Floating point of the vector facility, Book I 6.10: singles, always rounded to nearest, no exceptions. With VSCR.NJ
 * denormalized operands and results are zeros.
 */
import { Routine } from '../routine';
import { type CrSetter, type VectorRegisters, settingCr } from '../vector-unit';
import { add, multiplyAdd, subtract } from './arithmetic';
import { EQUAL, GREATER, LESS, compare, toInteger, toIntegral } from './convert';
import { BINARY32, type Float, isNan, negate, negateNumber, pack, quieted, unpack, zero } from './format';
import { UX, VXCVI } from './fpscr';
import { hostExtreme, hostIntegral, hostOrder } from './host';
import {
  type Kernel,
  quickAdd,
  quickMultiplyAdd,
  quickMultiplySubtract,
  quickSubtract,
  roundedToSingle,
} from './kernels';
import { type RoundingMode, Status, round } from './round';
import { allFit, eachElement, setSingles, singleOperands, valuesOf } from './vector';

const NJ = 0x1_0000;
const SAT = 1;
const status = new Status();

type VmxFunction = (unit: VectorRegisters, t: number, a: number, b: number, c: number) => void;
type Element = (unit: VectorRegisters, n: number, i: number) => Float;

const results = new Uint32Array(4);
/** VR n is VSR 32 + n. */
const vsr = (vr: number): number => vr + 32;

const tiny = (bits: number): boolean => (bits & 0x7f80_0000) === 0;
const flushed = (unit: VectorRegisters, bits: number): number =>
  (unit.vscr & NJ) !== 0 && tiny(bits) ? (bits & 0x8000_0000) >>> 0 : bits;

const element: Element = (unit, n, i) => unpack(BINARY32, BigInt(flushed(unit, unit.u32[4 * vsr(n) + i] ?? 0)));

/** Every element of VRT from an expression of its index. */
function each(unit: VectorRegisters, t: number, value: (i: number) => number): void {
  for (let i = 0; i < 4; i++) {
    status.begin(0);
    results[i] = value(i);
  }
  unit.u32.set(results, 4 * vsr(t));
}

/** A result: with NJ also what was tiny before it was rounded to a normal number is zero (Book I 6.6.2). */
function bitsOf(unit: VectorRegisters, value: Float): number {
  const bits = Number(pack(BINARY32, value));
  const underflow = (status.raised & UX) !== 0 && (unit.vscr & NJ) !== 0;
  return underflow ? (bits & 0x8000_0000) >>> 0 : flushed(unit, bits);
}

function mapFloats(fn: (a: Float, b: Float, c: Float) => Float): VmxFunction {
  return (unit, t, a, b, c) =>
    each(unit, t, (i) => bitsOf(unit, fn(element(unit, a, i), element(unit, b, i), element(unit, c, i))));
}

const LEAST_NORMAL = 2 ** -126;

/**
 * Every element by a kernel; operands A, B, C of the row in the order of the kernel. Denormalized numbers, which may count
 * as zeros, go the exact way.
 */
function mapKernel(
  name: string,
  kernel: Kernel,
  exact: (a: Float, b: Float, c: Float) => Float,
  negated = false,
): Routine {
  const toSingle: Kernel = (s, x, y, z) => roundedToSingle(s, kernel(s, x, y, z));
  return new Routine(name, mapFloats(exact), (s, [t, ...operands], slowly) => {
    const registers = operands.map((n) => s.let(n.add(32)));
    const elements = singleOperands(s, registers);
    const results = eachElement(s, toSingle, elements);
    const areNormal = elements.flat().map((x) => x.abs().ge(LEAST_NORMAL).or(x.eq(0)));
    s.if(
      areNormal.reduce((all, one) => all.and(one)).and(allFit(results)),
      () => setSingles(s, s.let(t.add(32)), valuesOf(results, negated)),
      slowly,
    );
  });
}

export const addSingles = mapKernel('add vectors', quickAdd, (a, b) => add(BINARY32, a, b, status));
export const subtractSingles = mapKernel('subtract vectors', quickSubtract, (a, b) => subtract(BINARY32, a, b, status));
/** VRT, VRA, VRC, VRB: A times C plus B. */
export const multiplyAddSingles = mapKernel('multiply and add vectors', quickMultiplyAdd, (a, c, b) =>
  multiplyAdd(BINARY32, a, c, b, status),
);
/** Minus (A times C minus B). */
export const negatedMultiplySubtractSingles = mapKernel(
  'multiply and subtract vectors, negated',
  quickMultiplySubtract,
  (a, c, b) => negateNumber(multiplyAdd(BINARY32, a, c, negateNumber(b), status)),
  true,
);

/** Results by the host's numbers. */
const lanes = new Float32Array(4);
/** Denormalized operands may count as zeros. */
const denormal = (x: number): boolean => x !== 0 && Math.abs(x) < LEAST_NORMAL;

/** What the host's numbers do without rounding; where they give a NaN, and for denormalized operands, the exact way. */
function mapHost(host: (x: number, y: number) => number, exact: (a: Float, b: Float) => Float): VmxFunction {
  const slow = mapFloats(exact);
  return (unit, t, a, b, c) => {
    for (let i = 0; i < 4; i++) {
      const x = unit.f32[4 * vsr(a) + i] ?? 0;
      const y = unit.f32[4 * vsr(b) + i] ?? 0;
      const value = denormal(x) || denormal(y) ? NaN : host(x, y);
      if (Number.isNaN(value)) return slow(unit, t, a, b, c);
      lanes[i] = value;
    }
    unit.f32.set(lanes, 4 * vsr(t));
  };
}

function extremeSingles(order: number): VmxFunction {
  const exact = (a: Float, b: Float): Float => {
    if (isNan(a) || isNan(b)) return quieted(isNan(a) ? a : b);
    if (a.kind === 'zero' && b.kind === 'zero')
      return zero(order === GREATER ? a.negative && b.negative : a.negative || b.negative);
    return compare(a, b) === order ? a : b;
  };
  return mapHost((x, y) => hostExtreme(order, x, y), exact);
}
export const maximumSingles = extremeSingles(GREATER);
export const minimumSingles = extremeSingles(LESS);

/** VRT, VRB. */
export const toIntegralSingles = (mode: RoundingMode): VmxFunction =>
  mapHost(
    (x) => hostIntegral(mode, x),
    (b) => {
      status.mode = mode;
      return toIntegral(b, status);
    },
  );

/** VRT, VRB, UIM: the number times 2 to UIM, towards zero, saturated; a NaN gives 0. */
export const toFixed =
  (signed: boolean): VmxFunction =>
  (unit, t, b, scale) => {
    each(unit, t, (i) => {
      const value = element(unit, b, i);
      if (isNan(value)) return 0;
      status.mode = 1;
      const scaled = value.kind === 'finite' ? { ...value, exponent: value.exponent + scale } : value;
      const integer = toInteger(scaled, 32, signed, status);
      if ((status.raised & VXCVI) !== 0) unit.vscr = (unit.vscr | SAT) >>> 0;
      return Number(BigInt.asUintN(32, integer));
    });
  };

/** VRT, VRB, UIM: the integer divided by 2 to UIM. */
export const fromFixed =
  (signed: boolean): VmxFunction =>
  (unit, t, b, scale) => {
    each(unit, t, (i) => {
      const integer = (signed ? unit.i32[4 * vsr(b) + i] : unit.u32[4 * vsr(b) + i]) ?? 0;
      if (integer === 0) return 0;
      return Number(pack(BINARY32, round(BINARY32, integer < 0, BigInt(Math.abs(integer)), -scale, status)));
    });
  };

/** VRT, VRA, VRB, record: ones where one of the wanted orders holds. */
export const compareSingles = (wanted: number): CrSetter =>
  settingCr((unit, t, a, b, record) => {
    let count = 0;
    each(unit, t, (i) => {
      const x = unit.f32[4 * vsr(a) + i] ?? 0;
      const y = unit.f32[4 * vsr(b) + i] ?? 0;
      const exact = denormal(x) || denormal(y);
      const order = exact ? compare(element(unit, a, i), element(unit, b, i)) : hostOrder(x, y);
      const holds = (order & wanted) !== 0;
      if (holds) count++;
      return holds ? 0xffff_ffff : 0;
    });
    if (record !== 0) unit.setCrField(6, (count === 4 ? 8 : 0) | (count === 0 ? 2 : 0));
  });

/** VRT, VRA, VRB, record: bit 0 where a is not <= b, bit 1 where it is not >= -b. */
export const compareBounds = settingCr((unit, t, a, b, record) => {
  let outside = 0;
  each(unit, t, (i) => {
    const [x, bound] = [element(unit, a, i), element(unit, b, i)];
    const above = (compare(x, bound) & (LESS | EQUAL)) === 0;
    const below = (compare(x, negate(bound)) & (GREATER | EQUAL)) === 0;
    if (above || below) outside++;
    return (above ? 0x8000_0000 : 0) + (below ? 0x4000_0000 : 0);
  });
  if (record !== 0) unit.setCrField(6, outside === 0 ? 2 : 0);
});

// -- estimates ------------------------------------------------------------------------------------------------------

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** VRT, VRB: a function of the host's numbers, rounded to single; NaNs are made quiet. */
function estimate(fn: (x: number) => number): VmxFunction {
  return (unit, t, b) =>
    each(unit, t, (i) => {
      const value = element(unit, b, i);
      if (isNan(value)) return Number(pack(BINARY32, quieted(value)));
      scratchBits[0] = Number(pack(BINARY32, value));
      scratch[0] = fn(scratch[0] ?? 0);
      return !Number.isNaN(scratch[0]) ? flushed(unit, scratchBits[0]) : 0x7fc0_0000;
    });
}

export const reciprocalSingles = estimate((x) => 1 / x);
export const reciprocalRootSingles = estimate((x) => 1 / Math.fround(Math.sqrt(x)));
export const powerSingles = estimate(power2);
export const logarithmSingles = estimate(log2);

const LN2 = 0.6931471805599453;

/**
 * 2 to the power x. (Not the host's Math.pow: its last bits are not the same everywhere. The ISA asks for an error of at
 * most 1/16.)
 */
function power2(x: number): number {
  if (x >= 128) return Infinity;
  if (x < -150) return 0;
  const whole = Math.floor(x);
  const y = (x - whole) * LN2;
  let sum = 1;
  for (let n = 20; n > 0; n--) sum = 1 + (sum * y) / n;
  return sum * 2 ** whole;
}

/** The logarithm to base 2, by the series of the inverse hyperbolic tangent. (The ISA: an error of at most 1/32.) */
function log2(x: number): number {
  if (x === 0) return -Infinity;
  if (x < 0) return NaN;
  if (x === Infinity) return x;
  let exponent = 0;
  let m = x;
  while (m >= Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  while (m < Math.SQRT1_2) {
    m *= 2;
    exponent--;
  }
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let n = 29; n > 0; n -= 2) sum = sum * s * s + 1 / n;
  return exponent + (2 * s * sum) / LN2;
}
