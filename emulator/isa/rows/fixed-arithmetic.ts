/** Fixed-point arithmetic and compare instructions, Power ISA 3.0B Book I 3.3.9 to 3.3.11. */
import { insn, section } from '../row';
import { XER, type Semantics } from '../semantics';
import { u64, type Operand, type U64 } from '../values';

/** Sum of a, b and carry in; sets the target, CA when asked, OV and CR0 as the mnemonic says. */
function sum(s: Semantics, first: U64, second: Operand, carryIn: Operand, setsCarry = false): void {
  const a = s.let(first);
  const b = s.let(second);
  const result = s.let(a.add(b).add(carryIn));
  s.RT.set(result);
  // A carry leaves a bit when both addends have it, or one has and the sum has not.
  if (setsCarry) s.setCarry(s.let(a.and(b).or(a.or(b).and(result.not()))));
  s.setOverflow(a.xor(result).and(b.xor(result)));
  s.record(result);
}

/** Writes RT, then OV when the mnemonic asks, then CR0. */
function result(s: Semantics, value: U64, overflow?: (result: U64) => void): void {
  const r = s.let(value);
  s.RT.set(r);
  overflow?.(r);
  s.record(r);
}

/** Low word of the product, and whether the product needs more. */
const low = (value: U64): U64 => value.exts32();
const INT64_MIN = 1n << 63n;
const INT32_MIN = -(1n << 31n);

/** A division: the quotient is 0 and OV is set where the ISA leaves it undefined. */
function divide(s: Semantics, quotient: U64, undefinedWhen: ReturnType<U64['eq']>, after = (q: U64): U64 => q): void {
  const invalid = s.let(undefinedWhen.u64()).ne(0);
  const q = s.let(invalid.choose(0, after(quotient)));
  s.RT.set(q);
  s.setOverflowIf(invalid);
  s.record(q);
}

