/** Vector instructions that move elements, Power ISA 3.0B Book I 6.8. */
import { packPixel, unpackPixel } from '../vector/permute';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { type U64, u64 } from '../values';
import {
  SAT,
  type Signedness,
  type Width,
  ZERO,
  everywhere,
  interleave,
  narrow,
  saturateElements,
  signExtend,
} from './vector-elements';
import {
  type Quad,
  call1,
  call2,
  halves1,
  halves2,
  insertBytes,
  leftWords,
  quad,
  rightWords,
  shiftRight,
  whole,
} from './vector-forms';

/** A signed word is at least -WORD, an unsigned one at most WORD_MAX. */
const WORD = 1n << 31n;
const WORD_MAX = (1n << 32n) - 1n;

/** A result, and SAT when it is not the original value. */
function saturated(s: Semantics, result: U64, original: U64): U64 {
  const value = s.let(result);
  s.VSCR.set(s.VSCR.or(value.ne(original).choose(SAT, 0)));
  return value;
}

/** The four doublewords of VRA || VRB as words. */
const packDoublewords = (narrow: (s: Semantics, x: U64) => U64) =>
  whole((s) => {
    const [a, b] = [s.vr('VRA'), s.vr('VRB')];
    const word = (x: U64): U64 => s.let(narrow(s, s.let(x)));
    return quad(rightWords(word(a.hi), word(a.lo)), rightWords(word(b.hi), word(b.lo)));
  });

const mergeWords = (a: U64, b: U64): Quad => quad(leftWords(a, b), rightWords(a, b));
/** The right halves of the elements of VRA || VRB, after something happened to them. */
const pack = (width: 8 | 16, change: (s: Semantics, x: U64) => U64) =>
  whole((s) => {
    const [a, b] = [s.vr('VRA'), s.vr('VRB')];
    const half = (x: U64): U64 => narrow(s, width, change(s, x));
    return quad(rightWords(half(a.hi), half(a.lo)), rightWords(half(b.hi), half(b.lo)));
  });
const packModulo = (width: 8 | 16) => pack(width, (_, x) => x);
const packSaturate = (width: 8 | 16, from: Signedness, to: Signedness) =>
  pack(width, (s, x) => saturateElements(s, width, from, to, x));

/** The elements of one doubleword of VRB, each twice as wide. */
const unpack = (width: 8 | 16, half: 'hi' | 'lo') =>
  whole((s) => {
    const b = s.let(s.vr('VRB')[half]);
    const wide = (word: U64): U64 => signExtend(s, width, interleave(s, width, ZERO, word));
    return quad(wide(b.shru(32)), wide(b.extu32()));
  });
const unpackWords = (b: U64): Quad => quad(b.shrs(32), b.exts32());

