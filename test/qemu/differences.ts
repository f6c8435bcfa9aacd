/**
 * Where QEMU 7.2 and the machine may differ: each difference with the ISA's words for it. What no row explains is a failure.
 *
 * Sections are Power ISA 3.0B.
 */
import type { Cpu } from '../../emulator/cpu/cpu';
import * as state from '../../emulator/cpu/state';
import { MSR_BIT } from '../../emulator/isa/registers';
import { RESERVATION } from '../../emulator/isa/semantics';
import type { Deviation } from './compare';
import { FLOAT_DIFFERENCES } from './differences-float';
import { VECTOR_DIFFERENCES } from './differences-vector';

/** Bytes that the store conditionals store, by extended opcode. */
const CONDITIONAL_BYTES: Readonly<Record<number, number>> = { 694: 1, 726: 2, 150: 4, 214: 8, 182: 16 };

/** An instruction about to be executed. */
export interface Moment {
  readonly word: number;
  readonly cpu: Cpu;
}

export interface Difference {
  readonly name: string;
  /** Names of rows. */
  readonly rows: RegExp;
  /** Which executions of them; all when missing. */
  readonly when?: (moment: Moment) => boolean;
  /** What may differ: names of registers as the report writes them (r3, cr, xer, fault, memory...). */
  readonly may: RegExp;
  /** Which bits of them, as a number of their width; all when missing. */
  readonly bits?: bigint;
  readonly reason: string;
}

const ra = (word: number): number => (word >>> 16) & 31;
const rb = (word: number): number => (word >>> 11) & 31;
const gpr = ({ cpu }: Moment, n: number): bigint => cpu.gpr(n);
const sprNumber = (word: number): number => ((word >>> 16) & 31) | (((word >>> 11) & 31) << 5);
const oneBit = (value: number): boolean => value !== 0 && (value & (value - 1)) === 0;
const low = (value: bigint): bigint => BigInt.asUintN(32, value);

/** Whether a division's quotient is undefined: by zero, or one that does not fit. */
function undefinedQuotient(moment: Moment): boolean {
  const { word } = moment;
  const [a, b] = [gpr(moment, ra(word)), gpr(moment, rb(word))];
  const xo = (word >>> 1) & 0x1ff;
  const wide = DOUBLEWORD.has(xo);
  const [x, y] = wide ? [a, b] : [low(a), low(b)];
  if (y === 0n) return true;
  const width = wide ? 64n : 32n;
  const bits = Number(width);
  if (EXTENDED_UNSIGNED.has(xo)) return x >= y;
  if (EXTENDED_SIGNED.has(xo)) {
    const quotient = (BigInt.asIntN(bits, x) << width) / BigInt.asIntN(bits, y);
    return BigInt.asIntN(bits, quotient) !== quotient;
  }
  return SIGNED.has(xo) && BigInt.asIntN(bits, x) === -(1n << (width - 1n)) && BigInt.asIntN(bits, y) === -1n;
}
/** Extended opcodes of nine bits: divd 489, divdu 457, divde 425, divdeu 393, modsd and modud 265. */
const DOUBLEWORD = new Set([489, 457, 425, 393, 265]);
const EXTENDED_UNSIGNED = new Set([393, 395]);
const EXTENDED_SIGNED = new Set([425, 427]);
const SIGNED = new Set([489, 491, 265, 267]);

const DIVISION: readonly Difference[] = [
  {
    name: 'undefined quotient',
    rows: /^(div[wd]e?u?|mod[su][wd])$/,
    when: undefinedQuotient,
    may: /^(r\d+|cr)$/,
    reason:
      'Book I 3.3.9: "the contents of register RT are undefined, as are (if Rc=1) the contents of the LT, GT, and EQ bits of CR Field 0"',
  },
  {
    name: 'overflow of divdeo',
    rows: /^divde$/,
    when: undefinedQuotient,
    may: /^(r\d+|cr|xer)$/,
    reason:
      'Book I 3.3.9.1: OV is set where the quotient cannot be represented in 64 bits; QEMU 7.2 takes some of them for representable',
  },
];

