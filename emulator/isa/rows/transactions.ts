/**
 * Transactional memory: Power ISA 3.0B Book II 5 and Book III 3.3.
 *
 * No transaction ever begins: tbegin. fails at once, as it may when there is no room for one, and says that it will fail
 * again. So the state is always Non-transactional, and what the other instructions do in it is all they do.
 */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import type { U64 } from '../values';

/** TEXASR of such a failure: it persists, the nesting depth is too much, the summary bit, and TFIAR is exact. */
const FAILURE = [7, 9, 36, 37].reduce((mask, n) => mask | (1n << BigInt(63 - n)), 0n);
/** MSR.HV and MSR.PR in TEXASR and in the low bits of TFIAR. */
const privilege = (s: Semantics): U64 => s.MSR.shru(59).and(2).or(s.MSR.shru(14).and(1));

/** CR0 of a transaction that failed: the handler goes on here. */
const FAILED = 0b1010;

function begin(s: Semantics): void {
  s.requires('TM');
  const state = s.let(privilege(s));
  s.special('TEXASR').set(state.shl(28).or(FAILURE));
  s.special('TFIAR').set(s.CIA.or(state));
  s.special('TFHAR').set(s.CIA.add(4));
  s.setCrField(0, state.and(0).or(FAILED));
}

/** Nothing to end, abort or suspend: CR0 gets the state, which is 0. */
function outside(s: Semantics): void {
  s.requires('TM');
  s.setCrField(0, s.CIA.and(0));
}

/** Only a transaction can be reclaimed, and there is none to go on with. */
function notInTransaction(s: Semantics): void {
  s.require('privileged');
  s.requires('TM');
  s.raise('tm-bad-thing');
}

// prettier-ignore
export const TRANSACTIONS = section('Power ISA 3.0B Book II 5.5, Book III 3.3.3', [
  insn('tbegin.',    '011111 //// L ///// ///// 1010001110 1', 'L?',      'Transaction Begin',                          begin),
  insn('tend.',      '011111 ATM //// ///// ///// 1010101110 1', 'ATM?',  'Transaction End',                            outside),
  insn('tcheck',     '011111 BF // ///// ///// 1011001110 /', 'BF',       'Transaction Check',                          (s) => { s.requires('TM'); s.setCrField(s.n('BF'), s.CIA.and(0).or(0b1000)); }),
  insn('tsr.',       '011111 //// L ///// ///// 1011101110 1', 'L',       'Transaction Suspend or Resume',              outside),
  insn('tabort.',    '011111 ///// RA ///// 1110001110 1',    'RA',       'Transaction Abort',                          outside),
  insn('tabortwc.',  '011111 TO RA RB 1100001110 1',          'TO,RA,RB', 'Transaction Abort Word Conditional',         outside),
  insn('tabortwci.', '011111 TO RA SIT 1101001110 1',         'TO,RA,SIT', 'Transaction Abort Word Conditional Immediate', outside),
  insn('tabortdc.',  '011111 TO RA RB 1100101110 1',          'TO,RA,RB', 'Transaction Abort Doubleword Conditional',   outside),
  insn('tabortdci.', '011111 TO RA SIT 1101101110 1',         'TO,RA,SIT', 'Transaction Abort Doubleword Conditional Immediate', outside),
  insn('treclaim.',  '011111 ///// RA ///// 1110101110 1',    'RA',       'Transaction Reclaim',                        notInTransaction),
  insn('trechkpt.',  '011111 ///// ///// ///// 1111101110 1', '',         'Transaction Recheckpoint',                   notInTransaction),
]);
