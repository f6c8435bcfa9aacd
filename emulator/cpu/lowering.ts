/**
 * From a row's meaning (isa/ir.ts) to WebAssembly: statements. What is common to all projections is here; how a field is
 * read, where the next instruction comes from and how a function ends is the projection's.
 */
import { INTERRUPT_CAUSES, PRIVILEGE_RANK } from '../isa/causes';
import type { Field } from '../isa/fields';
import { type AccessSize, type Cond, type Expr, type Stmt, SYSTEM_OPS } from '../isa/ir';
import { ExpressionLowering, vsrOffset } from './expressions';
import * as state from './state';
import { I32, I64, MEM, OP, SIMD, V128 } from './wasm';

export type { Mode, RuntimeFunctions } from './expressions';

const LOAD: Record<AccessSize, number> = { 1: MEM.i64load8u, 2: MEM.i64load16u, 4: MEM.i64load32u, 8: MEM.i64load };
const STORE: Record<AccessSize, number> = { 1: MEM.i64store8, 2: MEM.i64store16, 4: MEM.i64store32, 8: MEM.i64store };
const SIGN_EXTEND: Record<AccessSize, number | undefined> = {
  1: OP.i64extend8,
  2: OP.i64extend16,
  4: OP.i64extend32,
  8: undefined,
};

/** Locals with an effective address and the TLB entry for it, and the offset of the entry's bank where it is constant. */
export interface Located {
  readonly ea: number;
  readonly entry: number;
  readonly bank: number;
}

/** Generates the code of one row's statements. */
export abstract class Lowering extends ExpressionLowering {
  /** Pushes the number of instructions that are left, this one counted (i32). */
  protected abstract pushLeft(): void;
  /** Leaves for the address on the stack (i64). */
  protected abstract branch(): void;
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

  /** Generates statements. What comes after the last one is the projection's. */
  statements(list: readonly Stmt[]): void {
    for (const stmt of list) this.statement(stmt);
  }

  protected statement(stmt: Stmt): void {
    const { code } = this;
    switch (stmt.k) {
      case 'let':
        this.expr(stmt.value);
        return code.set(this.local(stmt.id));
      case 'set-gpr':
        return this.writeGpr(stmt.field, stmt.value);
      case 'set-gpr-at':
        this.expr32(stmt.number);
        code.i32(3);
        code.op(OP.i32shl);
        this.expr(stmt.value);
        return code.memory(MEM.i64store, state.GPR);
      case 'set-spr':
        return this.writeSlot(stmt.number, stmt.value);
      case 'set-cr-field':
        return this.writeCrField(stmt.number, stmt.value);
      case 'set-cr-bit':
        return this.setCrBit(stmt.number, stmt.value);
      case 'set-cr':
        return this.setCr(stmt.fields, stmt.value);
      case 'set-vsr':
        this.pushVsrAddress(stmt.number);
        this.expr(stmt.value);
        return code.memory(MEM.i64store, state.VSR + vsrOffset(stmt.doubleword));
      case 'set-vsr-permuted':
        return this.permute(stmt);
      case 'apply':
        code.i32(stmt.fn);
        for (let i = 0; i < 4; i++) this.expr32(stmt.args[i] ?? { k: 'const', value: 0n });
        code.call(this.runtime.apply);
        this.faultIfNonzero();
        return this.takeResult(stmt.id);
      case 'system':
        code.i32(SYSTEM_OPS.indexOf(stmt.op));
        this.expr(stmt.a);
        this.expr(stmt.b);
        this.pushLeft();
        code.call(this.runtime.system);
        this.leaveByStatus();
        return this.takeResult(stmt.id);
      case 'set-nia':
        this.expr(stmt.value);
        return this.branch();
      case 'set-msr':
        code.i32(0);
        if (stmt.nia) this.expr(stmt.nia);
        else this.pushNia();
        code.memory(MEM.i64store, state.NIA);
        code.i32(0);
        this.expr(stmt.value);
        code.memory(MEM.i64store, state.MSR);
        return this.leaveForState();
      case 'synchronize':
        code.i32(0);
        this.pushNia();
        code.memory(MEM.i64store, state.NIA);
        return this.leaveForState();
      case 'load':
        return this.load(stmt.id, stmt.ea, stmt.size, stmt.signed, stmt.swap);
      case 'store':
        return this.store(stmt.ea, stmt.size, stmt.value, stmt.swap);
      case 'read-spr':
        return this.readSpr(stmt.id, stmt.field, stmt.unchanged);
      case 'write-spr':
        return this.writeSpr(stmt.field, stmt.value);
      case 'if':
        return this.conditional(stmt.cond, stmt.then, stmt.else);
      case 'while':
        code.block();
        code.loop();
        this.cond(stmt.cond);
        code.op(OP.i32eqz);
        code.brIf(1);
        this.statements(stmt.body);
        code.br(0);
        code.end();
        return code.end();
      case 'raise':
        return this.raise(INTERRUPT_CAUSES[stmt.cause], stmt.info);
      case 'require':
        code.i32(0);
        code.memory(MEM.i32load, state.PRIVILEGE);
        code.i32(PRIVILEGE_RANK[stmt.privilege]);
        code.op(OP.i32ltu);
        code.if();
        this.raise(INTERRUPT_CAUSES.privileged, { k: 'const', value: BigInt(PRIVILEGE_RANK[stmt.privilege]) });
        return code.end();
      case 'facility':
        code.i32(0);
        code.memory(MEM.i32load, state.FACILITIES);
        code.i32(1 << stmt.facility);
        code.op(OP.i32and);
        code.op(OP.i32eqz);
        code.if();
        this.raise(INTERRUPT_CAUSES.facility, { k: 'const', value: BigInt(stmt.facility) });
        return code.end();
    }
  }

