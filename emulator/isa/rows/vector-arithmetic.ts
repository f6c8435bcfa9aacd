/** Vector integer arithmetic, Power ISA 3.0B Book I 6.9.1 and 6.9.2. */
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import type { U64 } from '../values';
import {
  ZERO,
  addCarries,
  addElements,
  addSaturating,
  average,
  difference,
  maximum,
  minimum,
  saturateNumber,
  subtractCarries,
  subtractElements,
  subtractSaturating,
} from './vector-elements';
import {
  type Quad,
  addQuads,
  elements1,
  elements2,
  elements3,
  halves1,
  halves2,
  notQuad,
  quad,
  whole,
} from './vector-forms';

// prettier-ignore
export const VECTOR_ADD = section('Power ISA 3.0B Book I 6.9.1, add and subtract', [
  insn('vaddcuw',  '000100 VRT VRA VRB 00110000000', 'VRT,VRA,VRB',     'Vector Add and write Carry-out Unsigned Word',               halves2((a, b, s) => addCarries(s, a, b))),
  insn('vaddsbs',  '000100 VRT VRA VRB 01100000000', 'VRT,VRA,VRB',     'Vector Add Signed Byte Saturate',                            halves2((a, b, s) => addSaturating(s, 8, 'signed', a, b))),
  insn('vaddshs',  '000100 VRT VRA VRB 01101000000', 'VRT,VRA,VRB',     'Vector Add Signed Halfword Saturate',                        halves2((a, b, s) => addSaturating(s, 16, 'signed', a, b))),
  insn('vaddsws',  '000100 VRT VRA VRB 01110000000', 'VRT,VRA,VRB',     'Vector Add Signed Word Saturate',                            halves2((a, b, s) => addSaturating(s, 32, 'signed', a, b))),
  insn('vaddubm',  '000100 VRT VRA VRB 00000000000', 'VRT,VRA,VRB',     'Vector Add Unsigned Byte Modulo',                            halves2((a, b, s) => addElements(s, 8, a, b))),
  insn('vadduhm',  '000100 VRT VRA VRB 00001000000', 'VRT,VRA,VRB',     'Vector Add Unsigned Halfword Modulo',                        halves2((a, b, s) => addElements(s, 16, a, b))),
  insn('vadduwm',  '000100 VRT VRA VRB 00010000000', 'VRT,VRA,VRB',     'Vector Add Unsigned Word Modulo',                            halves2((a, b, s) => addElements(s, 32, a, b))),
  insn('vaddudm',  '000100 VRT VRA VRB 00011000000', 'VRT,VRA,VRB',     'Vector Add Unsigned Doubleword Modulo',                      halves2((a, b) => a.add(b))),
  insn('vaddubs',  '000100 VRT VRA VRB 01000000000', 'VRT,VRA,VRB',     'Vector Add Unsigned Byte Saturate',                          halves2((a, b, s) => addSaturating(s, 8, 'unsigned', a, b))),
  insn('vadduhs',  '000100 VRT VRA VRB 01001000000', 'VRT,VRA,VRB',     'Vector Add Unsigned Halfword Saturate',                      halves2((a, b, s) => addSaturating(s, 16, 'unsigned', a, b))),
  insn('vadduws',  '000100 VRT VRA VRB 01010000000', 'VRT,VRA,VRB',     'Vector Add Unsigned Word Saturate',                          halves2((a, b, s) => addSaturating(s, 32, 'unsigned', a, b))),
  insn('vadduqm',  '000100 VRT VRA VRB 00100000000', 'VRT,VRA,VRB',     'Vector Add Unsigned Quadword Modulo',                        whole((s) => addQuads(s, s.vr('VRA'), s.vr('VRB'), 0).sum)),
  insn('vaddeuqm', '000100 VRT VRA VRB VRC 111100',  'VRT,VRA,VRB,VRC', 'Vector Add Extended Unsigned Quadword Modulo',               whole((s) => addQuads(s, s.vr('VRA'), s.vr('VRB'), s.vr('VRC').lo.and(1)).sum)),
  insn('vaddcuq',  '000100 VRT VRA VRB 00101000000', 'VRT,VRA,VRB',     'Vector Add and write Carry-out Unsigned Quadword',           whole((s) => quad(0, addQuads(s, s.vr('VRA'), s.vr('VRB'), 0).carry))),
  insn('vaddecuq', '000100 VRT VRA VRB VRC 111101',  'VRT,VRA,VRB,VRC', 'Vector Add Extended and write Carry-out Unsigned Quadword',  whole((s) => quad(0, addQuads(s, s.vr('VRA'), s.vr('VRB'), s.vr('VRC').lo.and(1)).carry))),
  insn('vsubcuw',  '000100 VRT VRA VRB 10110000000', 'VRT,VRA,VRB',     'Vector Subtract and write Carry-out Unsigned Word',          halves2((a, b, s) => subtractCarries(s, a, b))),
  insn('vsubsbs',  '000100 VRT VRA VRB 11100000000', 'VRT,VRA,VRB',     'Vector Subtract Signed Byte Saturate',                       halves2((a, b, s) => subtractSaturating(s, 8, 'signed', a, b))),
  insn('vsubshs',  '000100 VRT VRA VRB 11101000000', 'VRT,VRA,VRB',     'Vector Subtract Signed Halfword Saturate',                   halves2((a, b, s) => subtractSaturating(s, 16, 'signed', a, b))),
  insn('vsubsws',  '000100 VRT VRA VRB 11110000000', 'VRT,VRA,VRB',     'Vector Subtract Signed Word Saturate',                       halves2((a, b, s) => subtractSaturating(s, 32, 'signed', a, b))),
  insn('vsububm',  '000100 VRT VRA VRB 10000000000', 'VRT,VRA,VRB',     'Vector Subtract Unsigned Byte Modulo',                       halves2((a, b, s) => subtractElements(s, 8, a, b))),
  insn('vsubuhm',  '000100 VRT VRA VRB 10001000000', 'VRT,VRA,VRB',     'Vector Subtract Unsigned Halfword Modulo',                   halves2((a, b, s) => subtractElements(s, 16, a, b))),
  insn('vsubuwm',  '000100 VRT VRA VRB 10010000000', 'VRT,VRA,VRB',     'Vector Subtract Unsigned Word Modulo',                       halves2((a, b, s) => subtractElements(s, 32, a, b))),
  insn('vsubudm',  '000100 VRT VRA VRB 10011000000', 'VRT,VRA,VRB',     'Vector Subtract Unsigned Doubleword Modulo',                 halves2((a, b) => a.sub(b))),
  insn('vsububs',  '000100 VRT VRA VRB 11000000000', 'VRT,VRA,VRB',     'Vector Subtract Unsigned Byte Saturate',                     halves2((a, b, s) => subtractSaturating(s, 8, 'unsigned', a, b))),
  insn('vsubuhs',  '000100 VRT VRA VRB 11001000000', 'VRT,VRA,VRB',     'Vector Subtract Unsigned Halfword Saturate',                 halves2((a, b, s) => subtractSaturating(s, 16, 'unsigned', a, b))),
  insn('vsubuws',  '000100 VRT VRA VRB 11010000000', 'VRT,VRA,VRB',     'Vector Subtract Unsigned Word Saturate',                     halves2((a, b, s) => subtractSaturating(s, 32, 'unsigned', a, b))),
  insn('vsubuqm',  '000100 VRT VRA VRB 10100000000', 'VRT,VRA,VRB',     'Vector Subtract Unsigned Quadword Modulo',                   whole((s) => addQuads(s, s.vr('VRA'), notQuad(s.vr('VRB')), 1).sum)),
  insn('vsubeuqm', '000100 VRT VRA VRB VRC 111110',  'VRT,VRA,VRB,VRC', 'Vector Subtract Extended Unsigned Quadword Modulo',          whole((s) => addQuads(s, s.vr('VRA'), notQuad(s.vr('VRB')), s.vr('VRC').lo.and(1)).sum)),
  insn('vsubcuq',  '000100 VRT VRA VRB 10101000000', 'VRT,VRA,VRB',     'Vector Subtract and write Carry-out Unsigned Quadword',      whole((s) => quad(0, addQuads(s, s.vr('VRA'), notQuad(s.vr('VRB')), 1).carry))),
  insn('vsubecuq', '000100 VRT VRA VRB VRC 111111',  'VRT,VRA,VRB,VRC', 'Vector Subtract Extended and write Carry-out Unsigned Quadword', whole((s) => quad(0, addQuads(s, s.vr('VRA'), notQuad(s.vr('VRB')), s.vr('VRC').lo.and(1)).carry))),
]);