// prettier-ignore
export const ARITHMETIC = section('Power ISA 3.0B Book I 3.3.9', [
  insn('addi',    '001110 RT RA SI',                     'RT,RA0,SI', 'Add Immediate',                        (s) => s.RT.set(s.RA.or0.add(s.SI))),
  insn('addis',   '001111 RT RA SI',                     'RT,RA0,SI', 'Add Immediate Shifted',                (s) => s.RT.set(s.RA.or0.add(s.SI.shl(16)))),
  insn('addpcis', '010011 RT DX 00010 DX',               'RT,DX',     'Add PC Immediate Shifted',             (s) => s.RT.set(s.CIA.add(4).add(s.n('DX').shl(16)))),
  insn('add',     '011111 RT RA RB OE 100001010 Rc',     'RT,RA,RB',  'Add',                                  (s) => sum(s, s.RA, s.RB, 0)),
  insn('subf',    '011111 RT RA RB OE 000101000 Rc',     'RT,RA,RB',  'Subtract From',                        (s) => sum(s, s.RA.not(), s.RB, 1)),
  insn('addic',   '001100 RT RA SI',                     'RT,RA,SI',  'Add Immediate Carrying',               (s) => sum(s, s.RA, s.SI, 0, true)),
  insn('addic.',  '001101 RT RA SI',                     'RT,RA,SI',  'Add Immediate Carrying and Record',    (s) => { const a = s.let(s.RA); sum(s, a, s.SI, 0, true); s.recordAlways(a.add(s.SI)); }),
  insn('subfic',  '001000 RT RA SI',                     'RT,RA,SI',  'Subtract From Immediate Carrying',     (s) => sum(s, s.RA.not(), s.SI, 1, true)),
  insn('addc',    '011111 RT RA RB OE 000001010 Rc',     'RT,RA,RB',  'Add Carrying',                         (s) => sum(s, s.RA, s.RB, 0, true)),
  insn('subfc',   '011111 RT RA RB OE 000001000 Rc',     'RT,RA,RB',  'Subtract From Carrying',               (s) => sum(s, s.RA.not(), s.RB, 1, true)),
  insn('adde',    '011111 RT RA RB OE 010001010 Rc',     'RT,RA,RB',  'Add Extended',                         (s) => sum(s, s.RA, s.RB, s.carry, true)),
  insn('addme',   '011111 RT RA ///// OE 011101010 Rc',  'RT,RA',     'Add to Minus One Extended',            (s) => sum(s, s.RA, -1n, s.carry, true)),
  insn('subfe',   '011111 RT RA RB OE 010001000 Rc',     'RT,RA,RB',  'Subtract From Extended',               (s) => sum(s, s.RA.not(), s.RB, s.carry, true)),
  insn('subfme',  '011111 RT RA ///// OE 011101000 Rc',  'RT,RA',     'Subtract From Minus One Extended',     (s) => sum(s, s.RA.not(), -1n, s.carry, true)),
  insn('addze',   '011111 RT RA ///// OE 011001010 Rc',  'RT,RA',     'Add to Zero Extended',                 (s) => sum(s, s.RA, 0, s.carry, true)),
  insn('subfze',  '011111 RT RA ///// OE 011001000 Rc',  'RT,RA',     'Subtract From Zero Extended',          (s) => sum(s, s.RA.not(), 0, s.carry, true)),
  insn('neg',     '011111 RT RA ///// OE 001101000 Rc',  'RT,RA',     'Negate',                               (s) => sum(s, s.RA.not(), 0, 1)),
  insn('mulli',   '000111 RT RA SI',                     'RT,RA,SI',  'Multiply Low Immediate',               (s) => s.RT.set(s.RA.mul(s.SI))),
  insn('mulhw',   '011111 RT RA RB / 001001011 Rc',      'RT,RA,RB',  'Multiply High Word',                   (s) => result(s, s.RA.exts32().mul(s.RB.exts32()).shru(32))),
  insn('mulhwu',  '011111 RT RA RB / 000001011 Rc',      'RT,RA,RB',  'Multiply High Word Unsigned',          (s) => result(s, s.RA.extu32().mul(s.RB.extu32()).shru(32))),
  insn('mullw',   '011111 RT RA RB OE 011101011 Rc',     'RT,RA,RB',  'Multiply Low Word',                    (s) => result(s, s.RA.exts32().mul(s.RB.exts32()), (r) => s.setOverflowIf(low(r).ne(r)))),
  insn('divw',    '011111 RT RA RB OE 111101011 Rc',     'RT,RA,RB',  'Divide Word',                          (s) => { const a = s.let(s.RA.exts32()), b = s.let(s.RB.exts32()); divide(s, a.divs(b), b.eq(0).or(a.eq(INT32_MIN).and(b.eq(-1))), (q) => q.extu32()); }),
  insn('divwu',   '011111 RT RA RB OE 111001011 Rc',     'RT,RA,RB',  'Divide Word Unsigned',                 (s) => { const a = s.let(s.RA.extu32()), b = s.let(s.RB.extu32()); divide(s, a.divu(b), b.eq(0)); }),
  insn('divwe',   '011111 RT RA RB OE 110101011 Rc',     'RT,RA,RB',  'Divide Word Extended',                 (s) => { const b = s.let(s.RB.exts32()), q = s.let(s.RA.shl(32).divs(b)); divide(s, q, b.eq(0).or(q.exts32().ne(q)).or(s.RA.shl(32).eq(INT64_MIN).and(b.eq(-1)))); }),
  insn('divweu',  '011111 RT RA RB OE 110001011 Rc',     'RT,RA,RB',  'Divide Word Extended Unsigned',        (s) => { const b = s.let(s.RB.extu32()); divide(s, s.RA.shl(32).divu(b), s.RA.extu32().geu(b)); }),
  insn('modsw',   '011111 RT RA RB 1100001011 /',        'RT,RA,RB',  'Modulo Signed Word',                   (s) => s.RT.set(s.RA.exts32().rems(s.RB.exts32()))),
  insn('moduw',   '011111 RT RA RB 0100001011 /',        'RT,RA,RB',  'Modulo Unsigned Word',                 (s) => s.RT.set(s.RA.extu32().remu(s.RB.extu32()))),
  insn('mulld',   '011111 RT RA RB OE 011101001 Rc',     'RT,RA,RB',  'Multiply Low Doubleword',              (s) => { const a = s.let(s.RA), b = s.let(s.RB); result(s, a.mul(b), (r) => s.setOverflowIf(a.mulhs(b).ne(r.shrs(63)))); }),
  insn('mulhd',   '011111 RT RA RB / 001001001 Rc',      'RT,RA,RB',  'Multiply High Doubleword',             (s) => result(s, s.RA.mulhs(s.RB))),
  insn('mulhdu',  '011111 RT RA RB / 000001001 Rc',      'RT,RA,RB',  'Multiply High Doubleword Unsigned',    (s) => result(s, s.RA.mulhu(s.RB))),
  insn('maddhd',  '000100 RT RA RB RC 110000',           'RT,RA,RB,RC', 'Multiply-Add High Doubleword',       (s) => { const c = s.let(s.RC), low = s.let(s.RA.mul(s.RB).add(c)); s.RT.set(s.RA.mulhs(s.RB).add(c.shrs(63)).add(low.ltu(c).u64())); }),
  insn('maddhdu', '000100 RT RA RB RC 110001',           'RT,RA,RB,RC', 'Multiply-Add High Doubleword Unsigned', (s) => { const c = s.let(s.RC), low = s.let(s.RA.mul(s.RB).add(c)); s.RT.set(s.RA.mulhu(s.RB).add(low.ltu(c).u64())); }),
  insn('maddld',  '000100 RT RA RB RC 110011',           'RT,RA,RB,RC', 'Multiply-Add Low Doubleword',        (s) => s.RT.set(s.RA.mul(s.RB).add(s.RC))),
  insn('divd',    '011111 RT RA RB OE 111101001 Rc',     'RT,RA,RB',  'Divide Doubleword',                    (s) => { const a = s.let(s.RA), b = s.let(s.RB); divide(s, a.divs(b), b.eq(0).or(a.eq(INT64_MIN).and(b.eq(-1)))); }),
  insn('divdu',   '011111 RT RA RB OE 111001001 Rc',     'RT,RA,RB',  'Divide Doubleword Unsigned',           (s) => { const b = s.let(s.RB); divide(s, s.RA.divu(b), b.eq(0)); }),
  insn('divde',   '011111 RT RA RB OE 110101001 Rc',     'RT,RA,RB',  'Divide Doubleword Extended',           (s) => { const a = s.let(s.RA), b = s.let(s.RB), q = s.let(a.divse(b)); divide(s, q, a.ne(0).and(q.eq(0)).or(b.eq(0))); }),
  insn('divdeu',  '011111 RT RA RB OE 110001001 Rc',     'RT,RA,RB',  'Divide Doubleword Extended Unsigned',  (s) => { const a = s.let(s.RA), b = s.let(s.RB); divide(s, a.divue(b), a.geu(b)); }),
  insn('modsd',   '011111 RT RA RB 1100001001 /',        'RT,RA,RB',  'Modulo Signed Doubleword',             (s) => s.RT.set(s.RA.rems(s.RB))),
  insn('modud',   '011111 RT RA RB 0100001001 /',        'RT,RA,RB',  'Modulo Unsigned Doubleword',           (s) => s.RT.set(s.RA.remu(s.RB))),
]);

