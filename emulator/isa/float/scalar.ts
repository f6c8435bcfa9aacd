/**
 * Scalar floating-point operations on registers: operands from doubleword 0, the result and FPSCR as Book I 4.4 and
 * 7.4 say. Functions for rows (`Semantics.apply`): they return true for an enabled exception.
 */
import { Routine } from '../routine';
import type { Semantics } from '../semantics';
import type { F64, U64 } from '../values';
import type { VectorRegisters } from '../vector-unit';
import {
  BINARY128,
  BINARY32,
  BINARY64,
  cut,
  type Float,
  type Format,
  negateNumber,
  pack,
  resultClass,
  unpack,
} from './format';
import { FI, FPRF, FR, VX_ALL, ZX, enabled, raise } from './fpscr';
import { type Kernel, type Rounded, roundedToSingle } from './kernels';
import { isPlain, setStatus } from './quick';
import { MODE, Status } from './round';

/** What an operation of this folder needs and leaves; one for all, as no operation begins within another. */
export const status = new Status();

/** A function of a row; true for an enabled exception. */
export type FloatFunction = (unit: VectorRegisters, a: number, b: number, c: number, d: number) => boolean;
/** An operation on numbers taken apart. */
export type Operation = (format: Format, a: Float, b: Float, c: Float) => Float;

/** Doubleword 0 of a register as a number. */
export const readDouble = (unit: VectorRegisters, n: number): Float => unpack(BINARY64, unit.u64[2 * n + 1] ?? 0n);
/** A register as a quad-precision number. */
export function readQuad(unit: VectorRegisters, n: number): Float {
  return unpack(BINARY128, ((unit.u64[2 * n + 1] ?? 0n) << 64n) | (unit.u64[2 * n] ?? 0n));
}
/** Writes doubleword 0; doubleword 1 becomes 0, which the ISA leaves undefined before 3.1. */
export function writeDoubleword(unit: VectorRegisters, n: number, bits: bigint): void {
  unit.u64[2 * n + 1] = bits;
  unit.u64[2 * n] = 0n;
}
/** Writes a number in the format of its container. */
export function writeFloat(unit: VectorRegisters, n: number, container: Format, value: Float): void {
  const bits = pack(container, value);
  if (container === BINARY128) {
    unit.u64[2 * n + 1] = bits >> 64n;
    unit.u64[2 * n] = BigInt.asUintN(64, bits);
  } else writeDoubleword(unit, n, bits);
}

/**
 * Ends an operation: FPSCR by the status, and whether its result is to be written.
 *
 * @param flags FPRF of the result, or undefined where the instruction leaves FPRF alone
 * @param write puts the result in place; not called for an enabled invalid operation or zero divide
 * @returns true for an enabled exception
 */
export function finish(unit: VectorRegisters, flags: number | undefined, write: () => void): boolean {
  const { raised } = status;
  let fpscr = unit.fpscr & ~(FR | FI);
  if (!enabled(fpscr, raised & (VX_ALL | ZX))) {
    write();
    if (flags !== undefined) fpscr = (fpscr & ~FPRF) | flags;
    fpscr |= (status.incremented ? FR : 0) | (status.inexact ? FI : 0);
  }
  fpscr = raise(fpscr, raised);
  unit.fpscr = fpscr >>> 0;
  return enabled(fpscr, raised);
}

/** The same for a number as the result. */
export function finishFloat(
  unit: VectorRegisters,
  t: number,
  format: Format,
  container: Format,
  value: Float,
): boolean {
  return finish(unit, resultClass(format, value), () => writeFloat(unit, t, container, value));
}

/** What an arithmetic instruction is made of. */
export interface Arithmetic {
  readonly name: string;
  readonly kernel: Kernel;
  readonly exact: Operation;
  /** The result's sign is inverted, unless it is a NaN. */
  readonly negated?: boolean;
}

/** Makes what belongs to an operation once: rows of floating-point and of vector-scalar registers share it. */
export function ofEach<K, V>(
  make: (operation: K) => V,
  keyOf: (operation: K) => unknown = (key) => key,
): (operation: K) => V {
  const made = new Map<unknown, V>();
  return (operation) => {
    const key = keyOf(operation);
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(operation);
    made.set(key, value);
    return value;
  };
}

/** Ends a quick operation: writes its result where it fits and FPSCR asks for nothing else, otherwise goes on slowly. */
export function finishQuickly(s: Semantics, t: U64, result: Rounded, slowly: () => void, negated = false): void {
  const quick = (): void => {
    const value = s.letDouble(negated ? result.value.neg() : result.value);
    setStatus(s, result, value);
    s.vsr(t).set(value.bits(), 0);
  };
  s.if(result.fits.and(isPlain(s)), quick, slowly);
}

/** A routine of a scalar operation: target, then up to three operands. */
export function scalarRoutine(name: string, slow: FloatFunction, kernel: Kernel, negated = false): Routine {
  return new Routine(name, slow, (s, [t, a, b, c], slowly) => {
    const read = (n: U64): F64 => s.letDouble(s.vsr(n).hi.double());
    finishQuickly(s, t, kernel(s, read(a), read(b), read(c)), slowly, negated);
  });
}

/** An instruction on doubles: target, then operands in the order of the kernel. */
export const doubleArithmetic = ofEach(({ name, kernel, exact, negated = false }: Arithmetic): Routine => {
  const slow: FloatFunction = (unit, t, a, b, c) => {
    status.begin(unit.fpscr);
    const value = exact(BINARY64, readDouble(unit, a), readDouble(unit, b), readDouble(unit, c));
    return finishFloat(unit, t, BINARY64, BINARY64, negated ? negateNumber(value) : value);
  };
  return scalarRoutine(`${name} doubles`, slow, kernel, negated);
});

/**
 * An instruction whose result is rounded to single, in the format of doubles. Of operands that are no singles the ISA
 * leaves the result undefined: a NaN loses the bits that a single does not have.
 */
export const singleArithmetic = ofEach(({ name, kernel, exact, negated = false }: Arithmetic): Routine => {
  const slow: FloatFunction = (unit, t, a, b, c) => {
    status.begin(unit.fpscr);
    const value = cut(BINARY32, exact(BINARY32, readDouble(unit, a), readDouble(unit, b), readDouble(unit, c)));
    return finishFloat(unit, t, BINARY32, BINARY64, negated ? negateNumber(value) : value);
  };
  const toSingle: Kernel = (s, x, y, z) => roundedToSingle(s, kernel(s, x, y, z));
  return scalarRoutine(`${name} singles`, slow, toSingle, negated);
});

/** An instruction on quad-precision numbers; `odd` rounds to odd whatever FPSCR says. */
export function quadArithmetic(exact: Operation, how: { readonly negated?: boolean } = {}, odd = false): FloatFunction {
  return (unit, t, a, b, c) => {
    status.begin(unit.fpscr);
    if (odd) status.mode = MODE.odd;
    const value = exact(BINARY128, readQuad(unit, a), readQuad(unit, b), readQuad(unit, c));
    return finishFloat(unit, t, BINARY128, BINARY128, how.negated === true ? negateNumber(value) : value);
  };
}
