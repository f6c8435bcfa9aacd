/** Floating point of the vector facility, Power ISA 3.0B Book I 6.10. */
import { EQUAL, GREATER } from '../float/convert';
import { MODE } from '../float/round';
import {
  addSingles,
  compareBounds,
  compareSingles,
  fromFixed,
  logarithmSingles,
  maximumSingles,
  minimumSingles,
  multiplyAddSingles,
  negatedMultiplySubtractSingles,
  powerSingles,
  reciprocalRootSingles,
  reciprocalSingles,
  subtractSingles,
  toFixed,
  toIntegralSingles,
} from '../float/vmx';
import { insn, section } from '../row';
import type { Callable, Semantics } from '../semantics';

const vmx =
  (called: Callable, ...fields: readonly string[]) =>
  (s: Semantics): void => {
    s.requires('VEC');
    s.apply(called, ...fields.map((field) => s.n(field)));
  };

// prettier-ignore
export const VECTOR_FLOAT = section('Power ISA 3.0B Book I 6.10', [
  insn('vaddfp',    '000100 VRT VRA VRB 00000001010',     'VRT,VRA,VRB',     'Vector Add Single-Precision',                                                              vmx(addSingles, 'VRT', 'VRA', 'VRB')),
  insn('vsubfp',    '000100 VRT VRA VRB 00001001010',     'VRT,VRA,VRB',     'Vector Subtract Single-Precision',                                                         vmx(subtractSingles, 'VRT', 'VRA', 'VRB')),
  insn('vmaddfp',   '000100 VRT VRA VRB VRC 101110',      'VRT,VRA,VRC,VRB', 'Vector Multiply-Add Single-Precision',                                                     vmx(multiplyAddSingles, 'VRT', 'VRA', 'VRC', 'VRB')),
  insn('vnmsubfp',  '000100 VRT VRA VRB VRC 101111',      'VRT,VRA,VRC,VRB', 'Vector Negative Multiply-Subtract Single-Precision',                                       vmx(negatedMultiplySubtractSingles, 'VRT', 'VRA', 'VRC', 'VRB')),
  insn('vmaxfp',    '000100 VRT VRA VRB 10000001010',     'VRT,VRA,VRB',     'Vector Maximum Single-Precision',                                                          vmx(maximumSingles, 'VRT', 'VRA', 'VRB')),
  insn('vminfp',    '000100 VRT VRA VRB 10001001010',     'VRT,VRA,VRB',     'Vector Minimum Single-Precision',                                                          vmx(minimumSingles, 'VRT', 'VRA', 'VRB')),
  insn('vctsxs',    '000100 VRT UIM5 VRB 01111001010',    'VRT,VRB,UIM5',    'Vector Convert with round to zero Single-Precision To Signed Fixed-Point Word Saturate',   vmx(toFixed(true), 'VRT', 'VRB', 'UIM5')),
  insn('vctuxs',    '000100 VRT UIM5 VRB 01110001010',    'VRT,VRB,UIM5',    'Vector Convert with round to zero Single-Precision To Unsigned Fixed-Point Word Saturate', vmx(toFixed(false), 'VRT', 'VRB', 'UIM5')),
  insn('vcfsx',     '000100 VRT UIM5 VRB 01101001010',    'VRT,VRB,UIM5',    'Vector Convert with round to nearest From Signed Fixed-Point Word to Single-Precision',    vmx(fromFixed(true), 'VRT', 'VRB', 'UIM5')),
  insn('vcfux',     '000100 VRT UIM5 VRB 01100001010',    'VRT,VRB,UIM5',    'Vector Convert with round to nearest From Unsigned Fixed-Point Word to Single-Precision',  vmx(fromFixed(false), 'VRT', 'VRB', 'UIM5')),
  insn('vrfin',     '000100 VRT ///// VRB 01000001010',   'VRT,VRB',         'Vector Round to Single-Precision Integer Nearest',                                         vmx(toIntegralSingles(MODE.nearest), 'VRT', 'VRB')),
  insn('vrfiz',     '000100 VRT ///// VRB 01001001010',   'VRT,VRB',         'Vector Round to Single-Precision Integer toward Zero',                                     vmx(toIntegralSingles(MODE.zero), 'VRT', 'VRB')),
  insn('vrfip',     '000100 VRT ///// VRB 01010001010',   'VRT,VRB',         'Vector Round to Single-Precision Integer toward +Infinity',                                vmx(toIntegralSingles(MODE.up), 'VRT', 'VRB')),
  insn('vrfim',     '000100 VRT ///// VRB 01011001010',   'VRT,VRB',         'Vector Round to Single-Precision Integer toward -Infinity',                                vmx(toIntegralSingles(MODE.down), 'VRT', 'VRB')),
  insn('vcmpbfp',   '000100 VRT VRA VRB Rc21 1111000110', 'VRT,VRA,VRB',     'Vector Compare Bounds Single-Precision',                                                   vmx(compareBounds, 'VRT', 'VRA', 'VRB', 'Rc21')),
  insn('vcmpeqfp',  '000100 VRT VRA VRB Rc21 0011000110', 'VRT,VRA,VRB',     'Vector Compare Equal To Single-Precision',                                                 vmx(compareSingles(EQUAL), 'VRT', 'VRA', 'VRB', 'Rc21')),
  insn('vcmpgefp',  '000100 VRT VRA VRB Rc21 0111000110', 'VRT,VRA,VRB',     'Vector Compare Greater Than or Equal To Single-Precision',                                 vmx(compareSingles(GREATER | EQUAL), 'VRT', 'VRA', 'VRB', 'Rc21')),
  insn('vcmpgtfp',  '000100 VRT VRA VRB Rc21 1011000110', 'VRT,VRA,VRB',     'Vector Compare Greater Than Single-Precision',                                             vmx(compareSingles(GREATER), 'VRT', 'VRA', 'VRB', 'Rc21')),
  insn('vexptefp',  '000100 VRT ///// VRB 00110001010',   'VRT,VRB',         'Vector 2 Raised to the Exponent Estimate Single-Precision',                                vmx(powerSingles, 'VRT', 'VRB')),
  insn('vlogefp',   '000100 VRT ///// VRB 00111001010',   'VRT,VRB',         'Vector Log Base 2 Estimate Single-Precision',                                              vmx(logarithmSingles, 'VRT', 'VRB')),
  insn('vrefp',     '000100 VRT ///// VRB 00100001010',   'VRT,VRB',         'Vector Reciprocal Estimate Single-Precision',                                              vmx(reciprocalSingles, 'VRT', 'VRB')),
  insn('vrsqrtefp', '000100 VRT ///// VRB 00101001010',   'VRT,VRB',         'Vector Reciprocal Square Root Estimate Single-Precision',                                  vmx(reciprocalRootSingles, 'VRT', 'VRB')),
]);