const MOVES_AND_BRANCHES: readonly Difference[] = [
  {
    name: 'reserved bits of XER',
    rows: /^mtspr$/,
    when: ({ word }) => sprNumber(word) === 1,
    may: /^xer$/,
    reason:
      'Book I 3.2.2: bits 0:31 and others are reserved; software reads what the processor keeps of them. QEMU keeps none.',
  },
  {
    name: 'width of VRSAVE',
    rows: /^mtspr$/,
    when: ({ word }) => sprNumber(word) === 256,
    may: /^vrsave$/,
    reason: 'Book I 3.2.3: VRSAVE has 32 bits. QEMU keeps 64.',
  },
  {
    name: 'several fields of mtocrf',
    rows: /^mtocrf$/,
    when: ({ word }) => !oneBit((word >>> 12) & 0xff),
    may: /^cr$/,
    reason: 'Book I 3.3.17: unless exactly one bit of FXM is 1, "the contents of the Condition Register are undefined"',
  },
  {
    name: 'several fields of mfocrf',
    rows: /^mfocrf$/,
    may: /^r\d+$/,
    reason: 'Book I 3.3.17: "the contents of register RT are undefined" but for the bits of the field that FXM names',
  },
  {
    name: 'bcctr that counts',
    rows: /^bcctr$/,
    when: ({ word }) => ((word >>> 21) & 4) === 0,
    may: /^(ctr|exit|signal|fault|lr)$/,
    reason: 'Book I 2.4: with BO bit 2 = 0 "the instruction form is invalid"',
  },
];

const STORAGE: readonly Difference[] = [
  {
    name: 'store conditional unlike the reservation',
    rows: /^st[bhwdq]cx\.$/,
    when: ({ cpu, word }) => {
      const reservation = new DataView(cpu.memory.memory.buffer).getBigUint64(state.SPR + 8 * RESERVATION, true);
      const ea = BigInt.asUintN(64, (ra(word) === 0 ? 0n : cpu.gpr(ra(word))) + cpu.gpr(rb(word)));
      return (
        reservation !== 0n && reservation !== (ea | (1n << 63n)) + BigInt(CONDITIONAL_BYTES[(word >>> 1) & 0x3ff] ?? 0)
      );
    },
    may: /^(memory|cr)$/,
    reason:
      'Book II 4.6.2: where address or length differ from those of the reservation "it is undefined whether" the store is done',
  },
  {
    name: 'kinds of dcbf',
    rows: /^dcbf$/,
    when: ({ word }) => ((word >>> 21) & 7) > 1,
    may: /./,
    reason: 'Book II 4.3.2: L = 3 is defined and other values are reserved; QEMU 7.2 takes 0 and 1 only',
  },
];

/** Effective address of an X-form. */
const indexed = ({ cpu, word }: Moment): bigint =>
  BigInt.asUintN(64, (ra(word) === 0 ? 0n : cpu.gpr(ra(word))) + cpu.gpr(rb(word)));

const ALIGNMENT: readonly Difference[] = [
  {
    name: 'DSISR of Alignment interrupts',
    rows: /^(l[bhwdq]arx|st[bhwdq]cx\.|[ls]t?[wd]at|lq|stq|lmw|stmw|l?s?tsw[ix]|lsw[ix])$/,
    may: /^dsisr$/,
    reason:
      'Book III 6.5.8: nothing is said of DSISR. QEMU puts fields of the instruction there, as older processors did.',
  },
  {
    name: 'DAR of multiples and strings in little-endian mode',
    rows: /^(lmw|stmw|lsw[ix]|stsw[ix])$/,
    may: /^dar$/,
    reason: 'Book III 6.5.8: DAR has the effective address. QEMU leaves it.',
  },
  {
    name: 'store conditional that is not aligned',
    rows: /^st[hwdq]cx\.$/,
    when: (moment) => indexed(moment) % BigInt(CONDITIONAL_BYTES[(moment.word >>> 1) & 0x3ff] ?? 1) !== 0n,
    may: /./,
    reason:
      'Book II 4.6.2: an operand that is not aligned raises an Alignment interrupt. QEMU looks at the reservation first.',
  },
];

