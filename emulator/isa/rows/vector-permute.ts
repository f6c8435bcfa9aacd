/** Vector instructions that move elements, Power ISA 3.0B Book I 6.8. */
import { insertBytes, packPixel, packSaturate, unpackPixel, vbpermd, vbpermq, vgbbd } from '../vector/permute';
import { SAT } from '../vector/elements';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { type U64, u64 } from '../values';
import { type Width, ZERO, everywhere, interleave, narrow, signExtend } from './vector-elements';
import {
  type Quad,
  call,
  call1,
  call2,
  halves2,
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
/** The right halves of the elements of VRA || VRB. */
const packModulo = (width: 8 | 16) =>
  whole((s) => {
    const [a, b] = [s.vr('VRA'), s.vr('VRB')];
    const pair = (x: Quad): U64 => rightWords(narrow(s, width, x.hi), narrow(s, width, x.lo));
    return quad(pair(a), pair(b));
  });
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
  insn('vpkshss', '000100 VRT VRA VRB 00110001110',   'VRT,VRA,VRB', 'Vector Pack Signed Halfword Signed Saturate',       call2(packSaturate('i16', 'i8'))),
  insn('vpkswss', '000100 VRT VRA VRB 00111001110',   'VRT,VRA,VRB', 'Vector Pack Signed Word Signed Saturate',           call2(packSaturate('i32', 'i16'))),
  insn('vpksdss', '000100 VRT VRA VRB 10111001110',   'VRT,VRA,VRB', 'Vector Pack Signed Doubleword Signed Saturate',     packDoublewords((s, x) => saturated(s, x.lts(-WORD).choose(-WORD, x.gts(WORD - 1n).choose(WORD - 1n, x)), x))),
  insn('vpkshus', '000100 VRT VRA VRB 00100001110',   'VRT,VRA,VRB', 'Vector Pack Signed Halfword Unsigned Saturate',     call2(packSaturate('i16', 'u8'))),
  insn('vpkswus', '000100 VRT VRA VRB 00101001110',   'VRT,VRA,VRB', 'Vector Pack Signed Word Unsigned Saturate',         call2(packSaturate('i32', 'u16'))),
  insn('vpksdus', '000100 VRT VRA VRB 10101001110',   'VRT,VRA,VRB', 'Vector Pack Signed Doubleword Unsigned Saturate',   packDoublewords((s, x) => saturated(s, x.lts(0).choose(0, x.gts(WORD_MAX).choose(WORD_MAX, x)), x))),
  insn('vpkuhum', '000100 VRT VRA VRB 00000001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Halfword Unsigned Modulo',     packModulo(8)),
  insn('vpkuwum', '000100 VRT VRA VRB 00001001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Word Unsigned Modulo',         packModulo(16)),
  insn('vpkudum', '000100 VRT VRA VRB 10001001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Doubleword Unsigned Modulo',   packDoublewords((_, x) => x)),
  insn('vpkuhus', '000100 VRT VRA VRB 00010001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Halfword Unsigned Saturate',   call2(packSaturate('u16', 'u8'))),
  insn('vpkuwus', '000100 VRT VRA VRB 00011001110',   'VRT,VRA,VRB', 'Vector Pack Unsigned Word Unsigned Saturate',       call2(packSaturate('u32', 'u16'))),
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

/** The element of VRB at the byte whose number RA has. */
const extractIndexed =
  (size: number, fromRight: (index: U64) => U64) =>
  (s: Semantics): void => {
    s.requires('VEC');
    s.RT.set(bytesOf(s, size, fromRight(s.RA.and(15))));
  };

// prettier-ignore
export const VECTOR_EXTRACT = section('Power ISA 3.0B Book I 6.8 and chapter 6, extract, insert, gather', [
  insn('vextractub', '000100 VRT / UIM4 VRB 01000001101', 'VRT,VRB,UIM4', 'Vector Extract Unsigned Byte',                   extract(1)),
  insn('vextractuh', '000100 VRT / UIM4 VRB 01001001101', 'VRT,VRB,UIM4', 'Vector Extract Unsigned Halfword',               extract(2)),
  insn('vextractuw', '000100 VRT / UIM4 VRB 01010001101', 'VRT,VRB,UIM4', 'Vector Extract Unsigned Word',                   extract(4)),
  insn('vextractd',  '000100 VRT / UIM4 VRB 01011001101', 'VRT,VRB,UIM4', 'Vector Extract Doubleword',                      extract(8)),
  insn('vinsertb',   '000100 VRT / UIM4 VRB 01100001101', 'VRT,VRB,UIM4', 'Vector Insert Byte',                             call(insertBytes(1), 'VRT', 'VRB', 'UIM4')),
  insn('vinserth',   '000100 VRT / UIM4 VRB 01101001101', 'VRT,VRB,UIM4', 'Vector Insert Halfword',                         call(insertBytes(2), 'VRT', 'VRB', 'UIM4')),
  insn('vinsertw',   '000100 VRT / UIM4 VRB 01110001101', 'VRT,VRB,UIM4', 'Vector Insert Word',                             call(insertBytes(4), 'VRT', 'VRB', 'UIM4')),
  insn('vinsertd',   '000100 VRT / UIM4 VRB 01111001101', 'VRT,VRB,UIM4', 'Vector Insert Doubleword',                       call(insertBytes(8), 'VRT', 'VRB', 'UIM4')),
  insn('vextublx',   '000100 RT RA VRB 11000001101',      'RT,RA,VRB',    'Vector Extract Unsigned Byte Left-Indexed',      extractIndexed(1, (index) => u64(15).sub(index))),
  insn('vextuhlx',   '000100 RT RA VRB 11001001101',      'RT,RA,VRB',    'Vector Extract Unsigned Halfword Left-Indexed',  extractIndexed(2, (index) => u64(14).sub(index))),
  insn('vextuwlx',   '000100 RT RA VRB 11010001101',      'RT,RA,VRB',    'Vector Extract Unsigned Word Left-Indexed',      extractIndexed(4, (index) => u64(12).sub(index))),
  insn('vextubrx',   '000100 RT RA VRB 11100001101',      'RT,RA,VRB',    'Vector Extract Unsigned Byte Right-Indexed',     extractIndexed(1, (index) => index)),
  insn('vextuhrx',   '000100 RT RA VRB 11101001101',      'RT,RA,VRB',    'Vector Extract Unsigned Halfword Right-Indexed', extractIndexed(2, (index) => index)),
  insn('vextuwrx',   '000100 RT RA VRB 11110001101',      'RT,RA,VRB',    'Vector Extract Unsigned Word Right-Indexed',     extractIndexed(4, (index) => index)),
  insn('vbpermd',    '000100 VRT VRA VRB 10111001100',    'VRT,VRA,VRB',  'Vector Bit Permute Doubleword',                  call2(vbpermd)),
  insn('vbpermq',    '000100 VRT VRA VRB 10101001100',    'VRT,VRA,VRB',  'Vector Bit Permute Quadword',                    call2(vbpermq)),
  insn('vgbbd',      '000100 VRT ///// VRB 10100001100',  'VRT,VRB',      'Vector Gather Bits by Bytes by Doubleword',      call1(vgbbd)),
]);
