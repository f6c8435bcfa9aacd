/** Scalar floating point of VSX, Power ISA 3.0B Book I 7.6.3: doublewords 0; doubleword 1 of a target becomes 0. */
import {
  compareDoubles,
  compareExponents,
  compareToMask,
  extremeDouble,
  testDataClass,
  testDoubleDivision,
  testDoubleSquareRoot,
  testSingleDataClass,
} from '../float/compare';
import {
  doubleToHalf,
  doubleToInteger,
  doubleToIntegral,
  doubleToSingleWord,
  halfToDouble,
  integerToDouble,
  roundToSingle,
  singleWordToDouble,
} from '../float/conversions';
import { EQUAL, GREATER, LESS } from '../float/convert';
import { estimateDouble, estimateSingle, reciprocal, reciprocalRoot } from '../float/estimate';
import { BINARY32, BINARY64 } from '../float/format';
import { ARITHMETIC } from '../float/operations';
import { MODE } from '../float/round';
import { type FloatFunction, doubleArithmetic, singleArithmetic } from '../float/scalar';
import { insn, section } from '../row';
import type { Routine } from '../routine';
import type { Semantics } from '../semantics';
import type { U64 } from '../values';
import { FRACTION, SIGN, doubleOf, singleOf, vsx } from './float-common';

type Meaning = (s: Semantics) => void;

/** Type A adds to the target, type M multiplies by it. */
const fusedA = (called: FloatFunction | Routine): Meaning => vsx(called, 'XT', 'XA', 'XB', 'XT');
const fusedM = (called: FloatFunction | Routine): Meaning => vsx(called, 'XT', 'XA', 'XT', 'XB');

/** Doubleword 0 of XT from that of XB. */
const signOf =
  (value: (b: U64, s: Semantics) => U64): Meaning =>
  (s) => {
    s.requires('VSX');
    s.vsrOf('XT').set(value(s.vsrOf('XB').hi, s), 0);
  };

const EXPONENT = 0x7ffn;

function insertExponentDouble(s: Semantics): void {
  s.requires('VSX');
  s.vsrOf('XT').set(s.RA.and(SIGN | FRACTION).or(s.RB.and(EXPONENT).shl(52)), 0);
}
function extractExponentDouble(s: Semantics): void {
  s.requires('VSX');
  s.RT.set(s.vsrOf('XB').hi.shru(52).and(EXPONENT));
}
function extractSignificandDouble(s: Semantics): void {
  s.requires('VSX');
  const bits = s.vsrOf('XB').hi;
  const exponent = s.let(bits.shru(52).and(EXPONENT));
  const implicit = exponent
    .eq(0)
    .or(exponent.eq(EXPONENT))
    .choose(0, 1n << 52n);
  s.RT.set(bits.and(FRACTION).or(implicit));
}

/** The single stands in both words, of which the ISA defines the left one. */
function doubleToSingleWordQuietly(s: Semantics): void {
  s.requires('VSX');
  const single = s.let(singleOf(s, s.vsrOf('XB').hi));
  s.vsrOf('XT').set(single.shl(32).or(single), 0);
}
function singleWordToDoubleQuietly(s: Semantics): void {
  s.requires('VSX');
  s.vsrOf('XT').set(doubleOf(s, s.vsrOf('XB').hi.shru(32)), 0);
}

