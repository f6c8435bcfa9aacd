/** Vector floating point of VSX, Power ISA 3.0B Book I 7.6.3: two doubles or four singles. */
import { EQUAL, GREATER, LESS } from '../float/convert';
import { reciprocal, reciprocalRoot } from '../float/estimate';
import { BINARY32, BINARY64, type Float, type Format } from '../float/format';
import { ARITHMETIC } from '../float/operations';
import { MODE } from '../float/round';
import type { FloatFunction } from '../float/scalar';
import { doubleVector, singleVector } from '../float/vector';
import {
  mapElements,
  vectorCompare,
  vectorDoubleToSingle,
  vectorExtreme,
  vectorFromInteger,
  vectorHalfToSingle,
  vectorSingleToDouble,
  vectorSingleToHalf,
  vectorTestDataClass,
  vectorTestDivision,
  vectorTestSquareRoot,
  vectorToInteger,
  vectorToIntegral,
} from '../float/vector-conversions';
import { insn, section } from '../row';
import type { Routine } from '../routine';
import type { Semantics } from '../semantics';
import { type U64, u64 } from '../values';
import { FRACTION, SIGN, vsx } from './float-common';

type Meaning = (s: Semantics) => void;

/** Type A adds to the target, type M multiplies by it. */
const fusedA = (called: FloatFunction | Routine): Meaning => vsx(called, 'XT', 'XA', 'XB', 'XT');
const fusedM = (called: FloatFunction | Routine): Meaning => vsx(called, 'XT', 'XA', 'XT', 'XB');
const estimates = (format: Format, estimate: (format: Format, x: Float, operand: Format) => Float): Meaning =>
  vsx(
    mapElements(format, (x) => estimate(format, x, format)),
    'XT',
    'XB',
  );

/** Sign bits of a doubleword of two singles. */
const SIGNS = 0x8000_0000_8000_0000n;

/** XT from the bits of both doublewords of XB, and of XA where there is one. */
const signsOf =
  (value: (b: U64, a: U64) => U64, second?: 'XA'): Meaning =>
  (s) => {
    s.requires('VSX');
    const b = s.vsrOf('XB');
    const a = second && s.vsrOf(second);
    const hi = s.let(value(b.hi, a?.hi ?? u64(0)));
    s.vsrOf('XT').set(hi, value(b.lo, a?.lo ?? u64(0)));
  };

const insertDoubles = (b: U64, a: U64): U64 => a.and(SIGN | FRACTION).or(b.and(0x7ff).shl(52));
const exponentDoubles = (b: U64): U64 => b.shru(52).and(0x7ff);
const significandDoubles = (b: U64): U64 => {
  const exponent = exponentDoubles(b);
  return b.and(FRACTION).or(
    exponent
      .eq(0)
      .or(exponent.eq(0x7ff))
      .choose(0, 1n << 52n),
  );
};
const insertSingles = (b: U64, a: U64): U64 => a.and(0x807f_ffff_807f_ffffn).or(b.and(0x0000_00ff_0000_00ffn).shl(23));
const exponentSingles = (b: U64): U64 => b.shru(23).and(0x0000_00ff_0000_00ffn);
const significandSingle = (b: U64): U64 => {
  const exponent = b.shru(23).and(0xff);
  return b.and(0x7f_ffff).or(exponent.eq(0).or(exponent.eq(0xff)).choose(0, 0x80_0000));
};
const significandSingles = (b: U64): U64 => significandSingle(b.shru(32)).shl(32).or(significandSingle(b));

