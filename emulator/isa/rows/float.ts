/** Floating-point arithmetic, conversions and comparison on floating-point registers, Power ISA 3.0B Book I 4.6. */
import { compareDoubles, testDoubleDivision, testDoubleSquareRoot } from '../float/compare';
import { doubleToInteger, doubleToIntegral, integerToDouble, roundToSingle } from '../float/conversions';
import { estimateDouble, estimateSingle, reciprocal, reciprocalRoot } from '../float/estimate';
import { BINARY32, BINARY64 } from '../float/format';
import { ARITHMETIC } from '../float/operations';
import { MODE } from '../float/round';
import { type Arithmetic, type FloatFunction, doubleArithmetic, singleArithmetic } from '../float/scalar';
import { insn, section } from '../row';
import type { Routine } from '../routine';
import type { Semantics } from '../semantics';
import type { U64 } from '../values';
import { LOW_WORD as LOW, SIGN, fp, fpTest, recordCr1 } from './float-common';

type Meaning = (s: Semantics) => void;

/** FRT from the bits of FRB. */
const move =
  (value: (b: U64, s: Semantics) => U64): Meaning =>
  (s) => {
    s.requires('FP');
    s.fpr('FRT').set(value(s.fpr('FRB').hi, s), 0);
    recordCr1(s);
  };

function merge(s: Semantics, value: (a: U64, b: U64) => U64): void {
  s.requires('FP');
  s.fpr('FRT').set(value(s.fpr('FRA').hi, s.fpr('FRB').hi), 0);
}

const double = (operation: Arithmetic, second = 'FRB'): Meaning =>
  fp(doubleArithmetic(operation), 'FRT', 'FRA', second);
const single = (operation: Arithmetic, second = 'FRB'): Meaning =>
  fp(singleArithmetic(operation), 'FRT', 'FRA', second);
const fused = (called: FloatFunction | Routine): Meaning => fp(called, 'FRT', 'FRA', 'FRC', 'FRB');

const toInteger = (width: 32 | 64, kind: 'signed' | 'unsigned', mode?: typeof MODE.zero): Meaning =>
  fp(doubleToInteger({ width, signed: kind === 'signed', truncate: mode !== undefined }), 'FRT', 'FRB');

/** FRC when FRA is at least zero, otherwise (and for a NaN) FRB. */
function select(s: Semantics): void {
  s.requires('FP');
  const a = s.let(s.fpr('FRA').hi);
  const notBelow = a.leu(0x7ff0n << 48n).or(a.eq(SIGN));
  s.fpr('FRT').set(notBelow.choose(s.fpr('FRC').hi, s.fpr('FRB').hi), 0);
  recordCr1(s);
}

// prettier-ignore
export const MOVES_OF_FPRS = section('Power ISA 3.0B Book I 4.6.5', [
  insn('fmr',    '111111 FRT ///// FRB 0001001000 Rc', 'FRT,FRB',     'Floating Move Register',           move((b) => b)),
  insn('fneg',   '111111 FRT ///// FRB 0000101000 Rc', 'FRT,FRB',     'Floating Negate',                  move((b) => b.xor(SIGN))),
  insn('fabs',   '111111 FRT ///// FRB 0100001000 Rc', 'FRT,FRB',     'Floating Absolute Value',          move((b) => b.and(~SIGN))),
  insn('fnabs',  '111111 FRT ///// FRB 0010001000 Rc', 'FRT,FRB',     'Floating Negative Absolute Value', move((b) => b.or(SIGN))),
  insn('fcpsgn', '111111 FRT FRA FRB 0000001000 Rc',   'FRT,FRA,FRB', 'Floating Copy Sign',               move((b, s) => b.and(~SIGN).or(s.fpr('FRA').hi.and(SIGN)))),
  insn('fmrgew', '111111 FRT FRA FRB 1111000110 /',    'FRT,FRA,FRB', 'Floating Merge Even Word',         (s) => merge(s, (a, b) => a.and(~LOW).or(b.shru(32)))),
  insn('fmrgow', '111111 FRT FRA FRB 1101000110 /',    'FRT,FRA,FRB', 'Floating Merge Odd Word',          (s) => merge(s, (a, b) => a.shl(32).or(b.and(LOW)))),
]);