// prettier-ignore
export const VECTOR_PACK = section('Power ISA 3.0B Book I 6.8.1', [
  insn('vpkpx',   '000100 VRT VRA VRB 01100001110',   'VRT,VRA,VRB', 'Vector Pack Pixel',                                 call2(packPixel)),
  insn('vpkshss', '000100 VRT VRA VRB 00110001110',   'VRT,VRA,VRB', 'Vector Pack Signed Halfword Signed Saturate',       packSaturate(8, 'signed', 'signed')),
  insn('vpkswss', '000100 VRT VRA VRB 00111001110',   'VRT,VRA,VRB', 'Vector Pack Signed Word Signed Saturate',           packSaturate(16, 'signed', 'signed')),
  insn('vpksdss', '000100 VRT VRA VRB 10111001110',   'VRT,VRA,VRB', 'Vector Pack Signed Doubleword Signed Saturate',     packDoublewords((s, x) => saturated(s, x.lts(-WORD).choose(-WORD, x.gts(WORD - 1n).choose(WORD - 1n, x)), x))),
  insn('vpkshus', '000100 VRT VRA VRB 00100001110',   'VRT,VRA,VRB', 'Vector Pack Signed Halfword Unsigned Saturate',     packSaturate(8, 'signed', 'unsigned')),
  insn('vpkswus', '000100 VRT VRA VRB 00101001110',   'VRT,VRA,VRB', 'Vector Pack Signed Word Unsigned Saturate',         packSaturate(16, 'signed', 'unsigned')),
  insn('vpksdus', '000100 VRT VRA VRB 10101001110',   'VRT,VRA,VRB', 'Vector Pack Signed Doubleword Unsigned Saturate',   packDoublewords((s, x) => saturated(s, x.lts(0).choose(0, x.gts(WORD_MAX).choose(WORD_MAX, x)), x))),
  insn('vpkuhum', '000100 VRT VRA VRB 00000001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Halfword Unsigned Modulo',     packModulo(8)),
  insn('vpkuwum', '000100 VRT VRA VRB 00001001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Word Unsigned Modulo',         packModulo(16)),
  insn('vpkudum', '000100 VRT VRA VRB 10001001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Doubleword Unsigned Modulo',   packDoublewords((_, x) => x)),
  insn('vpkuhus', '000100 VRT VRA VRB 00010001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Halfword Unsigned Saturate',   packSaturate(8, 'unsigned', 'unsigned')),
  insn('vpkuwus', '000100 VRT VRA VRB 00011001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Word Unsigned Saturate',       packSaturate(16, 'unsigned', 'unsigned')),
  insn('vpkudus', '000100 VRT VRA VRB 10011001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Doubleword Unsigned Saturate', packDoublewords((s, x) => saturated(s, x.gtu(WORD_MAX).choose(WORD_MAX, x), x))),
  insn('vupkhpx', '000100 VRT ///// VRB 01101001110', 'VRT,VRB',     'Vector Unpack High Pixel',                          call1(unpackPixel('high'))),
  insn('vupkhsb', '000100 VRT ///// VRB 01000001110', 'VRT,VRB',     'Vector Unpack High Signed Byte',                    unpack(8, 'hi')),
  insn('vupkhsh', '000100 VRT ///// VRB 01001001110', 'VRT,VRB',     'Vector Unpack High Signed Halfword',                unpack(16, 'hi')),
  insn('vupkhsw', '000100 VRT ///// VRB 11001001110', 'VRT,VRB',     'Vector Unpack High Signed Word',                    whole((s) => unpackWords(s.vr('VRB').hi))),
  insn('vupklpx', '000100 VRT ///// VRB 01111001110', 'VRT,VRB',     'Vector Unpack Low Pixel',                           call1(unpackPixel('low'))),
  insn('vupklsb', '000100 VRT ///// VRB 01010001110', 'VRT,VRB',     'Vector Unpack Low Signed Byte',                     unpack(8, 'lo')),
  insn('vupklsh', '000100 VRT ///// VRB 01011001110', 'VRT,VRB',     'Vector Unpack Low Signed Halfword',                 unpack(16, 'lo')),
  insn('vupklsw', '000100 VRT ///// VRB 11011001110', 'VRT,VRB',     'Vector Unpack Low Signed Word',                     whole((s) => unpackWords(s.vr('VRB').lo))),
]);

/** The bytes or halfwords of one doubleword of VRA and VRB in turns. */
const merge = (width: 8 | 16, half: 'hi' | 'lo') =>
  whole((s) => {
    const [a, b] = [s.let(s.vr('VRA')[half]), s.let(s.vr('VRB')[half])];
    return quad(interleave(s, width, a.shru(32), b.shru(32)), interleave(s, width, a.extu32(), b.extu32()));
  });

/** One element of VRB, numbered from the left, in every element. */
const splat = (field: string, width: Width) =>
  whole((s) => {
    const b = s.vr('VRB');
    const count = 128 / width;
    const index = s.n(field);
    const half = index.ltu(count / 2).choose(b.hi, b.lo);
    const element = half.shru(
      u64(count / 2 - 1)
        .sub(index.and(count / 2 - 1))
        .mul(width),
    );
    const all = s.let(element.and((1n << BigInt(width)) - 1n).mul(everywhere(width, 1n)));
    return quad(all, all);
  });
const splatImmediate = (width: Width) =>
  whole((s) => {
    const all = s.let(
      s
        .n('SIM')
        .and((1n << BigInt(width)) - 1n)
        .mul(everywhere(width, 1n)),
    );
    return quad(all, all);
  });

/** Bytes of VRA || VRB by the bytes of VRC. */
const permute =
  (from: 'left' | 'right') =>
  (s: Semantics): void => {
    s.requires('VEC');
    s.vr('VRT').setPermuted(s.vr('VRA'), s.vr('VRB'), s.vr('VRC'), from);
  };

/** Bits of VRB where VRC has ones, of VRA elsewhere. */
function select(s: Semantics): Quad {
  const [a, b, c] = [s.vr('VRA'), s.vr('VRB'), s.vr('VRC')];
  return quad(b.hi.and(c.hi).or(a.hi.and(c.hi.not())), b.lo.and(c.lo).or(a.lo.and(c.lo.not())));
}

