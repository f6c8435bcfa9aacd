/** Vector compare, logical, rotate, shift and count instructions, Power ISA 3.0B Book I 6.8.6, 6.9 and 6.13 ff. */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { type U64, doubled, mask, u64 } from '../values';
import {
  type Width,
  ZERO,
  eachElement,
  equalElements,
  everywhere,
  greaterElements,
  rotateElements,
  shiftElementsAlgebraic,
  shiftElementsLeft,
  shiftElementsRight,
} from './vector-elements';
import {
  type Quad,
  elements1,
  elements2,
  halves1,
  halves2,
  quad,
  recordComparison,
  shiftLeft,
  shiftRight,
  whole,
} from './vector-forms';

/** A comparison of doublewords that leaves ones or zeros in each element; with a dot it sets CR6. */
const comparison =
  (op: (s: Semantics, a: U64, b: U64) => U64) =>
  (s: Semantics): void => {
    halves2((a, b) => op(s, a, b))(s);
    recordComparison(s, s.vr('VRT'));
  };
function notEqualOrZero(s: Semantics, width: Width, a: U64, b: U64): U64 {
  const isZero = equalElements(s, width, a, ZERO).or(equalElements(s, width, b, ZERO));
  return equalElements(s, width, a, b).not().or(isZero);
}

// prettier-ignore
export const VECTOR_COMPARE = section('Power ISA 3.0B Book I 6.9, compare', [
  insn('vcmpequb', '000100 VRT VRA VRB Rc21 0000000110', 'VRT,VRA,VRB', 'Vector Compare Equal Unsigned Byte',              comparison((s, a, b) => equalElements(s, 8, a, b))),
  insn('vcmpequh', '000100 VRT VRA VRB Rc21 0001000110', 'VRT,VRA,VRB', 'Vector Compare Equal Unsigned Halfword',          comparison((s, a, b) => equalElements(s, 16, a, b))),
  insn('vcmpequw', '000100 VRT VRA VRB Rc21 0010000110', 'VRT,VRA,VRB', 'Vector Compare Equal Unsigned Word',              comparison((s, a, b) => equalElements(s, 32, a, b))),
  insn('vcmpequd', '000100 VRT VRA VRB Rc21 0011000111', 'VRT,VRA,VRB', 'Vector Compare Equal Unsigned Doubleword',        comparison((s, a, b) => equalElements(s, 64, a, b))),
  insn('vcmpgtsb', '000100 VRT VRA VRB Rc21 1100000110', 'VRT,VRA,VRB', 'Vector Compare Greater Than Signed Byte',         comparison((s, a, b) => greaterElements(s, 8, 'signed', a, b))),
  insn('vcmpgtsh', '000100 VRT VRA VRB Rc21 1101000110', 'VRT,VRA,VRB', 'Vector Compare Greater Than Signed Halfword',     comparison((s, a, b) => greaterElements(s, 16, 'signed', a, b))),
  insn('vcmpgtsw', '000100 VRT VRA VRB Rc21 1110000110', 'VRT,VRA,VRB', 'Vector Compare Greater Than Signed Word',         comparison((s, a, b) => greaterElements(s, 32, 'signed', a, b))),
  insn('vcmpgtsd', '000100 VRT VRA VRB Rc21 1111000111', 'VRT,VRA,VRB', 'Vector Compare Greater Than Signed Doubleword',   comparison((s, a, b) => greaterElements(s, 64, 'signed', a, b))),
  insn('vcmpgtub', '000100 VRT VRA VRB Rc21 1000000110', 'VRT,VRA,VRB', 'Vector Compare Greater Than Unsigned Byte',       comparison((s, a, b) => greaterElements(s, 8, 'unsigned', a, b))),
  insn('vcmpgtuh', '000100 VRT VRA VRB Rc21 1001000110', 'VRT,VRA,VRB', 'Vector Compare Greater Than Unsigned Halfword',   comparison((s, a, b) => greaterElements(s, 16, 'unsigned', a, b))),
  insn('vcmpgtuw', '000100 VRT VRA VRB Rc21 1010000110', 'VRT,VRA,VRB', 'Vector Compare Greater Than Unsigned Word',       comparison((s, a, b) => greaterElements(s, 32, 'unsigned', a, b))),
  insn('vcmpgtud', '000100 VRT VRA VRB Rc21 1011000111', 'VRT,VRA,VRB', 'Vector Compare Greater Than Unsigned Doubleword', comparison((s, a, b) => greaterElements(s, 64, 'unsigned', a, b))),
  insn('vcmpneb',  '000100 VRT VRA VRB Rc21 0000000111', 'VRT,VRA,VRB', 'Vector Compare Not Equal Byte',                   comparison((s, a, b) => equalElements(s, 8, a, b).not())),
  insn('vcmpneh',  '000100 VRT VRA VRB Rc21 0001000111', 'VRT,VRA,VRB', 'Vector Compare Not Equal Halfword',               comparison((s, a, b) => equalElements(s, 16, a, b).not())),
  insn('vcmpnew',  '000100 VRT VRA VRB Rc21 0010000111', 'VRT,VRA,VRB', 'Vector Compare Not Equal Word',                   comparison((s, a, b) => equalElements(s, 32, a, b).not())),
  insn('vcmpnezb', '000100 VRT VRA VRB Rc21 0100000111', 'VRT,VRA,VRB', 'Vector Compare Not Equal or Zero Byte',           comparison((s, a, b) => notEqualOrZero(s, 8, a, b))),
  insn('vcmpnezh', '000100 VRT VRA VRB Rc21 0101000111', 'VRT,VRA,VRB', 'Vector Compare Not Equal or Zero Halfword',       comparison((s, a, b) => notEqualOrZero(s, 16, a, b))),
  insn('vcmpnezw', '000100 VRT VRA VRB Rc21 0110000111', 'VRT,VRA,VRB', 'Vector Compare Not Equal or Zero Word',           comparison((s, a, b) => notEqualOrZero(s, 32, a, b))),
]);