// prettier-ignore
export const VSX_VECTOR_ARITHMETIC = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xvadddp',    '111100 XT XA XB 01100000 XA XB XT',  'XT,XA,XB', 'VSX Vector Add Double-Precision',                               vsx(doubleVector(ARITHMETIC.add), 'XT', 'XA', 'XB')),
  insn('xvaddsp',    '111100 XT XA XB 01000000 XA XB XT',  'XT,XA,XB', 'VSX Vector Add Single-Precision',                               vsx(singleVector(ARITHMETIC.add), 'XT', 'XA', 'XB')),
  insn('xvsubdp',    '111100 XT XA XB 01101000 XA XB XT',  'XT,XA,XB', 'VSX Vector Subtract Double-Precision',                          vsx(doubleVector(ARITHMETIC.subtract), 'XT', 'XA', 'XB')),
  insn('xvsubsp',    '111100 XT XA XB 01001000 XA XB XT',  'XT,XA,XB', 'VSX Vector Subtract Single-Precision',                          vsx(singleVector(ARITHMETIC.subtract), 'XT', 'XA', 'XB')),
  insn('xvmuldp',    '111100 XT XA XB 01110000 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply Double-Precision',                          vsx(doubleVector(ARITHMETIC.multiply), 'XT', 'XA', 'XB')),
  insn('xvmulsp',    '111100 XT XA XB 01010000 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply Single-Precision',                          vsx(singleVector(ARITHMETIC.multiply), 'XT', 'XA', 'XB')),
  insn('xvdivdp',    '111100 XT XA XB 01111000 XA XB XT',  'XT,XA,XB', 'VSX Vector Divide Double-Precision',                            vsx(doubleVector(ARITHMETIC.divide), 'XT', 'XA', 'XB')),
  insn('xvdivsp',    '111100 XT XA XB 01011000 XA XB XT',  'XT,XA,XB', 'VSX Vector Divide Single-Precision',                            vsx(singleVector(ARITHMETIC.divide), 'XT', 'XA', 'XB')),
  insn('xvsqrtdp',   '111100 XT ///// XB 011001011 XB XT', 'XT,XB',    'VSX Vector Square Root Double-Precision',                       vsx(doubleVector(ARITHMETIC.squareRoot), 'XT', 'XB')),
  insn('xvsqrtsp',   '111100 XT ///// XB 010001011 XB XT', 'XT,XB',    'VSX Vector Square Root Single-Precision',                       vsx(singleVector(ARITHMETIC.squareRoot), 'XT', 'XB')),
  insn('xvmaddadp',  '111100 XT XA XB 01100001 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply-Add Type-A Double-Precision',               fusedA(doubleVector(ARITHMETIC.multiplyAdd))),
  insn('xvmaddmdp',  '111100 XT XA XB 01101001 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply-Add Type-M Double-Precision',               fusedM(doubleVector(ARITHMETIC.multiplyAdd))),
  insn('xvmaddasp',  '111100 XT XA XB 01000001 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply-Add Type-A Single-Precision',               fusedA(singleVector(ARITHMETIC.multiplyAdd))),
  insn('xvmaddmsp',  '111100 XT XA XB 01001001 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply-Add Type-M Single-Precision',               fusedM(singleVector(ARITHMETIC.multiplyAdd))),
  insn('xvmsubadp',  '111100 XT XA XB 01110001 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply-Subtract Type-A Double-Precision',          fusedA(doubleVector(ARITHMETIC.multiplySubtract))),
  insn('xvmsubmdp',  '111100 XT XA XB 01111001 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply-Subtract Type-M Double-Precision',          fusedM(doubleVector(ARITHMETIC.multiplySubtract))),
  insn('xvmsubasp',  '111100 XT XA XB 01010001 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply-Subtract Type-A Single-Precision',          fusedA(singleVector(ARITHMETIC.multiplySubtract))),
  insn('xvmsubmsp',  '111100 XT XA XB 01011001 XA XB XT',  'XT,XA,XB', 'VSX Vector Multiply-Subtract Type-M Single-Precision',          fusedM(singleVector(ARITHMETIC.multiplySubtract))),
  insn('xvnmaddadp', '111100 XT XA XB 11100001 XA XB XT',  'XT,XA,XB', 'VSX Vector Negative Multiply-Add Type-A Double-Precision',      fusedA(doubleVector(ARITHMETIC.negatedMultiplyAdd))),
  insn('xvnmaddmdp', '111100 XT XA XB 11101001 XA XB XT',  'XT,XA,XB', 'VSX Vector Negative Multiply-Add Type-M Double-Precision',      fusedM(doubleVector(ARITHMETIC.negatedMultiplyAdd))),
  insn('xvnmaddasp', '111100 XT XA XB 11000001 XA XB XT',  'XT,XA,XB', 'VSX Vector Negative Multiply-Add Type-A Single-Precision',      fusedA(singleVector(ARITHMETIC.negatedMultiplyAdd))),
  insn('xvnmaddmsp', '111100 XT XA XB 11001001 XA XB XT',  'XT,XA,XB', 'VSX Vector Negative Multiply-Add Type-M Single-Precision',      fusedM(singleVector(ARITHMETIC.negatedMultiplyAdd))),
  insn('xvnmsubadp', '111100 XT XA XB 11110001 XA XB XT',  'XT,XA,XB', 'VSX Vector Negative Multiply-Subtract Type-A Double-Precision', fusedA(doubleVector(ARITHMETIC.negatedMultiplySubtract))),
  insn('xvnmsubmdp', '111100 XT XA XB 11111001 XA XB XT',  'XT,XA,XB', 'VSX Vector Negative Multiply-Subtract Type-M Double-Precision', fusedM(doubleVector(ARITHMETIC.negatedMultiplySubtract))),
  insn('xvnmsubasp', '111100 XT XA XB 11010001 XA XB XT',  'XT,XA,XB', 'VSX Vector Negative Multiply-Subtract Type-A Single-Precision', fusedA(singleVector(ARITHMETIC.negatedMultiplySubtract))),
  insn('xvnmsubmsp', '111100 XT XA XB 11011001 XA XB XT',  'XT,XA,XB', 'VSX Vector Negative Multiply-Subtract Type-M Single-Precision', fusedM(singleVector(ARITHMETIC.negatedMultiplySubtract))),
  insn('xvredp',     '111100 XT ///// XB 011011010 XB XT', 'XT,XB',    'VSX Vector Reciprocal Estimate Double-Precision',               estimates(BINARY64, reciprocal)),
  insn('xvresp',     '111100 XT ///// XB 010011010 XB XT', 'XT,XB',    'VSX Vector Reciprocal Estimate Single-Precision',               estimates(BINARY32, reciprocal)),
  insn('xvrsqrtedp', '111100 XT ///// XB 011001010 XB XT', 'XT,XB',    'VSX Vector Reciprocal Square Root Estimate Double-Precision',   estimates(BINARY64, reciprocalRoot)),
  insn('xvrsqrtesp', '111100 XT ///// XB 010001010 XB XT', 'XT,XB',    'VSX Vector Reciprocal Square Root Estimate Single-Precision',   estimates(BINARY32, reciprocalRoot)),
]);

