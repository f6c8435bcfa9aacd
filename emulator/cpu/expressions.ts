/**
 * Expressions and conditions of a row's meaning (isa/ir.ts) as WebAssembly. How a field is read is the projection's.
 */
import type { Field } from '../isa/fields';
import type { BinaryOp, CompareOp, Cond, DoubleCompareOp, Expr, UnaryOp } from '../isa/ir';
import { SPR_NUMBER, XER } from '../isa/semantics';
import { DoubleExpressions, isDoubleComparison, vsrOffset } from './double-expressions';
import * as state from './state';
import { type Code, I32, I64, MEM, OP } from './wasm';

/** Functions that generated code calls, by index in its module. */
export interface RuntimeFunctions {
  /** (ea i64, size i32) -> i32: 0 and the value in RESULT, or 1 for an interrupt. */
  readonly load: number;
  /** (ea i64, value i64, size i32) -> i32: 0, or 1 for an interrupt. */
  readonly store: number;
  /** (number i32, left i32) -> i32: 0 and the value in RESULT, 1 for an interrupt, 2 for no operation. */
  readonly readSpr: number;
  /** (number i32, value i64, left i32) -> i32: 0, or 1 for an interrupt. */
  readonly writeSpr: number;
  /** (function i32, a i32, b i32, c i32, d i32) -> i32: 0, and a value in RESULT where there is one, or 1 for an interrupt. */
  readonly apply: number;
  /** (operation i32, a i64, left i32) -> i32: the same. */
  readonly system: number;
  /** (i64, i64) -> i64, as the ones below. */
  readonly divse: number;
  readonly divue: number;
  readonly mulhs: number;
  readonly mulhu: number;
}

/** The modes for which code is generated: they are constants in it. */
export interface Mode {
  readonly littleEndian: boolean;
  /** MSR.SF: addresses have 64 bits. */
  readonly sf: boolean;
  /** Whether the interpreter looks for translated regions at taken branches. */
  readonly regions?: boolean;
}

const BINARY: Partial<Record<BinaryOp, number>> = {
  add: OP.i64add,
  sub: OP.i64sub,
  mul: OP.i64mul,
  and: OP.i64and,
  or: OP.i64or,
  xor: OP.i64xor,
  shl: OP.i64shl,
  shru: OP.i64shru,
  shrs: OP.i64shrs,
  rotl: OP.i64rotl,
};
const UNARY: Partial<Record<UnaryOp, number>> = {
  exts8: OP.i64extend8,
  exts16: OP.i64extend16,
  exts32: OP.i64extend32,
  clz: OP.i64clz,
  ctz: OP.i64ctz,
  popcnt: OP.i64popcnt,
};
// prettier-ignore
const COMPARE: Record<Exclude<CompareOp, DoubleCompareOp>, number> = {
  eq: OP.i64eq, ne: OP.i64ne, lts: OP.i64lts, ltu: OP.i64ltu, gts: OP.i64gts, gtu: OP.i64gtu,
  les: OP.i64les, leu: OP.i64leu, ges: OP.i64ges, geu: OP.i64geu,
};
const CA_SHIFT = BigInt(Math.log2(Number(XER.CA)));
const COMBINE = { and: OP.i32and, or: OP.i32or, xor: OP.i32xor } as const;

/** Generates the code of values. */
export abstract class ExpressionLowering extends DoubleExpressions {
  constructor(
    code: Code,
    protected readonly mode: Mode,
    protected readonly runtime: RuntimeFunctions,
  ) {
    super(code);
  }

  /** The field's value where the projection knows it. */
  protected abstract constantField(field: Field): number | undefined;
  /** Pushes the field's value as i32. */
  protected abstract pushField(field: Field): void;
  /** Pushes the offset (i32) of the register that the field names from GPR. */
  protected abstract pushGprOffset(field: Field): void;
  /** Pushes the address of the current instruction (i64). */
  protected abstract pushCia(): void;
  /** The value of an expression that is known now. */
  protected override constant(e: Expr): bigint | undefined {
    if (e.k === 'const') return e.value;
    if (e.k === 'field') {
      const value = this.constantField(e.field);
      return value === undefined ? undefined : BigInt.asUintN(64, BigInt(value));
    }
    if (e.k === 'bin' && e.op === 'add') {
      const a = this.constant(e.a);
      const b = a === undefined ? undefined : this.constant(e.b);
      return a === undefined || b === undefined ? undefined : BigInt.asUintN(64, a + b);
    }
    return undefined;
  }

