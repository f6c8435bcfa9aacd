/**
 * What a row's statements ask of memory and of special purpose registers, as WebAssembly: the TLB and the table of plain
 * registers are looked up in place, what is not found there goes to the host.
 */
import type { Field } from '../isa/fields';
import type { AccessSize, Expr } from '../isa/ir';
import { ExpressionLowering } from './expressions';
import * as state from './state';
import { I32, I64, MEM, OP } from './wasm';

const LOAD: Record<AccessSize, number> = { 1: MEM.i64load8u, 2: MEM.i64load16u, 4: MEM.i64load32u, 8: MEM.i64load };
const STORE: Record<AccessSize, number> = { 1: MEM.i64store8, 2: MEM.i64store16, 4: MEM.i64store32, 8: MEM.i64store };
const SIGN_EXTEND: Record<AccessSize, number | undefined> = {
  1: OP.i64extend8,
  2: OP.i64extend16,
  4: OP.i64extend32,
  8: undefined,
};

/** Locals with an effective address and the address of the TLB entry for it. */
export interface Located {
  readonly ea: number;
  readonly entry: number;
}

/** An access to memory as a statement wants it. */
export interface Access {
  readonly kind: 'load' | 'store';
  readonly ea: Expr;
  readonly size: AccessSize;
  /** With an address in memory on the stack: loads from an offset behind it, or stores there. */
  readonly transfer: (offset: number) => void;
  /** Type of what `transfer` pushes. */
  readonly result: number | undefined;
}

/** Generates the code of loads, stores and accesses to special purpose registers. */
export abstract class AccessLowering extends ExpressionLowering {
  /** Pushes the number of instructions that are left, this one counted (i32). */
  protected abstract pushLeft(): void;
  /**
   * Whether there is a twin of this function that calls the host. This one then calls nothing, so that its values stay
   * in machine registers, and leaves for the twin before anything has changed.
   */
  protected abstract readonly hasTwin: boolean;
  protected abstract leaveForTwin(): void;
  /** Leaves for the host with an interrupt; the cause is set. */
  protected abstract fault(): void;
  /** Leaves for the host so that it looks at the state; NIA is set. */
  protected abstract leaveForState(): void;

  /** Pushes the address of the next instruction (i64). */
  protected pushNia(): void {
    this.pushCia();
    this.code.i64(4n);
    this.code.op(OP.i64add);
  }

  /** Puts what the host left in RESULT into a local. */
  protected takeResult(id: number | undefined): void {
    if (id === undefined) return;
    this.code.i32(0);
    this.code.memory(MEM.i64load, state.RESULT);
    this.code.set(this.local(id));
  }

  protected faultIfNonzero(): void {
    this.code.if();
    this.fault();
    this.code.end();
  }

  /** Pushes the effective address, leaves it in a local, and pushes whether the translation is at hand. */
  private lookUp(ea: Expr, size: AccessSize, access: 'load' | 'store'): Located {
    const address = this.code.local(I64);
    this.pushEa(ea);
    this.code.set(address);
    return this.lookUpAt(address, size, access);
  }

  /** Pushes an effective address as the mode has it. */
  protected pushEa(ea: Expr): void {
    this.expr(ea);
    if (this.mode.sf) return;
    this.code.i64(0xffff_ffffn);
    this.code.op(OP.i64and);
  }

  /** With the effective address in a local: pushes whether the translation is at hand. */
  protected lookUpAt(address: number, size: AccessSize, access: 'load' | 'store'): Located {
    const { code } = this;
    const entry = code.local(I32);
    code.get(address);
    code.op(OP.wrap);
    code.i32(Math.log2(state.PAGE_BYTES / state.DATA_ENTRY_BYTES));
    code.op(OP.i32shru);
    code.i32((state.DATA_ENTRIES - 1) * state.DATA_ENTRY_BYTES);
    code.op(OP.i32and);
    code.i32(0);
    code.memory(MEM.i32load, state.DATA_BANK);
    code.op(OP.i32add);
    code.tee(entry);
    code.memory(MEM.i64load, access === 'load' ? 0 : 8);
    // The tag is that of the last byte: an access that crosses a page finds no entry.
    code.get(address);
    if (size > 1) {
      code.i64(BigInt(size - 1));
      code.op(OP.i64add);
    }
    code.i64(BigInt(-state.PAGE_BYTES));
    code.op(OP.i64and);
    code.op(OP.i64eq);
    return { ea: address, entry };
  }

  /** With the test on the stack: leaves for the twin unless it holds. False, and nothing done, without a twin. */
  protected unlessHitLeave(): boolean {
    if (!this.hasTwin) return false;
    this.code.op(OP.i32eqz);
    this.code.if();
    this.leaveForTwin();
    this.code.end();
    return true;
  }

  /** Does an access, or leaves for the twin where its translation is not at hand. */
  protected accessOrLeave(access: Access): void {
    const at = this.lookUp(access.ea, access.size, access.kind);
    this.unlessHitLeave();
    this.pushHostAddress(at);
    access.transfer(0);
  }

  protected pushHostAddress(at: Located): void {
    const { code } = this;
    code.get(at.ea);
    code.op(OP.wrap);
    code.get(at.entry);
    code.memory(MEM.i32load, 16);
    code.op(OP.i32add);
  }

