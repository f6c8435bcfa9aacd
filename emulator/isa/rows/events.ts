/** Event-based branches and the branch history: Power ISA 3.0B Book II 6, Book I 2.7 and Book III 9.5. */
import { insn, section } from '../row';
import { u64 } from '../values';

/** BESCR.GE: event-based branches are enabled. */
const GE = 1n << 63n;

// The branch history buffer records nothing: its entries are 0, which ends the history.
// prettier-ignore
export const EVENTS = section('Power ISA 3.0B Book II 6.3, Book I 2.7', [
  insn('rfebb',   '010011 ///// ///// //// SE 0010010010 /', 'SE=1',   'Return From Event-Based Branch',      (s) => {
    s.requires('EBB');
    s.special('BESCR').set(s.special('BESCR').and(~GE).or(s.n('SE').shl(63)));
    s.goto(s.special('EBBRR').and(~3n));
  }),
  insn('clrbhrb', '011111 ///// ///// ///// 0110101110 /', '',         'Clear BHRB',                          (s) => s.requires('BHRB')),
  insn('mfbhrbe', '011111 RT BHRBE 0100101110 /',          'RT,BHRBE', 'Move From BHRB Entry',                (s) => { s.requires('BHRB'); s.RT.set(u64(0)); }),
]);
