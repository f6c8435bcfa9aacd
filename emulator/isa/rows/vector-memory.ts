/** Vector loads and stores, Power ISA 3.0B Book I 6.7: the low bits of the address do not count. */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { type U64, u64 } from '../values';
import { everywhere } from './vector-elements';
import { type Quad, insertElement, put, quad, whole } from './vector-forms';
import { loadQuad, storeQuad } from './vsx-quad';

const address = (s: Semantics, size: number): U64 => s.let(s.RA.or0.add(s.RB).and(-BigInt(size)));

function loadAligned(s: Semantics): void {
  s.requires('VEC');
  const { hi, lo } = loadQuad(s, address(s, 16));
  s.vr('VRT').set(hi, lo);
}

function storeAligned(s: Semantics): void {
  s.requires('VEC');
  storeQuad(s, address(s, 16), s.vr('VRS'));
}

/** How far the element of an address lies from the right of the register, in bits. */
const position = (s: Semantics, ea: U64, size: number): U64 => {
  const byte = ea.and(15);
  return s.let(s.le.choose(byte, u64(16 - size).sub(byte)).shl(3));
};

/** One element, at the place that its address has in the quadword; the ISA leaves the others undefined, here they stay. */
const loadElement =
  (size: 1 | 2 | 4) =>
  (s: Semantics): void => {
    s.requires('VEC');
    const ea = address(s, size);
    const element = s.load(ea, size);
    const target = s.vr('VRT');
    put(s, target, insertElement(target, position(s, ea, size), size === 1 ? 8 : size === 2 ? 16 : 32, element));
  };

const storeElement =
  (size: 1 | 2 | 4) =>
  (s: Semantics): void => {
    s.requires('VEC');
    const ea = address(s, size);
    const from = position(s, ea, size);
    const source = s.vr('VRS');
    s.store(ea, size, from.geu(64).choose(source.hi, source.lo).shru(from));
  };

/** The numbers from `first` on, one in each byte. */
function counting(s: Semantics, first: U64): Quad {
  const all = s.let(first.mul(everywhere(8, 1n)));
  return quad(all.add(0x0001_0203_0405_0607n), all.add(0x0809_0a0b_0c0d_0e0fn));
}

// prettier-ignore
export const VECTOR_MEMORY = section('Power ISA 3.0B Book I 6.7', [
  insn('lvebx',  '011111 VRT RA RB 0000000111 /', 'VRT,RA0,RB', 'Load Vector Element Byte Indexed',      loadElement(1)),
  insn('lvehx',  '011111 VRT RA RB 0000100111 /', 'VRT,RA0,RB', 'Load Vector Element Halfword Indexed',  loadElement(2)),
  insn('lvewx',  '011111 VRT RA RB 0001000111 /', 'VRT,RA0,RB', 'Load Vector Element Word Indexed',      loadElement(4)),
  insn('lvx',    '011111 VRT RA RB 0001100111 /', 'VRT,RA0,RB', 'Load Vector Indexed',                   loadAligned),
  insn('lvxl',   '011111 VRT RA RB 0101100111 /', 'VRT,RA0,RB', 'Load Vector Indexed Last',              loadAligned),
  insn('stvebx', '011111 VRS RA RB 0010000111 /', 'VRS,RA0,RB', 'Store Vector Element Byte Indexed',     storeElement(1)),
  insn('stvehx', '011111 VRS RA RB 0010100111 /', 'VRS,RA0,RB', 'Store Vector Element Halfword Indexed', storeElement(2)),
  insn('stvewx', '011111 VRS RA RB 0011000111 /', 'VRS,RA0,RB', 'Store Vector Element Word Indexed',     storeElement(4)),
  insn('stvx',   '011111 VRS RA RB 0011100111 /', 'VRS,RA0,RB', 'Store Vector Indexed',                  storeAligned),
  insn('stvxl',  '011111 VRS RA RB 0111100111 /', 'VRS,RA0,RB', 'Store Vector Indexed Last',             storeAligned),
  insn('lvsl',   '011111 VRT RA RB 0000000110 /', 'VRT,RA0,RB', 'Load Vector for Shift Left',            whole((s) => counting(s, s.RA.or0.add(s.RB).and(15)))),
  insn('lvsr',   '011111 VRT RA RB 0000100110 /', 'VRT,RA0,RB', 'Load Vector for Shift Right',           whole((s) => counting(s, u64(16).sub(s.RA.or0.add(s.RB).and(15))))),
]);
