/** Quad-precision floating point, Power ISA 3.0B Book I 7.6.3: operands in vector registers, VSR 32 to 63. */
import { compareExponents, compareQuads, testDataClass } from '../float/compare';
import {
  doubleToQuad,
  integerToQuad,
  quadToDouble,
  quadToExtended,
  quadToInteger,
  quadToIntegral,
} from '../float/conversions';
import { BINARY128 } from '../float/format';
import { ARITHMETIC } from '../float/operations';
import { type Arithmetic, type FloatFunction, quadArithmetic } from '../float/scalar';
import { insn, section } from '../row';
import type { Semantics } from '../semantics';
import type { U64 } from '../values';
import { SIGN, oddOrNot, quad } from './float-common';

type Meaning = (s: Semantics) => void;

const arithmetic = ({ exact, negated }: Arithmetic, ...fields: readonly string[]): Meaning =>
  oddOrNot(quadArithmetic(exact, { negated }), quadArithmetic(exact, { negated }, true), ...fields);
const rounding = (fn: FloatFunction): Meaning => quad(fn, 'VRT', 'VRB', 'R', 'RMC');

/** VRT is VRB with another left doubleword. */
const signOf =
  (value: (b: U64, s: Semantics) => U64): Meaning =>
  (s) => {
    s.requires('VSX');
    s.vr('VRT').set(value(s.vr('VRB').hi, s), s.vr('VRB').lo);
  };

const EXPONENT = 0x7fffn;
const FRACTION = (1n << 48n) - 1n;

function insertExponent(s: Semantics): void {
  s.requires('VSX');
  const exponent = s.vr('VRB').hi.and(EXPONENT).shl(48);
  s.vr('VRT').set(
    s
      .vr('VRA')
      .hi.and(SIGN | FRACTION)
      .or(exponent),
    s.vr('VRA').lo,
  );
}
function extractExponent(s: Semantics): void {
  s.requires('VSX');
  s.vr('VRT').set(s.vr('VRB').hi.shru(48).and(EXPONENT), 0);
}
function extractSignificand(s: Semantics): void {
  s.requires('VSX');
  const bits = s.vr('VRB').hi;
  const exponent = s.let(bits.shru(48).and(EXPONENT));
  const implicit = exponent
    .eq(0)
    .or(exponent.eq(EXPONENT))
    .choose(0, 1n << 48n);
  s.vr('VRT').set(bits.and(FRACTION).or(implicit), s.vr('VRB').lo);
}

// prettier-ignore
export const QUAD_ARITHMETIC = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xsaddqp',   '111111 VRT VRA VRB 0000000100 RO',   'VRT,VRA,VRB', 'VSX Scalar Add Quad-Precision',                        arithmetic(ARITHMETIC.add, 'VRT', 'VRA', 'VRB')),
  insn('xssubqp',   '111111 VRT VRA VRB 1000000100 RO',   'VRT,VRA,VRB', 'VSX Scalar Subtract Quad-Precision',                   arithmetic(ARITHMETIC.subtract, 'VRT', 'VRA', 'VRB')),
  insn('xsmulqp',   '111111 VRT VRA VRB 0000100100 RO',   'VRT,VRA,VRB', 'VSX Scalar Multiply Quad-Precision',                   arithmetic(ARITHMETIC.multiply, 'VRT', 'VRA', 'VRB')),
  insn('xsdivqp',   '111111 VRT VRA VRB 1000100100 RO',   'VRT,VRA,VRB', 'VSX Scalar Divide Quad-Precision',                     arithmetic(ARITHMETIC.divide, 'VRT', 'VRA', 'VRB')),
  insn('xssqrtqp',  '111111 VRT 11011 VRB 1100100100 RO', 'VRT,VRB',     'VSX Scalar Square Root Quad-Precision',                arithmetic(ARITHMETIC.squareRoot, 'VRT', 'VRB')),
  insn('xsmaddqp',  '111111 VRT VRA VRB 0110000100 RO',   'VRT,VRA,VRB', 'VSX Scalar Multiply-Add Quad-Precision',               arithmetic(ARITHMETIC.multiplyAdd, 'VRT', 'VRA', 'VRB', 'VRT')),
  insn('xsmsubqp',  '111111 VRT VRA VRB 0110100100 RO',   'VRT,VRA,VRB', 'VSX Scalar Multiply-Subtract Quad-Precision',          arithmetic(ARITHMETIC.multiplySubtract, 'VRT', 'VRA', 'VRB', 'VRT')),
  insn('xsnmaddqp', '111111 VRT VRA VRB 0111000100 RO',   'VRT,VRA,VRB', 'VSX Scalar Negative Multiply-Add Quad-Precision',      arithmetic(ARITHMETIC.negatedMultiplyAdd, 'VRT', 'VRA', 'VRB', 'VRT')),
  insn('xsnmsubqp', '111111 VRT VRA VRB 0111100100 RO',   'VRT,VRA,VRB', 'VSX Scalar Negative Multiply-Subtract Quad-Precision', arithmetic(ARITHMETIC.negatedMultiplySubtract, 'VRT', 'VRA', 'VRB', 'VRT')),
]);

