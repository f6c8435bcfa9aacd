/**
 * Scalar floating-point operations on registers: operands from doubleword 0, the result and FPSCR as Book I 4.4 and
 * 7.4 say. Functions for rows (`Semantics.apply`): they return true for an enabled exception.
 */
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
import { FI, FPRF, FR, FX, NOT_PLAIN, VX_ALL, XX, ZX, enabled, raise } from './fpscr';
import { MODE, Status } from './round';
import { type Kernel, short, shortToSingle } from './short';

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

/** Writes what a kernel left in `short`, with FPSCR. No exception is enabled. */
function finishShort(unit: VectorRegisters, t: number, negated: boolean): boolean {
  const value = negated ? -(short[0] ?? 0) : (short[0] ?? 0);
  const error = negated ? -(short[1] ?? 0) : (short[1] ?? 0);
  let fpscr = unit.fpscr & ~(FR | FI | FPRF);
  if (error !== 0) {
    fpscr |= error < 0 === value > 0 ? FI | FR : FI;
    if ((fpscr & XX) === 0) fpscr |= XX | FX;
  }
  fpscr |= value > 0 ? 0x4000 : value < 0 ? 0x8000 : Object.is(value, 0) ? 0x2000 : 0x1_2000;
  unit.f64[2 * t + 1] = value;
  unit.f64[2 * t] = 0;
  unit.fpscr = fpscr >>> 0;
  return false;
}

/** What an arithmetic instruction is made of. */
export interface Arithmetic {
  readonly kernel: Kernel;
  readonly exact: Operation;
  /** The result's sign is inverted, unless it is a NaN. */
  readonly negated?: boolean;
}

/** An instruction on doubles: target, then operands in the order of the kernel. */
export function doubleArithmetic({ kernel, exact, negated = false }: Arithmetic): FloatFunction {
  return (unit, t, a, b, c) => {
    if ((unit.fpscr & NOT_PLAIN) === 0 && kernel(unit.f64, 2 * a + 1, 2 * b + 1, 2 * c + 1)) {
      return finishShort(unit, t, negated);
    }
    status.begin(unit.fpscr);
    const value = exact(BINARY64, readDouble(unit, a), readDouble(unit, b), readDouble(unit, c));
    return finishFloat(unit, t, BINARY64, BINARY64, negated ? negateNumber(value) : value);
  };
}

/**
 * An instruction whose result is rounded to single, in the format of doubles. Of operands that are no singles the ISA
 * leaves the result undefined: a NaN loses the bits that a single does not have.
 */
export function singleArithmetic({ kernel, exact, negated = false }: Arithmetic): FloatFunction {
  return (unit, t, a, b, c) => {
    const plain = (unit.fpscr & NOT_PLAIN) === 0;
    if (plain && kernel(unit.f64, 2 * a + 1, 2 * b + 1, 2 * c + 1) && shortToSingle()) {
      return finishShort(unit, t, negated);
    }
    status.begin(unit.fpscr);
    const value = cut(BINARY32, exact(BINARY32, readDouble(unit, a), readDouble(unit, b), readDouble(unit, c)));
    return finishFloat(unit, t, BINARY32, BINARY64, negated ? negateNumber(value) : value);
  };
}

/** An instruction on quad-precision numbers; `odd` rounds to odd whatever FPSCR says. */
export function quadArithmetic(exact: Operation, how: { readonly negated?: boolean } = {}, odd = false): FloatFunction {
  return (unit, t, a, b, c) => {
    status.begin(unit.fpscr);
    if (odd) status.mode = MODE.odd;
    const value = exact(BINARY128, readQuad(unit, a), readQuad(unit, b), readQuad(unit, c));
    return finishFloat(unit, t, BINARY128, BINARY128, how.negated === true ? negateNumber(value) : value);
  };
}
