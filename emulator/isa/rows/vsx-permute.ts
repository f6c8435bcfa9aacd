/** Moves, logical operations and permutations of vector-scalar registers, Power ISA 3.0B Book I 7.6. */
import { insn, section } from '../row';
import type { Semantics, Vsr } from '../semantics';
import { type U64, u64 } from '../values';
import { everywhere } from './vector-elements';
import { type Quad, insertBytes, leftWords, quad, rightWords, shiftRight } from './vector-forms';
import { halvesVsx as halves, movedRegister as moved, requiresByHalf, wholeVsx as whole } from './vsx-forms';
import { reverseElements, swapBytes } from './vsx-quad';

function vector(s: Semantics, field: string): Vsr {
  requiresByHalf(s, field);
  return s.vsrOf(field);
}

// prettier-ignore
export const VSX_MOVES = section('Power ISA 3.0B Book I 3.3, moves to and from VSRs', [
  insn('mfvsrd',  '011111 XS RA ///// 0000110011 XS', 'RA,XS',     'Move From VSR Doubleword',       (s) => s.RA.set(moved(s, 'XS').hi)),
  insn('mfvsrld', '011111 XS RA ///// 0100110011 XS', 'RA,XS',     'Move From VSR Lower Doubleword', (s) => s.RA.set(vector(s, 'XS').lo)),
  insn('mfvsrwz', '011111 XS RA ///// 0001110011 XS', 'RA,XS',     'Move From VSR Word and Zero',    (s) => s.RA.set(moved(s, 'XS').hi.extu32())),
  insn('mtvsrd',  '011111 XT RA ///// 0010110011 XT', 'XT,RA',     'Move To VSR Doubleword',         (s) => moved(s, 'XT').set(s.RA, 0)),
  insn('mtvsrwa', '011111 XT RA ///// 0011010011 XT', 'XT,RA',     'Move To VSR Word Algebraic',     (s) => moved(s, 'XT').set(s.RA.exts32(), 0)),
  insn('mtvsrwz', '011111 XT RA ///// 0011110011 XT', 'XT,RA',     'Move To VSR Word and Zero',      (s) => moved(s, 'XT').set(s.RA.extu32(), 0)),
  insn('mtvsrdd', '011111 XT RA RB 0110110011 XT',    'XT,RA0,RB', 'Move To VSR Double Doubleword',  (s) => vector(s, 'XT').set(s.RA.or0, s.RB)),
  insn('mtvsrws', '011111 XT RA ///// 0110010011 XT', 'XT,RA',     'Move To VSR Word and Splat',     (s) => { const x = s.let(s.RA.extu32().mul(0x1_0000_0001n)); vector(s, 'XT').set(x, x); }),
]);

/** Bits of XB where XC has ones, of XA elsewhere. */
function select(s: Semantics): void {
  s.requires('VSX');
  const [t, a, b, c] = [s.vsrOf('XT'), s.vsrOf('XA'), s.vsrOf('XB'), s.vsrOf('XC')];
  t.setHi(b.hi.and(c.hi).or(a.hi.and(c.hi.not())));
  t.setLo(b.lo.and(c.lo).or(a.lo.and(c.lo.not())));
}

// prettier-ignore
export const VSX_LOGICAL = section('Power ISA 3.0B Book I 7.6, logical', [
  insn('xxland',  '111100 XT XA XB 10000010 XA XB XT', 'XT,XA,XB',    'VSX Vector Logical AND',                 halves((a, b) => a.and(b))),
  insn('xxlandc', '111100 XT XA XB 10001010 XA XB XT', 'XT,XA,XB',    'VSX Vector Logical AND with Complement', halves((a, b) => a.and(b.not()))),
  insn('xxleqv',  '111100 XT XA XB 10111010 XA XB XT', 'XT,XA,XB',    'VSX Vector Logical Equivalence',         halves((a, b) => a.xor(b).not())),
  insn('xxlnand', '111100 XT XA XB 10110010 XA XB XT', 'XT,XA,XB',    'VSX Vector Logical NAND',                halves((a, b) => a.and(b).not())),
  insn('xxlorc',  '111100 XT XA XB 10101010 XA XB XT', 'XT,XA,XB',    'VSX Vector Logical OR with Complement',  halves((a, b) => a.or(b.not()))),
  insn('xxlnor',  '111100 XT XA XB 10100010 XA XB XT', 'XT,XA,XB',    'VSX Vector Logical NOR',                 halves((a, b) => a.or(b).not())),
  insn('xxlor',   '111100 XT XA XB 10010010 XA XB XT', 'XT,XA,XB',    'VSX Vector Logical OR',                  halves((a, b) => a.or(b))),
  insn('xxlxor',  '111100 XT XA XB 10011010 XA XB XT', 'XT,XA,XB',    'VSX Vector Logical XOR',                 halves((a, b) => a.xor(b))),
  insn('xxsel',   '111100 XT XA XB XC 11 XC XA XB XT', 'XT,XA,XB,XC', 'VSX Vector Select',                      select),
]);

/** One doubleword of XA by the left bit of DM, one of XB by the right bit. */
function permuteDoublewords(s: Semantics): Quad {
  const [a, b, dm] = [s.vsrOf('XA'), s.vsrOf('XB'), s.n('DM')];
  return quad(dm.ltu(2).choose(a.hi, a.lo), dm.and(1).eq(0).choose(b.hi, b.lo));
}