// prettier-ignore
export const VSX_SCALAR_ARITHMETIC = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xsadddp',    '111100 XT XA XB 00100000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Add Double-Precision',                               vsx(doubleArithmetic(ARITHMETIC.add), 'XT', 'XA', 'XB')),
  insn('xsaddsp',    '111100 XT XA XB 00000000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Add Single-Precision',                               vsx(singleArithmetic(ARITHMETIC.add), 'XT', 'XA', 'XB')),
  insn('xssubdp',    '111100 XT XA XB 00101000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Subtract Double-Precision',                          vsx(doubleArithmetic(ARITHMETIC.subtract), 'XT', 'XA', 'XB')),
  insn('xssubsp',    '111100 XT XA XB 00001000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Subtract Single-Precision',                          vsx(singleArithmetic(ARITHMETIC.subtract), 'XT', 'XA', 'XB')),
  insn('xsmuldp',    '111100 XT XA XB 00110000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply Double-Precision',                          vsx(doubleArithmetic(ARITHMETIC.multiply), 'XT', 'XA', 'XB')),
  insn('xsmulsp',    '111100 XT XA XB 00010000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply Single-Precision',                          vsx(singleArithmetic(ARITHMETIC.multiply), 'XT', 'XA', 'XB')),
  insn('xsdivdp',    '111100 XT XA XB 00111000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Divide Double-Precision',                            vsx(doubleArithmetic(ARITHMETIC.divide), 'XT', 'XA', 'XB')),
  insn('xsdivsp',    '111100 XT XA XB 00011000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Divide Single-Precision',                            vsx(singleArithmetic(ARITHMETIC.divide), 'XT', 'XA', 'XB')),
  insn('xssqrtdp',   '111100 XT ///// XB 001001011 XB XT', 'XT,XB',    'VSX Scalar Square Root Double-Precision',                       vsx(doubleArithmetic(ARITHMETIC.squareRoot), 'XT', 'XB')),
  insn('xssqrtsp',   '111100 XT ///// XB 000001011 XB XT', 'XT,XB',    'VSX Scalar Square Root Single-Precision',                       vsx(singleArithmetic(ARITHMETIC.squareRoot), 'XT', 'XB')),
  insn('xsmaddadp',  '111100 XT XA XB 00100001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply-Add Type-A Double-Precision',               fusedA(doubleArithmetic(ARITHMETIC.multiplyAdd))),
  insn('xsmaddmdp',  '111100 XT XA XB 00101001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply-Add Type-M Double-Precision',               fusedM(doubleArithmetic(ARITHMETIC.multiplyAdd))),
  insn('xsmaddasp',  '111100 XT XA XB 00000001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply-Add Type-A Single-Precision',               fusedA(singleArithmetic(ARITHMETIC.multiplyAdd))),
  insn('xsmaddmsp',  '111100 XT XA XB 00001001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply-Add Type-M Single-Precision',               fusedM(singleArithmetic(ARITHMETIC.multiplyAdd))),
  insn('xsmsubadp',  '111100 XT XA XB 00110001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply-Subtract Type-A Double-Precision',          fusedA(doubleArithmetic(ARITHMETIC.multiplySubtract))),
  insn('xsmsubmdp',  '111100 XT XA XB 00111001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply-Subtract Type-M Double-Precision',          fusedM(doubleArithmetic(ARITHMETIC.multiplySubtract))),
  insn('xsmsubasp',  '111100 XT XA XB 00010001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply-Subtract Type-A Single-Precision',          fusedA(singleArithmetic(ARITHMETIC.multiplySubtract))),
  insn('xsmsubmsp',  '111100 XT XA XB 00011001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Multiply-Subtract Type-M Single-Precision',          fusedM(singleArithmetic(ARITHMETIC.multiplySubtract))),
  insn('xsnmaddadp', '111100 XT XA XB 10100001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Negative Multiply-Add Type-A Double-Precision',      fusedA(doubleArithmetic(ARITHMETIC.negatedMultiplyAdd))),
  insn('xsnmaddmdp', '111100 XT XA XB 10101001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Negative Multiply-Add Type-M Double-Precision',      fusedM(doubleArithmetic(ARITHMETIC.negatedMultiplyAdd))),
  insn('xsnmaddasp', '111100 XT XA XB 10000001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Negative Multiply-Add Type-A Single-Precision',      fusedA(singleArithmetic(ARITHMETIC.negatedMultiplyAdd))),
  insn('xsnmaddmsp', '111100 XT XA XB 10001001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Negative Multiply-Add Type-M Single-Precision',      fusedM(singleArithmetic(ARITHMETIC.negatedMultiplyAdd))),
  insn('xsnmsubadp', '111100 XT XA XB 10110001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Negative Multiply-Subtract Type-A Double-Precision', fusedA(doubleArithmetic(ARITHMETIC.negatedMultiplySubtract))),
  insn('xsnmsubmdp', '111100 XT XA XB 10111001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Negative Multiply-Subtract Type-M Double-Precision', fusedM(doubleArithmetic(ARITHMETIC.negatedMultiplySubtract))),
  insn('xsnmsubasp', '111100 XT XA XB 10010001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Negative Multiply-Subtract Type-A Single-Precision', fusedA(singleArithmetic(ARITHMETIC.negatedMultiplySubtract))),
  insn('xsnmsubmsp', '111100 XT XA XB 10011001 XA XB XT',  'XT,XA,XB', 'VSX Scalar Negative Multiply-Subtract Type-M Single-Precision', fusedM(singleArithmetic(ARITHMETIC.negatedMultiplySubtract))),
  insn('xsredp',     '111100 XT ///// XB 001011010 XB XT', 'XT,XB',    'VSX Scalar Reciprocal Estimate Double-Precision',               vsx(estimateDouble(reciprocal), 'XT', 'XB')),
  insn('xsresp',     '111100 XT ///// XB 000011010 XB XT', 'XT,XB',    'VSX Scalar Reciprocal Estimate Single-Precision',               vsx(estimateSingle(reciprocal), 'XT', 'XB')),
  insn('xsrsqrtedp', '111100 XT ///// XB 001001010 XB XT', 'XT,XB',    'VSX Scalar Reciprocal Square Root Estimate Double-Precision',   vsx(estimateDouble(reciprocalRoot), 'XT', 'XB')),
  insn('xsrsqrtesp', '111100 XT ///// XB 000001010 XB XT', 'XT,XB',    'VSX Scalar Reciprocal Square Root Estimate Single-Precision',   vsx(estimateSingle(reciprocalRoot), 'XT', 'XB')),
]);