// prettier-ignore
export const VECTOR_LOGICAL = section('Power ISA 3.0B Book I 6.9, logical', [
  insn('vand',  '000100 VRT VRA VRB 10000000100', 'VRT,VRA,VRB', 'Vector Logical AND',                 halves2((a, b) => a.and(b))),
  insn('vandc', '000100 VRT VRA VRB 10001000100', 'VRT,VRA,VRB', 'Vector Logical AND with Complement', halves2((a, b) => a.and(b.not()))),
  insn('veqv',  '000100 VRT VRA VRB 11010000100', 'VRT,VRA,VRB', 'Vector Logical Equivalence',         halves2((a, b) => a.xor(b).not())),
  insn('vnand', '000100 VRT VRA VRB 10110000100', 'VRT,VRA,VRB', 'Vector Logical NAND',                halves2((a, b) => a.and(b).not())),
  insn('vorc',  '000100 VRT VRA VRB 10101000100', 'VRT,VRA,VRB', 'Vector Logical OR with Complement',  halves2((a, b) => a.or(b.not()))),
  insn('vnor',  '000100 VRT VRA VRB 10100000100', 'VRT,VRA,VRB', 'Vector Logical NOR',                 halves2((a, b) => a.or(b).not())),
  insn('vor',   '000100 VRT VRA VRB 10010000100', 'VRT,VRA,VRB', 'Vector Logical OR',                  halves2((a, b) => a.or(b))),
  insn('vxor',  '000100 VRT VRA VRB 10011000100', 'VRT,VRA,VRB', 'Vector Logical XOR',                 halves2((a, b) => a.xor(b))),
]);

/** The mask of vrldmi and vrldnm: first bit in bits 42:47, last bit in bits 50:55. */
const doublewordMask = (b: U64): U64 => mask(b.shru(16).and(63), b.shru(8).and(63));

/** The mask of vrlwmi and vrlwnm: first bit in bits 11:15 of the word, last bit in bits 19:23. */
const wordMask = (b: U64): U64 => mask(b.shru(16).and(31).add(32), b.shru(8).and(31).add(32));

function rotateInsertWords(s: Semantics): void {
  s.requires('VEC');
  const [t, a, b] = [s.vr('VRT'), s.vr('VRA'), s.vr('VRB')];
  const insert = eachElement(32, (word, x, control) => {
    const m = s.let(wordMask(s.let(control)));
    return doubled(x).rotl(control.and(31)).and(m).or(word.and(m.not()));
  });
  t.setHi(insert(t.hi, a.hi, b.hi));
  t.setLo(insert(t.lo, a.lo, b.lo));
}