// prettier-ignore
export const FLOAT_ARITHMETIC = section('Power ISA 3.0B Book I 4.6.6', [
  insn('fadd',     '111111 FRT FRA FRB ///// 10101 Rc',   'FRT,FRA,FRB', 'Floating Add',                                    double(ARITHMETIC.add)),
  insn('fadds',    '111011 FRT FRA FRB ///// 10101 Rc',   'FRT,FRA,FRB', 'Floating Add Single',                             single(ARITHMETIC.add)),
  insn('fsub',     '111111 FRT FRA FRB ///// 10100 Rc',   'FRT,FRA,FRB', 'Floating Subtract',                               double(ARITHMETIC.subtract)),
  insn('fsubs',    '111011 FRT FRA FRB ///// 10100 Rc',   'FRT,FRA,FRB', 'Floating Subtract Single',                        single(ARITHMETIC.subtract)),
  insn('fmul',     '111111 FRT FRA ///// FRC 11001 Rc',   'FRT,FRA,FRC', 'Floating Multiply',                               double(ARITHMETIC.multiply, 'FRC')),
  insn('fmuls',    '111011 FRT FRA ///// FRC 11001 Rc',   'FRT,FRA,FRC', 'Floating Multiply Single',                        single(ARITHMETIC.multiply, 'FRC')),
  insn('fdiv',     '111111 FRT FRA FRB ///// 10010 Rc',   'FRT,FRA,FRB', 'Floating Divide',                                 double(ARITHMETIC.divide)),
  insn('fdivs',    '111011 FRT FRA FRB ///// 10010 Rc',   'FRT,FRA,FRB', 'Floating Divide Single',                          single(ARITHMETIC.divide)),
  insn('fsqrt',    '111111 FRT ///// FRB ///// 10110 Rc', 'FRT,FRB',     'Floating Square Root',                            fp(doubleArithmetic(ARITHMETIC.squareRoot), 'FRT', 'FRB')),
  insn('fsqrts',   '111011 FRT ///// FRB ///// 10110 Rc', 'FRT,FRB',     'Floating Square Root Single',                     fp(singleArithmetic(ARITHMETIC.squareRoot), 'FRT', 'FRB')),
  insn('fre',      '111111 FRT ///// FRB ///// 11000 Rc', 'FRT,FRB',     'Floating Reciprocal Estimate',                    fp(estimateDouble(reciprocal), 'FRT', 'FRB')),
  insn('fres',     '111011 FRT ///// FRB ///// 11000 Rc', 'FRT,FRB',     'Floating Reciprocal Estimate Single',             fp(estimateSingle(reciprocal), 'FRT', 'FRB')),
  insn('frsqrte',  '111111 FRT ///// FRB ///// 11010 Rc', 'FRT,FRB',     'Floating Reciprocal Square Root Estimate',        fp(estimateDouble(reciprocalRoot), 'FRT', 'FRB')),
  insn('frsqrtes', '111011 FRT ///// FRB ///// 11010 Rc', 'FRT,FRB',     'Floating Reciprocal Square Root Estimate Single', fp(estimateSingle(reciprocalRoot), 'FRT', 'FRB')),
  insn('ftdiv',    '111111 BF // FRA FRB 0010000000 /',   'BF,FRA,FRB',  'Floating Test for software Divide',               fpTest(testDoubleDivision, 'BF', 'FRA', 'FRB')),
  insn('ftsqrt',   '111111 BF // ///// FRB 0010100000 /', 'BF,FRB',      'Floating Test for software Square Root',          fpTest(testDoubleSquareRoot, 'BF', 'FRB')),
]);

// prettier-ignore
export const FUSED = section('Power ISA 3.0B Book I 4.6.6.2', [
  insn('fmadd',   '111111 FRT FRA FRB FRC 11101 Rc', 'FRT,FRA,FRC,FRB', 'Floating Multiply-Add',                      fused(doubleArithmetic(ARITHMETIC.multiplyAdd))),
  insn('fmadds',  '111011 FRT FRA FRB FRC 11101 Rc', 'FRT,FRA,FRC,FRB', 'Floating Multiply-Add Single',               fused(singleArithmetic(ARITHMETIC.multiplyAdd))),
  insn('fmsub',   '111111 FRT FRA FRB FRC 11100 Rc', 'FRT,FRA,FRC,FRB', 'Floating Multiply-Subtract',                 fused(doubleArithmetic(ARITHMETIC.multiplySubtract))),
  insn('fmsubs',  '111011 FRT FRA FRB FRC 11100 Rc', 'FRT,FRA,FRC,FRB', 'Floating Multiply-Subtract Single',          fused(singleArithmetic(ARITHMETIC.multiplySubtract))),
  insn('fnmadd',  '111111 FRT FRA FRB FRC 11111 Rc', 'FRT,FRA,FRC,FRB', 'Floating Negative Multiply-Add',             fused(doubleArithmetic(ARITHMETIC.negatedMultiplyAdd))),
  insn('fnmadds', '111011 FRT FRA FRB FRC 11111 Rc', 'FRT,FRA,FRC,FRB', 'Floating Negative Multiply-Add Single',      fused(singleArithmetic(ARITHMETIC.negatedMultiplyAdd))),
  insn('fnmsub',  '111111 FRT FRA FRB FRC 11110 Rc', 'FRT,FRA,FRC,FRB', 'Floating Negative Multiply-Subtract',        fused(doubleArithmetic(ARITHMETIC.negatedMultiplySubtract))),
  insn('fnmsubs', '111011 FRT FRA FRB FRC 11110 Rc', 'FRT,FRA,FRC,FRB', 'Floating Negative Multiply-Subtract Single', fused(singleArithmetic(ARITHMETIC.negatedMultiplySubtract))),
]);

