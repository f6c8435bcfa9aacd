/**
 * Fixed-point instructions that help decimal arithmetic, the addition that carries in OV, and random numbers: Power ISA
 * 3.0B Book I 3.3.9 and 3.3.15.
 */
import { insn, section } from '../row';
import { XER } from '../semantics';
import { declet, fromDeclet } from '../declets';

/** Each word's two declets as six decimal digits. */
function declets(word: number): bigint {
  return BigInt((fromDeclet((word >>> 10) & 0x3ff) << 12) | fromDeclet(word & 0x3ff));
}
/** Each word's six decimal digits as two declets. */
function digits(word: number): bigint {
  return BigInt((declet((word >>> 12) & 0xfff) << 10) | declet(word & 0xfff));
}

const LOW_DIGIT_BIT = 0x1111_1111_1111_1111n;

// prettier-ignore
export const DECIMAL = section('Power ISA 3.0B Book I 3.3.15', [
  insn('addg6s',  '011111 RT RA RB / 001001010 /',       'RT,RA,RB',  'Add and Generate Sixes',     (s) => {
    const a = s.let(s.RA), b = s.let(s.RB);
    // A six for every digit out of which the sum does not carry.
    const carries = a.and(b).or(a.or(b).and(a.add(b).not()));
    s.RT.set(s.let(carries.shru(3).not().and(LOW_DIGIT_BIT)).mul(6));
  }),
  insn('cdtbcd',  '011111 RS RA ///// 0100011010 /',     'RA,RS',     'Convert Declets to Binary Coded Decimal', (s) => {
    const high = s.applyValue((_, word) => declets(word), s.RS.shru(32));
    const low = s.applyValue((_, word) => declets(word), s.RS);
    s.RA.set(high.shl(32).or(low));
  }),
  insn('cbcdtd',  '011111 RS RA ///// 0100111010 /',     'RA,RS',     'Convert Binary Coded Decimal to Declets', (s) => {
    const high = s.applyValue((_, word) => digits(word), s.RS.shru(32));
    const low = s.applyValue((_, word) => digits(word), s.RS);
    s.RA.set(high.shl(32).or(low));
  }),
]);

// prettier-ignore
export const OTHER_ARITHMETIC = section('Power ISA 3.0B Book I 3.3.9', [
  insn('addex',   '011111 RT RA RB CY 10101010 /',       'RT,RA,RB,CY', 'Add Extended using alternate carry bit', (s) => {
    s.if(s.n('CY').ne(0), () => s.raise('illegal'));
    const a = s.let(s.RA), b = s.let(s.RB);
    const sum = s.let(a.add(b).add(s.XER.shru(30).and(1)));
    const carries = s.let(a.and(b).or(a.or(b).and(sum.not())));
    s.RT.set(sum);
    const word = carries.shru(31).and(1);
    const kept = s.XER.and(~(XER.OV | XER.OV32));
    s.XER.set(kept.or(s.sf.choose(carries.shru(63), word).shl(30)).or(word.shl(19)));
  }),
  insn('darn',    '011111 RT /// LDARN ///// 1011110011 /', 'RT,LDARN', 'Deliver a Random Number',  (s) => s.RT.set(s.systemValue('darn', s.n('LDARN')))),
]);
