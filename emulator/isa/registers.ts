/**
 * The registers of the machine and their bits: general purpose, floating point and vector, CR, XER, MSR. Special purpose registers by
 * number are in sprs.ts. Bits are numbered as the manual does, 0 is the most significant of the register's width.
 */

/** A field of a register. */
export interface RegisterBit {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly doc: string;
}

/** A register by its name in the manual. */
export interface RegisterRow {
  readonly name: string;
  /** Width in bits. */
  readonly bits: 4 | 32 | 64 | 128;
  readonly doc: string;
  readonly fields: readonly RegisterBit[];
}

/** Fields from lines `first[:last] NAME doc`. */
export function registerBits(text: string): RegisterBit[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const parts = /^\s*(\d+)(?::(\d+))?\s+(\S+)\s+(.+)$/.exec(line);
      if (!parts) throw new Error(`'${line}' does not say 'bit NAME doc'.`);
      const [, first, last, name = '', doc = ''] = parts;
      return { name, first: Number(first), last: Number(last ?? first), doc };
    });
}

/** The mask of a field in its register. */
export function bitMask(row: Pick<RegisterRow, 'bits'>, bit: RegisterBit): bigint {
  return ((1n << BigInt(bit.last - bit.first + 1)) - 1n) << BigInt(row.bits - 1 - bit.last);
}

/** The value of a field in a register's value. */
export function bitValue(row: Pick<RegisterRow, 'bits'>, bit: RegisterBit, value: bigint): bigint {
  return (value & bitMask(row, bit)) >> BigInt(row.bits - 1 - bit.last);
}

/** Machine State Register, Power ISA 3.0B Book III 3.2.1; S by the ultravisor document. */
export const MSR_ROW: RegisterRow = {
  name: 'MSR',
  bits: 64,
  doc: 'Machine State Register: the state in which instructions execute.',
  fields: registerBits(`
    0 SF 64-bit mode
    3 HV hypervisor state, and with S the ultravisor
    29:30 TS transaction state
    31 TM transactional memory available
    38 VEC vector facility available
    40 VSX VSX facility available
    41 S secure state: secure memory can be accessed
    48 EE external interrupts enabled
    49 PR problem state
    50 FP floating-point facility available
    51 ME machine check interrupts enabled
    52 FE0 floating-point exception mode, first bit
    53:54 TE trace enable
    55 FE1 floating-point exception mode, second bit
    58 IR instruction addresses are translated
    59 DR data addresses are translated
    61 PMM performance monitor mark
    62 RI an interrupt can be recovered from
    63 LE little-endian mode`),
};

/** Bits of MSR that the machine looks at. */
export const MSR_BIT = msrMasks();

type MsrBitName =
  'SF' | 'HV' | 'TM' | 'VEC' | 'VSX' | 'S' | 'EE' | 'PR' | 'FP' | 'ME' | 'FE0' | 'FE1' | 'IR' | 'DR' | 'RI' | 'LE';

function msrMasks(): Readonly<Record<MsrBitName, bigint>> {
  const mask = (name: MsrBitName): bigint => {
    const bit = MSR_ROW.fields.find((field) => field.name === name);
    return bit ? bitMask(MSR_ROW, bit) : 0n;
  };
  return {
    SF: mask('SF'),
    HV: mask('HV'),
    TM: mask('TM'),
    VEC: mask('VEC'),
    VSX: mask('VSX'),
    S: mask('S'),
    EE: mask('EE'),
    PR: mask('PR'),
    FP: mask('FP'),
    ME: mask('ME'),
    FE0: mask('FE0'),
    FE1: mask('FE1'),
    IR: mask('IR'),
    DR: mask('DR'),
    RI: mask('RI'),
    LE: mask('LE'),
  };
}

/** One of the eight states of MSR(S, HV, PR). */
export interface PrivilegeState {
  readonly s: 0 | 1;
  readonly hv: 0 | 1;
  readonly pr: 0 | 1;
  /** The ultravisor document's word. */
  readonly name: string;
  readonly privilege: 'problem' | 'privileged' | 'hypervisor' | 'ultravisor';
  readonly doc: string;
}

// ultravisor.rst, "Hardware": secure and normal mode MSR settings.
// prettier-ignore
export const PRIVILEGE_STATES: readonly PrivilegeState[] = [
  { s: 0, hv: 0, pr: 1, name: 'Problem',                privilege: 'problem',    doc: 'a program of a normal guest' },
  { s: 0, hv: 0, pr: 0, name: 'Privileged(OS)',         privilege: 'privileged', doc: 'the operating system of a normal guest' },
  { s: 0, hv: 1, pr: 0, name: 'Hypervisor',             privilege: 'hypervisor', doc: 'the hypervisor' },
  { s: 0, hv: 1, pr: 1, name: 'Problem (Host)',         privilege: 'problem',    doc: 'a program of the host' },
  { s: 1, hv: 0, pr: 1, name: 'Secure Problem',         privilege: 'problem',    doc: 'a program of a secure guest' },
  { s: 1, hv: 0, pr: 0, name: 'Secure Privileged(OS)',  privilege: 'privileged', doc: 'the operating system of a secure guest' },
  { s: 1, hv: 1, pr: 0, name: 'Ultravisor',             privilege: 'ultravisor', doc: 'the ultravisor' },
  { s: 1, hv: 1, pr: 1, name: 'Reserved',               privilege: 'problem',    doc: 'reserved; here it has no privilege' },
];

