/** Fixed-point logical, rotate and shift instructions, Power ISA 3.0B Book I 3.3.13 and 3.3.14. */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { doubled, mask, u64, type U64 } from '../values';

/** Writes RA and records. */
function set(s: Semantics, value: U64): void {
  const r = s.let(value);
  s.RA.set(r);
  s.record(r);
}

const EVERY_BYTE = 0x0101_0101_0101_0101n;

/** Ones counted in each byte. */
function popcntb(x: U64): U64 {
  const pairs = x.sub(x.shru(1).and(0x5555_5555_5555_5555n));
  const nibbles = pairs.and(0x3333_3333_3333_3333n).add(pairs.shru(2).and(0x3333_3333_3333_3333n));
  return nibbles.add(nibbles.shru(4)).and(0x0f0f_0f0f_0f0f_0f0fn);
}

/** The parity of the least significant bits of the bytes that are left after folding. */
const lowBitOfBytes = (x: U64): U64 => x.and(EVERY_BYTE);

// prettier-ignore
export const LOGICAL = section('Power ISA 3.0B Book I 3.3.13', [
  insn('andi.',   '011100 RS RA UI',                       'RA,RS,UI', 'AND Immediate',              (s) => { const r = s.let(s.RS.and(s.UI)); s.RA.set(r); s.recordAlways(r); }),
  insn('andis.',  '011101 RS RA UI',                       'RA,RS,UI', 'AND Immediate Shifted',      (s) => { const r = s.let(s.RS.and(s.UI.shl(16))); s.RA.set(r); s.recordAlways(r); }),
  insn('ori',     '011000 RS RA UI',                       'RA,RS,UI', 'OR Immediate',               (s) => s.RA.set(s.RS.or(s.UI))),
  insn('oris',    '011001 RS RA UI',                       'RA,RS,UI', 'OR Immediate Shifted',       (s) => s.RA.set(s.RS.or(s.UI.shl(16)))),
  insn('xori',    '011010 RS RA UI',                       'RA,RS,UI', 'XOR Immediate',              (s) => s.RA.set(s.RS.xor(s.UI))),
  insn('xoris',   '011011 RS RA UI',                       'RA,RS,UI', 'XOR Immediate Shifted',      (s) => s.RA.set(s.RS.xor(s.UI.shl(16)))),
  insn('and',     '011111 RS RA RB 0000011100 Rc',         'RA,RS,RB', 'AND',                        (s) => set(s, s.RS.and(s.RB))),
  insn('xor',     '011111 RS RA RB 0100111100 Rc',         'RA,RS,RB', 'XOR',                        (s) => set(s, s.RS.xor(s.RB))),
  insn('nand',    '011111 RS RA RB 0111011100 Rc',         'RA,RS,RB', 'NAND',                       (s) => set(s, s.RS.and(s.RB).not())),
  insn('or',      '011111 RS RA RB 0110111100 Rc',         'RA,RS,RB', 'OR',                         (s) => set(s, s.RS.or(s.RB))),
  insn('orc',     '011111 RS RA RB 0110011100 Rc',         'RA,RS,RB', 'OR with Complement',         (s) => set(s, s.RS.or(s.RB.not()))),
  insn('nor',     '011111 RS RA RB 0001111100 Rc',         'RA,RS,RB', 'NOR',                        (s) => set(s, s.RS.or(s.RB).not())),
  insn('eqv',     '011111 RS RA RB 0100011100 Rc',         'RA,RS,RB', 'Equivalent',                 (s) => set(s, s.RS.xor(s.RB).not())),
  insn('andc',    '011111 RS RA RB 0000111100 Rc',         'RA,RS,RB', 'AND with Complement',        (s) => set(s, s.RS.and(s.RB.not()))),
  insn('extsb',   '011111 RS RA ///// 1110111010 Rc',      'RA,RS',    'Extend Sign Byte',           (s) => set(s, s.RS.exts8())),
  insn('extsh',   '011111 RS RA ///// 1110011010 Rc',      'RA,RS',    'Extend Sign Halfword',       (s) => set(s, s.RS.exts16())),
  insn('extsw',   '011111 RS RA ///// 1111011010 Rc',      'RA,RS',    'Extend Sign Word',           (s) => set(s, s.RS.exts32())),
  insn('cntlzw',  '011111 RS RA ///// 0000011010 Rc',      'RA,RS',    'Count Leading Zeros Word',   (s) => set(s, s.RS.extu32().clz().sub(32))),
  insn('cnttzw',  '011111 RS RA ///// 1000011010 Rc',      'RA,RS',    'Count Trailing Zeros Word',  (s) => set(s, s.RS.or(1n << 32n).ctz())),
  insn('cntlzd',  '011111 RS RA ///// 0000111010 Rc',      'RA,RS',    'Count Leading Zeros Doubleword',  (s) => set(s, s.RS.clz())),
  insn('cnttzd',  '011111 RS RA ///// 1000111010 Rc',      'RA,RS',    'Count Trailing Zeros Doubleword', (s) => set(s, s.RS.ctz())),
  insn('popcntb', '011111 RS RA ///// 0001111010 /',       'RA,RS',    'Population Count Bytes',     (s) => s.RA.set(popcntb(s.let(s.RS)))),
  insn('popcntw', '011111 RS RA ///// 0101111010 /',       'RA,RS',    'Population Count Words',     (s) => { const x = s.let(s.RS); s.RA.set(x.extu32().popcnt().or(x.shru(32).popcnt().shl(32))); }),
  insn('popcntd', '011111 RS RA ///// 0111111010 /',       'RA,RS',    'Population Count Doubleword', (s) => s.RA.set(s.RS.popcnt())),
  insn('prtyw',   '011111 RS RA ///// 0010011010 /',       'RA,RS',    'Parity Word',                (s) => { const x = s.let(lowBitOfBytes(s.RS)); s.RA.set(x.extu32().popcnt().and(1).or(x.shru(32).popcnt().and(1).shl(32))); }),
  insn('prtyd',   '011111 RS RA ///// 0010111010 /',       'RA,RS',    'Parity Doubleword',          (s) => s.RA.set(lowBitOfBytes(s.RS).popcnt().and(1))),
  insn('cmpb',    '011111 RS RA RB 0111111100 /',          'RA,RS,RB', 'Compare Bytes',              (s) => {
    // A byte of x is zero where the bytes agree: carry-free test of all bytes at once.
    const x = s.let(s.RS.xor(s.RB));
    const low7 = x.and(0x7f7f_7f7f_7f7f_7f7fn).add(0x7f7f_7f7f_7f7f_7f7fn);
    const zero = s.let(low7.or(x).and(0x8080_8080_8080_8080n).xor(0x8080_8080_8080_8080n));
    s.RA.set(zero.shru(7).mul(0xff));
  }),
  insn('bpermd',  '011111 RS RA RB 0011111100 /',          'RA,RS,RB', 'Bit Permute Doubleword',     (s) => {
    const bit = (n: number): U64 => {
      const index = s.RS.shru(8 * n).and(0xff);
      return index.ltu(64).choose(s.RB.shru(u64(63).sub(index)).and(1), 0).shl(n);
    };
    s.RA.set(s.let([1, 2, 3, 4, 5, 6, 7].reduce((all, n) => all.or(bit(n)), bit(0))));
  }),
]);

