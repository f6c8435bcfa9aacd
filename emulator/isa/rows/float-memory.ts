/** Floating-point loads and stores, Power ISA 3.0B Book I 4.6.2 and 4.6.3. POWER9 lacks the pairs (lfdp and its like). */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import type { U64 } from '../values';
import { doubleOf, singleOf } from './float-common';

type Address = (s: Semantics) => U64;
const d: Address = (s) => s.RA.or0.add(s.n('D'));
const x: Address = (s) => s.RA.or0.add(s.RB);

function loadSingle(s: Semantics, ea: U64): void {
  s.requires('FP');
  s.fpr('FRT').set(doubleOf(s, s.load(ea, 4)), 0);
}
function loadDouble(s: Semantics, ea: U64): void {
  s.requires('FP');
  s.fpr('FRT').set(s.load(ea, 8), 0);
}
function storeSingle(s: Semantics, ea: U64): void {
  s.requires('FP');
  s.store(ea, 4, singleOf(s, s.fpr('FRS').hi));
}
function storeDouble(s: Semantics, ea: U64): void {
  s.requires('FP');
  s.store(ea, 8, s.fpr('FRS').hi);
}

/** Update forms with RA = 0 are invalid: taken as an illegal instruction. */
const update =
  (address: Address, transfer: (s: Semantics, ea: U64) => void) =>
  (s: Semantics): void => {
    s.if(s.RA.number.eq(0), () => s.raise('illegal'));
    const ea = s.let(address(s));
    transfer(s, ea);
    s.RA.set(ea);
  };

function loadWord(s: Semantics, signed: boolean): void {
  s.requires('FP');
  s.fpr('FRT').set(s.load(x(s), 4, { signed }), 0);
}
function storeWord(s: Semantics): void {
  s.requires('FP');
  s.store(x(s), 4, s.fpr('FRS').hi);
}

// prettier-ignore
export const FLOAT_MEMORY = section('Power ISA 3.0B Book I 4.6.2 and 4.6.3', [
  insn('lfs',    '110000 FRT RA D',               'FRT,D(RA0)', 'Load Floating-Point Single',                            (s) => loadSingle(s, d(s))),
  insn('lfsu',   '110001 FRT RA D',               'FRT,D(RA)',  'Load Floating-Point Single with Update',                update(d, loadSingle)),
  insn('lfsx',   '011111 FRT RA RB 1000010111 /', 'FRT,RA0,RB', 'Load Floating-Point Single Indexed',                    (s) => loadSingle(s, x(s))),
  insn('lfsux',  '011111 FRT RA RB 1000110111 /', 'FRT,RA,RB',  'Load Floating-Point Single with Update Indexed',        update(x, loadSingle)),
  insn('stfs',   '110100 FRS RA D',               'FRS,D(RA0)', 'Store Floating-Point Single',                           (s) => storeSingle(s, d(s))),
  insn('stfsu',  '110101 FRS RA D',               'FRS,D(RA)',  'Store Floating-Point Single with Update',               update(d, storeSingle)),
  insn('stfsx',  '011111 FRS RA RB 1010010111 /', 'FRS,RA0,RB', 'Store Floating-Point Single Indexed',                   (s) => storeSingle(s, x(s))),
  insn('stfsux', '011111 FRS RA RB 1010110111 /', 'FRS,RA,RB',  'Store Floating-Point Single with Update Indexed',       update(x, storeSingle)),
  insn('lfd',    '110010 FRT RA D',               'FRT,D(RA0)', 'Load Floating-Point Double',                            (s) => loadDouble(s, d(s))),
  insn('lfdu',   '110011 FRT RA D',               'FRT,D(RA)',  'Load Floating-Point Double with Update',                update(d, loadDouble)),
  insn('lfdx',   '011111 FRT RA RB 1001010111 /', 'FRT,RA0,RB', 'Load Floating-Point Double Indexed',                    (s) => loadDouble(s, x(s))),
  insn('lfdux',  '011111 FRT RA RB 1001110111 /', 'FRT,RA,RB',  'Load Floating-Point Double with Update Indexed',        update(x, loadDouble)),
  insn('stfd',   '110110 FRS RA D',               'FRS,D(RA0)', 'Store Floating-Point Double',                           (s) => storeDouble(s, d(s))),
  insn('stfdu',  '110111 FRS RA D',               'FRS,D(RA)',  'Store Floating-Point Double with Update',               update(d, storeDouble)),
  insn('stfdx',  '011111 FRS RA RB 1011010111 /', 'FRS,RA0,RB', 'Store Floating-Point Double Indexed',                   (s) => storeDouble(s, x(s))),
  insn('stfdux', '011111 FRS RA RB 1011110111 /', 'FRS,RA,RB',  'Store Floating-Point Double with Update Indexed',       update(x, storeDouble)),
  insn('lfiwax', '011111 FRT RA RB 1101010111 /', 'FRT,RA0,RB', 'Load Floating-Point as Integer Word Algebraic Indexed', (s) => loadWord(s, true)),
  insn('lfiwzx', '011111 FRT RA RB 1101110111 /', 'FRT,RA0,RB', 'Load Floating-Point as Integer Word and Zero Indexed',  (s) => loadWord(s, false)),
  insn('stfiwx', '011111 FRS RA RB 1111010111 /', 'FRS,RA0,RB', 'Store Floating-Point as Integer Word Indexed',          storeWord),
]);