/** Both operands as words when L = 0, else as doublewords. */
function compareAs(s: Semantics, a: U64, b: U64, kind: 'signed' | 'unsigned'): void {
  const word = (value: U64): U64 => (kind === 'signed' ? value.exts32() : value.extu32());
  s.if(
    s.n('L').ne(0),
    () => s.setCrField(s.n('BF'), s.compare(a, b, kind)),
    () => s.setCrField(s.n('BF'), s.compare(word(a), word(b), kind)),
  );
}

/** Byte n of a value, counted from the least significant. */
const byte = (value: U64, n: number): U64 => value.shru(8 * n).and(0xff);
/** A CR field with only GT set when the condition holds. */
const onlyGt = (condition: ReturnType<U64['eq']>): U64 => condition.choose(0b0100, 0);

// prettier-ignore
export const COMPARE = section('Power ISA 3.0B Book I 3.3.10', [
  insn('cmpi',    '001011 BF / L RA SI',                  'BF,L,RA,SI', 'Compare Immediate',          (s) => compareAs(s, s.RA, s.SI, 'signed')),
  insn('cmp',     '011111 BF / L RA RB 0000000000 /',     'BF,L,RA,RB', 'Compare',                    (s) => compareAs(s, s.RA, s.RB, 'signed')),
  insn('cmpli',   '001010 BF / L RA UI',                  'BF,L,RA,UI', 'Compare Logical Immediate',  (s) => compareAs(s, s.RA, s.UI, 'unsigned')),
  insn('cmpl',    '011111 BF / L RA RB 0000100000 /',     'BF,L,RA,RB', 'Compare Logical',            (s) => compareAs(s, s.RA, s.RB, 'unsigned')),
  insn('cmprb',   '011111 BF / L RA RB 0011000000 /',     'BF,L,RA,RB', 'Compare Ranged Byte',        (s) => {
    const x = s.let(byte(s.RA, 0));
    const inRange = (n: number) => x.geu(byte(s.RB, n)).and(x.leu(byte(s.RB, n + 1)));
    s.setCrField(s.n('BF'), onlyGt(inRange(0).or(s.n('L').ne(0).and(inRange(2)))));
  }),
  insn('cmpeqb',  '011111 BF // RA RB 0011100000 /',      'BF,RA,RB',   'Compare Equal Byte',         (s) => {
    const x = s.let(byte(s.RA, 0));
    s.setCrField(s.n('BF'), onlyGt([1, 2, 3, 4, 5, 6, 7].reduce((any, n) => any.or(x.eq(byte(s.RB, n))), x.eq(byte(s.RB, 0)))));
  }),
  insn('isel',    '011111 RT RA RB BC 01111 /',           'RT,RA0,RB,BC', 'Integer Select',           (s) => s.RT.set(s.crBit(s.n('BC')).choose(s.RA.or0, s.RB))),
  insn('setb',    '011111 RT BFA // ///// 0010000000 /',  'RT,BFA',     'Set Boolean',                (s) => {
    const field = s.let(s.crField(s.n('BFA')));
    s.RT.set(field.and(8).ne(0).choose(-1n, field.shru(2).and(1)));
  }),
]);

/** MCRXRX moves OV OV32 CA CA32; it stands here with the arithmetic that makes them (Book I 3.3.20). */
// prettier-ignore
export const XER_MOVES = section('Power ISA 3.0B Book I 3.3.20', [
  insn('mcrxrx',  '011111 BF // ///// ///// 1001000000 /', 'BF',        'Move XER to CR Extended',    (s) => {
    const bit = (mask: bigint, to: number): U64 => s.XER.and(mask).ne(0).choose(to, 0);
    s.setCrField(s.n('BF'), bit(XER.OV, 8).or(bit(XER.OV32, 4)).or(bit(XER.CA, 2)).or(bit(XER.CA32, 1)).or(u64(0)));
  }),
]);
