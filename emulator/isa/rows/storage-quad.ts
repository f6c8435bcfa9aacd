/**
 * Loads and stores of quadwords and strings, and the loads and stores that only the hypervisor may do: Power ISA 3.0B
 * Book I 3.3.4 and 3.3.7, Book II 4.6.2, Book III 4.4.1.
 */
import type { AccessSize } from '../ir';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { u64, type U64 } from '../values';

const x = (s: Semantics): U64 => s.RA.or0.add(s.RB);

/** An operand of 16 bytes: aligned, or an Alignment interrupt. */
function alignedQuad(s: Semantics, address: U64): U64 {
  const ea = s.let(address);
  s.if(ea.and(15).ne(0), () => s.raise('alignment', ea));
  return ea;
}

/** A register pair begins at an even register, and no load may overwrite its own address: else an invalid form. */
function pair(s: Semantics, first: U64, addresses: readonly U64[] = []): void {
  const invalid = addresses.reduce((any, register) => any.or(register.eq(first)), first.and(1).ne(0));
  s.if(invalid, () => s.raise('illegal'));
}

/**
 * Offset of the doubleword that belongs to the even register. It is the high half of the quadword: behind the other one
 * in little-endian mode.
 */
const highOffset = (s: Semantics): U64 => s.le.choose(8, 0);

function loadPair(s: Semantics, ea: U64): void {
  const first = s.RT.number;
  const high = s.load(ea.add(highOffset(s)), 8);
  const low = s.load(ea.add(highOffset(s).xor(8)), 8);
  s.setGprAt(first, high);
  s.setGprAt(first.or(1), low);
}

function storePair(s: Semantics, ea: U64): void {
  const first = s.RS.number;
  s.store(ea.add(highOffset(s)), 8, s.gprAt(first));
  s.store(ea.add(highOffset(s).xor(8)), 8, s.gprAt(first.or(1)));
}

/** What the reservation holds: its address in the granule, and its length. */
const reserved = (ea: U64): U64 => ea.or(1n << 63n).xor(15);

// prettier-ignore
export const QUADWORD = section('Power ISA 3.0B Book I 3.3.4, Book II 4.6.2', [
  insn('lq',     '111000 RT RA DQ ////',           'RT,DQ(RA0)', 'Load Quadword',                              (s) => {
    pair(s, s.RT.number, [s.RA.number]);
    loadPair(s, alignedQuad(s, s.RA.or0.add(s.n('DQ'))));
  }),
  insn('stq',    '111110 RS RA DS 10',             'RS,DS(RA0)', 'Store Quadword',                             (s) => {
    pair(s, s.RS.number);
    storePair(s, alignedQuad(s, s.RA.or0.add(s.n('DS'))));
  }),
  insn('lqarx',  '011111 RT RA RB 0100010100 EH',  'RT,RA0,RB,EH?', 'Load Quadword And Reserve Indexed',       (s) => {
    pair(s, s.RT.number, [s.RA.number, s.RB.number]);
    const ea = alignedQuad(s, x(s));
    loadPair(s, ea);
    s.reservation.set(reserved(ea));
  }),
  insn('stqcx.', '011111 RS RA RB 0010110110 1',   'RS,RA0,RB',  'Store Quadword Conditional Indexed',         (s) => {
    pair(s, s.RS.number);
    const ea = alignedQuad(s, x(s));
    const held = s.let(s.reservation.eq(reserved(ea)).u64());
    s.if(held.ne(0), () => storePair(s, ea));
    s.reservation.set(0);
    s.setCrField(0, held.shl(1).or(s.XER.shru(31).and(1)));
  }),
]);

/** Which way the bytes of a string go. */
type Transfer = 'load' | 'store';

/**
 * A string of bytes in the low words of successive registers, r0 behind r31, each word from its left.
 */
function string(s: Semantics, how: Transfer, address: U64, count: U64): void {
  const start = s.let(address);
  const [ea, setEa] = s.variable(start);
  const [left, setLeft] = s.variable(count);
  const [register, setRegister] = s.variable(how === 'load' ? s.RT.number : s.RS.number);
  const [shift, setShift] = s.variable(u64(24));
  s.while(left.ne(0), () => {
    if (how === 'store') s.store(ea, 1, s.gprAt(register).shru(shift));
    else {
      const byte = s.load(ea, 1);
      // The first byte of a word clears the others.
      s.setGprAt(register, shift.eq(24).choose(0, s.gprAt(register)).or(byte.shl(shift)));
    }
    setEa(ea.add(1));
    setLeft(left.sub(1));
    setRegister(shift.eq(0).choose(register.add(1).and(31), register));
    setShift(shift.sub(8).and(31));
  });
}