  /** Puts what the host left in RESULT into a local. */
  private takeResult(id: number | undefined): void {
    if (id === undefined) return;
    this.code.i32(0);
    this.code.memory(MEM.i64load, state.RESULT);
    this.code.set(this.local(id));
  }

  /** A register is one little-endian number: byte 31 - n of `left || right` is byte n of the right one, then of the left. */
  private permute(stmt: Extract<Stmt, { k: 'set-vsr-permuted' }>): void {
    const { code } = this;
    const index = code.local(V128);
    const register = (number: Expr): void => {
      this.pushVsrAddress(number);
      code.simdMemory(SIMD.load, state.VSR);
    };
    const everywhere = (byte: number): void => {
      code.i32(byte);
      code.simd(SIMD.splat8);
    };
    register(stmt.control);
    everywhere(31);
    code.simd(SIMD.and);
    if (stmt.from === 'left') {
      everywhere(31);
      code.simd(SIMD.xor);
    }
    code.set(index);
    this.pushVsrAddress(stmt.number);
    register(stmt.right);
    code.get(index);
    // Indices above 15 give zeros; those below 16 do so with 16 subtracted.
    code.simd(SIMD.swizzle8);
    register(stmt.left);
    code.get(index);
    everywhere(16);
    code.simd(SIMD.sub8);
    code.simd(SIMD.swizzle8);
    code.simd(SIMD.or);
    code.simdMemory(SIMD.store, state.VSR);
  }

  private pushNia(): void {
    this.pushCia();
    this.code.i64(4n);
    this.code.op(OP.i64add);
  }

  private conditional(cond: Cond, then: readonly Stmt[], otherwise: readonly Stmt[]): void {
    const { code } = this;
    const known = this.constantCond(cond);
    if (known !== undefined) return this.statements(known ? then : otherwise);
    this.cond(cond);
    code.if();
    this.statements(then);
    if (otherwise.length > 0) {
      code.else();
      this.statements(otherwise);
    }
    code.end();
  }

  protected writeGpr(field: Field, value: Expr): void {
    this.pushGprOffset(field);
    this.expr(value);
    this.code.memory(MEM.i64store, state.GPR);
  }

  /** Sets a special purpose register or a slot behind them. */
  protected writeSlot(number: number, value: Expr): void {
    this.code.i32(0);
    this.expr(value);
    this.code.memory(MEM.i64store, state.SPR + 8 * number);
  }

  protected writeCrField(number: Expr, value: Expr): void {
    this.expr32(number);
    this.expr32(value);
    this.code.memory(MEM.i32store8, state.CR);
  }