// prettier-ignore
export const VSX_VECTOR_CONVERSIONS = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xvrdpi',     '111100 XT ///// XB 011001001 XB XT', 'XT,XB', 'VSX Vector Round to Double-Precision Integer using round to Nearest Away',             vsx(vectorToIntegral(BINARY64, MODE.nearestAway), 'XT', 'XB')),
  insn('xvrdpic',    '111100 XT ///// XB 011101011 XB XT', 'XT,XB', 'VSX Vector Round to Double-Precision Integer exact using Current rounding mode',       vsx(vectorToIntegral(BINARY64, undefined), 'XT', 'XB')),
  insn('xvrdpim',    '111100 XT ///// XB 011111001 XB XT', 'XT,XB', 'VSX Vector Round to Double-Precision Integer using round toward -Infinity',            vsx(vectorToIntegral(BINARY64, MODE.down), 'XT', 'XB')),
  insn('xvrdpip',    '111100 XT ///// XB 011101001 XB XT', 'XT,XB', 'VSX Vector Round to Double-Precision Integer using round toward +Infinity',            vsx(vectorToIntegral(BINARY64, MODE.up), 'XT', 'XB')),
  insn('xvrdpiz',    '111100 XT ///// XB 011011001 XB XT', 'XT,XB', 'VSX Vector Round to Double-Precision Integer using round toward Zero',                 vsx(vectorToIntegral(BINARY64, MODE.zero), 'XT', 'XB')),
  insn('xvrspi',     '111100 XT ///// XB 010001001 XB XT', 'XT,XB', 'VSX Vector Round to Single-Precision Integer using round to Nearest Away',             vsx(vectorToIntegral(BINARY32, MODE.nearestAway), 'XT', 'XB')),
  insn('xvrspic',    '111100 XT ///// XB 010101011 XB XT', 'XT,XB', 'VSX Vector Round to Single-Precision Integer exact using Current rounding mode',       vsx(vectorToIntegral(BINARY32, undefined), 'XT', 'XB')),
  insn('xvrspim',    '111100 XT ///// XB 010111001 XB XT', 'XT,XB', 'VSX Vector Round to Single-Precision Integer using round toward -Infinity',            vsx(vectorToIntegral(BINARY32, MODE.down), 'XT', 'XB')),
  insn('xvrspip',    '111100 XT ///// XB 010101001 XB XT', 'XT,XB', 'VSX Vector Round to Single-Precision Integer using round toward +Infinity',            vsx(vectorToIntegral(BINARY32, MODE.up), 'XT', 'XB')),
  insn('xvrspiz',    '111100 XT ///// XB 010011001 XB XT', 'XT,XB', 'VSX Vector Round to Single-Precision Integer using round toward Zero',                 vsx(vectorToIntegral(BINARY32, MODE.zero), 'XT', 'XB')),
  insn('xvcvdpsp',   '111100 XT ///// XB 110001001 XB XT', 'XT,XB', 'VSX Vector Convert Double-Precision to Single-Precision format with round',            vsx(vectorDoubleToSingle, 'XT', 'XB')),
  insn('xvcvspdp',   '111100 XT ///// XB 111001001 XB XT', 'XT,XB', 'VSX Vector Convert Single-Precision to Double-Precision format',                       vsx(vectorSingleToDouble, 'XT', 'XB')),
  insn('xvcvhpsp',   '111100 XT 11000 XB 111011011 XB XT', 'XT,XB', 'VSX Vector Convert Half-Precision to Single-Precision format',                         vsx(vectorHalfToSingle, 'XT', 'XB')),
  insn('xvcvsphp',   '111100 XT 11001 XB 111011011 XB XT', 'XT,XB', 'VSX Vector Convert Single-Precision to Half-Precision format with round',              vsx(vectorSingleToHalf, 'XT', 'XB')),
  insn('xvcvdpsxds', '111100 XT ///// XB 111011000 XB XT', 'XT,XB', 'VSX Vector Convert with round to zero Double-Precision to Signed Doubleword format',   vsx(vectorToInteger(BINARY64, 64, true), 'XT', 'XB')),
  insn('xvcvdpsxws', '111100 XT ///// XB 011011000 XB XT', 'XT,XB', 'VSX Vector Convert with round to zero Double-Precision to Signed Word format',         vsx(vectorToInteger(BINARY64, 32, true), 'XT', 'XB')),
  insn('xvcvdpuxds', '111100 XT ///// XB 111001000 XB XT', 'XT,XB', 'VSX Vector Convert with round to zero Double-Precision to Unsigned Doubleword format', vsx(vectorToInteger(BINARY64, 64, false), 'XT', 'XB')),
  insn('xvcvdpuxws', '111100 XT ///// XB 011001000 XB XT', 'XT,XB', 'VSX Vector Convert with round to zero Double-Precision to Unsigned Word format',       vsx(vectorToInteger(BINARY64, 32, false), 'XT', 'XB')),
  insn('xvcvspsxds', '111100 XT ///// XB 110011000 XB XT', 'XT,XB', 'VSX Vector Convert with round to zero Single-Precision to Signed Doubleword format',   vsx(vectorToInteger(BINARY32, 64, true), 'XT', 'XB')),
  insn('xvcvspsxws', '111100 XT ///// XB 010011000 XB XT', 'XT,XB', 'VSX Vector Convert with round to zero Single-Precision to Signed Word format',         vsx(vectorToInteger(BINARY32, 32, true), 'XT', 'XB')),
  insn('xvcvspuxds', '111100 XT ///// XB 110001000 XB XT', 'XT,XB', 'VSX Vector Convert with round to zero Single-Precision to Unsigned Doubleword format', vsx(vectorToInteger(BINARY32, 64, false), 'XT', 'XB')),
  insn('xvcvspuxws', '111100 XT ///// XB 010001000 XB XT', 'XT,XB', 'VSX Vector Convert with round to zero Single-Precision to Unsigned Word format',       vsx(vectorToInteger(BINARY32, 32, false), 'XT', 'XB')),
  insn('xvcvsxddp',  '111100 XT ///// XB 111111000 XB XT', 'XT,XB', 'VSX Vector Convert with round Signed Doubleword to Double-Precision format',           vsx(vectorFromInteger(64, true, BINARY64), 'XT', 'XB')),
  insn('xvcvsxdsp',  '111100 XT ///// XB 110111000 XB XT', 'XT,XB', 'VSX Vector Convert with round Signed Doubleword to Single-Precision format',           vsx(vectorFromInteger(64, true, BINARY32), 'XT', 'XB')),
  insn('xvcvsxwdp',  '111100 XT ///// XB 011111000 XB XT', 'XT,XB', 'VSX Vector Convert with round Signed Word to Double-Precision format',                 vsx(vectorFromInteger(32, true, BINARY64), 'XT', 'XB')),
  insn('xvcvsxwsp',  '111100 XT ///// XB 010111000 XB XT', 'XT,XB', 'VSX Vector Convert with round Signed Word to Single-Precision format',                 vsx(vectorFromInteger(32, true, BINARY32), 'XT', 'XB')),
  insn('xvcvuxddp',  '111100 XT ///// XB 111101000 XB XT', 'XT,XB', 'VSX Vector Convert with round Unsigned Doubleword to Double-Precision format',         vsx(vectorFromInteger(64, false, BINARY64), 'XT', 'XB')),
  insn('xvcvuxdsp',  '111100 XT ///// XB 110101000 XB XT', 'XT,XB', 'VSX Vector Convert with round Unsigned Doubleword to Single-Precision format',         vsx(vectorFromInteger(64, false, BINARY32), 'XT', 'XB')),
  insn('xvcvuxwdp',  '111100 XT ///// XB 011101000 XB XT', 'XT,XB', 'VSX Vector Convert with round Unsigned Word to Double-Precision format',               vsx(vectorFromInteger(32, false, BINARY64), 'XT', 'XB')),
  insn('xvcvuxwsp',  '111100 XT ///// XB 010101000 XB XT', 'XT,XB', 'VSX Vector Convert with round Unsigned Word to Single-Precision format',               vsx(vectorFromInteger(32, false, BINARY32), 'XT', 'XB')),
]);

