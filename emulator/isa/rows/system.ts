/** Moves to and from system registers, returns from interrupts, barriers and cache operations (Books I, II and III). */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { u64, type U64 } from '../values';

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
/** MSR.S: only urfid takes it from a save register, so that only the ultravisor can set it (ultravisor.rst, Hardware). */
const S = 1n << 22n;

/** The bits that every return takes from its save register (Book III 3.3.1, without transactional memory). */
const RETURNED = msrBits('0:2 4:28 32 37:40 48:50 52:63');

/**
 * rfid: HV and ME can be kept or lost, not gained. S can be lost only by the one who may set it: a secure operating
 * system that returns with S=0 in SRR1 stays secure, or its hypervisor would gain its memory's contents in registers.
 */
function rfid(s: Semantics): void {
  s.require('privileged');
  const saved = s.let(withProblemState(s.special('SRR1')));
  const old = s.let(s.MSR);
  const hv = old.and(saved).and(HV);
  const me = old.and(HV).ne(0).choose(saved, old).and(msrBits('51'));
  s.setMsr(
    insert(old, saved, RETURNED)
      .and(~(HV | msrBits('51')))
      .or(hv)
      .or(me),
    s.special('SRR0').and(~3n),
  );
}

/** hrfid takes HV and ME as they are saved; S stays as it is. */
function hrfid(s: Semantics): void {
  s.require('hypervisor');
  const saved = withProblemState(s.special('HSRR1'));
  s.setMsr(insert(s.MSR, saved, RETURNED | HV | msrBits('51')), s.special('HSRR0').and(~3n));
}

/** urfid takes S as well. */
function urfid(s: Semantics): void {
  s.require('ultravisor');
  const saved = withProblemState(s.special('USRR1'));
  s.setMsr(insert(s.MSR, saved, RETURNED | HV | S | msrBits('51')), s.special('USRR0').and(~3n));
}

/** mtmsr and mtmsrd: HV, S, ME and LE are out of reach; with L = 1 only EE and RI change. */
function moveToMsr(s: Semantics, reach: bigint): void {
  s.require('privileged');
  const onlyEeAndRi = msrBits('48 62');
  s.if(
    s.n('L1').ne(0),
    () => s.setMsr(insert(s.MSR, s.RS, onlyEeAndRi)),
    () => s.setMsr(insert(s.MSR, withProblemState(s.RS), reach)),
  );
}

// prettier-ignore
export const RETURNS = section('Power ISA 3.0B Book III 3.3.1, urfid by the ultravisor document', [
  insn('rfid',    '010011 ///// ///// ///// 0000010010 /', '',        'Return From Interrupt Doubleword',            rfid),
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

const nothing = (): void => {
  // Caches are not modelled: every store is seen at once, by instruction fetches too.
};
/** A cache operation that must be able to access the block: a byte is loaded. */
const touch = (s: Semantics): void => {
  s.load(s.RA.or0.add(s.RB), 1);
};

/** Bytes of a cache block on POWER9. */
const BLOCK = 128;

// prettier-ignore
export const STORAGE_CONTROL = section('Power ISA 3.0B Book II 4.3 to 4.6', [
  insn('isync',   '010011 ///// ///// ///// 0010010110 /', '',         'Instruction Synchronize',             (s) => s.synchronize()),
  insn('sync',    '011111 /// L2 ///// ///// 1001010110 /', 'L2?',     'Synchronize',                         nothing),
  insn('eieio',   '011111 ///// ///// ///// 1101010110 /', '',         'Enforce In-order Execution of I/O',   nothing),
  insn('dcbf',    '011111 // L3 RA RB 0001010110 /',       'RA0,RB,L3?', 'Data Cache Block Flush',            touch),
  insn('dcbst',   '011111 ///// RA RB 0000110110 /',       'RA0,RB',   'Data Cache Block Store',              touch),
  insn('dcbt',    '011111 TH RA RB 0100010110 /',          'RA0,RB,TH?', 'Data Cache Block Touch',            nothing),
  insn('dcbtst',  '011111 TH RA RB 0011110110 /',          'RA0,RB,TH?', 'Data Cache Block Touch for Store',  nothing),
  insn('dcbz',    '011111 ///// RA RB 1111110110 /',       'RA0,RB',   'Data Cache Block set to Zero',        (s) => {
    const block = s.let(s.RA.or0.add(s.RB).and(~BigInt(BLOCK - 1)));
    for (let offset = 0; offset < BLOCK; offset += 8) s.store(block.add(offset), 8, u64(0));
  }),
  insn('icbi',    '011111 ///// RA RB 1111010110 /',       'RA0,RB',   'Instruction Cache Block Invalidate',  touch),
]);
