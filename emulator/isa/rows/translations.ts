/**
 * Invalidation of translations, and the segment lookaside buffer: Power ISA 3.0B Book III 5.9.3.
 *
 * The machine's translations end when the tables change from which they were made (cpu/table-watch.ts), so that nothing is
 * left for software to invalidate. It translates by radix trees only and has no segments: the segment lookaside buffer is
 * empty, and stays so.
 */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { sprMask } from '../sprs';

/** LPCR.GTSE lets the operating system invalidate its own translations. */
const GTSE = sprMask('LPCR', 'GTSE');
/** LPCR.HR: the hypervisor uses radix trees. */
const HR = sprMask('LPCR', 'HR');

/** The hypervisor's, or with LPCR.GTSE the operating system's. */
function tlbie(s: Semantics): void {
  s.require('privileged');
  s.if(s.special('LPCR').and(GTSE).eq(0), () => s.require('hypervisor'));
  s.synchronize();
}

/** The operating system may invalidate its process-scoped translations under a radix hypervisor. */
function tlbiel(s: Semantics): void {
  s.require('privileged');
  const own = s.n('PRS').ne(0).or(s.special('LPCR').and(HR).eq(0));
  s.if(own.not(), () => s.require('hypervisor'));
  s.synchronize();
}

// prettier-ignore
export const TRANSLATIONS = section('Power ISA 3.0B Book III 5.9.3.3', [
  insn('tlbie',   '011111 RS / RIC PRS RTR RB 0100110010 /', 'RB,RS,RIC?,PRS?,RTR?', 'TLB Invalidate Entry', tlbie),
  insn('tlbiel',  '011111 RS / RIC PRS RTR RB 0100010010 /', 'RB,RS?,RIC?,PRS?,RTR?', 'TLB Invalidate Entry Local', tlbiel),
  insn('tlbsync', '011111 ///// ///// ///// 1000110110 /', '',         'TLB Synchronize',        (s) => { s.require('privileged'); s.if(s.special('LPCR').and(GTSE).eq(0), () => s.require('hypervisor')); }),
]);

/** Of an empty buffer. */
function invalidate(s: Semantics): void {
  s.require('privileged');
  s.synchronize();
}

/** Reads of an empty buffer. */
function nothingThere(s: Semantics): void {
  s.require('privileged');
  s.RT.set(0);
}

// prettier-ignore
export const SEGMENTS = section('Power ISA 3.0B Book III 5.9.3.2', [
  insn('slbie',   '011111 ///// ///// RB 0110110010 /',    'RB',       'SLB Invalidate Entry',                invalidate),
  insn('slbieg',  '011111 RS ///// RB 0111010010 /',       'RS,RB',    'SLB Invalidate Entry Global',         invalidate),
  insn('slbia',   '011111 // IH ///// ///// 0111110010 /', 'IH?',      'SLB Invalidate All',                  invalidate),
  insn('slbiag',  '011111 RS ///// ///// 1101010010 /',    'RS',       'SLB Invalidate All Global',           invalidate),
  insn('slbmte',  '011111 RS ///// RB 0110010010 /',       'RS,RB',    'SLB Move To Entry',                   (s) => s.require('privileged')),
  insn('slbmfev', '011111 RT //// L1 RB 1101010011 /',     'RT,RB,L1?', 'SLB Move From Entry VSID',           nothingThere),
  insn('slbmfee', '011111 RT //// L1 RB 1110010011 /',     'RT,RB,L1?', 'SLB Move From Entry ESID',           nothingThere),
  insn('slbfee.', '011111 RT ///// RB 1111010011 1',       'RT,RB',    'SLB Find Entry ESID',                 (s) => { nothingThere(s); s.setCrField(0, s.XER.shru(31).and(1)); }),
  insn('slbsync', '011111 ///// ///// ///// 0101010010 /', '',         'SLB Synchronize',                     (s) => s.require('privileged')),
]);
