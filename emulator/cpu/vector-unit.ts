/** The vector-scalar registers and their status in the memory that generated code shares with the host. */
import { FPSCR, VSCR } from '../isa/semantics';
import type { VectorUnit } from '../isa/vector-unit';
import * as state from './state';

export class MemoryVectorUnit implements VectorUnit {
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
  private readonly cr: Uint8Array;
  private readonly slots: Uint32Array;

  constructor(buffer: ArrayBuffer) {
    const bytes = state.VSR_BYTES;
    this.u8 = new Uint8Array(buffer, state.VSR, bytes);
    this.i8 = new Int8Array(buffer, state.VSR, bytes);
    this.u16 = new Uint16Array(buffer, state.VSR, bytes / 2);
    this.i16 = new Int16Array(buffer, state.VSR, bytes / 2);
    this.u32 = new Uint32Array(buffer, state.VSR, bytes / 4);
    this.i32 = new Int32Array(buffer, state.VSR, bytes / 4);
    this.u64 = new BigUint64Array(buffer, state.VSR, bytes / 8);
    this.i64 = new BigInt64Array(buffer, state.VSR, bytes / 8);
    this.f32 = new Float32Array(buffer, state.VSR, bytes / 4);
    this.f64 = new Float64Array(buffer, state.VSR, bytes / 8);
    this.cr = new Uint8Array(buffer, state.CR, 8);
    this.slots = new Uint32Array(buffer, state.SPR, state.SPR_BYTES / 4);
  }

  get fpscr(): number {
    return this.slots[2 * FPSCR] ?? 0;
  }
  set fpscr(value: number) {
    this.slots[2 * FPSCR] = value;
  }
  get vscr(): number {
    return this.slots[2 * VSCR] ?? 0;
  }
  set vscr(value: number) {
    this.slots[2 * VSCR] = value;
  }
  readonly setCrField = (n: number, value: number): void => {
    this.cr[n] = value;
  };
}