// prettier-ignore
export const VECTOR_PERMUTE = section('Power ISA 3.0B Book I 6.8.2 to 6.8.5', [
  insn('vmrghb',   '000100 VRT VRA VRB 00000001100',      'VRT,VRA,VRB',     'Vector Merge High Byte',                 merge(8, 'hi')),
  insn('vmrghh',   '000100 VRT VRA VRB 00001001100',      'VRT,VRA,VRB',     'Vector Merge High Halfword',             merge(16, 'hi')),
  insn('vmrghw',   '000100 VRT VRA VRB 00010001100',      'VRT,VRA,VRB',     'Vector Merge High Word',                 whole((s) => mergeWords(s.vr('VRA').hi, s.vr('VRB').hi))),
  insn('vmrglb',   '000100 VRT VRA VRB 00100001100',      'VRT,VRA,VRB',     'Vector Merge Low Byte',                  merge(8, 'lo')),
  insn('vmrglh',   '000100 VRT VRA VRB 00101001100',      'VRT,VRA,VRB',     'Vector Merge Low Halfword',              merge(16, 'lo')),
  insn('vmrglw',   '000100 VRT VRA VRB 00110001100',      'VRT,VRA,VRB',     'Vector Merge Low Word',                  whole((s) => mergeWords(s.vr('VRA').lo, s.vr('VRB').lo))),
  insn('vmrgew',   '000100 VRT VRA VRB 11110001100',      'VRT,VRA,VRB',     'Vector Merge Even Word',                 halves2((a, b) => leftWords(a, b))),
  insn('vmrgow',   '000100 VRT VRA VRB 11010001100',      'VRT,VRA,VRB',     'Vector Merge Odd Word',                  halves2((a, b) => rightWords(a, b))),
  insn('vspltb',   '000100 VRT / UIM4 VRB 01000001100',   'VRT,VRB,UIM4',    'Vector Splat Byte',                      splat('UIM4', 8)),
  insn('vsplth',   '000100 VRT // UIM3 VRB 01001001100',  'VRT,VRB,UIM3',    'Vector Splat Halfword',                  splat('UIM3', 16)),
  insn('vspltw',   '000100 VRT /// UIM2 VRB 01010001100', 'VRT,VRB,UIM2',    'Vector Splat Word',                      splat('UIM2', 32)),
  insn('vspltisb', '000100 VRT SIM ///// 01100001100',    'VRT,SIM',         'Vector Splat Immediate Signed Byte',     splatImmediate(8)),
  insn('vspltish', '000100 VRT SIM ///// 01101001100',    'VRT,SIM',         'Vector Splat Immediate Signed Halfword', splatImmediate(16)),
  insn('vspltisw', '000100 VRT SIM ///// 01110001100',    'VRT,SIM',         'Vector Splat Immediate Signed Word',     splatImmediate(32)),
  insn('vperm',    '000100 VRT VRA VRB VRC 101011',       'VRT,VRA,VRB,VRC', 'Vector Permute',                         permute('left')),
  insn('vpermr',   '000100 VRT VRA VRB VRC 111011',       'VRT,VRA,VRB,VRC', 'Vector Permute Right-indexed',           permute('right')),
  insn('vsel',     '000100 VRT VRA VRB VRC 101010',       'VRT,VRA,VRB,VRC', 'Vector Select',                          whole(select)),
]);

/** `size` bytes of VRB that end `fromRight` bytes before the right end; from beyond the left end come zeros. */
function bytesOf(s: Semantics, size: number, fromRight: U64): U64 {
  const bytes = s.let(fromRight);
  const { lo } = shiftRight(s, s.vr('VRB'), bytes.and(15).shl(3));
  return size === 8 ? lo : lo.and((1n << BigInt(8 * size)) - 1n);
}

/** The element that begins at byte UIM of VRB, at the right end of doubleword 0. */
const extract = (size: number) => whole((s) => quad(bytesOf(s, size, u64(16 - size).sub(s.n('UIM4'))), 0));

/** The element that ends at byte 7 of VRB goes to byte UIM of VRT. */
const insert = (size: 1 | 2 | 4 | 8) => whole((s) => insertBytes(s, s.vr('VRT'), size, s.n('UIM4'), s.vr('VRB').hi));

/** The element of VRB at the byte whose number RA has. */
const extractIndexed =
  (size: number, fromRight: (index: U64) => U64) =>
  (s: Semantics): void => {
    s.requires('VEC');
    s.RT.set(bytesOf(s, size, fromRight(s.RA.and(15))));
  };

/** One bit for each of the `count` bytes that a doubleword has on its right: the last bit of what it chooses. */
const permuteBits = (s: Semantics, count: number, bytes: U64, choose: (index: U64) => U64): U64 =>
  Array.from({ length: count }, (_, n) =>
    choose(s.let(bytes.shru(8 * n).and(0xff)))
      .and(1)
      .shl(n),
  ).reduce((all, bit) => all.or(bit));

