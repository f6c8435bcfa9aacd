/** Vector instructions for ciphers, hashes, checksums and decimal numbers, and VSCR: Power ISA 3.0B Book I 6.11 ff. */
import { polynomialSum, vcipher, vcipherlast, vncipher, vncipherlast, vsbox } from '../vector/crypto';
import {
  bcdadd,
  bcdcfn,
  bcdcfsq,
  bcdcfz,
  bcdcpsgn,
  bcdctn,
  bcdctsq,
  bcdctz,
  bcds,
  bcdsetsgn,
  bcdsr,
  bcdsub,
  bcdtrunc,
  bcdus,
  bcdutrunc,
} from '../vector/decimal';
import { vpermxor } from '../vector/permute';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import { type U64, doubled, u64 } from '../values';
import { type Quad, addQuads, call, call1, call2, call3, quad, whole } from './vector-forms';

/** Rotations and shift to the right of a sigma function of SHA-512 (FIPS 180-4 4.1.3); 0 stands for none. */
const sigma = (x: U64, [first, second, third, shift]: readonly [number, number, number, number]): U64 => {
  const turned = (n: number): U64 => x.rotl(64 - n);
  return turned(first)
    .xor(turned(second))
    .xor(shift === 0 ? turned(third) : x.shru(shift));
};

/** The same of SHA-256 (FIPS 180-4 4.1.2) on a word. */
const sigmaWord = (x: U64, [first, second, third, shift]: readonly [number, number, number, number]): U64 => {
  const turned = (n: number): U64 => doubled(x).shru(n);
  return turned(first)
    .xor(turned(second))
    .xor(shift === 0 ? turned(third) : x.shru(shift));
};

/** vshasigmaw: ST chooses the functions of the compression, bit n of SIX function 1 for word n. */
function sigmaWords(s: Semantics): Quad {
  const compression = s.n('ST').ne(0);
  const of = (word: U64, one: number): U64 => {
    const x = s.let(word);
    return s
      .n('SIX')
      .and(one)
      .ne(0)
      .choose(
        compression.choose(sigmaWord(x, [6, 11, 25, 0]), sigmaWord(x, [17, 19, 0, 10])),
        compression.choose(sigmaWord(x, [2, 13, 22, 0]), sigmaWord(x, [7, 18, 0, 3])),
      )
      .extu32();
  };
  const both = (x: U64, one: number): U64 =>
    of(x.shru(32), one)
      .shl(32)
      .or(of(x.extu32(), one >> 1));
  return quad(both(s.vr('VRA').hi, 8), both(s.vr('VRA').lo, 2));
}

/** vshasigmad: ST chooses the functions of the compression, bits 0 and 2 of SIX function 1 for each doubleword. */
function sigmaDoublewords(s: Semantics): Quad {
  const compression = s.n('ST').ne(0);
  const of = (x: U64, one: number): U64 =>
    s
      .n('SIX')
      .and(one)
      .ne(0)
      .choose(
        compression.choose(sigma(x, [14, 18, 41, 0]), sigma(x, [19, 61, 0, 6])),
        compression.choose(sigma(x, [28, 34, 39, 0]), sigma(x, [1, 8, 0, 7])),
      );
  return quad(of(s.vr('VRA').hi, 8), of(s.vr('VRA').lo, 2));
}

/**
 * Xor of the carry-less products of pairs of words.
 *
 * A factor is cut into four numbers of every fourth bit. In their ordinary products, of which at most eight parts meet
 * in a place, carries stay in the three bits between the places.
 */
function carrylessSum(s: Semantics, pairs: readonly (readonly [U64, U64])[]): U64 {
  const fourths = (x: U64): U64[] => {
    const word = s.let(x);
    return [0n, 1n, 2n, 3n].map((i) => s.let(word.and(0x1111_1111n << i)));
  };
  const sums: (U64 | undefined)[] = [];
  for (const [a, b] of pairs) {
    const right = fourths(b);
    for (const [i, x] of fourths(a).entries()) {
      for (const [j, y] of right.entries()) {
        const place = (i + j) & 3;
        sums[place] = sums[place]?.xor(x.mul(y)) ?? x.mul(y);
      }
    }
  }
  const places = sums.map((sum, i) => sum?.and(BigInt.asUintN(64, 0x1111_1111_1111_1111n << BigInt(i))) ?? u64(0));
  return s.let(places.reduce((all, place) => all.or(place)));
}

const left = (x: U64): U64 => x.shru(32);
const right = (x: U64): U64 => x.extu32();

