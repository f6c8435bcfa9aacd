/**
 * What functions of rows see of the machine (`Semantics.apply`): the 64 vector-scalar registers and their status.
 *
 * Every register is one little-endian number of 16 bytes. So the manual's element i, with element 0 on the left, of
 * register n is `u8[16 * n + 15 - i]` for bytes, `u16[8 * n + 7 - i]`, `u32[4 * n + 3 - i]`, `u64[2 * n + 1 - i]`.
 */
export interface VectorRegisters {
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly u64: BigUint64Array;
  readonly i64: BigInt64Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  /** Low word of FPSCR, unsigned: bit 63 of the manual is bit 0 here. */
  fpscr: number;
  /** VSCR, unsigned. */
  vscr: number;
}

/** The same for functions that set a CR field. */
export interface VectorUnit extends VectorRegisters {
  /** Sets CR field n (0 to 7) to LT GT EQ SO as its four bits. */
  setCrField: (n: number, value: number) => void;
}

/**
 * A function of a row over register numbers and immediates. One that returns true raises the Program interrupt of an
 * enabled floating-point exception.
 */
export type UnitFunction = (unit: VectorRegisters, a: number, b: number, c: number, d: number) => void;
/** The same with a result, taken modulo 2^64. */
export type UnitValueFunction = (unit: VectorRegisters, a: number, b: number, c: number, d: number) => bigint;
type CrFunction = (unit: VectorUnit, a: number, b: number, c: number, d: number) => void;
export type AnyUnitFunction = UnitFunction | UnitValueFunction | CrFunction;

/** A function that sets a CR field. It is told apart, because generated code may have CR elsewhere. */
export interface CrSetter {
  readonly fn: CrFunction;
}
export const settingCr = (fn: CrFunction): CrSetter => ({ fn });