  protected setCrBit(number: Expr, value: Cond): void {
    const { code } = this;
    const shift = code.local(I32);
    const bit = code.local(I32);
    this.cond(value);
    code.set(bit);
    this.crBitShift(number);
    code.set(shift);
    this.crBitAddress(number);
    this.crBitAddress(number);
    code.memory(MEM.i32load8u, state.CR);
    code.i32(-2);
    code.get(shift);
    code.op(OP.i32rotl);
    code.op(OP.i32and);
    code.get(bit);
    code.get(shift);
    code.op(OP.i32shl);
    code.op(OP.i32or);
    code.memory(MEM.i32store8, state.CR);
  }

  protected setCr(fields: Expr, value: Expr): void {
    const { code } = this;
    const selected = code.local(I32);
    const word = code.local(I32);
    this.expr32(fields);
    code.set(selected);
    this.expr32(value);
    code.set(word);
    for (let field = 0; field < 8; field++) {
      code.get(selected);
      code.i32(0x80 >> field);
      code.op(OP.i32and);
      code.if();
      code.i32(0);
      code.get(word);
      code.i32(28 - 4 * field);
      code.op(OP.i32shru);
      code.i32(15);
      code.op(OP.i32and);
      code.memory(MEM.i32store8, state.CR + field);
      code.end();
    }
  }

  protected raise(cause: number, info: Expr | undefined): void {
    const { code } = this;
    code.i32(0);
    code.i32(cause);
    code.memory(MEM.i32store, state.CAUSE);
    if (info) {
      code.i32(0);
      this.expr(info);
      code.memory(MEM.i64store, state.CAUSE_INFO);
    }
    this.fault();
  }

  /** After a host function that answers 1 for an interrupt: leaves when it did. */
  private faultIfNonzero(): void {
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
    code.i64(BigInt(Math.log2(state.PAGE_BYTES / state.DATA_ENTRY_BYTES)));
    code.op(OP.i64shru);
    code.op(OP.wrap);
    code.i32((state.DATA_ENTRIES - 1) * state.DATA_ENTRY_BYTES);
    code.op(OP.i32and);
    const bank = this.addDataBank();
    code.tee(entry);
    code.memory(MEM.i64load, bank + (access === 'load' ? 0 : 8));
    // The tag is that of the last byte: an access that crosses a page finds no entry.
    code.get(address);
    if (size > 1) {
      code.i64(BigInt(size - 1));
      code.op(OP.i64add);
    }
    code.i64(BigInt(-state.PAGE_BYTES));
    code.op(OP.i64and);
    code.op(OP.i64eq);
    return { ea: address, entry, bank };
  }

  /** Adds the bank of data translations to the i32 on the stack, or returns what to add to every offset from it. */
  protected addDataBank(): number {
    this.code.i32(0);
    this.code.memory(MEM.i32load, state.DATA_BANK);
    this.code.op(OP.i32add);
    return 0;
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

  /** Pushes where an access is in memory, or leaves for the twin. */
  protected pushHostAddressOrLeave(ea: Expr, size: AccessSize, access: 'load' | 'store'): void {
    const at = this.lookUp(ea, size, access);
    this.unlessHitLeave();
    this.pushHostAddress(at);
  }

  private pushHostAddress(at: Located): void {
    const { code } = this;
    code.get(at.ea);
    code.op(OP.wrap);
    code.get(at.entry);
    code.memory(MEM.i32load, at.bank + 16);
    code.op(OP.i32add);
  }

  private load(id: number, ea: Expr, size: AccessSize, signed: boolean, swap: boolean): void {
    const { code } = this;
    if (this.hasTwin) {
      this.pushHostAddressOrLeave(ea, size, 'load');
      code.memory(LOAD[size], 0);
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

  private store(ea: Expr, size: AccessSize, value: Expr, swap: boolean): void {
    const { code } = this;
    const stored = code.local(I64);
    this.expr(value);
    if (swap === this.mode.littleEndian) this.swapBytes(size);
    code.set(stored);
    if (this.hasTwin) {
      this.pushHostAddressOrLeave(ea, size, 'store');
      code.get(stored);
      return code.memory(STORE[size], 0);
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
  private leaveByStatus(): void {
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

  private readSpr(id: number, field: Field, unchanged: Expr): void {
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

  private writeSpr(field: Field, value: Expr): void {
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