/** The state that an MSR value is. */
export function privilegeState(msr: bigint): PrivilegeState {
  const is = (mask: bigint, value: number): number => ((msr & mask) === 0n ? 0 : value);
  const found = STATE_BY_BITS[is(MSR_BIT.S, 4) | is(MSR_BIT.HV, 2) | is(MSR_BIT.PR, 1)];
  if (!found) throw new Error('The table of privilege states lacks a state.');
  return found;
}

/** The rows by S, HV and PR as a number of three bits. */
const STATE_BY_BITS = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
  PRIVILEGE_STATES.find(({ s, hv, pr }) => ((s << 2) | (hv << 1) | pr) === bits),
);

/** Fixed-Point Exception Register, Book I 3.2.2. */
export const XER_FIELDS = registerBits(`
    32 SO summary overflow
    33 OV overflow
    34 CA carry
    44 OV32 overflow of the low word
    45 CA32 carry of the low word
    57:63 COUNT number of bytes of a string instruction`);

const CR_FIELD_BITS = registerBits(`
    0 LT less than, or negative
    1 GT greater than, or positive
    2 EQ equal, or zero
    3 SO summary overflow`);

/** Floating-Point Status and Control Register, Book I 4.2.2. */
const FPSCR_FIELDS = registerBits(`
    29:31 DRN decimal rounding mode
    32 FX an exception has come since software cleared this
    33 FEX an enabled exception is set
    34 VX an invalid operation is set
    35 OX overflow
    36 UX underflow
    37 ZX zero divide
    38 XX inexact
    39 VXSNAN invalid: signaling NaN
    40 VXISI invalid: infinity minus infinity
    41 VXIDI invalid: infinity divided by infinity
    42 VXZDZ invalid: zero divided by zero
    43 VXIMZ invalid: infinity times zero
    44 VXVC invalid: comparison of a NaN
    45 FR rounding incremented the last result
    46 FI the last result is inexact
    47 C class of the last result
    48 FL less than, or negative
    49 FG greater than, or positive
    50 FE equal, or zero
    51 FU unordered, or a NaN
    53 VXSOFT invalid: by software
    54 VXSQRT invalid: square root of a negative number
    55 VXCVI invalid: conversion to an integer
    56 VE invalid operations are enabled
    57 OE overflow is enabled
    58 UE underflow is enabled
    59 ZE zero divide is enabled
    60 XE inexact is enabled
    61 NI non-IEEE mode; without effect
    62:63 RN rounding: 0 to nearest, 1 toward zero, 2 up, 3 down`);

/** Halves of registers that are wider than a number. */
const HALVES = registerBits(`
    0:63 hi doubleword 0, the left one
    64:127 lo doubleword 1`);

/** Registers with numbers from 0. */
function registerFile(prefix: string, count: number, bits: 64 | 128, name: string): RegisterRow[] {
  const fields = bits === 128 ? HALVES : [];
  return Array.from({ length: count }, (_, n) => ({ name: `${prefix}${n}`, bits, doc: `${name} ${n}.`, fields }));
}

/** Registers of floating point and vectors: f0 to f31 are the left halves of vs0 to vs31, v0 to v31 are vs32 to vs63. */
const VECTOR_REGISTERS: readonly RegisterRow[] = [
  ...registerFile('f', 32, 64, 'Floating-Point Register'),
  ...registerFile('v', 32, 128, 'Vector Register'),
  ...registerFile('vs', 64, 128, 'Vector-Scalar Register'),
  { name: 'FPSCR', bits: 64, doc: 'Floating-Point Status and Control Register.', fields: FPSCR_FIELDS },
  {
    name: 'VSCR',
    bits: 32,
    doc: 'Vector Status and Control Register.',
    fields: registerBits(`
    15 NJ denormalized numbers of the vector facility are zeros
    31 SAT a result was saturated`),
  },
];

/** Registers that are no special purpose registers. */
export const CORE_REGISTERS: readonly RegisterRow[] = [
  ...registerFile('r', 32, 64, 'General Purpose Register'),
  {
    name: 'CR',
    bits: 32,
    doc: 'Condition Register: eight fields of four bits.',
    fields: Array.from({ length: 8 }, (_, n) => ({
      name: `cr${n}`,
      first: 4 * n,
      last: 4 * n + 3,
      doc: `condition register field ${n}`,
    })),
  },
  ...Array.from({ length: 8 }, (_, n): RegisterRow => ({
    name: `cr${n}`,
    bits: 4,
    doc: `Condition Register field ${n}.`,
    fields: CR_FIELD_BITS,
  })),
  { name: 'NIA', bits: 64, doc: 'Next Instruction Address.', fields: [] },
  MSR_ROW,
  ...VECTOR_REGISTERS,
];
