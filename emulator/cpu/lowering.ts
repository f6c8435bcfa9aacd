/**
 * From a row's meaning (isa/ir.ts) to WebAssembly: statements. What is common to all projections is here; how a field is
 * read, where the next instruction comes from and how a function ends is the projection's.
 */
import { INTERRUPT_CAUSES, PRIVILEGE_RANK } from '../isa/causes';
import type { Field } from '../isa/fields';
import { type Cond, type Expr, type Stmt, SYSTEM_OPS } from '../isa/ir';
import type { Routine } from '../isa/routine';
import { SPR_NUMBER, XER } from '../isa/semantics';
import { AccessLowering } from './access-lowering';
import { vsrOffset } from './double-expressions';
import * as state from './state';
import { I32, I64, MEM, OP, SIMD, V128 } from './wasm';

export type { Mode, RuntimeFunctions } from './expressions';

export type ApplyStatement = Extract<Stmt, { readonly k: 'apply' }>;

/** Generates the code of one row's statements. */
export abstract class Lowering extends AccessLowering {
  /** The number of a function of the current row. */
  protected abstract unitFunction(place: number): number;
  /** Index of a routine's function: four numbers (i32) to a status (i32). */
  protected abstract routine(routine: Routine): number;
  /** Leaves for the address on the stack (i64). */
  protected abstract branch(): void;

  /** Generates statements. What comes after the last one is the projection's. */
  statements(list: readonly Stmt[]): void {
    for (const stmt of list) this.statement(stmt);
  }

  protected statement(stmt: Stmt): void {
    const { code } = this;
    switch (stmt.k) {
      case 'let':
        return this.assign(stmt.id, stmt.value);
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
      case 'set-carry':
        return this.writeCarry(stmt.carries);
      case 'set-cr-field':
        return this.writeCrField(stmt.number, stmt.value);
      case 'set-cr-bit':
        return this.setCrBit(stmt.number, stmt.value);
      case 'set-cr':
        return this.setCr(stmt.fields, stmt.value);
      case 'set-vsr':
        return this.writeVsr(stmt.number, stmt.doubleword, stmt.value);
      case 'set-vsr-permuted':
        return this.permute(stmt);
      case 'apply':
        this.apply(stmt);
        return this.takeResult(stmt.id);
      case 'system':
        code.i32(SYSTEM_OPS.indexOf(stmt.op));
        this.expr(stmt.a);
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

  /** Calls a function of the row. One without a result is the last thing that the row does. */
  protected apply(stmt: ApplyStatement): void {
    this.callFunction(stmt);
    if (stmt.id === undefined) return this.leaveByStatus();
    this.code.i32(1);
    this.code.op(OP.i32and);
    this.faultIfNonzero();
  }

  /** Pushes the status of the function: bit 0 for an interrupt, bit 1 for the host to look up behind the instruction. */
  protected callFunction({ fn, routine, args }: ApplyStatement): void {
    const { code } = this;
    if (!routine) code.i32(this.unitFunction(fn));
    for (let i = 0; i < 4; i++) this.expr32(args[i] ?? { k: 'const', value: 0n });
    code.call(routine ? this.routine(routine) : this.runtime.apply);
  }

  private writeVsr(number: Expr, doubleword: 0 | 1, value: Expr): void {
    const { code } = this;
    this.pushVsrAddress(number);
    const double = this.isDouble(value);
    if (double) this.double(value);
    else this.expr(value);
    code.memory(double ? MEM.f64store : MEM.i64store, state.VSR + vsrOffset(doubleword));
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

  /** Sets CA and CA32. */
  protected writeCarry(carries: Expr): void {
    const { code } = this;
    const bits = code.local(I64);
    this.expr(carries);
    code.set(bits);
    const bit = (from: number, mask: bigint): void => {
      const shift = BigInt(from - Math.log2(Number(mask)));
      code.get(bits);
      code.i64(shift < 0n ? -shift : shift);
      code.op(shift < 0n ? OP.i64shl : OP.i64shru);
      code.i64(mask);
      code.op(OP.i64and);
    };
    code.i32(0);
    this.readSlot(SPR_NUMBER.XER);
    code.i64(~(XER.CA | XER.CA32));
    code.op(OP.i64and);
    bit(this.mode.sf ? 63 : 31, XER.CA);
    code.op(OP.i64or);
    bit(31, XER.CA32);
    code.op(OP.i64or);
    code.memory(MEM.i64store, state.SPR + 8 * SPR_NUMBER.XER);
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
}