/** A load must not reach the registers of its address: an invalid form. */
function outOfReach(s: Semantics, count: U64, addresses: readonly U64[]): void {
  const registers = s.let(count.add(3).shru(2));
  for (const address of addresses) {
    s.if(address.sub(s.RT.number).and(31).ltu(registers), () => s.raise('illegal'));
  }
}

/** Strings are not for little-endian mode: an Alignment interrupt (Book I 3.3.7). */
function bigEndian(s: Semantics, address: U64): void {
  s.if(s.le, () => s.raise('alignment', address));
}

/** NB, in which 0 stands for 32. */
const immediateCount = (s: Semantics): U64 => s.let(s.n('NB').sub(1).and(31).add(1));
const xerCount = (s: Semantics): U64 => s.let(s.XER.and(127));

// prettier-ignore
export const STRINGS = section('Power ISA 3.0B Book I 3.3.7', [
  insn('lswi',   '011111 RT RA NB 1001010101 /',   'RT,RA0,NB',  'Load String Word Immediate',                 (s) => { bigEndian(s, s.RA.or0); const n = immediateCount(s); outOfReach(s, n, [s.RA.number]); string(s, 'load', s.RA.or0, n); }),
  insn('lswx',   '011111 RT RA RB 1000010101 /',   'RT,RA0,RB',  'Load String Word Indexed',                   (s) => { bigEndian(s, x(s)); const n = xerCount(s); outOfReach(s, n, [s.RA.number, s.RB.number]); string(s, 'load', x(s), n); }),
  insn('stswi',  '011111 RS RA NB 1011010101 /',   'RS,RA0,NB',  'Store String Word Immediate',                (s) => { bigEndian(s, s.RA.or0); string(s, 'store', s.RA.or0, immediateCount(s)); }),
  insn('stswx',  '011111 RS RA RB 1010010101 /',   'RS,RA0,RB',  'Store String Word Indexed',                  (s) => { bigEndian(s, x(s)); string(s, 'store', x(s), xerCount(s)); }),
]);

/** The hypervisor's access past the caches, in real mode only: with MSR.DR = 1 a Data Storage interrupt. */
function inhibited(s: Semantics): U64 {
  s.require('hypervisor');
  const ea = s.let(x(s));
  s.if(s.MSR.bit(59), () => s.raise('cache-inhibited', ea));
  return ea;
}
const loadInhibited =
  (size: AccessSize) =>
  (s: Semantics): void =>
    s.RT.set(s.load(inhibited(s), size));
const storeInhibited =
  (size: AccessSize) =>
  (s: Semantics): void =>
    s.store(inhibited(s), size, s.RS);

// prettier-ignore
export const CACHE_INHIBITED = section('Power ISA 3.0B Book III 4.4.1', [
  insn('lbzcix', '011111 RT RA RB 1101010101 /',   'RT,RA0,RB',  'Load Byte and Zero Caching Inhibited Indexed',     loadInhibited(1)),
  insn('lhzcix', '011111 RT RA RB 1100110101 /',   'RT,RA0,RB',  'Load Halfword and Zero Caching Inhibited Indexed', loadInhibited(2)),
  insn('lwzcix', '011111 RT RA RB 1100010101 /',   'RT,RA0,RB',  'Load Word and Zero Caching Inhibited Indexed',     loadInhibited(4)),
  insn('ldcix',  '011111 RT RA RB 1101110101 /',   'RT,RA0,RB',  'Load Doubleword Caching Inhibited Indexed',        loadInhibited(8)),
  insn('stbcix', '011111 RS RA RB 1111010101 /',   'RS,RA0,RB',  'Store Byte Caching Inhibited Indexed',             storeInhibited(1)),
  insn('sthcix', '011111 RS RA RB 1110110101 /',   'RS,RA0,RB',  'Store Halfword Caching Inhibited Indexed',         storeInhibited(2)),
  insn('stwcix', '011111 RS RA RB 1110010101 /',   'RS,RA0,RB',  'Store Word Caching Inhibited Indexed',             storeInhibited(4)),
  insn('stdcix', '011111 RS RA RB 1111110101 /',   'RS,RA0,RB',  'Store Doubleword Caching Inhibited Indexed',       storeInhibited(8)),
]);
