/**
 * Expressions whose value is a double, as WebAssembly. In a row's meaning a double is its bits; here it stays a
 * floating-point number as long as nobody asks for these.
 */
import type {
  BinaryOp,
  CompareOp,
  Cond,
  DoubleBinaryOp,
  DoubleCompareOp,
  DoubleUnaryOp,
  Expr,
  UnaryOp,
} from '../isa/ir';
import * as state from './state';
import { type Code, F64, I64, MEM, OP, SATURATING } from './wasm';

const BINARY: Record<DoubleBinaryOp, number> = { fadd: OP.f64add, fsub: OP.f64sub, fmul: OP.f64mul, fdiv: OP.f64div };
const UNARY: Record<Exclude<DoubleUnaryOp, 'promote'>, number> = {
  fsqrt: OP.f64sqrt,
  ftrunc: OP.f64trunc,
  fceil: OP.f64ceil,
  ffloor: OP.f64floor,
  fnearest: OP.f64nearest,
  fromS64: OP.f64converts,
  fromU64: OP.f64convertu,
};
// prettier-ignore
const COMPARE: Record<DoubleCompareOp, number> = {
  feq: OP.f64eq, fne: OP.f64ne, flt: OP.f64lt, fgt: OP.f64gt, fle: OP.f64le, fge: OP.f64ge,
};
const SIGN = 1n << 63n;
const MAGNITUDE = SIGN - 1n;

const isBinary = (op: BinaryOp): op is DoubleBinaryOp => op in BINARY;
const isUnary = (op: UnaryOp): op is DoubleUnaryOp => op in UNARY || op === 'promote';
export const isDoubleComparison = (op: CompareOp): op is DoubleCompareOp => op in COMPARE;

/** Where a doubleword of a vector-scalar register lies in it. */
export const vsrOffset = (doubleword: 0 | 1): number => 8 - 8 * doubleword;

export abstract class DoubleExpressions {
  private readonly locals = new Map<number, { readonly index: number; readonly type: number }>();

  constructor(protected readonly code: Code) {}

  protected abstract expr(e: Expr): void;
  protected abstract expr32(e: Expr): void;
  protected abstract cond(c: Cond): void;
  protected abstract constant(e: Expr): bigint | undefined;
  protected abstract constantCond(c: Cond): boolean | undefined;
  protected abstract pushVsrAddress(number: Expr): void;

  /** Another instruction begins: its locals are others. */
  protected forgetLocals(): void {
    this.locals.clear();
  }
  /** The local of a value; its type is that of the first value. */
  protected local(id: number, type = I64): number {
    const known = this.locals.get(id);
    if (known) return known.index;
    const index = this.code.local(type);
    this.locals.set(id, { index, type });
    return index;
  }
  /** Sets the local of a value. */
  protected assign(id: number, value: Expr): void {
    const type = this.locals.get(id)?.type ?? (this.isDouble(value) ? F64 : I64);
    if (type === F64) this.double(value);
    else this.expr(value);
    this.code.set(this.local(id, type));
  }

  /** Whether the value is at hand as a floating-point number. */
  protected isDouble(e: Expr): boolean {
    switch (e.k) {
      case 'local':
        return this.locals.get(e.id)?.type === F64;
      case 'un':
        return isUnary(e.op);
      case 'bin':
        return isBinary(e.op) || (signOperation(e) !== undefined && this.isDouble(e.a));
      case 'select':
        return this.isDouble(e.a) || this.isDouble(e.b);
      default:
        return false;
    }
  }

  /** Pushes an f64. */
  protected double(e: Expr): void {
    const { code } = this;
    const known = this.constant(e);
    if (known !== undefined) return code.f64(known);
    switch (e.k) {
      case 'local':
        if (!this.isDouble(e)) break;
        return code.get(this.local(e.id));
      case 'un':
        if (!isUnary(e.op)) break;
        if (e.op === 'promote') {
          this.expr32(e.a);
          code.op(OP.f32reinterpret);
          return code.op(OP.f64promote);
        }
        if (e.op === 'fromS64' || e.op === 'fromU64') this.expr(e.a);
        else this.double(e.a);
        return code.op(UNARY[e.op]);
      case 'bin': {
        const sign = signOperation(e);
        if (sign !== undefined) {
          this.double(e.a);
          return code.op(sign);
        }
        if (!isBinary(e.op)) break;
        this.double(e.a);
        this.double(e.b);
        return code.op(BINARY[e.op]);
      }
      case 'select': {
        const cond = this.constantCond(e.cond);
        if (cond !== undefined) return this.double(cond ? e.a : e.b);
        this.double(e.a);
        this.double(e.b);
        this.cond(e.cond);
        return code.op(OP.select);
      }
      case 'vsr':
        this.pushVsrAddress(e.number);
        return code.memory(MEM.f64load, state.VSR + vsrOffset(e.doubleword));
      default:
    }
    this.expr(e);
    code.op(OP.f64reinterpret);
  }

  /** Pushes the integer (i64) that an operation makes of a double. */
  protected fromDouble(op: 'toS64' | 'toU64' | 'demote', a: Expr): void {
    const { code } = this;
    this.double(a);
    if (op !== 'demote') return code.saturating(op === 'toS64' ? SATURATING.i64truncs : SATURATING.i64truncu);
    code.op(OP.f32demote);
    code.op(OP.i32reinterpret);
    code.op(OP.extendu);
  }

  /** Pushes 1 or 0 as i32. */
  protected compareDoubles(op: DoubleCompareOp, a: Expr, b: Expr): void {
    this.double(a);
    this.double(b);
    this.code.op(COMPARE[op]);
  }
}

/** The operation on a double that bits of its sign stand for. */
function signOperation(e: Expr & { readonly k: 'bin' }): number | undefined {
  if (e.b.k !== 'const') return undefined;
  if (e.op === 'and' && e.b.value === MAGNITUDE) return OP.f64abs;
  return e.op === 'xor' && e.b.value === SIGN ? OP.f64neg : undefined;
}