  protected load(id: number, ea: Expr, size: AccessSize, signed: boolean, swap: boolean): void {
    const { code } = this;
    if (this.hasTwin) {
      const transfer = (offset: number): void => code.memory(LOAD[size], offset);
      this.accessOrLeave({ kind: 'load', ea, size, transfer, result: I64 });
    } else {
      const at = this.lookUp(ea, size, 'load');
      code.if(I64);
      this.pushHostAddress(at);
      code.memory(LOAD[size], 0);
      code.else();
      code.get(at.ea);
      code.i32(size);
      code.call(this.runtime.load);
      this.faultIfNonzero();
      code.i32(0);
      code.memory(MEM.i64load, state.RESULT);
      code.end();
    }
    if (swap === this.mode.littleEndian) this.swapBytes(size);
    const extend = SIGN_EXTEND[size];
    if (signed && extend !== undefined) code.op(extend);
    code.set(this.local(id));
  }

  protected store(ea: Expr, size: AccessSize, value: Expr, swap: boolean): void {
    const { code } = this;
    const stored = code.local(I64);
    this.expr(value);
    if (swap === this.mode.littleEndian) this.swapBytes(size);
    code.set(stored);
    if (this.hasTwin) {
      const transfer = (offset: number): void => {
        code.get(stored);
        code.memory(STORE[size], offset);
      };
      return this.accessOrLeave({ kind: 'store', ea, size, transfer, result: undefined });
    }
    const at = this.lookUp(ea, size, 'store');
    code.if();
    this.pushHostAddress(at);
    code.get(stored);
    code.memory(STORE[size], 0);
    code.else();
    code.get(at.ea);
    code.get(stored);
    code.i32(size);
    code.call(this.runtime.store);
    this.faultIfNonzero();
    code.end();
  }

  /** Reverses the low bytes of the i64 on the stack and clears the others. */
  private swapBytes(size: AccessSize): void {
    if (size === 1) return;
    const { code } = this;
    const x = code.local(I64);
    // Swap neighbours, then pairs, then halves; the bytes end up at the top of the doubleword.
    const swapGroups = (bits: bigint, mask: bigint): void => {
      code.set(x);
      code.get(x);
      code.i64(bits);
      code.op(OP.i64shru);
      code.i64(mask);
      code.op(OP.i64and);
      code.get(x);
      code.i64(mask);
      code.op(OP.i64and);
      code.i64(bits);
      code.op(OP.i64shl);
      code.op(OP.i64or);
    };
    swapGroups(8n, size === 2 ? 0xffn : size === 4 ? 0x00ff_00ffn : 0x00ff_00ff_00ff_00ffn);
    if (size >= 4) swapGroups(16n, size === 4 ? 0xffffn : 0x0000_ffff_0000_ffffn);
    if (size === 8) {
      code.i64(32n);
      code.op(OP.i64rotl);
    }
  }

  private pushSprAccess(number: number, write: boolean): void {
    const { code } = this;
    code.get(number);
    code.i32(0);
    code.memory(MEM.i32load, state.SPR_ACCESS_ROW);
    code.op(OP.i32add);
    code.memory(MEM.i32load8u, write ? 1024 : 0);
  }

  /** With the status of a host function on the stack: 1 is an interrupt; 2 ends the instruction, and the host looks at the state. */
  protected leaveByStatus(): void {
    const { code } = this;
    const status = code.local(I32);
    code.tee(status);
    code.if();
    code.get(status);
    code.i32(1);
    code.op(OP.i32eq);
    this.faultIfNonzero();
    code.i32(0);
    this.pushNia();
    code.memory(MEM.i64store, state.NIA);
    this.leaveForState();
    code.end();
  }

  protected readSpr(id: number, field: Field, unchanged: Expr): void {
    const { code } = this;
    const number = code.local(I32);
    const status = code.local(I32);
    this.pushField(field);
    code.set(number);
    this.pushSprAccess(number, false);
    code.op(OP.i32eqz);
    if (this.unlessHitLeave()) {
      code.get(number);
      code.i32(3);
      code.op(OP.i32shl);
      code.memory(MEM.i64load, state.SPR);
      return code.set(this.local(id));
    }
    code.if(I64);
    code.get(number);
    code.i32(3);
    code.op(OP.i32shl);
    code.memory(MEM.i64load, state.SPR);
    code.else();
    code.get(number);
    this.pushLeft();
    code.call(this.runtime.readSpr);
    code.tee(status);
    code.i32(1);
    code.op(OP.i32eq);
    this.faultIfNonzero();
    this.expr(unchanged);
    code.i32(0);
    code.memory(MEM.i64load, state.RESULT);
    code.get(status);
    code.op(OP.select);
    code.end();
    code.set(this.local(id));
  }

  protected writeSpr(field: Field, value: Expr): void {
    const { code } = this;
    const number = code.local(I32);
    this.pushField(field);
    code.set(number);
    this.pushSprAccess(number, true);
    code.op(OP.i32eqz);
    if (this.unlessHitLeave()) {
      code.get(number);
      code.i32(3);
      code.op(OP.i32shl);
      this.expr(value);
      return code.memory(MEM.i64store, state.SPR);
    }
    code.if();
    code.get(number);
    code.i32(3);
    code.op(OP.i32shl);
    this.expr(value);
    code.memory(MEM.i64store, state.SPR);
    code.else();
    code.get(number);
    this.expr(value);
    this.pushLeft();
    code.call(this.runtime.writeSpr);
    this.leaveByStatus();
    code.end();
  }
}
