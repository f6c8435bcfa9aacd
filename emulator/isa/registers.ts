/**
 * The registers of the machine and their bits: general purpose, CR, XER, LR, CTR, MSR. Special purpose registers by
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
  readonly bits: 4 | 32 | 64;
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
  const is = (mask: bigint): 0 | 1 => ((msr & mask) === 0n ? 0 : 1);
  const [s, hv, pr] = [is(MSR_BIT.S), is(MSR_BIT.HV), is(MSR_BIT.PR)];
  const found = PRIVILEGE_STATES.find((state) => state.s === s && state.hv === hv && state.pr === pr);
  if (!found) throw new Error('The table of privilege states lacks a state.');
  return found;
}

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

/** Registers that are no special purpose registers. */
export const CORE_REGISTERS: readonly RegisterRow[] = [
  ...Array.from({ length: 32 }, (_, n): RegisterRow => ({
    name: `r${n}`,
    bits: 64,
    doc: `General Purpose Register ${n}.`,
    fields: [],
  })),
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
];