// prettier-ignore
export const QUAD_CONVERSIONS = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xscvdpqp',  '111111 VRT 10110 VRB 1101000100 /',    'VRT,VRB',       'VSX Scalar Convert Double-Precision to Quad-Precision format',                       quad(doubleToQuad, 'VRT', 'VRB')),
  insn('xscvqpdp',  '111111 VRT 10100 VRB 1101000100 RO',   'VRT,VRB',       'VSX Scalar Convert with round Quad-Precision to Double-Precision format',            oddOrNot(quadToDouble(false), quadToDouble(true), 'VRT', 'VRB')),
  insn('xscvqpsdz', '111111 VRT 11001 VRB 1101000100 /',    'VRT,VRB',       'VSX Scalar Convert with round to zero Quad-Precision to Signed Doubleword format',   quad(quadToInteger(64, true), 'VRT', 'VRB')),
  insn('xscvqpswz', '111111 VRT 01001 VRB 1101000100 /',    'VRT,VRB',       'VSX Scalar Convert with round to zero Quad-Precision to Signed Word format',         quad(quadToInteger(32, true), 'VRT', 'VRB')),
  insn('xscvqpudz', '111111 VRT 10001 VRB 1101000100 /',    'VRT,VRB',       'VSX Scalar Convert with round to zero Quad-Precision to Unsigned Doubleword format', quad(quadToInteger(64, false), 'VRT', 'VRB')),
  insn('xscvqpuwz', '111111 VRT 00001 VRB 1101000100 /',    'VRT,VRB',       'VSX Scalar Convert with round to zero Quad-Precision to Unsigned Word format',       quad(quadToInteger(32, false), 'VRT', 'VRB')),
  insn('xscvsdqp',  '111111 VRT 01010 VRB 1101000100 /',    'VRT,VRB',       'VSX Scalar Convert Signed Doubleword to Quad-Precision format',                      quad(integerToQuad(true), 'VRT', 'VRB')),
  insn('xscvudqp',  '111111 VRT 00010 VRB 1101000100 /',    'VRT,VRB',       'VSX Scalar Convert Unsigned Doubleword to Quad-Precision format',                    quad(integerToQuad(false), 'VRT', 'VRB')),
  insn('xsrqpi',    '111111 VRT //// R VRB RMC 00000101 0', 'R,VRT,VRB,RMC', 'VSX Scalar Round to Quad-Precision Integer',                                         rounding(quadToIntegral(false))),
  insn('xsrqpix',   '111111 VRT //// R VRB RMC 00000101 1', 'R,VRT,VRB,RMC', 'VSX Scalar Round to Quad-Precision Integer with Inexact',                            rounding(quadToIntegral(true))),
  insn('xsrqpxp',   '111111 VRT //// R VRB RMC 00100101 0', 'R,VRT,VRB,RMC', 'VSX Scalar Round Quad-Precision to Double-Extended Precision',                       rounding(quadToExtended)),
]);

// prettier-ignore
export const QUAD_SIGNS_AND_COMPARE = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xsabsqp',    '111111 VRT 00000 VRB 1100100100 /', 'VRT,VRB',     'VSX Scalar Absolute Quad-Precision',            signOf((b) => b.and(~SIGN))),
  insn('xsnabsqp',   '111111 VRT 01000 VRB 1100100100 /', 'VRT,VRB',     'VSX Scalar Negative Absolute Quad-Precision',   signOf((b) => b.or(SIGN))),
  insn('xsnegqp',    '111111 VRT 10000 VRB 1100100100 /', 'VRT,VRB',     'VSX Scalar Negate Quad-Precision',              signOf((b) => b.xor(SIGN))),
  insn('xscpsgnqp',  '111111 VRT VRA VRB 0001100100 /',   'VRT,VRA,VRB', 'VSX Scalar Copy Sign Quad-Precision',           signOf((b, s) => b.and(~SIGN).or(s.vr('VRA').hi.and(SIGN)))),
  insn('xsiexpqp',   '111111 VRT VRA VRB 1101100100 /',   'VRT,VRA,VRB', 'VSX Scalar Insert Exponent Quad-Precision',     insertExponent),
  insn('xsxexpqp',   '111111 VRT 00010 VRB 1100100100 /', 'VRT,VRB',     'VSX Scalar Extract Exponent Quad-Precision',    extractExponent),
  insn('xsxsigqp',   '111111 VRT 10010 VRB 1100100100 /', 'VRT,VRB',     'VSX Scalar Extract Significand Quad-Precision', extractSignificand),
  insn('xscmpoqp',   '111111 BF // VRA VRB 0010000100 /', 'BF,VRA,VRB',  'VSX Scalar Compare Ordered Quad-Precision',     quad(compareQuads(true), 'BF', 'VRA', 'VRB')),
  insn('xscmpuqp',   '111111 BF // VRA VRB 1010000100 /', 'BF,VRA,VRB',  'VSX Scalar Compare Unordered Quad-Precision',   quad(compareQuads(false), 'BF', 'VRA', 'VRB')),
  insn('xscmpexpqp', '111111 BF // VRA VRB 0010100100 /', 'BF,VRA,VRB',  'VSX Scalar Compare Exponents Quad-Precision',   quad(compareExponents(BINARY128), 'BF', 'VRA', 'VRB')),
  insn('xststdcqp',  '111111 BF DCMX VRB 1011000100 /',   'BF,VRB,DCMX', 'VSX Scalar Test Data Class Quad-Precision',     quad(testDataClass(BINARY128), 'BF', 'VRB', 'DCMX')),
]);