const NO_RESERVATION: Difference = {
  name: 'stbcx. to the last byte of all',
  rows: /^stbcx\.$/,
  when: (moment) => indexed(moment) === (1n << 64n) - 1n,
  may: /^(exit|signal|fault|cr)$/,
  reason: 'Book II 4.6.2: without a reservation nothing is stored. That address is what QEMU has for no reservation.',
};

const SYSTEM_STATE: readonly Difference[] = [
  {
    name: 'facility of rotates with a mask',
    rows: /^vrl[wd](mi|nm)$/,
    may: /^(vs\d+|exit|signal|fault)$/,
    when: ({ cpu }) => off(cpu.msr, MSR_BIT.VEC) || off(cpu.msr, MSR_BIT.VSX),
    reason: 'Book I 6.1: vector instructions need MSR.VEC. QEMU asks for MSR.VSX.',
  },
  {
    name: 'facility of merges of floating-point words',
    rows: /^fmrg[eo]w$/,
    may: /^(vs\d+|exit|signal|fault)$/,
    when: ({ cpu }) => off(cpu.msr, MSR_BIT.FP) || off(cpu.msr, MSR_BIT.VSX),
    reason: 'They came with VSX, and need MSR.VSX. QEMU asks for MSR.FP.',
  },
  {
    name: 'facility of scalar loads and stores of vector registers',
    rows: /^(lxsd|lxssp|stxsd|stxssp)$/,
    may: /^(vs\d+|memory|exit|signal|fault)$/,
    when: ({ cpu }) => off(cpu.msr, MSR_BIT.VEC) || off(cpu.msr, MSR_BIT.VSX),
    reason: 'Book I 7.6.3: their registers are vector registers, for which MSR.VEC counts. QEMU asks for MSR.VSX.',
  },
  {
    name: 'lq and stq that are not aligned',
    rows: /^(lq|stq)$/,
    may: /^(r\d+|memory|exit|signal|fault)$/,
    reason:
      'Book III 6.5.8: an operand of lq or stq that is not aligned may raise an Alignment interrupt. QEMU does not.',
  },
  {
    name: 'invalid forms without floating point',
    rows: /^(lf[sd]|stf[sd])ux?$/,
    may: /^(signal|fault)$/,
    when: ({ cpu, word }) => ra(word) === 0 && off(cpu.msr, MSR_BIT.FP),
    reason: 'Book III 6.8: an illegal instruction comes before a facility that is off. QEMU has the other order.',
  },
  {
    name: 'width of DSISR and HDSISR',
    rows: /^mtspr$/,
    may: /^h?dsisr$/,
    bits: 0xffff_ffff_0000_0000n,
    when: ({ word }) => [18, 306].includes(sprNumber(word)),
    reason: 'Book III 6.2.5: they have 32 bits. QEMU keeps 64.',
  },
  {
    name: 'invalid forms of lswx',
    rows: /^lswx$/,
    may: /^(signal|fault)$/,
    reason:
      'Book III 6.5.26: an invalid form is an illegal instruction, which POWER9 takes to the hypervisor. QEMU: Program.',
  },
];

const off = (msr: bigint, facility: bigint): boolean => (msr & facility) === 0n;

const functionCode = ({ word }: Moment): number => (word >>> 11) & 31;

