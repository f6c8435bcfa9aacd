/**
 * Vector floating-point operations of VSX (Book I 7.6): each element like the scalar one, but FR, FI and FPRF stay, and
 * an enabled exception in any element leaves the whole target as it was.
 */
import type { VectorRegisters } from '../vector-unit';
import { BINARY32, BINARY64, type Float, type Format, negateNumber, pack, unpack } from './format';
import { FX, NOT_PLAIN, XX, enabled, raise } from './fpscr';
import { type Arithmetic, type FloatFunction, status } from './scalar';
import { short, shortToSingle } from './short';

/** Elements of the result, until it is certain that they are written. */
const results64 = new BigUint64Array(2);
const results32 = new Uint32Array(4);
const shortResults = new Float64Array(4);
/** Operands of an element of singles as doubles. */
const lane = new Float64Array(3);

/** Notes that results were inexact, no exception being enabled. */
export function noteInexact(unit: VectorRegisters, inexact: boolean): false {
  if (inexact && (unit.fpscr & XX) === 0) unit.fpscr = (unit.fpscr | XX | FX) >>> 0;
  return false;
}

/** Both doublewords; `element` gives the bits of element i (0 is the right one). */
export function eachDoubleword(unit: VectorRegisters, t: number, element: (i: 0 | 1) => bigint): boolean {
  status.begin(unit.fpscr);
  let raised = 0;
  for (let i: 0 | 1 = 0; ; i = 1) {
    status.begin(unit.fpscr);
    results64[i] = element(i);
    raised |= status.raised;
    if (i === 1) break;
  }
  unit.fpscr = raise(unit.fpscr, raised);
  if (enabled(unit.fpscr, raised)) return true;
  unit.u64.set(results64, 2 * t);
  return false;
}

/** All words, in the same way. */
export function eachWord(unit: VectorRegisters, t: number, element: (i: number) => number | bigint): boolean {
  let raised = 0;
  for (let i = 0; i < 4; i++) {
    status.begin(unit.fpscr);
    results32[i] = Number(element(i));
    raised |= status.raised;
  }
  unit.fpscr = raise(unit.fpscr, raised);
  if (enabled(unit.fpscr, raised)) return true;
  unit.u32.set(results32, 4 * t);
  return false;
}

export const doubleElement = (unit: VectorRegisters, n: number, i: number): Float =>
  unpack(BINARY64, unit.u64[2 * n + i] ?? 0n);
export const singleElement = (unit: VectorRegisters, n: number, i: number): Float =>
  unpack(BINARY32, BigInt(unit.u32[4 * n + i] ?? 0));

function packed(format: Format, value: Float, negated: boolean): bigint {
  return pack(format, negated ? negateNumber(value) : value);
}

/** An instruction on vectors of two doubles. */
export function doubleVector({ kernel, exact, negated = false }: Arithmetic): FloatFunction {
  return (unit, t, a, b, c) => {
    if ((unit.fpscr & NOT_PLAIN) === 0) {
      let inexact = false;
      let i = 0;
      for (; i < 2 && kernel(unit.f64, 2 * a + i, 2 * b + i, 2 * c + i); i++) {
        shortResults[i] = negated ? -(short[0] ?? 0) : (short[0] ?? 0);
        if (short[1] !== 0) inexact = true;
      }
      if (i === 2) {
        unit.f64[2 * t] = shortResults[0] ?? 0;
        unit.f64[2 * t + 1] = shortResults[1] ?? 0;
        return noteInexact(unit, inexact);
      }
    }
    return eachDoubleword(unit, t, (i) =>
      packed(
        BINARY64,
        exact(BINARY64, doubleElement(unit, a, i), doubleElement(unit, b, i), doubleElement(unit, c, i)),
        negated,
      ),
    );
  };
}

/** An instruction on vectors of four singles. */
export function singleVector({ kernel, exact, negated = false }: Arithmetic): FloatFunction {
  return (unit, t, a, b, c) => {
    if ((unit.fpscr & NOT_PLAIN) === 0) {
      let inexact = false;
      let i = 0;
      for (; i < 4; i++) {
        lane[0] = unit.f32[4 * a + i] ?? 0;
        lane[1] = unit.f32[4 * b + i] ?? 0;
        lane[2] = unit.f32[4 * c + i] ?? 0;
        if (!kernel(lane, 0, 1, 2) || !shortToSingle()) break;
        shortResults[i] = negated ? -(short[0] ?? 0) : (short[0] ?? 0);
        if (short[1] !== 0) inexact = true;
      }
      if (i === 4) {
        unit.f32.set(shortResults, 4 * t);
        return noteInexact(unit, inexact);
      }
    }
    return eachWord(unit, t, (i) =>
      packed(
        BINARY32,
        exact(BINARY32, singleElement(unit, a, i), singleElement(unit, b, i), singleElement(unit, c, i)),
        negated,
      ),
    );
  };
}
