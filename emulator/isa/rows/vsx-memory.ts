/**
 * Loads and stores of vector-scalar registers, Power ISA 3.0B Book I 7.6.
 *
 * Which facility an instruction needs differs: older ones always VSX; those with a V operand vectors; those of 3.0 that
 * move whole registers VSX for VSR 0 to 31 and vectors for 32 to 63.
 */
import { insn, section } from '../row';
import type { Semantics, Vsr } from '../semantics';
import { type U64, u64 } from '../values';
import { type Quad, quad } from './vector-forms';
import { doubleOfSingle, singleOfDouble } from './single';
import { loadElements, loadQuad, storeElements, storeQuad } from './vsx-quad';
import { requiresByHalf } from './vsx-forms';

/** Checks the facility; names the register and the address. */
type Place = (s: Semantics) => { readonly register: Vsr; readonly ea: U64 };

const indexed = (s: Semantics): U64 => s.let(s.RA.or0.add(s.RB));

/** X-form of VSX. */
const scalar =
  (field: string): Place =>
  (s) => {
    s.requires('VSX');
    return { register: s.vsrOf(field), ea: indexed(s) };
  };
/** X-form that needs VSX or vectors by the register. */
const either =
  (field: string): Place =>
  (s) => {
    requiresByHalf(s, field);
    return { register: s.vsrOf(field), ea: indexed(s) };
  };
/** The same at RA alone: RB has the length. */
const withLength =
  (field: string): Place =>
  (s) => {
    requiresByHalf(s, field);
    return { register: s.vsrOf(field), ea: s.let(s.RA.or0) };
  };
const dqEither =
  (field: string): Place =>
  (s) => {
    requiresByHalf(s, field);
    return { register: s.vsrOf(field), ea: s.let(s.RA.or0.add(s.n('DQ'))) };
  };
/** DS-form with a vector register. */
const dsVector =
  (field: string): Place =>
  (s) => {
    s.requires('VEC');
    return { register: s.vr(field), ea: s.let(s.RA.or0.add(s.n('DS'))) };
  };

/** A scalar goes to doubleword 0; doubleword 1 becomes 0. */
const loadScalar =
  (place: Place, value: (s: Semantics, ea: U64) => U64) =>
  (s: Semantics): void => {
    const { register, ea } = place(s);
    register.set(value(s, ea), 0);
  };
const single = (s: Semantics, ea: U64): U64 => doubleOfSingle(s, s.load(ea, 4));

const storeScalar =
  (place: Place, size: 1 | 2 | 4 | 8) =>
  (s: Semantics): void => {
    const { register, ea } = place(s);
    s.store(ea, size, register.hi);
  };
const storeSingle =
  (place: Place) =>
  (s: Semantics): void => {
    const { register, ea } = place(s);
    s.store(ea, 4, singleOfDouble(s, register.hi));
  };