// prettier-ignore
export const FLOAT_CONVERSIONS = section('Power ISA 3.0B Book I 4.6.7', [
  insn('frsp',    '111111 FRT ///// FRB 0000001100 Rc', 'FRT,FRB', 'Floating Round to Single-Precision',                                            fp(roundToSingle, 'FRT', 'FRB')),
  insn('fctid',   '111111 FRT ///// FRB 1100101110 Rc', 'FRT,FRB', 'Floating Convert with round Double-Precision To Signed Doubleword format',      toInteger(64, 'signed')),
  insn('fctidz',  '111111 FRT ///// FRB 1100101111 Rc', 'FRT,FRB', 'Floating Convert with truncate Double-Precision To Signed Doubleword format',   toInteger(64, 'signed', MODE.zero)),
  insn('fctidu',  '111111 FRT ///// FRB 1110101110 Rc', 'FRT,FRB', 'Floating Convert with round Double-Precision To Unsigned Doubleword format',    toInteger(64, 'unsigned')),
  insn('fctiduz', '111111 FRT ///// FRB 1110101111 Rc', 'FRT,FRB', 'Floating Convert with truncate Double-Precision To Unsigned Doubleword format', toInteger(64, 'unsigned', MODE.zero)),
  insn('fctiw',   '111111 FRT ///// FRB 0000001110 Rc', 'FRT,FRB', 'Floating Convert with round Double-Precision To Signed Word format',            toInteger(32, 'signed')),
  insn('fctiwz',  '111111 FRT ///// FRB 0000001111 Rc', 'FRT,FRB', 'Floating Convert with truncate Double-Precision To Signed Word format',         toInteger(32, 'signed', MODE.zero)),
  insn('fctiwu',  '111111 FRT ///// FRB 0010001110 Rc', 'FRT,FRB', 'Floating Convert with round Double-Precision To Unsigned Word format',          toInteger(32, 'unsigned')),
  insn('fctiwuz', '111111 FRT ///// FRB 0010001111 Rc', 'FRT,FRB', 'Floating Convert with truncate Double-Precision To Unsigned Word format',       toInteger(32, 'unsigned', MODE.zero)),
  insn('fcfid',   '111111 FRT ///// FRB 1101001110 Rc', 'FRT,FRB', 'Floating Convert with round Signed Doubleword to Double-Precision format',      fp(integerToDouble({ signed: true, format: BINARY64 }), 'FRT', 'FRB')),
  insn('fcfidu',  '111111 FRT ///// FRB 1111001110 Rc', 'FRT,FRB', 'Floating Convert with round Unsigned Doubleword to Double-Precision format',    fp(integerToDouble({ signed: false, format: BINARY64 }), 'FRT', 'FRB')),
  insn('fcfids',  '111011 FRT ///// FRB 1101001110 Rc', 'FRT,FRB', 'Floating Convert with round Signed Doubleword to Single-Precision format',      fp(integerToDouble({ signed: true, format: BINARY32 }), 'FRT', 'FRB')),
  insn('fcfidus', '111011 FRT ///// FRB 1111001110 Rc', 'FRT,FRB', 'Floating Convert with round Unsigned Doubleword to Single-Precision format',    fp(integerToDouble({ signed: false, format: BINARY32 }), 'FRT', 'FRB')),
  insn('frin',    '111111 FRT ///// FRB 0110001000 Rc', 'FRT,FRB', 'Floating Round to Integer Nearest',                                             fp(doubleToIntegral(MODE.nearestAway), 'FRT', 'FRB')),
  insn('friz',    '111111 FRT ///// FRB 0110101000 Rc', 'FRT,FRB', 'Floating Round to Integer Toward Zero',                                         fp(doubleToIntegral(MODE.zero), 'FRT', 'FRB')),
  insn('frip',    '111111 FRT ///// FRB 0111001000 Rc', 'FRT,FRB', 'Floating Round to Integer Plus',                                                fp(doubleToIntegral(MODE.up), 'FRT', 'FRB')),
  insn('frim',    '111111 FRT ///// FRB 0111101000 Rc', 'FRT,FRB', 'Floating Round to Integer Minus',                                               fp(doubleToIntegral(MODE.down), 'FRT', 'FRB')),
]);

// prettier-ignore
export const FLOAT_COMPARE = section('Power ISA 3.0B Book I 4.6.8', [
  insn('fcmpu', '111111 BF // FRA FRB 0000000000 /', 'BF,FRA,FRB',      'Floating Compare Unordered', fpTest(compareDoubles(false), 'BF', 'FRA', 'FRB')),
  insn('fcmpo', '111111 BF // FRA FRB 0000100000 /', 'BF,FRA,FRB',      'Floating Compare Ordered',   fpTest(compareDoubles(true), 'BF', 'FRA', 'FRB')),
  insn('fsel',  '111111 FRT FRA FRB FRC 10111 Rc',   'FRT,FRA,FRC,FRB', 'Floating Select',            select),
]);