/** Part n of an element from the right, `width` bits. */
type PartOf = (element: U64, width: 8 | 16, n: number) => U64;
const unsigned: PartOf = (x, width, n) => x.shru(width * n).and((1n << BigInt(width)) - 1n);
const signed: PartOf = (x, width, n) => x.shl(64 - width * (n + 1)).shrs(64 - width);

/** c + the products of the parts of two words. */
function sumOfProducts(c: U64, width: 8 | 16, partOfA: PartOf, a: U64, partOfB: PartOf, b: U64): U64 {
  let sum = c;
  for (let n = 0; n < 32 / width; n++) sum = sum.add(partOfA(a, width, n).mul(partOfB(b, width, n)));
  return sum;
}

/** b + the parts of a word. */
function sumOfParts(b: U64, width: 8 | 16, partOf: PartOf, a: U64): U64 {
  let sum = b;
  for (let n = 0; n < 32 / width; n++) sum = sum.add(partOf(a, width, n));
  return sum;
}
const sumOfWords = (a: U64): U64 => a.shrs(32).add(a.exts32());

/** The sum of the words of VRA and the rightmost one of VRB, in the rightmost word. */
function sumAcross(s: Semantics): Quad {
  const [a, b] = [s.vr('VRA'), s.vr('VRB')];
  const sum = sumOfWords(a.hi).add(sumOfWords(a.lo)).add(b.lo.exts32());
  return quad(0, saturateNumber(s, 32, 'signed', sum).extu32());
}

