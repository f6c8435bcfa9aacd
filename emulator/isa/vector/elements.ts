/**
 * Functions over the elements of vector registers, made from what happens to one element.
 *
 * A register is one little-endian number, so element i of the manual (0 on the left) stands at `last - i` of the arrays.
 * Where the elements do not mix, their order does not matter, and source and target may be one register: element k of
 * the target is written after the elements k of the sources are read.
 */
import type { UnitFunction, VectorUnit } from '../vector-unit';

/** Kinds of elements that fit in a number. */
export type ElementKind = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32';

/** Elements of a register, lowest and highest value of an element. */
// prettier-ignore
export const KINDS: Record<ElementKind, { readonly count: number; readonly min: number; readonly max: number }> = {
  u8:  { count: 16, min: 0,           max: 0xff },
  i8:  { count: 16, min: -0x80,       max: 0x7f },
  u16: { count: 8,  min: 0,           max: 0xffff },
  i16: { count: 8,  min: -0x8000,     max: 0x7fff },
  u32: { count: 4,  min: 0,           max: 0xffff_ffff },
  i32: { count: 4,  min: -0x8000_0000, max: 0x7fff_ffff },
};

/** VSCR.SAT: a result was saturated since the bit was cleared. */
export const SAT = 1;

/** The nearest value that an element holds; sets SAT when it is another one. */
export function saturate(unit: VectorUnit, kind: ElementKind, value: number): number {
  const { min, max } = KINDS[kind];
  if (value >= min && value <= max) return value;
  unit.vscr |= SAT;
  return value < min ? min : max;
}

/** T = op(A, B, C) for every element, saturated. */
export function saturating3(kind: ElementKind, op: (a: number, b: number, c: number) => number): UnitFunction {
  const { count } = KINDS[kind];
  return (unit, t, a, b, c) => {
    const array = unit[kind];
    for (let k = 0; k < count; k++) {
      const value = op(array[a * count + k] ?? 0, array[b * count + k] ?? 0, array[c * count + k] ?? 0);
      array[t * count + k] = saturate(unit, kind, value);
    }
  };
}

/** A register by itself, with all views of its elements: for functions that read sources after writing to the target. */
export class Scratch {
  readonly u8 = new Uint8Array(16);
  readonly i8 = new Int8Array(this.u8.buffer);
  readonly u16 = new Uint16Array(this.u8.buffer);
  readonly i16 = new Int16Array(this.u8.buffer);
  readonly u32 = new Uint32Array(this.u8.buffer);
  readonly i32 = new Int32Array(this.u8.buffer);

  /** Takes the contents of register n. */
  take(unit: VectorUnit, n: number): this {
    const from = unit.i32;
    const to = this.i32;
    to[0] = from[4 * n] ?? 0;
    to[1] = from[4 * n + 1] ?? 0;
    to[2] = from[4 * n + 2] ?? 0;
    to[3] = from[4 * n + 3] ?? 0;
    return this;
  }

  /** Gives the contents to register n. */
  give(unit: VectorUnit, n: number): void {
    const to = unit.i32;
    const from = this.i32;
    to[4 * n] = from[0] ?? 0;
    to[4 * n + 1] = from[1] ?? 0;
    to[4 * n + 2] = from[2] ?? 0;
    to[4 * n + 3] = from[3] ?? 0;
  }
}
