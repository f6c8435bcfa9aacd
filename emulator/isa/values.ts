/** The typed values with which rows are written: 64-bit numbers, doubles and conditions, as expression trees (ir.ts). */
import type { BinaryOp, CompareOp, Cond, DoubleBinaryOp, DoubleCompareOp, DoubleUnaryOp, Expr, UnaryOp } from './ir';

/** What can stand where a 64-bit value is expected. */
export type Operand = U64 | bigint | number;

/** The expression of an operand. */
export function exprOf(value: Operand): Expr {
  if (value instanceof U64) return value.expr;
  return { k: 'const', value: BigInt.asUintN(64, BigInt(value)) };
}

/** A 64-bit value. Operations are modulo 2^64. (Methods, not arrow functions: thousands of values are made at start.) */
export class U64 {
  constructor(readonly expr: Expr) {}

  private binary(op: BinaryOp, b: Operand): U64 {
    return new U64({ k: 'bin', op, a: this.expr, b: exprOf(b) });
  }
  private unary(op: UnaryOp): U64 {
    return new U64({ k: 'un', op, a: this.expr });
  }
  private compare(op: CompareOp, b: Operand): Bit {
    return new Bit({ k: 'cmp', op, a: this.expr, b: exprOf(b) });
  }

  add(b: Operand): U64 {
    return this.binary('add', b);
  }
  sub(b: Operand): U64 {
    return this.binary('sub', b);
  }
  mul(b: Operand): U64 {
    return this.binary('mul', b);
  }
  /** High 64 bits of the signed product. */
  mulhs(b: Operand): U64 {
    return this.binary('mulhs', b);
  }
  /** High 64 bits of the unsigned product. */
  mulhu(b: Operand): U64 {
    return this.binary('mulhu', b);
  }
  divs(b: Operand): U64 {
    return this.binary('divs', b);
  }
  divu(b: Operand): U64 {
    return this.binary('divu', b);
  }
  rems(b: Operand): U64 {
    return this.binary('rems', b);
  }
  remu(b: Operand): U64 {
    return this.binary('remu', b);
  }
  /** Quotient of `this || 64 zeros` by b, signed; 0 when it does not fit. */
  divse(b: Operand): U64 {
    return this.binary('divse', b);
  }
  /** Quotient of `this || 64 zeros` by b, unsigned; 0 when it does not fit. */
  divue(b: Operand): U64 {
    return this.binary('divue', b);
  }
  and(b: Operand): U64 {
    return this.binary('and', b);
  }
  or(b: Operand): U64 {
    return this.binary('or', b);
  }
  xor(b: Operand): U64 {
    return this.binary('xor', b);
  }
  not(): U64 {
    return this.binary('xor', -1n);
  }
  neg(): U64 {
    return new U64(exprOf(0)).sub(this);
  }
  shl(b: Operand): U64 {
    return this.binary('shl', b);
  }
  shru(b: Operand): U64 {
    return this.binary('shru', b);
  }
  shrs(b: Operand): U64 {
    return this.binary('shrs', b);
  }
  rotl(b: Operand): U64 {
    return this.binary('rotl', b);
  }
  exts8(): U64 {
    return this.unary('exts8');
  }
  exts16(): U64 {
    return this.unary('exts16');
  }
  exts32(): U64 {
    return this.unary('exts32');
  }
  extu32(): U64 {
    return this.unary('extu32');
  }
  clz(): U64 {
    return this.unary('clz');
  }
  ctz(): U64 {
    return this.unary('ctz');
  }
  popcnt(): U64 {
    return this.unary('popcnt');
  }

  /** The double with these bits. */
  double(): F64 {
    return new F64(this.expr);
  }
  /** The single in the low word, as a double. */
  single(): F64 {
    return new F64({ k: 'un', op: 'promote', a: this.expr });
  }
  /** The signed integer as a double, rounded to nearest. */
  toDouble(): F64 {
    return new F64({ k: 'un', op: 'fromS64', a: this.expr });
  }
  /** The unsigned integer as a double, rounded to nearest. */
  unsignedToDouble(): F64 {
    return new F64({ k: 'un', op: 'fromU64', a: this.expr });
  }

  eq(b: Operand): Bit {
    return this.compare('eq', b);
  }
  ne(b: Operand): Bit {
    return this.compare('ne', b);
  }
  lts(b: Operand): Bit {
    return this.compare('lts', b);
  }
  ltu(b: Operand): Bit {
    return this.compare('ltu', b);
  }
  gts(b: Operand): Bit {
    return this.compare('gts', b);
  }
  gtu(b: Operand): Bit {
    return this.compare('gtu', b);
  }
  leu(b: Operand): Bit {
    return this.compare('leu', b);
  }
  geu(b: Operand): Bit {
    return this.compare('geu', b);
  }
  /** Bit n in the manual's numbering: 0 is the most significant. */
  bit(n: number): Bit {
    return this.and(1n << BigInt(63 - n)).ne(0);
  }
}