  protected override constantCond(c: Cond): boolean | undefined {
    if (c.k === 'sf') return this.mode.sf;
    if (c.k === 'le') return this.mode.littleEndian;
    if (c.k === 'not') {
      const a = this.constantCond(c.a);
      return a === undefined ? undefined : !a;
    }
    if (c.k === 'cmp' && (c.op === 'eq' || c.op === 'ne')) {
      const a = this.constant(c.a);
      const b = this.constant(c.b);
      if (a !== undefined && b !== undefined) return (a === b) === (c.op === 'eq');
    }
    return undefined;
  }

  /** Pushes an i64. */
  protected override expr(e: Expr): void {
    const { code } = this;
    const known = this.constant(e);
    if (known !== undefined) return code.i64(known);
    if (this.isDouble(e)) {
      this.double(e);
      return code.op(OP.i64reinterpret);
    }
    switch (e.k) {
      case 'const':
        return code.i64(e.value);
      case 'field':
        this.pushField(e.field);
        return code.op(e.field.signed ? OP.extends : OP.extendu);
      case 'gpr':
        return this.readGpr(e.field, e.or0);
      case 'gpr-at':
        this.expr32(e.number);
        code.i32(3);
        code.op(OP.i32shl);
        return code.memory(MEM.i64load, state.GPR);
      case 'local':
        return code.get(this.local(e.id));
      case 'un':
        if (e.op === 'toS64' || e.op === 'toU64' || e.op === 'demote') return this.fromDouble(e.op, e.a);
        this.expr(e.a);
        if (e.op === 'extu32') {
          code.i64(0xffff_ffffn);
          return code.op(OP.i64and);
        }
        return code.op(UNARY[e.op] ?? OP.unreachable);
      case 'bin':
        return this.binary(e.op, e.a, e.b);
      case 'select': {
        const cond = this.constantCond(e.cond);
        if (cond !== undefined) return this.expr(cond ? e.a : e.b);
        this.expr(e.a);
        this.expr(e.b);
        this.cond(e.cond);
        return code.op(OP.select);
      }
      case 'vsr':
        this.pushVsrAddress(e.number);
        return code.memory(MEM.i64load, state.VSR + vsrOffset(e.doubleword));
      case 'cia':
        return this.pushCia();
      case 'msr':
        code.i32(0);
        return code.memory(MEM.i64load, state.MSR);
      case 'spr':
        return this.readSlot(e.number);
      case 'carry':
        return this.readCarry();
      case 'bit':
      case 'compare':
      case 'cr':
      case 'cr-field':
        this.expr32(e);
        return code.op(OP.extendu);
    }
  }

  /** Pushes the low 32 bits as i32. */
  protected override expr32(e: Expr): void {
    const { code } = this;
    const known = this.constant(e);
    if (known !== undefined) return code.i32(Number(BigInt.asIntN(32, known)));
    switch (e.k) {
      case 'field':
        return this.pushField(e.field);
      case 'bit':
        return this.cond(e.cond);
      case 'compare':
        return this.compareToCr(e.a, e.b, e.signed);
      case 'cr':
        for (let field = 0; field < 8; field++) {
          this.readCrField({ k: 'const', value: BigInt(field) });
          if (field < 7) {
            code.i32(28 - 4 * field);
            code.op(OP.i32shl);
          }
          if (field > 0) code.op(OP.i32or);
        }
        return;
      case 'cr-field':
        return this.readCrField(e.number);
      default:
        this.expr(e);
        return code.op(OP.wrap);
    }
  }

  /** Pushes the offset of a vector-scalar register from VSR (i32). */
  protected override pushVsrAddress(number: Expr): void {
    const { code } = this;
    const known = this.constant(number);
    if (known !== undefined) return code.i32(Number(known) * 16);
    this.expr32(number);
    code.i32(4);
    code.op(OP.i32shl);
  }

  /** Pushes a special purpose register or a slot behind them (i64). */
  protected readSlot(number: number): void {
    this.code.i32(0);
    this.code.memory(MEM.i64load, state.SPR + 8 * number);
  }

  /** Pushes XER.CA (i64). */
  protected readCarry(): void {
    this.readSlot(SPR_NUMBER.XER);
    this.code.i64(CA_SHIFT);
    this.code.op(OP.i64shru);
    this.code.i64(1n);
    this.code.op(OP.i64and);
  }

  /** Pushes a CR field, LT GT EQ SO as the four low bits (i32). */
  protected readCrField(number: Expr): void {
    this.expr32(number);
    this.code.memory(MEM.i32load8u, state.CR);
  }

  /** Pushes a bit of CR, 1 or 0 (i32). */
  protected readCrBit(number: Expr): void {
    const { code } = this;
    this.crBitAddress(number);
    code.memory(MEM.i32load8u, state.CR);
    this.crBitShift(number);
    code.op(OP.i32shru);
    code.i32(1);
    code.op(OP.i32and);
  }