function polynomialSumWords(s: Semantics): Quad {
  const sum = (a: U64, b: U64): U64 =>
    carrylessSum(s, [
      [left(a), left(b)],
      [right(a), right(b)],
    ]);
  const [a, b] = [s.vr('VRA'), s.vr('VRB')];
  return quad(sum(a.hi, b.hi), sum(a.lo, b.lo));
}

/** By the products of the left words, of the right words, and of both words' sums (Karatsuba). */
function polynomialSumDoublewords(s: Semantics): Quad {
  const [a, b] = [s.vr('VRA'), s.vr('VRB')];
  const sum = (part: (x: U64) => U64): U64 =>
    carrylessSum(s, [
      [part(a.hi), part(b.hi)],
      [part(a.lo), part(b.lo)],
    ]);
  const high = sum(left);
  const low = sum(right);
  const middle = s.let(
    sum((x) => left(x).xor(right(x)))
      .xor(high)
      .xor(low),
  );
  return quad(high.xor(left(middle)), low.xor(middle.shl(32)));
}

// prettier-ignore
export const VECTOR_CRYPTO = section('Power ISA 3.0B Book I 6.11', [
  insn('vcipher',      '000100 VRT VRA VRB 10100001000',    'VRT,VRA,VRB',     'Vector AES Cipher',                         call2(vcipher)),
  insn('vcipherlast',  '000100 VRT VRA VRB 10100001001',    'VRT,VRA,VRB',     'Vector AES Cipher Last',                    call2(vcipherlast)),
  insn('vncipher',     '000100 VRT VRA VRB 10101001000',    'VRT,VRA,VRB',     'Vector AES Inverse Cipher',                 call2(vncipher)),
  insn('vncipherlast', '000100 VRT VRA VRB 10101001001',    'VRT,VRA,VRB',     'Vector AES Inverse Cipher Last',            call2(vncipherlast)),
  insn('vsbox',        '000100 VRT VRA ///// 10111001000',  'VRT,VRA',         'Vector AES SubBytes',                       call(vsbox, 'VRT', 'VRA')),
  insn('vshasigmaw',   '000100 VRT VRA ST SIX 11010000010', 'VRT,VRA,ST,SIX',  'Vector SHA-256 Sigma Word',                 whole(sigmaWords)),
  insn('vshasigmad',   '000100 VRT VRA ST SIX 11011000010', 'VRT,VRA,ST,SIX',  'Vector SHA-512 Sigma Doubleword',           whole(sigmaDoublewords)),
  insn('vpmsumb',      '000100 VRT VRA VRB 10000001000',    'VRT,VRA,VRB',     'Vector Polynomial Multiply-Sum Byte',       call2(polynomialSum(8))),
  insn('vpmsumh',      '000100 VRT VRA VRB 10001001000',    'VRT,VRA,VRB',     'Vector Polynomial Multiply-Sum Halfword',   call2(polynomialSum(16))),
  insn('vpmsumw',      '000100 VRT VRA VRB 10010001000',    'VRT,VRA,VRB',     'Vector Polynomial Multiply-Sum Word',       whole(polynomialSumWords)),
  insn('vpmsumd',      '000100 VRT VRA VRB 10011001000',    'VRT,VRA,VRB',     'Vector Polynomial Multiply-Sum Doubleword', whole(polynomialSumDoublewords)),
  insn('vpermxor',     '000100 VRT VRA VRB VRC 101101',     'VRT,VRA,VRB,VRC', 'Vector Permute and Exclusive-OR',           call3(vpermxor)),
]);

/** Ten times VRA and a digit: the low quadword, and the digit that leaves it. */
function timesTen(s: Semantics, digit: U64 | number): { product: Quad; carry: U64 } {
  const a = s.vr('VRA');
  const low = quad(a.lo.mulhu(10), a.lo.mul(10));
  const high = quad(a.hi.mul(10), 0);
  const { sum, carry } = addQuads(s, low, high, digit);
  return { product: sum, carry: carry.add(a.hi.mulhu(10)) };
}

/** Operands of signed decimal operations: PS chooses the code of plus. */
const SIGNED = ['VRT', 'VRA', 'VRB', 'PS'] as const;

