/** Moves to and from system registers and MSR, and returns from interrupts (Power ISA 3.0B Books I and III). */
import { MSR_ROW, bitMask } from '../registers';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import type { U64 } from '../values';

/** A mask of MSR bits by the manual's numbers, for instance `0:2 4:28 32`. */
function msrBits(ranges: string): bigint {
  let mask = 0n;
  for (const range of ranges.split(' ')) {
    const [first = 0, last = first] = range.split(':').map(Number);
    for (let bit = first; bit <= last; bit++) mask |= 1n << BigInt(63 - bit);
  }
  return mask;
}

/** Value bits under the mask, other bits kept. */
const insert = (kept: U64, value: U64, mask: bigint): U64 => kept.and(~mask).or(value.and(mask));

/** EE, IR and DR are on whenever the new state is problem state. */
const withProblemState = (value: U64): U64 => value.bit(49).choose(value.or(msrBits('48 58 59')), value);

const HV = 1n << 60n;
const ME = msrBits('51');
/** MSR.S: only urfid takes it from a save register, so that only the ultravisor can set it (ultravisor.rst, Hardware). */
const S = 1n << 22n;
/**
 * Bits that MSR has; others stay 0. TS is one of those: no transaction can be begun (rows/transactions.ts), and a state
 * within one is not entered.
 */
const EXISTING = MSR_ROW.fields.reduce((mask, bit) => mask | bitMask(MSR_ROW, bit), 0n) & ~msrBits('29:30');

/** The bits that every return takes from its save register (Book III 3.3.1). */
const RETURNED = msrBits('0:2 4:28 31:32 37:40 48:50 52:63') & EXISTING;

/** Takes bits under the mask from a saved state and goes on at an address. */
function returnTo(s: Semantics, saved: U64, mask: bigint, address: U64): void {
  s.setMsr(insert(s.MSR, saved, mask), address.and(~3n));
}

/**
 * rfid: HV and ME can be kept or lost, not gained. S can be lost only by the one who may set it: a secure operating
 * system that returns with S=0 in SRR1 stays secure, or its hypervisor would gain its memory's contents in registers.
 */
function rfid(s: Semantics): void {
  s.require('privileged');
  const saved = s.let(withProblemState(s.special('SRR1')));
  const old = s.let(s.MSR);
  const hv = old.and(saved).and(HV);
  const me = old.and(HV).ne(0).choose(saved, old).and(ME);
  s.setMsr(
    insert(old, saved, RETURNED)
      .and(~(HV | ME))
      .or(hv)
      .or(me),
    s.special('SRR0').and(~3n),
  );
}

/** rfscv: as rfid from LR and CTR, where scv left them; HV and ME stay as they are. */
function rfscv(s: Semantics): void {
  s.require('privileged');
  returnTo(s, s.let(withProblemState(s.CTR)), RETURNED, s.LR);
}

/** hrfid takes HV and ME as they are saved; S stays as it is. */
function hrfid(s: Semantics): void {
  s.require('hypervisor');
  returnTo(s, s.let(withProblemState(s.special('HSRR1'))), RETURNED | HV | ME, s.special('HSRR0'));
}

/** urfid takes S as well. */
function urfid(s: Semantics): void {
  s.require('ultravisor');
  returnTo(s, s.let(withProblemState(s.special('USRR1'))), RETURNED | HV | S | ME, s.special('USRR0'));
}

/** mtmsr and mtmsrd: HV, S, ME and LE are out of reach; with L = 1 only EE and RI change. */
function moveToMsr(s: Semantics, reach: bigint): void {
  s.require('privileged');
  const onlyEeAndRi = msrBits('48 62');
  s.if(
    s.n('L1').ne(0),
    () => s.setMsr(insert(s.MSR, s.RS, onlyEeAndRi)),
    () => s.setMsr(insert(s.MSR, withProblemState(s.RS), reach & EXISTING)),
  );
}

// prettier-ignore
export const RETURNS = section('Power ISA 3.0B Book III 3.3.1, urfid by the ultravisor document', [
  insn('rfid',    '010011 ///// ///// ///// 0000010010 /', '',        'Return From Interrupt Doubleword',            rfid),
  insn('rfscv',   '010011 ///// ///// ///// 0001010010 /', '',        'Return From System Call Vectored',            rfscv),
  insn('hrfid',   '010011 ///// ///// ///// 0100010010 /', '',        'Hypervisor Return From Interrupt Doubleword', hrfid),
  insn('urfid',   '010011 ///// ///// ///// 0100110010 /', '',        'Ultravisor Return From Interrupt Doubleword', urfid),
]);

/** A word mask of CR from FXM: all ones in each named field. */
function selectedFields(s: Semantics): U64 {
  const fxm = s.n('FXM');
  return [1, 2, 3, 4, 5, 6, 7].reduce(
    (mask, n) =>
      mask.or(
        fxm
          .shru(n)
          .and(1)
          .mul(15)
          .shl(4 * n),
      ),
    fxm.and(1).mul(15),
  );
}

// prettier-ignore
export const MOVES = section('Power ISA 3.0B Book I 3.3.20 and Book III 4.4.4', [
  insn('mtspr',   '011111 RS SPR 0111010011 /',            'SPR,RS',  'Move To Special Purpose Register',    (s) => s.writeSpr(s.RS)),
  insn('mfspr',   '011111 RT SPR 0101010011 /',            'RT,SPR',  'Move From Special Purpose Register',  (s) => s.RT.set(s.readSpr(s.RT))),
  insn('mtcrf',   '011111 RS 0 FXM / 0010010000 /',        'FXM,RS',  'Move To Condition Register Fields',   (s) => s.setCr(s.n('FXM'), s.RS)),
  insn('mtocrf',  '011111 RS 1 FXM / 0010010000 /',        'FXM,RS',  'Move To One Condition Register Field', (s) => s.setCr(s.n('FXM'), s.RS)),
  insn('mfcr',    '011111 RT 0 //// //// / 0000010011 /',  'RT',      'Move From Condition Register',        (s) => s.RT.set(s.CR)),
  insn('mfocrf',  '011111 RT 1 FXM / 0000010011 /',        'RT,FXM',  'Move From One Condition Register Field', (s) => s.RT.set(s.CR.and(selectedFields(s)))),
  insn('mtmsr',   '011111 RS //// L1 ///// 0010010010 /',  'RS,L1?',  'Move To Machine State Register',      (s) => moveToMsr(s, msrBits('32:40 42:50 52:62'))),
  insn('mtmsrd',  '011111 RS //// L1 ///// 0010110010 /',  'RS,L1?',  'Move To Machine State Register Doubleword', (s) => moveToMsr(s, msrBits('0:2 4:40 42:50 52:62'))),
  insn('mfmsr',   '011111 RT ///// ///// 0001010011 /',    'RT',      'Move From Machine State Register',    (s) => { s.require('privileged'); s.RT.set(s.MSR); }),
]);