// prettier-ignore
export const VSX_SCALAR_CONVERSIONS = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xsrsp',      '111100 XT ///// XB 100011001 XB XT', 'XT,XB', 'VSX Scalar Round to Single-Precision',                                                 vsx(roundToSingle, 'XT', 'XB')),
  insn('xsrdpi',     '111100 XT ///// XB 001001001 XB XT', 'XT,XB', 'VSX Scalar Round to Double-Precision Integer using round to Nearest Away',             vsx(doubleToIntegral(MODE.nearestAway), 'XT', 'XB')),
  insn('xsrdpic',    '111100 XT ///// XB 001101011 XB XT', 'XT,XB', 'VSX Scalar Round to Double-Precision Integer exact using Current rounding mode',       vsx(doubleToIntegral(undefined), 'XT', 'XB')),
  insn('xsrdpim',    '111100 XT ///// XB 001111001 XB XT', 'XT,XB', 'VSX Scalar Round to Double-Precision Integer using round toward -Infinity',            vsx(doubleToIntegral(MODE.down), 'XT', 'XB')),
  insn('xsrdpip',    '111100 XT ///// XB 001101001 XB XT', 'XT,XB', 'VSX Scalar Round to Double-Precision Integer using round toward +Infinity',            vsx(doubleToIntegral(MODE.up), 'XT', 'XB')),
  insn('xsrdpiz',    '111100 XT ///// XB 001011001 XB XT', 'XT,XB', 'VSX Scalar Round to Double-Precision Integer using round toward Zero',                 vsx(doubleToIntegral(MODE.zero), 'XT', 'XB')),
  insn('xscvdphp',   '111100 XT 10001 XB 101011011 XB XT', 'XT,XB', 'VSX Scalar Convert Double-Precision to Half-Precision format with round',              vsx(doubleToHalf, 'XT', 'XB')),
  insn('xscvhpdp',   '111100 XT 10000 XB 101011011 XB XT', 'XT,XB', 'VSX Scalar Convert Half-Precision to Double-Precision format',                         vsx(halfToDouble, 'XT', 'XB')),
  insn('xscvdpsp',   '111100 XT ///// XB 100001001 XB XT', 'XT,XB', 'VSX Scalar Convert Double-Precision to Single-Precision format with round',            vsx(doubleToSingleWord, 'XT', 'XB')),
  insn('xscvspdp',   '111100 XT ///// XB 101001001 XB XT', 'XT,XB', 'VSX Scalar Convert Single-Precision to Double-Precision format',                       vsx(singleWordToDouble, 'XT', 'XB')),
  insn('xscvdpspn',  '111100 XT ///// XB 100001011 XB XT', 'XT,XB', 'VSX Scalar Convert Double-Precision to Single-Precision Non-signalling format',        doubleToSingleWordQuietly),
  insn('xscvspdpn',  '111100 XT ///// XB 101001011 XB XT', 'XT,XB', 'VSX Scalar Convert Single-Precision to Double-Precision Non-signalling format',        singleWordToDoubleQuietly),
  insn('xscvdpsxds', '111100 XT ///// XB 101011000 XB XT', 'XT,XB', 'VSX Scalar Convert with round to zero Double-Precision to Signed Doubleword format',   vsx(doubleToInteger({ width: 64, signed: true, truncate: true }), 'XT', 'XB')),
  insn('xscvdpsxws', '111100 XT ///// XB 001011000 XB XT', 'XT,XB', 'VSX Scalar Convert with round to zero Double-Precision to Signed Word format',         vsx(doubleToInteger({ width: 32, signed: true, truncate: true, twice: true }), 'XT', 'XB')),
  insn('xscvdpuxds', '111100 XT ///// XB 101001000 XB XT', 'XT,XB', 'VSX Scalar Convert with round to zero Double-Precision to Unsigned Doubleword format', vsx(doubleToInteger({ width: 64, signed: false, truncate: true }), 'XT', 'XB')),
  insn('xscvdpuxws', '111100 XT ///// XB 001001000 XB XT', 'XT,XB', 'VSX Scalar Convert with round to zero Double-Precision to Unsigned Word format',       vsx(doubleToInteger({ width: 32, signed: false, truncate: true, twice: true }), 'XT', 'XB')),
  insn('xscvsxddp',  '111100 XT ///// XB 101111000 XB XT', 'XT,XB', 'VSX Scalar Convert with round Signed Doubleword to Double-Precision format',           vsx(integerToDouble({ signed: true, format: BINARY64 }), 'XT', 'XB')),
  insn('xscvsxdsp',  '111100 XT ///// XB 100111000 XB XT', 'XT,XB', 'VSX Scalar Convert with round Signed Doubleword to Single-Precision format',           vsx(integerToDouble({ signed: true, format: BINARY32 }), 'XT', 'XB')),
  insn('xscvuxddp',  '111100 XT ///// XB 101101000 XB XT', 'XT,XB', 'VSX Scalar Convert with round Unsigned Doubleword to Double-Precision format',         vsx(integerToDouble({ signed: false, format: BINARY64 }), 'XT', 'XB')),
  insn('xscvuxdsp',  '111100 XT ///// XB 100101000 XB XT', 'XT,XB', 'VSX Scalar Convert with round Unsigned Doubleword to Single-Precision format',         vsx(integerToDouble({ signed: false, format: BINARY32 }), 'XT', 'XB')),
]);

