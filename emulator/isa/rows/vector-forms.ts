/**
 * The shapes in which the meanings of vector instructions are written: over doublewords as expressions where that is
 * short, else as functions over registers (isa/vector/).
 */
import type { Semantics, Vsr } from '../semantics';
import { type U64, u64 } from '../values';
import type { CrSetter, UnitFunction } from '../vector-unit';
import { eachElement } from './vector-elements';

/** 128 bits as two doublewords. */
export interface Quad {
  readonly hi: U64;
  readonly lo: U64;
}
export const quad = (hi: U64 | bigint | number, lo: U64 | bigint | number): Quad => ({
  hi: typeof hi === 'object' ? hi : u64(hi),
  lo: typeof lo === 'object' ? lo : u64(lo),
});

/** Sets a register to a value that may depend on its old one. */
export function put(s: Semantics, target: Vsr, value: Quad): void {
  const hi = s.let(value.hi);
  const lo = s.let(value.lo);
  target.set(hi, lo);
}

/** A value that is computed once. */
export const once = (s: Semantics, value: Quad): Quad => ({ hi: s.let(value.hi), lo: s.let(value.lo) });

/** The number of a vector register among the vector-scalar ones. */
const vr = (s: Semantics, field: string): U64 => s.n(field).add(32);

/** A function of registers and immediates, by their fields: `call(fn, 'VRT', 'VRA', 'UIM4')`. */
export const call =
  (fn: UnitFunction | CrSetter, ...fields: readonly string[]) =>
  (s: Semantics): void => {
    s.requires('VEC');
    s.apply(fn, ...fields.map((field) => (field.startsWith('VR') ? vr(s, field) : s.n(field))));
  };
export const call1 = (fn: UnitFunction | CrSetter) => call(fn, 'VRT', 'VRB');
export const call2 = (fn: UnitFunction | CrSetter) => call(fn, 'VRT', 'VRA', 'VRB');
export const call3 = (fn: UnitFunction | CrSetter) => call(fn, 'VRT', 'VRA', 'VRB', 'VRC');

/** The same operation on each doubleword of VRB. */
export const halves1 =
  (op: (b: U64, s: Semantics) => U64) =>
  (s: Semantics): void => {
    s.requires('VEC');
    const [t, b] = [s.vr('VRT'), s.vr('VRB')];
    t.setHi(op(b.hi, s));
    t.setLo(op(b.lo, s));
  };
/** The same operation on each doubleword of VRA and VRB. */
export const halves2 =
  (op: (a: U64, b: U64, s: Semantics) => U64) =>
  (s: Semantics): void => {
    s.requires('VEC');
    const [t, a, b] = [s.vr('VRT'), s.vr('VRA'), s.vr('VRB')];
    t.setHi(op(a.hi, b.hi, s));
    t.setLo(op(a.lo, b.lo, s));
  };

/** The same operation on each doubleword of VRA, VRB and VRC. */
export const halves3 =
  (op: (a: U64, b: U64, c: U64, s: Semantics) => U64) =>
  (s: Semantics): void => {
    s.requires('VEC');
    const [t, a, b, c] = [s.vr('VRT'), s.vr('VRA'), s.vr('VRB'), s.vr('VRC')];
    t.setHi(op(a.hi, b.hi, c.hi, s));
    t.setLo(op(a.lo, b.lo, c.lo, s));
  };

/** The same operation on each element. */
export const elements1 = (width: 8 | 16 | 32, op: (b: U64) => U64) => halves1((b) => eachElement(width, op)(b));
export const elements2 = (width: 8 | 16 | 32, op: (a: U64, b: U64, s: Semantics) => U64) =>
  halves2((a, b, s) => eachElement(width, (x: U64, y: U64) => op(x, y, s))(a, b));
export const elements3 = (width: 8 | 16 | 32, op: (a: U64, b: U64, c: U64, s: Semantics) => U64) =>
  halves3((a, b, c, s) => eachElement(width, (x: U64, y: U64, z: U64) => op(x, y, z, s))(a, b, c));