/** The words from SHW on of XA || XB. */
function shiftWords(s: Semantics): Quad {
  const [a, b, n] = [s.vsrOf('XA'), s.vsrOf('XB'), s.n('SHW')];
  const far = n.geu(2);
  const [first, second, third] = [far.choose(a.lo, a.hi), far.choose(b.hi, a.lo), far.choose(b.lo, b.hi)].map(s.let);
  if (!first || !second || !third) throw new Error('Three doublewords are expected.');
  const odd = n.and(1).ne(0);
  const between = (x: U64, y: U64): U64 => odd.choose(x.shl(32).or(y.shru(32)), x);
  return quad(between(first, second), between(second, third));
}

/** Bytes of XA || XT by the bytes of XB. */
const permute =
  (from: 'left' | 'right') =>
  (s: Semantics): void => {
    s.requires('VSX');
    const target = s.vsrOf('XT');
    target.setPermuted(s.vsrOf('XA'), target, s.vsrOf('XB'), from);
  };

function splatWord(s: Semantics, b: Quad): Quad {
  const n = s.n('UIM2');
  const half = n.ltu(2).choose(b.hi, b.lo);
  const word = n.and(1).eq(0).choose(half.shru(32), half.extu32());
  const all = s.let(word.mul(0x1_0000_0001n));
  return quad(all, all);
}

function splatByte(s: Semantics): void {
  const target = vector(s, 'XT');
  const all = s.let(s.n('IMM8').mul(everywhere(8, 1n)));
  target.set(all, all);
}

/** The bytes of each element of a doubleword in the other order. */
function reversed(s: Semantics, size: 2 | 4 | 8, value: U64): U64 {
  const x = s.let(value);
  if (size === 2) return swapBytes(x);
  const all = s.let(reverseElements(s, 1, x));
  return size === 8 ? all : all.rotl(32);
}
const reverse = (size: 2 | 4 | 8) =>
  whole((s) => quad(reversed(s, size, s.vsrOf('XB').hi), reversed(s, size, s.vsrOf('XB').lo)));

// prettier-ignore
export const VSX_PERMUTE = section('Power ISA 3.0B Book I 7.6, permute', [
  insn('xxmrghw',     '111100 XT XA XB 00010010 XA XB XT',     'XT,XA,XB',     'VSX Vector Merge High Word',                     whole((s) => { const [a, b] = [s.vsrOf('XA').hi, s.vsrOf('XB').hi]; return quad(leftWords(a, b), rightWords(a, b)); })),
  insn('xxmrglw',     '111100 XT XA XB 00110010 XA XB XT',     'XT,XA,XB',     'VSX Vector Merge Low Word',                      whole((s) => { const [a, b] = [s.vsrOf('XA').lo, s.vsrOf('XB').lo]; return quad(leftWords(a, b), rightWords(a, b)); })),
  insn('xxpermdi',    '111100 XT XA XB 0 DM 01010 XA XB XT',   'XT,XA,XB,DM',  'VSX Vector Permute Doubleword Immediate',        whole(permuteDoublewords)),
  insn('xxsldwi',     '111100 XT XA XB 0 SHW 00010 XA XB XT',  'XT,XA,XB,SHW', 'VSX Vector Shift Left Double by Word Immediate', whole(shiftWords)),
  insn('xxperm',      '111100 XT XA XB 00011010 XA XB XT',     'XT,XA,XB',     'VSX Vector Permute',                             permute('left')),
  insn('xxpermr',     '111100 XT XA XB 00111010 XA XB XT',     'XT,XA,XB',     'VSX Vector Permute Right-indexed',               permute('right')),
  insn('xxspltw',     '111100 XT /// UIM2 XB 010100100 XB XT', 'XT,XB,UIM2',   'VSX Vector Splat Word',                          whole((s) => splatWord(s, s.vsrOf('XB')))),
  insn('xxspltib',    '111100 XT 00 IMM8 0101101000 XT',       'XT,IMM8',      'VSX Vector Splat Immediate Byte',                splatByte),
  insn('xxextractuw', '111100 XT / UIM4 XB 010100101 XB XT',   'XT,XB,UIM4',   'VSX Vector Extract Unsigned Word',               whole((s) => quad(shiftRight(s, s.vsrOf('XB'), u64(12).sub(s.n('UIM4')).and(15).shl(3)).lo.extu32(), 0))),
  insn('xxinsertw',   '111100 XT / UIM4 XB 010110101 XB XT',   'XT,XB,UIM4',   'VSX Vector Insert Word',                         whole((s) => insertBytes(s, s.vsrOf('XT'), 4, s.n('UIM4'), s.vsrOf('XB').hi))),
  insn('xxbrh',       '111100 XT 00111 XB 111011011 XB XT',    'XT,XB',        'VSX Vector Byte-Reverse Halfword',               reverse(2)),
  insn('xxbrw',       '111100 XT 01111 XB 111011011 XB XT',    'XT,XB',        'VSX Vector Byte-Reverse Word',                   reverse(4)),
  insn('xxbrd',       '111100 XT 10111 XB 111011011 XB XT',    'XT,XB',        'VSX Vector Byte-Reverse Doubleword',             reverse(8)),
  insn('xxbrq',       '111100 XT 11111 XB 111011011 XB XT',    'XT,XB',        'VSX Vector Byte-Reverse Quadword',               whole((s) => quad(reversed(s, 8, s.vsrOf('XB').lo), reversed(s, 8, s.vsrOf('XB').hi)))),
]);