const MEMORY_OPERATIONS: readonly Difference[] = [
  {
    name: 'lswx over r0',
    rows: /^lswx$/,
    when: ({ word }) => ra(word) === 0,
    may: /^(r\d+|exit|signal|fault)$/,
    reason:
      'Book I 3.3.7: if RA is in the range of registers to be loaded, "including the case in which RA=0", the form is invalid',
  },
  {
    name: 'signed maximum and minimum of words in memory',
    rows: /^(lwat|stwat)$/,
    when: (moment) => [5, 7].includes(functionCode(moment)),
    may: /^memory$/,
    reason: 'Book II 4.5: the operands are signed words; QEMU 7.2 compares them zero-extended',
  },
  {
    name: 'a bound that ldat meets',
    rows: /^ldat$/,
    when: (moment) => functionCode(moment) >= 24,
    may: /^r\d+$/,
    reason: 'Book II 4.5: RT gets 1 and 63 zeros; QEMU 7.2 shifts a 32-bit number',
  },
  {
    name: 'a bound that lwat meets',
    rows: /^lwat$/,
    when: (moment) => functionCode(moment) >= 24,
    may: /^r\d+$/,
    bits: 0xffff_ffff_0000_0000n,
    reason:
      'Book II 4.5: the word result is 0x80000000; QEMU 7.2 extends its sign, where other functions of lwat extend by zeros',
  },
  {
    name: 'fetch and decrement bounded',
    rows: /^l[wd]at$/,
    when: (moment) => functionCode(moment) === 28,
    may: /^(r\d+|memory|exit|signal|fault)$/,
    reason: 'Book II 4.5: the bound lies before the operand; QEMU 7.2 takes what lies behind it',
  },
  {
    name: 'pairs in two blocks of memory',
    rows: /^(l[wd]at|st[wd]at)$/,
    when: (moment) => functionCode(moment) >= 24,
    may: /^(r\d+|memory|exit|signal|fault)$/,
    reason:
      'Book II 4.5: both operands lie in one block of 32 bytes, or it is an Alignment interrupt. QEMU takes any pair.',
  },
  {
    name: 'icbt',
    rows: /^icbt$/,
    may: /^(exit|signal|fault)$/,
    reason: 'Book II 4.3.1 has icbt; QEMU 7.2 only for embedded processors',
  },
  {
    name: 'transient data streams',
    rows: /^dst(st)?t?$/,
    may: /^(exit|signal|fault)$/,
    reason: 'no operations on POWER9; QEMU 7.2 has dst and dstst only, and not for stream 3',
  },
  {
    name: 'branch history',
    rows: /^(mfbhrbe|clrbhrb)$/,
    may: /^(r\d+|exit|signal|fault)$/,
    reason: 'Book I 2.7 has the instructions; QEMU 7.2 has not',
  },
];

export const DIFFERENCES: readonly Difference[] = [
  ...DIVISION,
  ...MOVES_AND_BRANCHES,
  ...STORAGE,
  ...ALIGNMENT,
  NO_RESERVATION,
  ...SYSTEM_STATE,
  ...MEMORY_OPERATIONS,
  ...FLOAT_DIFFERENCES,
  ...VECTOR_DIFFERENCES,
];

/** What an interrupt sets: it goes with the interrupt. */
const OF_FAULTS = /^(status|msr|dar|dsisr|srr[01]|hsrr[01])$/;

/** Whether the possible differences explain what was found: every bit of it. */
export function explains(possible: Iterable<Difference>, { name, emulated, qemu }: Deviation): boolean {
  const differences = [...possible].filter(({ may }) => may.test(name) || (OF_FAULTS.test(name) && may.test('fault')));
  if (differences.some(({ bits }) => bits === undefined)) return true;
  const allowed = differences.reduce((mask, { bits = 0n }) => mask | bits, 0n);
  return differences.length > 0 && ((hex(emulated) ^ hex(qemu)) & ~allowed) === 0n;
}
const hex = (text: string): bigint => BigInt(`0x${text.replaceAll('_', '')}`);