/** VRT = any value of 128 bits. */
export const whole =
  (value: (s: Semantics) => Quad) =>
  (s: Semantics): void => {
    s.requires('VEC');
    put(s, s.vr('VRT'), value(s));
  };

/** CR6 of a comparison with a dot: whether it holds for all elements, or for none. */
export function recordComparison(s: Semantics, target: Vsr): void {
  s.if(s.n('Rc21').ne(0), () => {
    const all = target.hi.and(target.lo).eq(-1n).u64();
    const none = target.hi.or(target.lo).eq(0).u64();
    s.setCrField(6, all.shl(3).or(none.shl(1)));
  });
}

/** The left words of two doublewords, and the right ones. */
export const leftWords = (a: U64, b: U64): U64 => a.and(~0xffff_ffffn).or(b.shru(32));
export const rightWords = (a: U64, b: U64): U64 => a.shl(32).or(b.extu32());

/** The left n bits (0 to 63) of b behind a: the left doubleword of a || b shifted left. */
const funnel = (a: U64, b: U64, n: U64): U64 => a.shl(n).or(b.shru(1).shru(u64(63).sub(n)));

/** Shifts 128 bits left by 0 to 127. */
export function shiftLeft(s: Semantics, value: Quad, amount: U64): Quad {
  const n = s.let(amount.and(63));
  const far = amount.and(64).ne(0);
  const { hi, lo } = value;
  return quad(far.choose(lo.shl(n), funnel(hi, lo, n)), far.choose(0, lo.shl(n)));
}

/** Shifts 128 bits right by 0 to 127, zeros coming in. */
export function shiftRight(s: Semantics, value: Quad, amount: U64): Quad {
  const n = s.let(amount.and(63));
  const far = amount.and(64).ne(0);
  const { hi, lo } = value;
  const low = lo.shru(n).or(hi.shl(1).shl(u64(63).sub(n)));
  return quad(far.choose(0, hi.shru(n)), far.choose(hi.shru(n), low));
}

/** Sum of 128 bits with a carry in, and its carry out. */
export function addQuads(s: Semantics, a: Quad, b: Quad, carryIn: U64 | number): { sum: Quad; carry: U64 } {
  const add = (x: U64, y: U64, c: U64 | number): { sum: U64; carry: U64 } => {
    const left = s.let(x);
    const partial = s.let(left.add(y));
    const sum = s.let(partial.add(c));
    return { sum, carry: s.let(partial.ltu(left).or(sum.ltu(partial)).u64()) };
  };
  const low = add(a.lo, b.lo, carryIn);
  const high = add(a.hi, b.hi, low.carry);
  return { sum: quad(high.sum, low.sum), carry: high.carry };
}
export const notQuad = (value: Quad): Quad => quad(value.hi.not(), value.lo.not());

/** Puts the low `size` bytes of a number into a value, beginning at byte `at` from the left. */
export function insertBytes(s: Semantics, value: Quad, size: 1 | 2 | 4 | 8, at: U64, element: U64): Quad {
  const position = s.let(
    u64(16 - size)
      .sub(at)
      .shl(3),
  );
  const ones = (1n << BigInt(8 * size)) - 1n;
  const hole = once(s, shiftLeft(s, quad(0, ones), position));
  const moved = shiftLeft(s, quad(0, s.let(element.and(ones))), position);
  return quad(value.hi.and(hole.hi.not()).or(moved.hi), value.lo.and(hole.lo.not()).or(moved.lo));
}

/** Replaces `width` bits of a value, `position` bits from the right; they do not cross doublewords. */
export function insertElement(value: Quad, position: U64, width: 8 | 16 | 32, element: U64): Quad {
  const mask = u64((1n << BigInt(width)) - 1n).shl(position);
  const inserted = (half: U64): U64 => half.and(mask.not()).or(element.shl(position));
  const left = position.geu(64);
  return quad(left.choose(inserted(value.hi), value.hi), left.choose(value.lo, inserted(value.lo)));
}