// prettier-ignore
export const VSX_SCALAR_MEMORY = section('Power ISA 3.0B Book I 7.6, scalar storage access', [
  insn('lxsd',    '111001 VRT RA DS 10',           'VRT,DS(RA0)', 'Load VSX Scalar Doubleword',                           loadScalar(dsVector('VRT'), (s, ea) => s.load(ea, 8))),
  insn('lxssp',   '111001 VRT RA DS 11',           'VRT,DS(RA0)', 'Load VSX Scalar Single-Precision',                     loadScalar(dsVector('VRT'), single)),
  insn('lxsdx',   '011111 XT RA RB 1001001100 XT', 'XT,RA0,RB',   'Load VSX Scalar Doubleword Indexed',                   loadScalar(scalar('XT'), (s, ea) => s.load(ea, 8))),
  insn('lxsspx',  '011111 XT RA RB 1000001100 XT', 'XT,RA0,RB',   'Load VSX Scalar Single-Precision Indexed',             loadScalar(scalar('XT'), single)),
  insn('lxsibzx', '011111 XT RA RB 1100001101 XT', 'XT,RA0,RB',   'Load VSX Scalar as Integer Byte and Zero Indexed',     loadScalar(scalar('XT'), (s, ea) => s.load(ea, 1))),
  insn('lxsihzx', '011111 XT RA RB 1100101101 XT', 'XT,RA0,RB',   'Load VSX Scalar as Integer Halfword and Zero Indexed', loadScalar(scalar('XT'), (s, ea) => s.load(ea, 2))),
  insn('lxsiwax', '011111 XT RA RB 0001001100 XT', 'XT,RA0,RB',   'Load VSX Scalar as Integer Word Algebraic Indexed',    loadScalar(scalar('XT'), (s, ea) => s.load(ea, 4, { signed: true }))),
  insn('lxsiwzx', '011111 XT RA RB 0000001100 XT', 'XT,RA0,RB',   'Load VSX Scalar as Integer Word and Zero Indexed',     loadScalar(scalar('XT'), (s, ea) => s.load(ea, 4))),
  insn('stxsd',   '111101 VRS RA DS 10',           'VRS,DS(RA0)', 'Store VSX Scalar Doubleword',                          storeScalar(dsVector('VRS'), 8)),
  insn('stxssp',  '111101 VRS RA DS 11',           'VRS,DS(RA0)', 'Store VSX Scalar Single-Precision',                    storeSingle(dsVector('VRS'))),
  insn('stxsdx',  '011111 XS RA RB 1011001100 XS', 'XS,RA0,RB',   'Store VSX Scalar Doubleword Indexed',                  storeScalar(scalar('XS'), 8)),
  insn('stxsspx', '011111 XS RA RB 1010001100 XS', 'XS,RA0,RB',   'Store VSX Scalar Single-Precision Indexed',            storeSingle(scalar('XS'))),
  insn('stxsibx', '011111 XS RA RB 1110001101 XS', 'XS,RA0,RB',   'Store VSX Scalar as Integer Byte Indexed',             storeScalar(scalar('XS'), 1)),
  insn('stxsihx', '011111 XS RA RB 1110101101 XS', 'XS,RA0,RB',   'Store VSX Scalar as Integer Halfword Indexed',         storeScalar(scalar('XS'), 2)),
  insn('stxsiwx', '011111 XS RA RB 0010001100 XS', 'XS,RA0,RB',   'Store VSX Scalar as Integer Word Indexed',             storeScalar(scalar('XS'), 4)),
]);

const load =
  (place: Place, value: (s: Semantics, ea: U64) => Quad) =>
  (s: Semantics): void => {
    const { register, ea } = place(s);
    const { hi, lo } = value(s, ea);
    register.set(hi, lo);
  };
const store =
  (place: Place, write: (s: Semantics, ea: U64, value: Quad) => void) =>
  (s: Semantics): void => {
    const { register, ea } = place(s);
    write(s, ea, register);
  };

const both = (value: U64): Quad => quad(value, value);

/** How many bytes RB asks for in its bits 0:7: 16 at most. */
function length(s: Semantics): U64 {
  const bytes = s.RB.shru(56);
  return s.let(bytes.ltu(16).choose(bytes, 16));
}

/** Where byte `offset` of memory lies in the register, in bits from the right. */
type Justify = (s: Semantics, offset: U64) => U64;
const fromLeft: Justify = (_, offset) => u64(15).sub(offset).shl(3);
/** As the byte order has it: the first byte is the rightmost one in little-endian mode. */
const byOrder: Justify = (s, offset) => s.le.choose(offset.shl(3), fromLeft(s, offset));

/** As many bytes as RB says, one by one: no byte behind them is touched. The rest of the register becomes 0. */
const loadBytes =
  (justify: Justify) =>
  (s: Semantics, ea: U64): Quad => {
    const count = length(s);
    const [offset, setOffset] = s.variable(0);
    const [hi, setHi] = s.variable(0);
    const [lo, setLo] = s.variable(0);
    s.while(offset.ltu(count), () => {
      const at = s.let(justify(s, offset));
      const byte = s.let(s.load(ea.add(offset), 1).shl(at));
      setHi(hi.or(at.geu(64).choose(byte, 0)));
      setLo(lo.or(at.geu(64).choose(0, byte)));
      setOffset(offset.add(1));
    });
    return quad(hi, lo);
  };
const storeBytes =
  (justify: Justify) =>
  (s: Semantics, ea: U64, value: Quad): void => {
    const count = length(s);
    const [offset, setOffset] = s.variable(0);
    s.while(offset.ltu(count), () => {
      const at = s.let(justify(s, offset));
      s.store(ea.add(offset), 1, at.geu(64).choose(value.hi, value.lo).shru(at));
      setOffset(offset.add(1));
    });
  };

