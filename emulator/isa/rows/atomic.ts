/**
 * Atomic operations that memory does by itself, and copy and paste: Power ISA 3.0B Book II 4.5 and 4.4.
 *
 * The function code of an atomic instruction is an operand; what a code does is a table here. One thread executes at a
 * time, so that a load and a store after it are atomic.
 */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import type { Bit, U64 } from '../values';

type Size = 4 | 8;

/** A new value of memory from the old one and the register; both are zero-extended. */
type Combine = (memory: U64, register: U64, signed: (value: U64) => U64) => U64;

/** Function codes that loads and stores have in common. */
// prettier-ignore
const COMBINE: readonly (readonly [code: number, combine: Combine])[] = [
  [0b00000, (m, r) => m.add(r)],
  [0b00001, (m, r) => m.xor(r)],
  [0b00010, (m, r) => m.or(r)],
  [0b00011, (m, r) => m.and(r)],
  [0b00100, (m, r) => m.geu(r).choose(m, r)],
  [0b00101, (m, r, signed) => signed(m).gts(signed(r)).choose(m, r)],
  [0b00110, (m, r) => m.leu(r).choose(m, r)],
  [0b00111, (m, r, signed) => signed(m).lts(signed(r)).choose(m, r)],
];
const COMMON = COMBINE.map(([code]) => code);
const SWAP = 0b01000;
const COMPARE_AND_SWAP_NOT_EQUAL = 0b10000;
/** Codes whose second operand is the neighbour in memory: where it lies, what is added, whether they must be equal. */
const BOUNDED = [
  { code: 0b11000, neighbour: 1, step: 1, whenEqual: false },
  { code: 0b11001, neighbour: 1, step: 1, whenEqual: true },
  { code: 0b11100, neighbour: -1, step: -1, whenEqual: false },
] as const;
const STORE_TWIN = 0b11000;

/** The address: aligned, or an Alignment interrupt; the function code: one of these, or a Data Storage interrupt. */
function address(s: Semantics, size: Size, codes: readonly number[]): U64 {
  const ea = s.let(s.RA.or0);
  const fc = s.n('FC');
  const [first = 0, ...others] = codes;
  const known = others.reduce((any, code) => any.or(fc.eq(code)), fc.eq(first));
  s.if(known.not(), () => s.raise('atomic-function', ea));
  s.if(ea.and(size - 1).ne(0), () => s.raise('alignment', ea));
  return ea;
}

/** Two operands in memory lie in one aligned block of 32 bytes, or an Alignment interrupt. */
function inOneBlock(s: Semantics, ea: U64, neighbour: U64): void {
  s.if(ea.xor(neighbour).geu(32), () => s.raise('alignment', ea));
}

const low =
  (size: Size) =>
  (value: U64): U64 =>
    size === 8 ? value : value.extu32();
const signed =
  (size: Size) =>
  (value: U64): U64 =>
    size === 8 ? value : value.exts32();

function atomicLoad(s: Semantics, size: Size): void {
  const ea = address(s, size, [...COMMON, SWAP, COMPARE_AND_SWAP_NOT_EQUAL, ...BOUNDED.map(({ code }) => code)]);
  const is = (code: number): Bit => s.n('FC').eq(code);
  /** The registers behind RT, r0 behind r31. */
  const behind = (n: number): U64 => low(size)(s.gprAt(s.RT.number.add(n).and(31)));
  const memory = s.load(ea, size);
  const register = s.let(behind(1));
  const [changed, change] = s.variable(memory);
  const [result, setResult] = s.variable(memory);
  for (const [code, combine] of COMBINE) s.if(is(code), () => change(combine(memory, register, signed(size))));
  s.if(is(SWAP), () => change(register));
  s.if(is(COMPARE_AND_SWAP_NOT_EQUAL), () => change(memory.ne(register).choose(behind(2), memory)));
  for (const { code, neighbour, step, whenEqual } of BOUNDED) {
    s.if(is(code), () => {
      const other = s.let(ea.add(neighbour * size));
      inOneBlock(s, ea, other);
      const equal = memory.eq(s.load(other, size));
      s.if(
        whenEqual ? equal : equal.not(),
        () => change(memory.add(step)),
        () => setResult(memory.and(0).or(1n << BigInt(8 * size - 1))),
      );
    });
  }
  s.store(ea, size, changed);
  s.RT.set(result);
}

function atomicStore(s: Semantics, size: Size): void {
  const ea = address(s, size, [...COMMON, STORE_TWIN]);
  const memory = s.load(ea, size);
  const register = s.let(low(size)(s.RS));
  const [changed, change] = s.variable(memory);
  for (const [code, combine] of COMBINE) {
    s.if(s.n('FC').eq(code), () => change(combine(memory, register, signed(size))));
  }
  s.if(s.n('FC').eq(STORE_TWIN), () => {
    const twin = s.let(ea.add(size));
    inOneBlock(s, ea, twin);
    s.if(memory.eq(s.load(twin, size)), () => {
      change(register);
      s.store(twin, size, register);
    });
  });
  s.store(ea, size, changed);
}

// prettier-ignore
export const ATOMIC = section('Power ISA 3.0B Book II 4.5', [
  insn('lwat',   '011111 RT RA FC 1001000110 /',   'RT,RA0,FC',  'Load Word Atomic',          (s) => atomicLoad(s, 4)),
  insn('ldat',   '011111 RT RA FC 1001100110 /',   'RT,RA0,FC',  'Load Doubleword Atomic',    (s) => atomicLoad(s, 8)),
  insn('stwat',  '011111 RS RA FC 1011000110 /',   'RS,RA0,FC',  'Store Word Atomic',         (s) => atomicStore(s, 4)),
  insn('stdat',  '011111 RS RA FC 1011100110 /',   'RS,RA0,FC',  'Store Doubleword Atomic',   (s) => atomicStore(s, 8)),
]);

/** The operand of copy and paste: a block of 128 bytes, or an Alignment interrupt. */
function block(s: Semantics): U64 {
  const ea = s.let(s.RA.or0.add(s.RB));
  s.if(ea.and(127).ne(0), () => s.raise('alignment', ea));
  return ea;
}

// There is no accelerator to paste to: no paste succeeds, and so nothing of what was copied is ever seen.
// prettier-ignore
export const COPY_PASTE = section('Power ISA 3.0B Book II 4.4', [
  insn('copy',    '011111 //// 1 RA RB 1100000110 /', 'RA0,RB',    'Copy',                      (s) => { s.load(block(s), 8); }),
  insn('paste.',  '011111 //// 1 RA RB 1110000110 1', 'RA0,RB',    'Paste',                     (s) => { block(s); s.setCrField(0, s.XER.shru(31).and(1)); }),
  insn('cpabort', '011111 ///// ///// ///// 1101000110 /', '',    'Copy-Paste Abort',          () => { /* nothing is ever under way */ }),
]);