/** VRC + the products of the left and of the right doublewords. */
function multiplySumDoublewords(s: Semantics): Quad {
  const [a, b] = [s.vr('VRA'), s.vr('VRB')];
  const left = quad(a.hi.mulhu(b.hi), a.hi.mul(b.hi));
  const right = quad(a.lo.mulhu(b.lo), a.lo.mul(b.lo));
  return addQuads(s, s.vr('VRC'), addQuads(s, left, right, 0).sum, 0).sum;
}

// prettier-ignore
export const VECTOR_MULTIPLY = section('Power ISA 3.0B Book I 6.9.1, multiply and sum', [
  insn('vmulesb',    '000100 VRT VRA VRB 01100001000', 'VRT,VRA,VRB',     'Vector Multiply Even Signed Byte',                        elements2(16, (a, b) => signed(a, 8, 1).mul(signed(b, 8, 1)))),
  insn('vmulesh',    '000100 VRT VRA VRB 01101001000', 'VRT,VRA,VRB',     'Vector Multiply Even Signed Halfword',                    elements2(32, (a, b) => signed(a, 16, 1).mul(signed(b, 16, 1)))),
  insn('vmulesw',    '000100 VRT VRA VRB 01110001000', 'VRT,VRA,VRB',     'Vector Multiply Even Signed Word',                        halves2((a, b) => a.shrs(32).mul(b.shrs(32)))),
  insn('vmuleub',    '000100 VRT VRA VRB 01000001000', 'VRT,VRA,VRB',     'Vector Multiply Even Unsigned Byte',                      elements2(16, (a, b) => unsigned(a, 8, 1).mul(unsigned(b, 8, 1)))),
  insn('vmuleuh',    '000100 VRT VRA VRB 01001001000', 'VRT,VRA,VRB',     'Vector Multiply Even Unsigned Halfword',                  elements2(32, (a, b) => unsigned(a, 16, 1).mul(unsigned(b, 16, 1)))),
  insn('vmuleuw',    '000100 VRT VRA VRB 01010001000', 'VRT,VRA,VRB',     'Vector Multiply Even Unsigned Word',                      halves2((a, b) => a.shru(32).mul(b.shru(32)))),
  insn('vmulosb',    '000100 VRT VRA VRB 00100001000', 'VRT,VRA,VRB',     'Vector Multiply Odd Signed Byte',                         elements2(16, (a, b) => signed(a, 8, 0).mul(signed(b, 8, 0)))),
  insn('vmulosh',    '000100 VRT VRA VRB 00101001000', 'VRT,VRA,VRB',     'Vector Multiply Odd Signed Halfword',                     elements2(32, (a, b) => signed(a, 16, 0).mul(signed(b, 16, 0)))),
  insn('vmulosw',    '000100 VRT VRA VRB 00110001000', 'VRT,VRA,VRB',     'Vector Multiply Odd Signed Word',                         halves2((a, b) => a.exts32().mul(b.exts32()))),
  insn('vmuloub',    '000100 VRT VRA VRB 00000001000', 'VRT,VRA,VRB',     'Vector Multiply Odd Unsigned Byte',                       elements2(16, (a, b) => unsigned(a, 8, 0).mul(unsigned(b, 8, 0)))),
  insn('vmulouh',    '000100 VRT VRA VRB 00001001000', 'VRT,VRA,VRB',     'Vector Multiply Odd Unsigned Halfword',                   elements2(32, (a, b) => unsigned(a, 16, 0).mul(unsigned(b, 16, 0)))),
  insn('vmulouw',    '000100 VRT VRA VRB 00010001000', 'VRT,VRA,VRB',     'Vector Multiply Odd Unsigned Word',                       halves2((a, b) => a.extu32().mul(b.extu32()))),
  insn('vmuluwm',    '000100 VRT VRA VRB 00010001001', 'VRT,VRA,VRB',     'Vector Multiply Unsigned Word Modulo',                    elements2(32, (a, b) => a.mul(b))),
  insn('vmhaddshs',  '000100 VRT VRA VRB VRC 100000',  'VRT,VRA,VRB,VRC', 'Vector Multiply-High-Add Signed Halfword Saturate',       elements3(16, (a, b, c, s) => saturateNumber(s, 16, 'signed', a.exts16().mul(b.exts16()).shrs(15).add(c.exts16())))),
  insn('vmhraddshs', '000100 VRT VRA VRB VRC 100001',  'VRT,VRA,VRB,VRC', 'Vector Multiply-High-Round-Add Signed Halfword Saturate', elements3(16, (a, b, c, s) => saturateNumber(s, 16, 'signed', a.exts16().mul(b.exts16()).add(0x4000).shrs(15).add(c.exts16())))),
  insn('vmladduhm',  '000100 VRT VRA VRB VRC 100010',  'VRT,VRA,VRB,VRC', 'Vector Multiply-Low-Add Unsigned Halfword Modulo',        elements3(16, (a, b, c) => a.mul(b).add(c))),
  insn('vmsumubm',   '000100 VRT VRA VRB VRC 100100',  'VRT,VRA,VRB,VRC', 'Vector Multiply-Sum Unsigned Byte Modulo',                elements3(32, (a, b, c) => sumOfProducts(c, 8, unsigned, a, unsigned, b))),
  insn('vmsummbm',   '000100 VRT VRA VRB VRC 100101',  'VRT,VRA,VRB,VRC', 'Vector Multiply-Sum Mixed Byte Modulo',                   elements3(32, (a, b, c) => sumOfProducts(c, 8, signed, a, unsigned, b))),
  insn('vmsumshm',   '000100 VRT VRA VRB VRC 101000',  'VRT,VRA,VRB,VRC', 'Vector Multiply-Sum Signed Halfword Modulo',              elements3(32, (a, b, c) => sumOfProducts(c, 16, signed, a, signed, b))),
  insn('vmsumshs',   '000100 VRT VRA VRB VRC 101001',  'VRT,VRA,VRB,VRC', 'Vector Multiply-Sum Signed Halfword Saturate',            elements3(32, (a, b, c, s) => saturateNumber(s, 32, 'signed', sumOfProducts(c.exts32(), 16, signed, a, signed, b)))),
  insn('vmsumuhm',   '000100 VRT VRA VRB VRC 100110',  'VRT,VRA,VRB,VRC', 'Vector Multiply-Sum Unsigned Halfword Modulo',            elements3(32, (a, b, c) => sumOfProducts(c, 16, unsigned, a, unsigned, b))),
  insn('vmsumuhs',   '000100 VRT VRA VRB VRC 100111',  'VRT,VRA,VRB,VRC', 'Vector Multiply-Sum Unsigned Halfword Saturate',          elements3(32, (a, b, c, s) => saturateNumber(s, 32, 'unsigned', sumOfProducts(c, 16, unsigned, a, unsigned, b)))),
  insn('vmsumudm',   '000100 VRT VRA VRB VRC 100011',  'VRT,VRA,VRB,VRC', 'Vector Multiply-Sum Unsigned Doubleword Modulo',          whole(multiplySumDoublewords)),
  insn('vsumsws',    '000100 VRT VRA VRB 11110001000', 'VRT,VRA,VRB',     'Vector Sum across Signed Word Saturate',                  whole(sumAcross)),
  insn('vsum2sws',   '000100 VRT VRA VRB 11010001000', 'VRT,VRA,VRB',     'Vector Sum across Half Signed Word Saturate',             halves2((a, b, s) => saturateNumber(s, 32, 'signed', sumOfWords(a).add(b.exts32())).extu32())),
  insn('vsum4sbs',   '000100 VRT VRA VRB 11100001000', 'VRT,VRA,VRB',     'Vector Sum across Quarter Signed Byte Saturate',          elements2(32, (a, b, s) => saturateNumber(s, 32, 'signed', sumOfParts(b.exts32(), 8, signed, a)))),
  insn('vsum4shs',   '000100 VRT VRA VRB 11001001000', 'VRT,VRA,VRB',     'Vector Sum across Quarter Signed Halfword Saturate',      elements2(32, (a, b, s) => saturateNumber(s, 32, 'signed', sumOfParts(b.exts32(), 16, signed, a)))),
  insn('vsum4ubs',   '000100 VRT VRA VRB 11000001000', 'VRT,VRA,VRB',     'Vector Sum across Quarter Unsigned Byte Saturate',        elements2(32, (a, b, s) => saturateNumber(s, 32, 'unsigned', sumOfParts(b, 8, unsigned, a)))),
]);