  /** Pushes (RA|0) or the register that the field names (i64). */
  protected readGpr(field: Field, or0: boolean): void {
    const { code } = this;
    this.pushGprOffset(field);
    if (or0) {
      const offset = code.local(I32);
      code.tee(offset);
      code.i32(state.ZERO - state.GPR);
      code.get(offset);
      code.op(OP.select);
    }
    code.memory(MEM.i64load, state.GPR);
  }

  private binary(op: BinaryOp, a: Expr, b: Expr): void {
    const { code } = this;
    const direct = BINARY[op];
    if (direct !== undefined) {
      this.expr(a);
      this.expr(b);
      return code.op(direct);
    }
    if (op === 'rotl32') {
      this.expr32(a);
      this.expr32(b);
      code.op(OP.i32rotl);
      return code.op(OP.extendu);
    }
    if (op === 'mulhs' || op === 'mulhu') return this.highProduct(op, a, b);
    if (op === 'divse' || op === 'divue') {
      this.expr(a);
      this.expr(b);
      return code.call(this.runtime[op]);
    }
    this.division(op, a, b);
  }

  /** Pushes the high half of a product. */
  protected highProduct(op: 'mulhs' | 'mulhu', a: Expr, b: Expr): void {
    this.expr(a);
    this.expr(b);
    this.code.call(this.runtime[op]);
  }

  /** WebAssembly's divisions trap; here 0 stands for every undefined quotient or remainder. */
  private division(op: BinaryOp, a: Expr, b: Expr): void {
    const { code } = this;
    const dividend = code.local(I64);
    const divisor = code.local(I64);
    this.expr(a);
    code.set(dividend);
    this.expr(b);
    code.tee(divisor);
    code.op(OP.i64eqz);
    if (op === 'divs' || op === 'rems') {
      code.get(dividend);
      code.i64(1n << 63n);
      code.op(OP.i64eq);
      code.get(divisor);
      code.i64(-1n);
      code.op(OP.i64eq);
      code.op(OP.i32and);
      code.op(OP.i32or);
    }
    code.if(I64);
    code.i64(0n);
    code.else();
    code.get(dividend);
    code.get(divisor);
    code.op(op === 'divs' ? OP.i64divs : op === 'divu' ? OP.i64divu : op === 'rems' ? OP.i64rems : OP.i64remu);
    code.end();
  }

  /** LT GT EQ SO as i32. */
  protected compareToCr(a: Expr, b: Expr, signed: boolean): void {
    const { code } = this;
    const left = code.local(I64);
    const right = code.local(I64);
    this.expr(a);
    code.set(left);
    this.expr(b);
    code.set(right);
    const test = (opcode: number, shift: number): void => {
      code.get(left);
      code.get(right);
      code.op(opcode);
      code.i32(shift);
      code.op(OP.i32shl);
    };
    test(signed ? OP.i64lts : OP.i64ltu, 3);
    test(signed ? OP.i64gts : OP.i64gtu, 2);
    code.op(OP.i32or);
    test(OP.i64eq, 1);
    code.op(OP.i32or);
    this.pushSummaryOverflow();
    code.op(OP.i32or);
  }

  /** Pushes XER.SO (i32). */
  protected pushSummaryOverflow(): void {
    this.code.i32(0);
    this.code.memory(MEM.i32load, state.SPR + 8 * SPR_NUMBER.XER);
    this.code.i32(31);
    this.code.op(OP.i32shru);
  }

  /** Pushes 1 or 0 as i32. */
  protected override cond(c: Cond): void {
    const { code } = this;
    const known = this.constantCond(c);
    if (known !== undefined) return code.i32(known ? 1 : 0);
    switch (c.k) {
      case 'cmp':
        if (isDoubleComparison(c.op)) return this.compareDoubles(c.op, c.a, c.b);
        this.expr(c.a);
        if (this.constant(c.b) === 0n && (c.op === 'eq' || c.op === 'ne')) {
          code.op(OP.i64eqz);
          return c.op === 'ne' ? code.op(OP.i32eqz) : undefined;
        }
        this.expr(c.b);
        return code.op(COMPARE[c.op]);
      case 'not':
        this.cond(c.a);
        return code.op(OP.i32eqz);
      case 'and':
      case 'or':
      case 'xor':
        this.cond(c.a);
        this.cond(c.b);
        return code.op(COMBINE[c.k]);
      case 'cr-bit':
        return this.readCrBit(c.number);
      case 'sf':
      case 'le':
        return;
    }
  }

  protected crBitAddress(number: Expr): void {
    this.expr32(number);
    this.code.i32(2);
    this.code.op(OP.i32shru);
  }
  protected crBitShift(number: Expr): void {
    this.expr32(number);
    this.code.i32(-1);
    this.code.op(OP.i32xor);
    this.code.i32(3);
    this.code.op(OP.i32and);
  }
}