function rotateInsertDoublewords(s: Semantics): void {
  s.requires('VEC');
  const [t, a, b] = [s.vr('VRT'), s.vr('VRA'), s.vr('VRB')];
  const insert = (kept: U64, x: U64, control: U64): U64 => {
    const m = s.let(doublewordMask(s.let(control)));
    return x.rotl(control).and(m).or(kept.and(m.not()));
  };
  t.setHi(insert(t.hi, a.hi, b.hi));
  t.setLo(insert(t.lo, a.lo, b.lo));
}

const SEVENS = everywhere(8, 7n);

/** Bytes shifted left by the low 3 bits of the bytes of VRB; bits of the byte to the right come in. */
function shiftLeftVariable(s: Semantics): Quad {
  const [a, b] = [s.vr('VRA'), s.vr('VRB')];
  // Shifted by 1 and by 7 - n, so that nothing comes in where n is 0.
  const shift = (x: U64, next: U64, n: U64): U64 =>
    shiftElementsLeft(s, 8, x, n).or(shiftElementsRight(s, 8, next.shru(1).and(everywhere(8, 0x7fn)), n.xor(SEVENS)));
  return quad(shift(a.hi, a.hi.shl(8).or(a.lo.shru(56)), b.hi), shift(a.lo, a.lo.shl(8), b.lo));
}
/** The same to the right; bits of the byte to the left come in. */
function shiftRightVariable(s: Semantics): Quad {
  const [a, b] = [s.vr('VRA'), s.vr('VRB')];
  const shift = (x: U64, next: U64, n: U64): U64 =>
    shiftElementsRight(s, 8, x, n).or(shiftElementsLeft(s, 8, next.shl(1).and(everywhere(8, 0xfen)), n.xor(SEVENS)));
  return quad(shift(a.hi, a.hi.shru(8), b.hi), shift(a.lo, a.lo.shru(8).or(a.hi.shl(56)), b.lo));
}

/** The bytes from SHB on of VRA || VRB. */
function shiftDouble(s: Semantics): Quad {
  const [a, b] = [s.vr('VRA'), s.vr('VRB')];
  const bits = s.let(s.n('SHB').shl(3));
  const left = shiftLeft(s, a, bits);
  // Nothing comes from VRB when the shift is 0: a shift by 128 bits in two steps.
  const right = shiftRight(s, { hi: b.hi.shru(1), lo: b.lo.shru(1).or(b.hi.shl(63)) }, u64(127).sub(bits));
  return quad(left.hi.or(right.hi), left.lo.or(right.lo));
}