// prettier-ignore
export const VSX_VECTOR_MEMORY = section('Power ISA 3.0B Book I 7.6, vector storage access', [
  insn('lxv',      '111101 XTQ RA DQ XTQ 001',        'XTQ,DQ(RA0)', 'Load VSX Vector',                              load(dqEither('XTQ'), loadQuad)),
  insn('lxvx',     '011111 XT RA RB 0100 / 01100 XT', 'XT,RA0,RB',   'Load VSX Vector Indexed',                      load(either('XT'), loadQuad)),
  insn('lxvd2x',   '011111 XT RA RB 1101001100 XT',   'XT,RA0,RB',   'Load VSX Vector Doubleword*2 Indexed',         load(scalar('XT'), (s, ea) => loadElements(s, ea, 8))),
  insn('lxvw4x',   '011111 XT RA RB 1100001100 XT',   'XT,RA0,RB',   'Load VSX Vector Word*4 Indexed',               load(scalar('XT'), (s, ea) => loadElements(s, ea, 4))),
  insn('lxvh8x',   '011111 XT RA RB 1100101100 XT',   'XT,RA0,RB',   'Load VSX Vector Halfword*8 Indexed',           load(scalar('XT'), (s, ea) => loadElements(s, ea, 2))),
  insn('lxvb16x',  '011111 XT RA RB 1101101100 XT',   'XT,RA0,RB',   'Load VSX Vector Byte*16 Indexed',              load(scalar('XT'), (s, ea) => loadElements(s, ea, 1))),
  insn('lxvdsx',   '011111 XT RA RB 0101001100 XT',   'XT,RA0,RB',   'Load VSX Vector Doubleword and Splat Indexed', load(scalar('XT'), (s, ea) => both(s.load(ea, 8)))),
  insn('lxvwsx',   '011111 XT RA RB 0101101100 XT',   'XT,RA0,RB',   'Load VSX Vector Word and Splat Indexed',       load(either('XT'), (s, ea) => both(s.let(s.load(ea, 4).mul(0x1_0000_0001n))))),
  insn('lxvl',     '011111 XT RA RB 0100001101 XT',   'XT,RA0,RB',   'Load VSX Vector with Length',                  load(withLength('XT'), loadBytes(byOrder))),
  insn('lxvll',    '011111 XT RA RB 0100101101 XT',   'XT,RA0,RB',   'Load VSX Vector with Length Left-justified',   load(withLength('XT'), loadBytes(fromLeft))),
  insn('stxv',     '111101 XSQ RA DQ XSQ 101',        'XSQ,DQ(RA0)', 'Store VSX Vector',                             store(dqEither('XSQ'), storeQuad)),
  insn('stxvx',    '011111 XS RA RB 0110001100 XS',   'XS,RA0,RB',   'Store VSX Vector Indexed',                     store(either('XS'), storeQuad)),
  insn('stxvd2x',  '011111 XS RA RB 1111001100 XS',   'XS,RA0,RB',   'Store VSX Vector Doubleword*2 Indexed',        store(scalar('XS'), (s, ea, x) => storeElements(s, ea, 8, x))),
  insn('stxvw4x',  '011111 XS RA RB 1110001100 XS',   'XS,RA0,RB',   'Store VSX Vector Word*4 Indexed',              store(scalar('XS'), (s, ea, x) => storeElements(s, ea, 4, x))),
  insn('stxvh8x',  '011111 XS RA RB 1110101100 XS',   'XS,RA0,RB',   'Store VSX Vector Halfword*8 Indexed',          store(scalar('XS'), (s, ea, x) => storeElements(s, ea, 2, x))),
  insn('stxvb16x', '011111 XS RA RB 1111101100 XS',   'XS,RA0,RB',   'Store VSX Vector Byte*16 Indexed',             store(scalar('XS'), (s, ea, x) => storeElements(s, ea, 1, x))),
  insn('stxvl',    '011111 XS RA RB 0110001101 XS',   'XS,RA0,RB',   'Store VSX Vector with Length',                 store(withLength('XS'), storeBytes(byOrder))),
  insn('stxvll',   '011111 XS RA RB 0110101101 XS',   'XS,RA0,RB',   'Store VSX Vector with Length Left-justified',  store(withLength('XS'), storeBytes(fromLeft))),
]);