/** Right shift with sign: RA, and CA and CA32 when one-bits of a negative value were shifted out. */
function shiftRightAlgebraic(s: Semantics, value: U64, result: U64, shiftedOut: U64): void {
  const x = s.let(value);
  const r = s.let(result);
  const carries = s.let(x.lts(0).and(shiftedOut.ne(0)).choose(-1n, 0));
  s.RA.set(r);
  s.setCarry(carries);
  s.record(r);
}

/** Bits that a right shift by n (0..63) drops. */
const dropped = (x: U64, n: U64): U64 => x.and(u64(1).shl(n).sub(1));

// prettier-ignore
export const ROTATE_AND_SHIFT = section('Power ISA 3.0B Book I 3.3.14', [
  insn('rlwimi',  '010100 RS RA SH MB ME Rc',              'RA,RS,SH,MB,ME', 'Rotate Left Word Immediate then Mask Insert', (s) => {
    const m = s.let(mask(s.n('MB').add(32), s.n('ME').add(32)));
    set(s, doubled(s.RS).rotl(s.n('SH')).and(m).or(s.RA.and(m.not())));
  }),
  insn('rlwinm',  '010101 RS RA SH MB ME Rc',              'RA,RS,SH,MB,ME', 'Rotate Left Word Immediate then AND with Mask', (s) => set(s, doubled(s.RS).rotl(s.n('SH')).and(mask(s.n('MB').add(32), s.n('ME').add(32))))),
  insn('rlwnm',   '010111 RS RA RB MB ME Rc',              'RA,RS,RB,MB,ME', 'Rotate Left Word then AND with Mask', (s) => set(s, doubled(s.RS).rotl(s.RB.and(31)).and(mask(s.n('MB').add(32), s.n('ME').add(32))))),
  insn('rldicl',  '011110 RS RA SH6 MB6 000 SH6 Rc',       'RA,RS,SH6,MB6', 'Rotate Left Doubleword Immediate then Clear Left', (s) => set(s, s.RS.rotl(s.n('SH6')).and(u64(-1n).shru(s.n('MB6'))))),
  insn('rldicr',  '011110 RS RA SH6 ME6 001 SH6 Rc',       'RA,RS,SH6,ME6', 'Rotate Left Doubleword Immediate then Clear Right', (s) => set(s, s.RS.rotl(s.n('SH6')).and(u64(-1n).shl(u64(63).sub(s.n('ME6')))))),
  insn('rldic',   '011110 RS RA SH6 MB6 010 SH6 Rc',       'RA,RS,SH6,MB6', 'Rotate Left Doubleword Immediate then Clear', (s) => set(s, s.RS.rotl(s.n('SH6')).and(mask(s.n('MB6'), u64(63).sub(s.n('SH6')))))),
  insn('rldimi',  '011110 RS RA SH6 MB6 011 SH6 Rc',       'RA,RS,SH6,MB6', 'Rotate Left Doubleword Immediate then Mask Insert', (s) => {
    const m = s.let(mask(s.n('MB6'), u64(63).sub(s.n('SH6'))));
    set(s, s.RS.rotl(s.n('SH6')).and(m).or(s.RA.and(m.not())));
  }),
  insn('rldcl',   '011110 RS RA RB MB6 1000 Rc',           'RA,RS,RB,MB6', 'Rotate Left Doubleword then Clear Left', (s) => set(s, s.RS.rotl(s.RB).and(u64(-1n).shru(s.n('MB6'))))),
  insn('rldcr',   '011110 RS RA RB ME6 1001 Rc',           'RA,RS,RB,ME6', 'Rotate Left Doubleword then Clear Right', (s) => set(s, s.RS.rotl(s.RB).and(u64(-1n).shl(u64(63).sub(s.n('ME6')))))),
  insn('slw',     '011111 RS RA RB 0000011000 Rc',         'RA,RS,RB', 'Shift Left Word',            (s) => set(s, s.RB.and(32).eq(0).choose(s.RS.shl(s.RB.and(31)).extu32(), 0))),
  insn('srw',     '011111 RS RA RB 1000011000 Rc',         'RA,RS,RB', 'Shift Right Word',           (s) => set(s, s.RB.and(32).eq(0).choose(s.RS.extu32().shru(s.RB.and(31)), 0))),
  insn('srawi',   '011111 RS RA SH 1100111000 Rc',         'RA,RS,SH', 'Shift Right Algebraic Word Immediate', (s) => { const x = s.let(s.RS.exts32()); shiftRightAlgebraic(s, x, x.shrs(s.n('SH')), dropped(x, s.n('SH'))); }),
  insn('sraw',    '011111 RS RA RB 1100011000 Rc',         'RA,RS,RB', 'Shift Right Algebraic Word', (s) => {
    const x = s.let(s.RS.exts32()), n = s.let(s.RB.and(63));
    shiftRightAlgebraic(s, x, x.shrs(n), dropped(x, n));
  }),
  insn('sld',     '011111 RS RA RB 0000011011 Rc',         'RA,RS,RB', 'Shift Left Doubleword',      (s) => set(s, s.RB.and(64).eq(0).choose(s.RS.shl(s.RB), 0))),
  insn('srd',     '011111 RS RA RB 1000011011 Rc',         'RA,RS,RB', 'Shift Right Doubleword',     (s) => set(s, s.RB.and(64).eq(0).choose(s.RS.shru(s.RB), 0))),
  insn('sradi',   '011111 RS RA SH6 110011101 SH6 Rc',     'RA,RS,SH6', 'Shift Right Algebraic Doubleword Immediate', (s) => shiftRightAlgebraic(s, s.RS, s.RS.shrs(s.n('SH6')), dropped(s.RS, s.n('SH6')))),
  insn('srad',    '011111 RS RA RB 1100011010 Rc',         'RA,RS,RB', 'Shift Right Algebraic Doubleword', (s) => {
    const x = s.let(s.RS), all = s.RB.and(64).ne(0);
    shiftRightAlgebraic(s, x, all.choose(x.shrs(63), x.shrs(s.RB)), all.choose(x, dropped(x, s.RB)));
  }),
  insn('extswsli', '011111 RS RA SH6 110111101 SH6 Rc',    'RA,RS,SH6', 'Extend Sign Word and Shift Left Immediate', (s) => set(s, s.RS.exts32().shl(s.n('SH6')))),
]);