const SIGN = 1n << 63n;
const view = new DataView(new ArrayBuffer(8));
const bitsOf = (value: number): bigint => (view.setFloat64(0, value), view.getBigUint64(0));
const doubleOperand = (value: F64 | number): Expr => (typeof value === 'number' ? exprOf(bitsOf(value)) : value.expr);

/** A double of IEEE 754. Operations round to nearest and raise nothing. */
export class F64 {
  constructor(readonly expr: Expr) {}

  private binary(op: DoubleBinaryOp, b: F64 | number): F64 {
    return new F64({ k: 'bin', op, a: this.expr, b: doubleOperand(b) });
  }
  private unary(op: DoubleUnaryOp): F64 {
    return new F64({ k: 'un', op, a: this.expr });
  }
  private compare(op: DoubleCompareOp, b: F64 | number): Bit {
    return new Bit({ k: 'cmp', op, a: this.expr, b: doubleOperand(b) });
  }

  bits(): U64 {
    return new U64(this.expr);
  }
  add(b: F64 | number): F64 {
    return this.binary('fadd', b);
  }
  sub(b: F64 | number): F64 {
    return this.binary('fsub', b);
  }
  mul(b: F64 | number): F64 {
    return this.binary('fmul', b);
  }
  div(b: F64 | number): F64 {
    return this.binary('fdiv', b);
  }
  sqrt(): F64 {
    return this.unary('fsqrt');
  }
  /** Rounded to an integral value: towards zero, up, down, to the nearest. */
  trunc(): F64 {
    return this.unary('ftrunc');
  }
  ceil(): F64 {
    return this.unary('fceil');
  }
  floor(): F64 {
    return this.unary('ffloor');
  }
  nearest(): F64 {
    return this.unary('fnearest');
  }
  abs(): F64 {
    return new F64(this.bits().and(~SIGN).expr);
  }
  neg(): F64 {
    return new F64(this.bits().xor(SIGN).expr);
  }
  /** The sign of `of` with this magnitude. */
  withSign(of: F64): F64 {
    return new F64(this.bits().and(~SIGN).or(of.bits().and(SIGN)).expr);
  }
  /** The bits of the single to which it rounds. */
  toSingle(): U64 {
    return new U64({ k: 'un', op: 'demote', a: this.expr });
  }
  /** The signed integer, towards zero; the nearest one where there is none. */
  toInteger(): U64 {
    return new U64({ k: 'un', op: 'toS64', a: this.expr });
  }
  /** The unsigned integer, in the same way. */
  toUnsigned(): U64 {
    return new U64({ k: 'un', op: 'toU64', a: this.expr });
  }

  eq(b: F64 | number): Bit {
    return this.compare('feq', b);
  }
  ne(b: F64 | number): Bit {
    return this.compare('fne', b);
  }
  lt(b: F64 | number): Bit {
    return this.compare('flt', b);
  }
  gt(b: F64 | number): Bit {
    return this.compare('fgt', b);
  }
  le(b: F64 | number): Bit {
    return this.compare('fle', b);
  }
  ge(b: F64 | number): Bit {
    return this.compare('fge', b);
  }
}

/** A condition. */
export class Bit {
  constructor(readonly cond: Cond) {}
  and(b: Bit): Bit {
    return new Bit({ k: 'and', a: this.cond, b: b.cond });
  }
  or(b: Bit): Bit {
    return new Bit({ k: 'or', a: this.cond, b: b.cond });
  }
  xor(b: Bit): Bit {
    return new Bit({ k: 'xor', a: this.cond, b: b.cond });
  }
  not(): Bit {
    return new Bit({ k: 'not', a: this.cond });
  }
  /** a where the condition holds, b otherwise; both are evaluated. */
  choose(a: Operand, b: Operand): U64 {
    return new U64({ k: 'select', cond: this.cond, a: exprOf(a), b: exprOf(b) });
  }
  chooseDouble(a: F64 | number, b: F64 | number): F64 {
    return new F64({ k: 'select', cond: this.cond, a: doubleOperand(a), b: doubleOperand(b) });
  }
  /** 1 or 0. */
  u64(): U64 {
    return new U64({ k: 'bit', cond: this.cond });
  }
}

/** A constant. */
export const u64 = (value: bigint | number): U64 => new U64(exprOf(value));

/** MASK(mb, me) of Book I 3.3.14: ones from bit mb to bit me, wrapping around when mb > me. */
export function mask(mb: Operand, me: Operand): U64 {
  const from = u64(-1n).shru(mb);
  const to = u64(-1n).shl(u64(63).sub(me));
  return new U64(exprOf(mb)).leu(me).choose(from.and(to), from.or(to));
}

/** The low word, twice: what ROTL32 rotates. */
export function doubled(value: U64): U64 {
  return value.extu32().or(value.shl(32));
}