// prettier-ignore
export const VSX_SCALAR_SIGNS = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xsabsdp',   '111100 XT ///// XB 101011001 XB XT', 'XT,XB',    'VSX Scalar Absolute Double-Precision',            signOf((b) => b.and(~SIGN))),
  insn('xsnabsdp',  '111100 XT ///// XB 101101001 XB XT', 'XT,XB',    'VSX Scalar Negative Absolute Double-Precision',   signOf((b) => b.or(SIGN))),
  insn('xsnegdp',   '111100 XT ///// XB 101111001 XB XT', 'XT,XB',    'VSX Scalar Negate Double-Precision',              signOf((b) => b.xor(SIGN))),
  insn('xscpsgndp', '111100 XT XA XB 10110000 XA XB XT',  'XT,XA,XB', 'VSX Scalar Copy Sign Double-Precision',           signOf((b, s) => b.and(~SIGN).or(s.vsrOf('XA').hi.and(SIGN)))),
  insn('xsiexpdp',  '111100 XT RA RB 1110010110 XT',      'XT,RA,RB', 'VSX Scalar Insert Exponent Double-Precision',     insertExponentDouble),
  insn('xsxexpdp',  '111100 RT 00000 XB 101011011 XB /',  'RT,XB',    'VSX Scalar Extract Exponent Double-Precision',    extractExponentDouble),
  insn('xsxsigdp',  '111100 RT 00001 XB 101011011 XB /',  'RT,XB',    'VSX Scalar Extract Significand Double-Precision', extractSignificandDouble),
]);

