/**
 * Caches, barriers and waiting: Power ISA 3.0B Book II 4.3 and 4.6. Caches are not modelled: every store is seen at once,
 * by instruction fetches too, so that a hint does nothing and a cache operation only needs the right to access.
 */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { u64 } from '../values';

const nothing = (): void => {
  // A hint, or an order that this machine keeps anyway.
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
  insn('icbt',    '011111 CT RA RB 0000010110 /',          'CT?,RA0,RB', 'Instruction Cache Block Touch',     nothing),
  insn('wait',    '011111 /// WC ///// ///// 0000011110 /', 'WC?',     'Wait',                                (s) => s.system('wait', s.n('WC'))),
]);

// Data streams of older processors: the assembler has them for vectors, POWER9 executes them as no operations.
// prettier-ignore
export const DATA_STREAMS = section('AltiVec Technology Programming Environments, no operations on POWER9', [
  insn('dst',     '011111 0 // STRM RA RB 0101010110 /',   'RA,RB,STRM', 'Data Stream Touch',                 nothing),
  insn('dstt',    '011111 1 // STRM RA RB 0101010110 /',   'RA,RB,STRM', 'Data Stream Touch Transient',       nothing),
  insn('dstst',   '011111 0 // STRM RA RB 0101110110 /',   'RA,RB,STRM', 'Data Stream Touch for Store',       nothing),
  insn('dststt',  '011111 1 // STRM RA RB 0101110110 /',   'RA,RB,STRM', 'Data Stream Touch for Store Transient', nothing),
  insn('dss',     '011111 0 // STRM ///// ///// 1100110110 /', 'STRM', 'Data Stream Stop',                    nothing),
  insn('dssall',  '011111 1 // // ///// ///// 1100110110 /', '',       'Data Stream Stop All',                nothing),
]);
