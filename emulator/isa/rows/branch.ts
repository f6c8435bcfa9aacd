/** Branch, condition register, system call and trap instructions, Power ISA 3.0B Book I 2.4 to 2.6 and 3.3.12. */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import type { Bit, U64 } from '../values';

/** Whether a conditional branch is taken, by BO and BI (Book I 2.4); counts CTR down when BO says so. */
function condition(s: Semantics, counts = true): Bit {
  const bo = s.n('BO');
  const bitSet = (mask: number): Bit => bo.and(mask).ne(0);
  const crOk = bitSet(16).or(s.crBit(s.n('BI')).xor(bitSet(8)).not());
  if (!counts) return crOk;
  s.if(bitSet(4).not(), () => s.CTR.set(s.CTR.sub(1)));
  const ctr = s.sf.choose(s.CTR, s.CTR.extu32());
  return bitSet(4)
    .or(ctr.ne(0).xor(bitSet(2)))
    .and(crOk);
}

/** Branches to a register's value when the condition holds. The target is read before LR changes. */
function branchToRegister(s: Semantics, register: U64, counts = true): void {
  const target = s.let(register);
  const taken = condition(s, counts);
  const ok = s.let(taken.u64());
  s.link();
  s.if(ok.ne(0), () => s.goto(target));
}

// prettier-ignore
export const BRANCH = section('Power ISA 3.0B Book I 2.4', [
  insn('b',     '010010 LI AA LK',                      'LI',        'Branch',                                       (s) => { s.link(); s.if(s.n('AA').ne(0), () => s.goto(s.n('LI')), () => s.goto(s.CIA.add(s.n('LI')))); }),
  insn('bc',    '010000 BO BI BD AA LK',                'BO,BI,BD',  'Branch Conditional',                           (s) => { const taken = condition(s); s.link(); s.if(taken, () => s.if(s.n('AA').ne(0), () => s.goto(s.n('BD')), () => s.goto(s.CIA.add(s.n('BD'))))); }),
  insn('bclr',  '010011 BO BI /// BH 0000010000 LK',    'BO,BI,BH?', 'Branch Conditional to Link Register',          (s) => branchToRegister(s, s.LR)),
  insn('bcctr', '010011 BO BI /// BH 1000010000 LK',    'BO,BI,BH?', 'Branch Conditional to Count Register',         (s) => branchToRegister(s, s.CTR, false)),
  insn('bctar', '010011 BO BI /// BH 1000110000 LK',    'BO,BI,BH?', 'Branch Conditional to Target Address Register', (s) => { s.requires('TAR'); branchToRegister(s, s.special('TAR')); }),
]);

const bits = (s: Semantics, combine: (a: Bit, b: Bit) => Bit): void =>
  s.setCrBit(s.n('BT'), combine(s.crBit(s.n('BA')), s.crBit(s.n('BB'))));

// prettier-ignore
export const CONDITION = section('Power ISA 3.0B Book I 2.5', [
  insn('crand',  '010011 BT BA BB 0100000001 /',        'BT,BA,BB',  'Condition Register AND',                  (s) => bits(s, (a, b) => a.and(b))),
  insn('crnand', '010011 BT BA BB 0011100001 /',        'BT,BA,BB',  'Condition Register NAND',                 (s) => bits(s, (a, b) => a.and(b).not())),
  insn('cror',   '010011 BT BA BB 0111000001 /',        'BT,BA,BB',  'Condition Register OR',                   (s) => bits(s, (a, b) => a.or(b))),
  insn('crxor',  '010011 BT BA BB 0011000001 /',        'BT,BA,BB',  'Condition Register XOR',                  (s) => bits(s, (a, b) => a.xor(b))),
  insn('crnor',  '010011 BT BA BB 0000100001 /',        'BT,BA,BB',  'Condition Register NOR',                  (s) => bits(s, (a, b) => a.or(b).not())),
  insn('creqv',  '010011 BT BA BB 0100100001 /',        'BT,BA,BB',  'Condition Register Equivalent',           (s) => bits(s, (a, b) => a.xor(b).not())),
  insn('crandc', '010011 BT BA BB 0010000001 /',        'BT,BA,BB',  'Condition Register AND with Complement',  (s) => bits(s, (a, b) => a.and(b.not()))),
  insn('crorc',  '010011 BT BA BB 0110100001 /',        'BT,BA,BB',  'Condition Register OR with Complement',   (s) => bits(s, (a, b) => a.or(b.not()))),
  insn('mcrf',   '010011 BF // BFA // ///// 0000000000 /', 'BF,BFA', 'Move Condition Register Field',           (s) => s.setCrField(s.n('BF'), s.crField(s.n('BFA')))),
]);

// prettier-ignore
export const SYSTEM_CALL = section('Power ISA 3.0B Book I 2.6, LEV 2 by the ultravisor document', [
  insn('sc',     '010001 ///// ///// //// LEV /// 1 /', 'LEV?',      'System Call',                             (s) => s.raise('system-call', s.n('LEV'))),
  insn('scv',    '010001 ///// ///// //// LEV /// 01',  'LEV',       'System Call Vectored',                    (s) => { s.requires('SCV'); s.raise('system-call-vectored', s.n('LEV')); }),
]);

/** Traps when a condition that TO names holds (Book I 3.3.12). */
function trap(s: Semantics, left: U64, right: U64): void {
  const a = s.let(left),
    b = s.let(right),
    to = s.n('TO');
  const when = (mask: number, holds: Bit): Bit => to.and(mask).ne(0).and(holds);
  const any = when(16, a.lts(b))
    .or(when(8, a.gts(b)))
    .or(when(4, a.eq(b)))
    .or(when(2, a.ltu(b)))
    .or(when(1, a.gtu(b)));
  s.if(any, () => s.raise('trap'));
}

// prettier-ignore
export const TRAP = section('Power ISA 3.0B Book I 3.3.12', [
  insn('twi',    '000011 TO RA SI',                     'TO,RA,SI',  'Trap Word Immediate',                     (s) => trap(s, s.RA.exts32(), s.SI)),
  insn('tw',     '011111 TO RA RB 0000000100 /',        'TO,RA,RB',  'Trap Word',                               (s) => trap(s, s.RA.exts32(), s.RB.exts32())),
  insn('tdi',    '000010 TO RA SI',                     'TO,RA,SI',  'Trap Doubleword Immediate',               (s) => trap(s, s.RA, s.SI)),
  insn('td',     '011111 TO RA RB 0001000100 /',        'TO,RA,RB',  'Trap Doubleword',                         (s) => trap(s, s.RA, s.RB)),
]);