// prettier-ignore
export const VECTOR_ROTATE_SHIFT = section('Power ISA 3.0B Book I 6.8.6 and 6.9, rotate and shift', [
  insn('vrlb',   '000100 VRT VRA VRB 00000000100',  'VRT,VRA,VRB',     'Vector Rotate Left Byte',                          halves2((a, b, s) => rotateElements(s, 8, a, b))),
  insn('vrlh',   '000100 VRT VRA VRB 00001000100',  'VRT,VRA,VRB',     'Vector Rotate Left Halfword',                      halves2((a, b, s) => rotateElements(s, 16, a, b))),
  insn('vrlw',   '000100 VRT VRA VRB 00010000100',  'VRT,VRA,VRB',     'Vector Rotate Left Word',                          elements2(32, (a, b) => doubled(a).rotl(b.and(31)))),
  insn('vrld',   '000100 VRT VRA VRB 00011000100',  'VRT,VRA,VRB',     'Vector Rotate Left Doubleword',                    halves2((a, b) => a.rotl(b))),
  insn('vslb',   '000100 VRT VRA VRB 00100000100',  'VRT,VRA,VRB',     'Vector Shift Left Byte',                           halves2((a, b, s) => shiftElementsLeft(s, 8, a, b))),
  insn('vslh',   '000100 VRT VRA VRB 00101000100',  'VRT,VRA,VRB',     'Vector Shift Left Halfword',                       halves2((a, b, s) => shiftElementsLeft(s, 16, a, b))),
  insn('vslw',   '000100 VRT VRA VRB 00110000100',  'VRT,VRA,VRB',     'Vector Shift Left Word',                           elements2(32, (a, b) => a.shl(b.and(31)))),
  insn('vsld',   '000100 VRT VRA VRB 10111000100',  'VRT,VRA,VRB',     'Vector Shift Left Doubleword',                     halves2((a, b) => a.shl(b))),
  insn('vsrb',   '000100 VRT VRA VRB 01000000100',  'VRT,VRA,VRB',     'Vector Shift Right Byte',                          halves2((a, b, s) => shiftElementsRight(s, 8, a, b))),
  insn('vsrh',   '000100 VRT VRA VRB 01001000100',  'VRT,VRA,VRB',     'Vector Shift Right Halfword',                      halves2((a, b, s) => shiftElementsRight(s, 16, a, b))),
  insn('vsrw',   '000100 VRT VRA VRB 01010000100',  'VRT,VRA,VRB',     'Vector Shift Right Word',                          elements2(32, (a, b) => a.shru(b.and(31)))),
  insn('vsrd',   '000100 VRT VRA VRB 11011000100',  'VRT,VRA,VRB',     'Vector Shift Right Doubleword',                    halves2((a, b) => a.shru(b))),
  insn('vsrab',  '000100 VRT VRA VRB 01100000100',  'VRT,VRA,VRB',     'Vector Shift Right Algebraic Byte',                halves2((a, b, s) => shiftElementsAlgebraic(s, 8, a, b))),
  insn('vsrah',  '000100 VRT VRA VRB 01101000100',  'VRT,VRA,VRB',     'Vector Shift Right Algebraic Halfword',            halves2((a, b, s) => shiftElementsAlgebraic(s, 16, a, b))),
  insn('vsraw',  '000100 VRT VRA VRB 01110000100',  'VRT,VRA,VRB',     'Vector Shift Right Algebraic Word',                elements2(32, (a, b) => a.exts32().shrs(b.and(31)))),
  insn('vsrad',  '000100 VRT VRA VRB 01111000100',  'VRT,VRA,VRB',     'Vector Shift Right Algebraic Doubleword',          halves2((a, b) => a.shrs(b))),
  insn('vrlwnm', '000100 VRT VRA VRB 00110000101',  'VRT,VRA,VRB',     'Vector Rotate Left Word then AND with Mask',       elements2(32, (a, b) => doubled(a).rotl(b.and(31)).and(wordMask(b)))),
  insn('vrlwmi', '000100 VRT VRA VRB 00010000101',  'VRT,VRA,VRB',     'Vector Rotate Left Word then Mask Insert',         rotateInsertWords),
  insn('vrldnm', '000100 VRT VRA VRB 00111000101',  'VRT,VRA,VRB',     'Vector Rotate Left Doubleword then AND with Mask', halves2((a, b, s) => a.rotl(b).and(doublewordMask(s.let(b))))),
  insn('vrldmi', '000100 VRT VRA VRB 00011000101',  'VRT,VRA,VRB',     'Vector Rotate Left Doubleword then Mask Insert',   rotateInsertDoublewords),
  insn('vsl',    '000100 VRT VRA VRB 00111000100',  'VRT,VRA,VRB',     'Vector Shift Left',                                whole((s) => shiftLeft(s, s.vr('VRA'), s.vr('VRB').lo.and(7)))),
  insn('vsr',    '000100 VRT VRA VRB 01011000100',  'VRT,VRA,VRB',     'Vector Shift Right',                               whole((s) => shiftRight(s, s.vr('VRA'), s.vr('VRB').lo.and(7)))),
  insn('vslo',   '000100 VRT VRA VRB 10000001100',  'VRT,VRA,VRB',     'Vector Shift Left by Octet',                       whole((s) => shiftLeft(s, s.vr('VRA'), s.vr('VRB').lo.and(0x78)))),
  insn('vsro',   '000100 VRT VRA VRB 10001001100',  'VRT,VRA,VRB',     'Vector Shift Right by Octet',                      whole((s) => shiftRight(s, s.vr('VRA'), s.vr('VRB').lo.and(0x78)))),
  insn('vsldoi', '000100 VRT VRA VRB / SHB 101100', 'VRT,VRA,VRB,SHB', 'Vector Shift Left Double by Octet Immediate',      whole(shiftDouble)),
  insn('vslv',   '000100 VRT VRA VRB 11101000100',  'VRT,VRA,VRB',     'Vector Shift Left Variable',                       whole(shiftLeftVariable)),
  insn('vsrv',   '000100 VRT VRA VRB 11100000100',  'VRT,VRA,VRB',     'Vector Shift Right Variable',                      whole(shiftRightVariable)),
]);

const LOW_BITS = everywhere(8, 1n);

