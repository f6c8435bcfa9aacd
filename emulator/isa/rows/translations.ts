/**
 * Invalidation of translations, and the segment lookaside buffer: Power ISA 3.0B Book III 5.9.3.
 *
 * The machine translates by radix trees only. It has no segments: the buffer is empty, and stays so.
 */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { sprMask } from '../sprs';

/** LPCR.GTSE lets the operating system invalidate its own translations. */
const GTSE = sprMask('LPCR', 'GTSE');
/** LPCR.HR: the hypervisor uses radix trees. */
const HR = sprMask('LPCR', 'HR');

/** RB with RIC, PRS and R in its four lowest bits, which are reserved for radix translations. */
const described = (s: Semantics) => s.RB.and(~31n).or(s.n('RIC').shl(2)).or(s.n('PRS').shl(1)).or(s.n('RTR'));

/** The hypervisor's, or with LPCR.GTSE the operating system's. */
function tlbie(s: Semantics): void {
  s.require('privileged');
  s.if(s.special('LPCR').and(GTSE).eq(0), () => s.require('hypervisor'));
  s.system('tlbie', described(s), s.RS);
}

/** The operating system may invalidate its process-scoped translations under a radix hypervisor. */
function tlbiel(s: Semantics): void {
  s.require('privileged');
  const own = s.n('PRS').ne(0).or(s.special('LPCR').and(HR).eq(0));
  s.if(own.not(), () => s.require('hypervisor'));
  s.system('tlbiel', described(s), s.RS);
}

// prettier-ignore
export const TRANSLATIONS = section('Power ISA 3.0B Book III 5.9.3.3', [
  insn('tlbie',   '011111 RS / RIC PRS RTR RB 0100110010 /', 'RB,RS,RIC?,PRS?,RTR?', 'TLB Invalidate Entry', tlbie),
  insn('tlbiel',  '011111 RS / RIC PRS RTR RB 0100010010 /', 'RB,RS?,RIC?,PRS?,RTR?', 'TLB Invalidate Entry Local', tlbiel),
  insn('tlbsync', '011111 ///// ///// ///// 1000110110 /', '',         'TLB Synchronize',        (s) => { s.require('privileged'); s.if(s.special('LPCR').and(GTSE).eq(0), () => s.require('hypervisor')); }),
]);

/** Invalidates what the processor has cached of its translations. */
function forget(s: Semantics): void {
  s.require('privileged');
  s.system('slbia', 0);
}

/** Reads of an empty buffer. */
function nothingThere(s: Semantics): void {
  s.require('privileged');
  s.RT.set(0);
}

// prettier-ignore
export const SEGMENTS = section('Power ISA 3.0B Book III 5.9.3.2', [
  insn('slbie',   '011111 ///// ///// RB 0110110010 /',    'RB',       'SLB Invalidate Entry',                forget),
  insn('slbieg',  '011111 RS ///// RB 0111010010 /',       'RS,RB',    'SLB Invalidate Entry Global',         forget),
  insn('slbia',   '011111 // IH ///// ///// 0111110010 /', 'IH?',      'SLB Invalidate All',                  forget),
  insn('slbiag',  '011111 RS ///// ///// 1101010010 /',    'RS',       'SLB Invalidate All Global',           forget),
  insn('slbmte',  '011111 RS ///// RB 0110010010 /',       'RS,RB',    'SLB Move To Entry',                   (s) => s.require('privileged')),
  insn('slbmfev', '011111 RT //// L1 RB 1101010011 /',     'RT,RB,L1?', 'SLB Move From Entry VSID',           nothingThere),
  insn('slbmfee', '011111 RT //// L1 RB 1110010011 /',     'RT,RB,L1?', 'SLB Move From Entry ESID',           nothingThere),
  insn('slbfee.', '011111 RT ///// RB 1111010011 1',       'RT,RB',    'SLB Find Entry ESID',                 (s) => { nothingThere(s); s.setCrField(0, s.XER.shru(31).and(1)); }),
  insn('slbsync', '011111 ///// ///// ///// 0101010010 /', '',         'SLB Synchronize',                     (s) => s.require('privileged')),
]);