// prettier-ignore
export const VECTOR_EXTEND_AVERAGE = section('Power ISA 3.0B Book I 6.9, extend, average, maximum', [
  insn('vnegw',    '000100 VRT 00110 VRB 11000000010', 'VRT,VRB',     'Vector Negate Word',                           halves1((b, s) => subtractElements(s, 32, ZERO, b))),
  insn('vnegd',    '000100 VRT 00111 VRB 11000000010', 'VRT,VRB',     'Vector Negate Doubleword',                     halves1((b) => b.neg())),
  insn('vextsb2w', '000100 VRT 10000 VRB 11000000010', 'VRT,VRB',     'Vector Extend Sign Byte to Word',              elements1(32, (b) => b.exts8())),
  insn('vextsh2w', '000100 VRT 10001 VRB 11000000010', 'VRT,VRB',     'Vector Extend Sign Halfword to Word',          elements1(32, (b) => b.exts16())),
  insn('vextsb2d', '000100 VRT 11000 VRB 11000000010', 'VRT,VRB',     'Vector Extend Sign Byte to Doubleword',        halves1((b) => b.exts8())),
  insn('vextsh2d', '000100 VRT 11001 VRB 11000000010', 'VRT,VRB',     'Vector Extend Sign Halfword to Doubleword',    halves1((b) => b.exts16())),
  insn('vextsw2d', '000100 VRT 11010 VRB 11000000010', 'VRT,VRB',     'Vector Extend Sign Word to Doubleword',        halves1((b) => b.exts32())),
  insn('vavgsb',   '000100 VRT VRA VRB 10100000010',   'VRT,VRA,VRB', 'Vector Average Signed Byte',                   halves2((a, b, s) => average(s, 8, 'signed', a, b))),
  insn('vavgsh',   '000100 VRT VRA VRB 10101000010',   'VRT,VRA,VRB', 'Vector Average Signed Halfword',               halves2((a, b, s) => average(s, 16, 'signed', a, b))),
  insn('vavgsw',   '000100 VRT VRA VRB 10110000010',   'VRT,VRA,VRB', 'Vector Average Signed Word',                   halves2((a, b, s) => average(s, 32, 'signed', a, b))),
  insn('vavgub',   '000100 VRT VRA VRB 10000000010',   'VRT,VRA,VRB', 'Vector Average Unsigned Byte',                 halves2((a, b, s) => average(s, 8, 'unsigned', a, b))),
  insn('vavguh',   '000100 VRT VRA VRB 10001000010',   'VRT,VRA,VRB', 'Vector Average Unsigned Halfword',             halves2((a, b, s) => average(s, 16, 'unsigned', a, b))),
  insn('vavguw',   '000100 VRT VRA VRB 10010000010',   'VRT,VRA,VRB', 'Vector Average Unsigned Word',                 halves2((a, b, s) => average(s, 32, 'unsigned', a, b))),
  insn('vabsdub',  '000100 VRT VRA VRB 10000000011',   'VRT,VRA,VRB', 'Vector Absolute Difference Unsigned Byte',     halves2((a, b, s) => difference(s, 8, a, b))),
  insn('vabsduh',  '000100 VRT VRA VRB 10001000011',   'VRT,VRA,VRB', 'Vector Absolute Difference Unsigned Halfword', halves2((a, b, s) => difference(s, 16, a, b))),
  insn('vabsduw',  '000100 VRT VRA VRB 10010000011',   'VRT,VRA,VRB', 'Vector Absolute Difference Unsigned Word',     halves2((a, b, s) => difference(s, 32, a, b))),
  insn('vmaxsb',   '000100 VRT VRA VRB 00100000010',   'VRT,VRA,VRB', 'Vector Maximum Signed Byte',                   halves2((a, b, s) => maximum(s, 8, 'signed', a, b))),
  insn('vmaxsh',   '000100 VRT VRA VRB 00101000010',   'VRT,VRA,VRB', 'Vector Maximum Signed Halfword',               halves2((a, b, s) => maximum(s, 16, 'signed', a, b))),
  insn('vmaxsw',   '000100 VRT VRA VRB 00110000010',   'VRT,VRA,VRB', 'Vector Maximum Signed Word',                   halves2((a, b, s) => maximum(s, 32, 'signed', a, b))),
  insn('vmaxsd',   '000100 VRT VRA VRB 00111000010',   'VRT,VRA,VRB', 'Vector Maximum Signed Doubleword',             halves2((a, b, s) => maximum(s, 64, 'signed', a, b))),
  insn('vmaxub',   '000100 VRT VRA VRB 00000000010',   'VRT,VRA,VRB', 'Vector Maximum Unsigned Byte',                 halves2((a, b, s) => maximum(s, 8, 'unsigned', a, b))),
  insn('vmaxuh',   '000100 VRT VRA VRB 00001000010',   'VRT,VRA,VRB', 'Vector Maximum Unsigned Halfword',             halves2((a, b, s) => maximum(s, 16, 'unsigned', a, b))),
  insn('vmaxuw',   '000100 VRT VRA VRB 00010000010',   'VRT,VRA,VRB', 'Vector Maximum Unsigned Word',                 halves2((a, b, s) => maximum(s, 32, 'unsigned', a, b))),
  insn('vmaxud',   '000100 VRT VRA VRB 00011000010',   'VRT,VRA,VRB', 'Vector Maximum Unsigned Doubleword',           halves2((a, b, s) => maximum(s, 64, 'unsigned', a, b))),
  insn('vminsb',   '000100 VRT VRA VRB 01100000010',   'VRT,VRA,VRB', 'Vector Minimum Signed Byte',                   halves2((a, b, s) => minimum(s, 8, 'signed', a, b))),
  insn('vminsh',   '000100 VRT VRA VRB 01101000010',   'VRT,VRA,VRB', 'Vector Minimum Signed Halfword',               halves2((a, b, s) => minimum(s, 16, 'signed', a, b))),
  insn('vminsw',   '000100 VRT VRA VRB 01110000010',   'VRT,VRA,VRB', 'Vector Minimum Signed Word',                   halves2((a, b, s) => minimum(s, 32, 'signed', a, b))),
  insn('vminsd',   '000100 VRT VRA VRB 01111000010',   'VRT,VRA,VRB', 'Vector Minimum Signed Doubleword',             halves2((a, b, s) => minimum(s, 64, 'signed', a, b))),
  insn('vminub',   '000100 VRT VRA VRB 01000000010',   'VRT,VRA,VRB', 'Vector Minimum Unsigned Byte',                 halves2((a, b, s) => minimum(s, 8, 'unsigned', a, b))),
  insn('vminuh',   '000100 VRT VRA VRB 01001000010',   'VRT,VRA,VRB', 'Vector Minimum Unsigned Halfword',             halves2((a, b, s) => minimum(s, 16, 'unsigned', a, b))),
  insn('vminuw',   '000100 VRT VRA VRB 01010000010',   'VRT,VRA,VRB', 'Vector Minimum Unsigned Word',                 halves2((a, b, s) => minimum(s, 32, 'unsigned', a, b))),
  insn('vminud',   '000100 VRT VRA VRB 01011000010',   'VRT,VRA,VRB', 'Vector Minimum Unsigned Doubleword',           halves2((a, b, s) => minimum(s, 64, 'unsigned', a, b))),
]);