/** How many bytes from the left have 0 as their last bit: 16 when all have. */
function leadingLowBits(s: Semantics): void {
  s.requires('VEC');
  const b = s.vr('VRB');
  const hi = s.let(b.hi.and(LOW_BITS));
  s.RT.set(hi.ne(0).choose(hi.clz().shru(3), b.lo.and(LOW_BITS).clz().shru(3).add(8)));
}
function trailingLowBits(s: Semantics): void {
  s.requires('VEC');
  const b = s.vr('VRB');
  const lo = s.let(b.lo.and(LOW_BITS));
  s.RT.set(lo.ne(0).choose(lo.ctz().shru(3), b.hi.and(LOW_BITS).ctz().shru(3).add(8)));
}

/** Folds a doubleword by xor: the last bits of the bytes meet in the last bit of each element. */
const parityOfBytes = (s: Semantics, x: U64, distances: readonly number[]): U64 =>
  distances.reduce((value, distance) => s.let(value.xor(value.shru(distance))), s.let(x));

// prettier-ignore
export const VECTOR_COUNT = section('Power ISA 3.0B Book I chapter 6, count and parity', [
  insn('vclzb',    '000100 VRT ///// VRB 11100000010', 'VRT,VRB', 'Vector Count Leading Zeros Byte',                        elements1(8, (b) => b.clz().sub(56))),
  insn('vclzh',    '000100 VRT ///// VRB 11101000010', 'VRT,VRB', 'Vector Count Leading Zeros Halfword',                    elements1(16, (b) => b.clz().sub(48))),
  insn('vclzw',    '000100 VRT ///// VRB 11110000010', 'VRT,VRB', 'Vector Count Leading Zeros Word',                        elements1(32, (b) => b.clz().sub(32))),
  insn('vclzd',    '000100 VRT ///// VRB 11111000010', 'VRT,VRB', 'Vector Count Leading Zeros Doubleword',                  halves1((b) => b.clz())),
  insn('vctzb',    '000100 VRT 11100 VRB 11000000010', 'VRT,VRB', 'Vector Count Trailing Zeros Byte',                       elements1(8, (b) => b.or(0x100).ctz())),
  insn('vctzh',    '000100 VRT 11101 VRB 11000000010', 'VRT,VRB', 'Vector Count Trailing Zeros Halfword',                   elements1(16, (b) => b.or(0x10000).ctz())),
  insn('vctzw',    '000100 VRT 11110 VRB 11000000010', 'VRT,VRB', 'Vector Count Trailing Zeros Word',                       elements1(32, (b) => b.or(0x1_0000_0000n).ctz())),
  insn('vctzd',    '000100 VRT 11111 VRB 11000000010', 'VRT,VRB', 'Vector Count Trailing Zeros Doubleword',                 halves1((b) => b.ctz())),
  insn('vclzlsbb', '000100 RT 00000 VRB 11000000010',  'RT,VRB',  'Vector Count Leading Zero Least-Significant Bits Byte',  leadingLowBits),
  insn('vctzlsbb', '000100 RT 00001 VRB 11000000010',  'RT,VRB',  'Vector Count Trailing Zero Least-Significant Bits Byte', trailingLowBits),
  insn('vpopcntb', '000100 VRT ///// VRB 11100000011', 'VRT,VRB', 'Vector Population Count Byte',                           elements1(8, (b) => b.popcnt())),
  insn('vpopcnth', '000100 VRT ///// VRB 11101000011', 'VRT,VRB', 'Vector Population Count Halfword',                       elements1(16, (b) => b.popcnt())),
  insn('vpopcntw', '000100 VRT ///// VRB 11110000011', 'VRT,VRB', 'Vector Population Count Word',                           elements1(32, (b) => b.popcnt())),
  insn('vpopcntd', '000100 VRT ///// VRB 11111000011', 'VRT,VRB', 'Vector Population Count Doubleword',                     halves1((b) => b.popcnt())),
  insn('vprtybw',  '000100 VRT 01000 VRB 11000000010', 'VRT,VRB', 'Vector Parity Byte Word',                                halves1((b, s) => parityOfBytes(s, b, [16, 8]).and(0x1_0000_0001n))),
  insn('vprtybd',  '000100 VRT 01001 VRB 11000000010', 'VRT,VRB', 'Vector Parity Byte Doubleword',                          halves1((b, s) => parityOfBytes(s, b, [32, 16, 8]).and(1))),
  insn('vprtybq',  '000100 VRT 01010 VRB 11000000010', 'VRT,VRB', 'Vector Parity Byte Quadword',                            whole((s) => quad(0, parityOfBytes(s, s.vr('VRB').hi.xor(s.vr('VRB').lo), [32, 16, 8]).and(1)))),
]);