/** Bits of VRA by the bytes of VRB, in bits 48:63; numbers above 127 give zeros. */
function permuteQuadwordBits(s: Semantics): Quad {
  const [a, b] = [s.vr('VRA'), s.vr('VRB')];
  // Bit 63 - n from the right is n's complement modulo 64.
  const bit = (index: U64): U64 => index.ltu(128).choose(index.ltu(64).choose(a.hi, a.lo).shru(index.not()), 0);
  return quad(
    permuteBits(s, 8, b.hi, bit)
      .shl(8)
      .or(permuteBits(s, 8, b.lo, bit)),
    0,
  );
}

/** The bits of a doubleword as a matrix of eight bytes, transposed: blocks of 1, 2 and 4 bits change places. */
function transpose(s: Semantics, x: U64): U64 {
  const steps = [
    [7, 0x00aa_00aa_00aa_00aan],
    [14, 0x0000_cccc_0000_ccccn],
    [28, 0x0000_0000_f0f0_f0f0n],
  ] as const;
  return steps.reduce((value, [distance, mask]) => {
    const moved = s.let(value.xor(value.shru(distance)).and(mask));
    return s.let(value.xor(moved).xor(moved.shl(distance)));
  }, s.let(x));
}

// prettier-ignore
export const VECTOR_EXTRACT = section('Power ISA 3.0B Book I 6.8 and chapter 6, extract, insert, gather', [
  insn('vextractub', '000100 VRT / UIM4 VRB 01000001101', 'VRT,VRB,UIM4', 'Vector Extract Unsigned Byte',                   extract(1)),
  insn('vextractuh', '000100 VRT / UIM4 VRB 01001001101', 'VRT,VRB,UIM4', 'Vector Extract Unsigned Halfword',               extract(2)),
  insn('vextractuw', '000100 VRT / UIM4 VRB 01010001101', 'VRT,VRB,UIM4', 'Vector Extract Unsigned Word',                   extract(4)),
  insn('vextractd',  '000100 VRT / UIM4 VRB 01011001101', 'VRT,VRB,UIM4', 'Vector Extract Doubleword',                      extract(8)),
  insn('vinsertb',   '000100 VRT / UIM4 VRB 01100001101', 'VRT,VRB,UIM4', 'Vector Insert Byte',                             insert(1)),
  insn('vinserth',   '000100 VRT / UIM4 VRB 01101001101', 'VRT,VRB,UIM4', 'Vector Insert Halfword',                         insert(2)),
  insn('vinsertw',   '000100 VRT / UIM4 VRB 01110001101', 'VRT,VRB,UIM4', 'Vector Insert Word',                             insert(4)),
  insn('vinsertd',   '000100 VRT / UIM4 VRB 01111001101', 'VRT,VRB,UIM4', 'Vector Insert Doubleword',                       insert(8)),
  insn('vextublx',   '000100 RT RA VRB 11000001101',      'RT,RA,VRB',    'Vector Extract Unsigned Byte Left-Indexed',      extractIndexed(1, (index) => u64(15).sub(index))),
  insn('vextuhlx',   '000100 RT RA VRB 11001001101',      'RT,RA,VRB',    'Vector Extract Unsigned Halfword Left-Indexed',  extractIndexed(2, (index) => u64(14).sub(index))),
  insn('vextuwlx',   '000100 RT RA VRB 11010001101',      'RT,RA,VRB',    'Vector Extract Unsigned Word Left-Indexed',      extractIndexed(4, (index) => u64(12).sub(index))),
  insn('vextubrx',   '000100 RT RA VRB 11100001101',      'RT,RA,VRB',    'Vector Extract Unsigned Byte Right-Indexed',     extractIndexed(1, (index) => index)),
  insn('vextuhrx',   '000100 RT RA VRB 11101001101',      'RT,RA,VRB',    'Vector Extract Unsigned Halfword Right-Indexed', extractIndexed(2, (index) => index)),
  insn('vextuwrx',   '000100 RT RA VRB 11110001101',      'RT,RA,VRB',    'Vector Extract Unsigned Word Right-Indexed',     extractIndexed(4, (index) => index)),
  insn('vbpermd',    '000100 VRT VRA VRB 10111001100',    'VRT,VRA,VRB',  'Vector Bit Permute Doubleword',                  halves2((a, b, s) => permuteBits(s, 8, b, (index) => index.ltu(64).choose(a.shru(index.not()), 0)))),
  insn('vbpermq',    '000100 VRT VRA VRB 10101001100',    'VRT,VRA,VRB',  'Vector Bit Permute Quadword',                    whole(permuteQuadwordBits)),
  insn('vgbbd',      '000100 VRT ///// VRB 10100001100',  'VRT,VRB',      'Vector Gather Bits by Bytes by Doubleword',      halves1((b, s) => transpose(s, b))),
]);