// prettier-ignore
export const VECTOR_DECIMAL = section('Power ISA 3.0B Book I chapter 6, decimal integer', [
  insn('vmul10cuq',  '000100 VRT VRA ///// 00000000001',    'VRT,VRA',        'Vector Multiply-by-10 and write Carry Unsigned Quadword',    whole((s) => quad(0, timesTen(s, 0).carry))),
  insn('vmul10ecuq', '000100 VRT VRA VRB 00001000001',      'VRT,VRA,VRB',    'Vector Multiply-by-10 Extended and write Carry Unsigned Quadword', whole((s) => quad(0, timesTen(s, s.vr('VRB').lo.and(15)).carry))),
  insn('vmul10uq',   '000100 VRT VRA ///// 01000000001',    'VRT,VRA',        'Vector Multiply-by-10 Unsigned Quadword',                    whole((s) => timesTen(s, 0).product)),
  insn('vmul10euq',  '000100 VRT VRA VRB 01001000001',      'VRT,VRA,VRB',    'Vector Multiply-by-10 Extended Unsigned Quadword',           whole((s) => timesTen(s, s.vr('VRB').lo.and(15)).product)),
  insn('bcdcfn.',    '000100 VRT 00111 VRB 1 PS 110000001', 'VRT,VRB,PS',     'Decimal Convert From National',                              call(bcdcfn, 'VRT', 'VRB', 'PS')),
  insn('bcdctn.',    '000100 VRT 00101 VRB 1 / 110000001',  'VRT,VRB',        'Decimal Convert To National',                                call1(bcdctn)),
  insn('bcdcfz.',    '000100 VRT 00110 VRB 1 PS 110000001', 'VRT,VRB,PS',     'Decimal Convert From Zoned',                                 call(bcdcfz, 'VRT', 'VRB', 'PS')),
  insn('bcdctz.',    '000100 VRT 00100 VRB 1 PS 110000001', 'VRT,VRB,PS',     'Decimal Convert To Zoned',                                   call(bcdctz, 'VRT', 'VRB', 'PS')),
  insn('bcdcfsq.',   '000100 VRT 00010 VRB 1 PS 110000001', 'VRT,VRB,PS',     'Decimal Convert From Signed Quadword',                       call(bcdcfsq, 'VRT', 'VRB', 'PS')),
  insn('bcdctsq.',   '000100 VRT 00000 VRB 1 / 110000001',  'VRT,VRB',        'Decimal Convert To Signed Quadword',                         call1(bcdctsq)),
  insn('bcdadd.',    '000100 VRT VRA VRB 1 PS 000000001',   'VRT,VRA,VRB,PS', 'Decimal Add Modulo',                                         call(bcdadd, ...SIGNED)),
  insn('bcdsub.',    '000100 VRT VRA VRB 1 PS 001000001',   'VRT,VRA,VRB,PS', 'Decimal Subtract Modulo',                                    call(bcdsub, ...SIGNED)),
  insn('bcdcpsgn.',  '000100 VRT VRA VRB 01101000001',      'VRT,VRA,VRB',    'Decimal Copy Sign',                                          call2(bcdcpsgn)),
  insn('bcdsetsgn.', '000100 VRT 11111 VRB 1 PS 110000001', 'VRT,VRB,PS',     'Decimal Set Sign',                                           call(bcdsetsgn, 'VRT', 'VRB', 'PS')),
  insn('bcds.',      '000100 VRT VRA VRB 1 PS 011000001',   'VRT,VRA,VRB,PS', 'Decimal Shift',                                              call(bcds, ...SIGNED)),
  insn('bcdus.',     '000100 VRT VRA VRB 1 / 010000001',    'VRT,VRA,VRB',    'Decimal Unsigned Shift',                                     call2(bcdus)),
  insn('bcdsr.',     '000100 VRT VRA VRB 1 PS 111000001',   'VRT,VRA,VRB,PS', 'Decimal Shift and Round',                                    call(bcdsr, ...SIGNED)),
  insn('bcdtrunc.',  '000100 VRT VRA VRB 1 PS 100000001',   'VRT,VRA,VRB,PS', 'Decimal Truncate',                                           call(bcdtrunc, ...SIGNED)),
  insn('bcdutrunc.', '000100 VRT VRA VRB 1 / 101000001',    'VRT,VRA,VRB',    'Decimal Unsigned Truncate',                                  call2(bcdutrunc)),
]);

/** NJ and SAT; the other bits of VSCR are reserved. */
const VSCR_BITS = 0x1_0001n;

// prettier-ignore
export const VECTOR_STATUS = section('Power ISA 3.0B Book I chapter 6, VSCR', [
  insn('mfvscr', '000100 VRT ///// ///// 11000000100', 'VRT', 'Move From VSCR', whole((s) => quad(0, s.VSCR.extu32()))),
  insn('mtvscr', '000100 ///// ///// VRB 11001000100', 'VRB', 'Move To VSCR',   (s) => { s.requires('VEC'); s.VSCR.set(s.vr('VRB').lo.and(VSCR_BITS)); }),
]);
