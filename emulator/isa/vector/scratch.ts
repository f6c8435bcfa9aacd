/** A vector register by itself, as functions over elements need it. */
import type { VectorRegisters } from '../vector-unit';

/** A register by itself, with all views of its elements: for functions that read sources after writing to the target. */
export class Scratch {
  readonly u8 = new Uint8Array(16);
  readonly i8 = new Int8Array(this.u8.buffer);
  readonly u16 = new Uint16Array(this.u8.buffer);
  readonly i16 = new Int16Array(this.u8.buffer);
  readonly u32 = new Uint32Array(this.u8.buffer);
  readonly i32 = new Int32Array(this.u8.buffer);

  /** Takes the contents of register n. */
  take(unit: VectorRegisters, n: number): this {
    const from = unit.i32;
    const to = this.i32;
    to[0] = from[4 * n] ?? 0;
    to[1] = from[4 * n + 1] ?? 0;
    to[2] = from[4 * n + 2] ?? 0;
    to[3] = from[4 * n + 3] ?? 0;
    return this;
  }

  /** Gives the contents to register n. */
  give(unit: VectorRegisters, n: number): void {
    const to = unit.i32;
    const from = this.i32;
    to[4 * n] = from[0] ?? 0;
    to[4 * n + 1] = from[1] ?? 0;
    to[4 * n + 2] = from[2] ?? 0;
    to[4 * n + 3] = from[3] ?? 0;
  }
}