// prettier-ignore
export const VSX_VECTOR_SIGNS = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xvabsdp',   '111100 XT ///// XB 111011001 XB XT', 'XT,XB',    'VSX Vector Absolute Value Double-Precision',          signsOf((b) => b.and(~SIGN))),
  insn('xvnabsdp',  '111100 XT ///// XB 111101001 XB XT', 'XT,XB',    'VSX Vector Negative Absolute Value Double-Precision', signsOf((b) => b.or(SIGN))),
  insn('xvnegdp',   '111100 XT ///// XB 111111001 XB XT', 'XT,XB',    'VSX Vector Negate Double-Precision',                  signsOf((b) => b.xor(SIGN))),
  insn('xvcpsgndp', '111100 XT XA XB 11110000 XA XB XT',  'XT,XA,XB', 'VSX Vector Copy Sign Double-Precision',               signsOf((b, a) => b.and(~SIGN).or(a.and(SIGN)), 'XA')),
  insn('xvabssp',   '111100 XT ///// XB 110011001 XB XT', 'XT,XB',    'VSX Vector Absolute Value Single-Precision',          signsOf((b) => b.and(~SIGNS))),
  insn('xvnabssp',  '111100 XT ///// XB 110101001 XB XT', 'XT,XB',    'VSX Vector Negative Absolute Value Single-Precision', signsOf((b) => b.or(SIGNS))),
  insn('xvnegsp',   '111100 XT ///// XB 110111001 XB XT', 'XT,XB',    'VSX Vector Negate Single-Precision',                  signsOf((b) => b.xor(SIGNS))),
  insn('xvcpsgnsp', '111100 XT XA XB 11010000 XA XB XT',  'XT,XA,XB', 'VSX Vector Copy Sign Single-Precision',               signsOf((b, a) => b.and(~SIGNS).or(a.and(SIGNS)), 'XA')),
  insn('xviexpdp',  '111100 XT XA XB 11111000 XA XB XT',  'XT,XA,XB', 'VSX Vector Insert Exponent Double-Precision',         signsOf(insertDoubles, 'XA')),
  insn('xvxexpdp',  '111100 XT 00000 XB 111011011 XB XT', 'XT,XB',    'VSX Vector Extract Exponent Double-Precision',        signsOf(exponentDoubles)),
  insn('xvxsigdp',  '111100 XT 00001 XB 111011011 XB XT', 'XT,XB',    'VSX Vector Extract Significand Double-Precision',     signsOf(significandDoubles)),
  insn('xviexpsp',  '111100 XT XA XB 11011000 XA XB XT',  'XT,XA,XB', 'VSX Vector Insert Exponent Single-Precision',         signsOf(insertSingles, 'XA')),
  insn('xvxexpsp',  '111100 XT 01000 XB 111011011 XB XT', 'XT,XB',    'VSX Vector Extract Exponent Single-Precision',        signsOf(exponentSingles)),
  insn('xvxsigsp',  '111100 XT 01001 XB 111011011 XB XT', 'XT,XB',    'VSX Vector Extract Significand Single-Precision',     signsOf(significandSingles)),
]);

