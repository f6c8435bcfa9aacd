/**
 * Vector floating-point operations of VSX (Book I 7.6): each element like the scalar one, but FR, FI and FPRF stay, and
 * an enabled exception in any element leaves the whole target as it was.
 */
import { Routine } from '../routine';
import type { Semantics } from '../semantics';
import type { Bit, F64, U64 } from '../values';
import type { VectorRegisters } from '../vector-unit';
import { BINARY32, BINARY64, type Float, type Format, negateNumber, pack, unpack } from './format';
import { FX, XX, enabled, raise } from './fpscr';
import { type Kernel, type Rounded, doublewordOf, roundedToSingle, singlesOf } from './kernels';
import { isPlain, setVectorStatus } from './quick';
import { type Arithmetic, type FloatFunction, ofEach, status } from './scalar';

/** Elements of the result, until it is certain that they are written. */
const results64 = new BigUint64Array(2);
const results32 = new Uint32Array(4);

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

type Doubles = readonly [left: F64, right: F64];

/** Both doublewords of the operands. */
function doubleOperands(s: Semantics, operands: readonly U64[]): readonly Doubles[] {
  return operands.map((n) => [s.letDouble(s.vsr(n).hi.double()), s.letDouble(s.vsr(n).lo.double())]);
}
/** All words of the operands, from the left. */
export function singleOperands(s: Semantics, operands: readonly U64[]): readonly (readonly F64[])[] {
  return operands.map((n) => {
    const words = [...singlesOf(s.let(s.vsr(n).hi)), ...singlesOf(s.let(s.vsr(n).lo))];
    return words.map((word) => s.letDouble(word));
  });
}

/** Every element by a kernel. */
export function eachElement(s: Semantics, kernel: Kernel, operands: readonly (readonly F64[])[]): readonly Rounded[] {
  const [xs, ys, zs] = operands;
  if (!xs || !ys || !zs) throw new RangeError('A kernel has three operands.');
  return xs.map((x, i) => kernel(s, x, ys[i] ?? x, zs[i] ?? x));
}
export const allFit = (results: readonly Rounded[]): Bit =>
  results.map(({ fits }) => fits).reduce((all, one) => all.and(one));

/** Sets a register to four singles. */
export function setSingles(s: Semantics, t: U64, values: readonly F64[]): void {
  const [a, b, c, d] = values;
  if (!a || !b || !c || !d) throw new RangeError('A vector has four singles.');
  s.vsr(t).set(doublewordOf(a, b), doublewordOf(c, d));
}

/** An instruction on vectors of two doubles. */
export const doubleVector = ofEach(({ name, kernel, exact, negated = false }: Arithmetic): Routine => {
  const slow: FloatFunction = (unit, t, a, b, c) =>
    eachDoubleword(unit, t, (i) =>
      packed(
        BINARY64,
        exact(BINARY64, doubleElement(unit, a, i), doubleElement(unit, b, i), doubleElement(unit, c, i)),
        negated,
      ),
    );
  return new Routine(`${name} vectors of doubles`, slow, (s, [t, ...operands], slowly) => {
    const results = eachElement(s, kernel, doubleOperands(s, operands));
    const quick = (): void => {
      setVectorStatus(s, errorsOf(results));
      const [left, right] = valuesOf(results, negated);
      if (left && right) s.vsr(t).set(left.bits(), right.bits());
    };
    s.if(allFit(results).and(isPlain(s)), quick, slowly);
  });
});

/** An instruction on vectors of four singles. */
export const singleVector = ofEach(({ name, kernel, exact, negated = false }: Arithmetic): Routine => {
  const slow: FloatFunction = (unit, t, a, b, c) =>
    eachWord(unit, t, (i) =>
      packed(
        BINARY32,
        exact(BINARY32, singleElement(unit, a, i), singleElement(unit, b, i), singleElement(unit, c, i)),
        negated,
      ),
    );
  const toSingle: Kernel = (s, x, y, z) => roundedToSingle(s, kernel(s, x, y, z));
  return new Routine(`${name} vectors of singles`, slow, (s, [t, ...operands], slowly) => {
    const results = eachElement(s, toSingle, singleOperands(s, operands));
    const quick = (): void => {
      setVectorStatus(s, errorsOf(results));
      setSingles(s, t, valuesOf(results, negated));
    };
    s.if(allFit(results).and(isPlain(s)), quick, slowly);
  });
});

const errorsOf = (results: readonly Rounded[]): readonly F64[] => results.map(({ error }) => error);
export const valuesOf = (results: readonly Rounded[], negated: boolean): readonly F64[] =>
  results.map(({ value }) => (negated ? value.neg() : value));