// prettier-ignore
export const VSX_SCALAR_COMPARE = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xscmpodp',   '111100 BF // XA XB 00101011 XA XB /',  'BF,XA,XB',   'VSX Scalar Compare Ordered Double-Precision',               vsx(compareDoubles(true), 'BF', 'XA', 'XB')),
  insn('xscmpudp',   '111100 BF // XA XB 00100011 XA XB /',  'BF,XA,XB',   'VSX Scalar Compare Unordered Double-Precision',             vsx(compareDoubles(false), 'BF', 'XA', 'XB')),
  insn('xscmpexpdp', '111100 BF // XA XB 00111011 XA XB /',  'BF,XA,XB',   'VSX Scalar Compare Exponents Double-Precision',             vsx(compareExponents(BINARY64), 'BF', 'XA', 'XB')),
  insn('xscmpeqdp',  '111100 XT XA XB 00000011 XA XB XT',    'XT,XA,XB',   'VSX Scalar Compare Equal Double-Precision',                 vsx(compareToMask(EQUAL, false), 'XT', 'XA', 'XB')),
  insn('xscmpgtdp',  '111100 XT XA XB 00001011 XA XB XT',    'XT,XA,XB',   'VSX Scalar Compare Greater Than Double-Precision',          vsx(compareToMask(GREATER, true), 'XT', 'XA', 'XB')),
  insn('xscmpgedp',  '111100 XT XA XB 00010011 XA XB XT',    'XT,XA,XB',   'VSX Scalar Compare Greater Than or Equal Double-Precision', vsx(compareToMask(GREATER | EQUAL, true), 'XT', 'XA', 'XB')),
  insn('xsmaxdp',    '111100 XT XA XB 10100000 XA XB XT',    'XT,XA,XB',   'VSX Scalar Maximum Double-Precision',                       vsx(extremeDouble(GREATER, 'number'), 'XT', 'XA', 'XB')),
  insn('xsmindp',    '111100 XT XA XB 10101000 XA XB XT',    'XT,XA,XB',   'VSX Scalar Minimum Double-Precision',                       vsx(extremeDouble(LESS, 'number'), 'XT', 'XA', 'XB')),
  insn('xsmaxcdp',   '111100 XT XA XB 10000000 XA XB XT',    'XT,XA,XB',   'VSX Scalar Maximum Type-C Double-Precision',                vsx(extremeDouble(GREATER, 'c'), 'XT', 'XA', 'XB')),
  insn('xsmincdp',   '111100 XT XA XB 10001000 XA XB XT',    'XT,XA,XB',   'VSX Scalar Minimum Type-C Double-Precision',                vsx(extremeDouble(LESS, 'c'), 'XT', 'XA', 'XB')),
  insn('xsmaxjdp',   '111100 XT XA XB 10010000 XA XB XT',    'XT,XA,XB',   'VSX Scalar Maximum Type-J Double-Precision',                vsx(extremeDouble(GREATER, 'java'), 'XT', 'XA', 'XB')),
  insn('xsminjdp',   '111100 XT XA XB 10011000 XA XB XT',    'XT,XA,XB',   'VSX Scalar Minimum Type-J Double-Precision',                vsx(extremeDouble(LESS, 'java'), 'XT', 'XA', 'XB')),
  insn('xstdivdp',   '111100 BF // XA XB 00111101 XA XB /',  'BF,XA,XB',   'VSX Scalar Test for software Divide Double-Precision',      vsx(testDoubleDivision, 'BF', 'XA', 'XB')),
  insn('xstsqrtdp',  '111100 BF // ///// XB 001101010 XB /', 'BF,XB',      'VSX Scalar Test for software Square Root Double-Precision', vsx(testDoubleSquareRoot, 'BF', 'XB')),
  insn('xststdcdp',  '111100 BF DCMX XB 101101010 XB /',     'BF,XB,DCMX', 'VSX Scalar Test Data Class Double-Precision',               vsx(testDataClass(BINARY64), 'BF', 'XB', 'DCMX')),
  insn('xststdcsp',  '111100 BF DCMX XB 100101010 XB /',     'BF,XB,DCMX', 'VSX Scalar Test Data Class Single-Precision',               vsx(testSingleDataClass, 'BF', 'XB', 'DCMX')),
]);