// prettier-ignore
export const VSX_VECTOR_COMPARE = section('Power ISA 3.0B Book I 7.6.3', [
  insn('xvcmpeqdp', '111100 XT XA XB Rc21 1100011 XA XB XT',         'XT,XA,XB',    'VSX Vector Compare Equal To Double-Precision',                 vsx(vectorCompare(BINARY64, EQUAL, false), 'XT', 'XA', 'XB', 'Rc21')),
  insn('xvcmpeqsp', '111100 XT XA XB Rc21 1000011 XA XB XT',         'XT,XA,XB',    'VSX Vector Compare Equal To Single-Precision',                 vsx(vectorCompare(BINARY32, EQUAL, false), 'XT', 'XA', 'XB', 'Rc21')),
  insn('xvcmpgtdp', '111100 XT XA XB Rc21 1101011 XA XB XT',         'XT,XA,XB',    'VSX Vector Compare Greater Than Double-Precision',             vsx(vectorCompare(BINARY64, GREATER, true), 'XT', 'XA', 'XB', 'Rc21')),
  insn('xvcmpgtsp', '111100 XT XA XB Rc21 1001011 XA XB XT',         'XT,XA,XB',    'VSX Vector Compare Greater Than Single-Precision',             vsx(vectorCompare(BINARY32, GREATER, true), 'XT', 'XA', 'XB', 'Rc21')),
  insn('xvcmpgedp', '111100 XT XA XB Rc21 1110011 XA XB XT',         'XT,XA,XB',    'VSX Vector Compare Greater Than or Equal To Double-Precision', vsx(vectorCompare(BINARY64, GREATER | EQUAL, true), 'XT', 'XA', 'XB', 'Rc21')),
  insn('xvcmpgesp', '111100 XT XA XB Rc21 1010011 XA XB XT',         'XT,XA,XB',    'VSX Vector Compare Greater Than or Equal To Single-Precision', vsx(vectorCompare(BINARY32, GREATER | EQUAL, true), 'XT', 'XA', 'XB', 'Rc21')),
  insn('xvmaxdp',   '111100 XT XA XB 11100000 XA XB XT',             'XT,XA,XB',    'VSX Vector Maximum Double-Precision',                          vsx(vectorExtreme(BINARY64, GREATER, 'number'), 'XT', 'XA', 'XB')),
  insn('xvmaxsp',   '111100 XT XA XB 11000000 XA XB XT',             'XT,XA,XB',    'VSX Vector Maximum Single-Precision',                          vsx(vectorExtreme(BINARY32, GREATER, 'number'), 'XT', 'XA', 'XB')),
  insn('xvmindp',   '111100 XT XA XB 11101000 XA XB XT',             'XT,XA,XB',    'VSX Vector Minimum Double-Precision',                          vsx(vectorExtreme(BINARY64, LESS, 'number'), 'XT', 'XA', 'XB')),
  insn('xvminsp',   '111100 XT XA XB 11001000 XA XB XT',             'XT,XA,XB',    'VSX Vector Minimum Single-Precision',                          vsx(vectorExtreme(BINARY32, LESS, 'number'), 'XT', 'XA', 'XB')),
  insn('xvtdivdp',  '111100 BF // XA XB 01111101 XA XB /',           'BF,XA,XB',    'VSX Vector Test for software Divide Double-Precision',         vsx(vectorTestDivision(BINARY64), 'BF', 'XA', 'XB')),
  insn('xvtsqrtdp', '111100 BF // ///// XB 011101010 XB /',          'BF,XB',       'VSX Vector Test for software Square Root Double-Precision',    vsx(vectorTestSquareRoot(BINARY64), 'BF', 'XB')),
  insn('xvtstdcdp', '111100 XT DCMXV XB 1111 DCMXV 101 DCMXV XB XT', 'XT,XB,DCMXV', 'VSX Vector Test Data Class Double-Precision',                  vsx(vectorTestDataClass(BINARY64), 'XT', 'XB', 'DCMXV')),
  insn('xvtdivsp',  '111100 BF // XA XB 01011101 XA XB /',           'BF,XA,XB',    'VSX Vector Test for software Divide Single-Precision',         vsx(vectorTestDivision(BINARY32), 'BF', 'XA', 'XB')),
  insn('xvtsqrtsp', '111100 BF // ///// XB 010101010 XB /',          'BF,XB',       'VSX Vector Test for software Square Root Single-Precision',    vsx(vectorTestSquareRoot(BINARY32), 'BF', 'XB')),
  insn('xvtstdcsp', '111100 XT DCMXV XB 1101 DCMXV 101 DCMXV XB XT', 'XT,XB,DCMXV', 'VSX Vector Test Data Class Single-Precision',                  vsx(vectorTestDataClass(BINARY32), 'XT', 'XB', 'DCMXV')),
]);
