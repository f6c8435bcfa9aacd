/**
 * Floating point: where QEMU 7.2 and the machine may differ.
 *
 * Sections are Power ISA 3.0B. `bits` are those of FPSCR, or of CR for CR1.
 */
import * as state from '../../emulator/cpu/state';
import type { Difference, Moment } from './differences';

const FR = 0x40000n;
const FI = 0x20000n;
const FPRF = 0x1f000n;
const CLASS = 0x10000n;
/** FX of FPSCR and of CR1, which record forms copy. */
const FX = 0x8000_0000n;
const FX_OF_CR1 = 0x0800_0000n;

/** Rows that round a scalar result. */
const ROUNDS =
  /^(f(add|sub|mul|div|sqrt|n?m(add|sub)|re|rsqrte)s?|frsp|fcti.*|fcfid.*|fri.|xs(add|sub|mul|div|sqrt|n?m(add|sub)[am]?|re|rsqrte|cv.*|rdpi.?|rqpi?x?p?|r)(dp|sp|qp)?|xsrqpix?|xscv.*|xsrdpi.)$/;
const ALL = /^(f[a-z]+|mtfs.*|x[sv].*)$/;
const SINGLES = /^(f(add|sub|mul|div|sqrt|n?m(add|sub)|re|rsqrte)s|frsp|fcfidu?s|xs.*sp)$/;

const fpscr = ({ cpu }: Moment): bigint => cpu.fpscr;
const field = (word: number, bit: number, width: number): number => (word >>> (32 - bit - width)) & (2 ** width - 1);
/** A doubleword of a vector-scalar register. */
function doubleword({ cpu }: Moment, vsr: number, right = 0): bigint {
  const view = new DataView(cpu.memory.memory.buffer);
  return view.getBigUint64(state.VSR + 16 * vsr + 8 - 8 * right, true);
}
/** Operands of VSX and of the floating-point instructions. */
const xb = ({ word }: Moment): number => field(word, 16, 5) | (field(word, 30, 1) << 5);
const xt = ({ word }: Moment): number => field(word, 6, 5) | (field(word, 31, 1) << 5);
const xa = ({ word }: Moment): number => field(word, 11, 5) | (field(word, 29, 1) << 5);
const frb = ({ word }: Moment): number => field(word, 16, 5);
/** The registers that a multiply-add of any form may have as operands. */
function factors(moment: Moment): number[] {
  const ofFloat = [11, 16, 21].map((bit) => field(moment.word, bit, 5));
  const ofQuad = [6, 11, 16].map((bit) => 32 + field(moment.word, bit, 5));
  return [xt(moment), xa(moment), xb(moment), ...ofFloat, ...ofQuad];
}
/** Whether a double may be a single: by its low bits and its exponent. */
function isSingle(bits: bigint): boolean {
  const exponent = Number((bits >> 52n) & 0x7ffn);
  return (bits & 0x1fff_ffffn) === 0n && (exponent >= 0x36a || isZero(bits));
}
const isZero = (bits: bigint): boolean => BigInt.asUintN(63, bits) === 0n;
const directed = (moment: Moment): boolean => (fpscr(moment) & 2n) !== 0n;

const STATUS: readonly Difference[] = [
  {
    name: 'FR',
    rows: ROUNDS,
    may: /^fpscr$/,
    bits: FR,
    reason: 'Book I 4.2.2: FR says whether rounding incremented the fraction. QEMU never sets it.',
  },
  {
    name: 'FX without a new exception',
    rows: ALL,
    when: (moment) => (fpscr(moment) & 0x1ff80700n) !== 0n,
    may: /^fpscr$/,
    bits: FX,
    reason:
      'Book I 4.2.2: FX is set by an instruction that "causes any of the floating-point exception bits in the FPSCR to change from 0 to 1". QEMU sets it also when they are 1 already.',
  },
  {
    name: 'FX without a new exception, in CR1',
    rows: ALL,
    when: (moment) => (fpscr(moment) & 0x1ff80700n) !== 0n && (moment.word & 1) === 1,
    may: /^cr$/,
    bits: FX_OF_CR1,
    reason: 'As FX.',
  },
  {
    name: 'FX and NI of mtfsb1',
    rows: /^mtfsb1$/,
    may: /^fpscr$/,
    bits: FX | 4n,
    reason:
      'Book I 4.2.2: "every floating-point instruction, except mtfsfi and mtfsf" sets FX for a new exception; NI is a bit like others. QEMU does neither.',
  },
  {
    name: 'FX of mtfsb1 in CR1',
    rows: /^mtfsb1$/,
    when: ({ word }) => (word & 1) === 1,
    may: /^cr$/,
    bits: FX_OF_CR1,
    reason: 'As FX.',
  },
  {
    name: 'FPRF of conversions to integers',
    rows: /^(fcti.*|xscv[dq]p[su].*)$/,
    may: /^fpscr$/,
    bits: FPRF,
    reason: 'Book I 4.6.7: FPRF is undefined after them.',
  },
  {
    name: 'FPRF of conversions from integers',
    rows: /^fcfid(u|s|us)$/,
    may: /^fpscr$/,
    bits: FPRF,
    reason: 'Book I 4.6.7: FPRF is set to the class of the result. QEMU does so for fcfid only.',
  },
  {
    name: 'FR, FI and C of comparisons',
    rows: /^(fcmp.|x[sv]cmp.*)$/,
    may: /^fpscr$/,
    bits: FI | FR | CLASS,
    reason: 'Book I 4.6.8: comparisons alter FPCC only. QEMU clears FI, and sets C for a NaN.',
  },
  {
    name: 'class of denormalized singles',
    rows: SINGLES,
    may: /^fpscr$/,
    bits: CLASS,
    reason:
      'Book I 4.2.2: FPRF has the class of the result, which is a single (fprf_ClassSP in 7.6.3). QEMU takes the class of a double, which has more exponents.',
  },
  {
    name: 'FI of vector instructions',
    rows: /^xv.*$/,
    may: /^fpscr$/,
    bits: FI | FR,
    reason: 'Book I 7.6.3: vector instructions leave FR and FI. QEMU changes FI in some of them.',
  },
  {
    name: 'underflow beside other exceptions',
    rows: /^xv.*$/,
    may: /^fpscr$/,
    bits: 0x0800_0000n,
    reason:
      'Book I 7.6.3: the exceptions of all elements are set. QEMU notes one of overflow, underflow and inexact, or none for underflow.',
  },
  {
    name: 'signaling NaN beside infinity times zero',
    rows: /^(f|x[sv])n?m(add|sub).*$/,
    when: (moment) => factors(moment).some((n) => [0, 1].some((right) => mayBeNan(doubleword(moment, n, right)))),
    may: /^fpscr$/,
    bits: 0x0100_0000n,
    reason: 'Book I 7.6.3: VXIMZ comes from the product, VXSNAN from the addend. QEMU notes the first only.',
  },
  {
    name: 'underflow of xsrqpxp',
    rows: /^xsrqpxp$/,
    may: /^fpscr$/,
    bits: 0x0800_0000n,
    reason: 'Book I 7.6.3: it alters OX, XX and VXSNAN, not UX.',
  },
];

const RESULTS: readonly Difference[] = [
  {
    name: 'negation before rounding',
    rows: /^(fnm(add|sub)s?|x[sv]nm(add|sub).*)$/,
    when: directed,
    may: /^(vs\d+|fpscr|cr)$/,
    reason:
      'Book I 4.6.6.2: the result is that of the Multiply-Add, which is rounded, "and then negating" it. QEMU negates first, which matters when rounding is directed.',
  },
  {
    name: 'rounding to single twice',
    rows: /^xs(add|sub|mul|div|sqrt)sp$/,
    when: (moment) => [xa(moment), xb(moment)].some((n) => !isSingle(doubleword(moment, n))),
    may: /^(vs\d+|fpscr)$/,
    reason: 'Book I 7.6.3: the result of unbounded precision is rounded to single. QEMU rounds to double before.',
  },
  {
    name: 'signaling NaN behind a quiet one',
    rows: /^xs(max|min)jdp$/,
    when: (moment) => [xa(moment), xb(moment)].every((n) => mayBeNan(doubleword(moment, n))),
    may: /^fpscr$/,
    reason:
      'Book I 7.6.3: a signaling NaN in either operand raises VXSNAN. QEMU looks at the second only when the first is no NaN.',
  },
  {
    name: 'xsnmsubqpo',
    rows: /^xsnmsubqp$/,
    when: ({ word }) => (word & 1) === 1,
    may: /^(vs\d+|fpscr)$/,
    reason: 'Book I 7.6.3: it rounds to odd. QEMU rounds by FPSCR.',
  },
  {
    name: 'high word of fctiw and its like',
    rows: /^fctiw.*$/,
    may: /^vs\d+$/,
    bits: 0xffff_ffffn << 96n,
    reason: 'Book I 4.6.7: "FRT 0:31 is undefined".',
  },
  {
    name: 'elements beside a NaN',
    rows: /^xvcv[ds]p[su]x[dw]s$/,
    when: (moment) => [0, 1].some((right) => mayBeNan(doubleword(moment, xb(moment), right))),
    may: /^(vs\d+|fpscr)$/,
    reason: 'Book I 7.6.3: each element by itself. QEMU gives those behind a NaN its result.',
  },
  {
    name: 'rounding by FPSCR in quad precision',
    rows: /^xsrqp(ix?|xp)$/,
    when: ({ word }) => field(word, 15, 1) === 0 && field(word, 21, 2) !== 0,
    may: /^(vs\d+|fpscr)$/,
    reason:
      'Book I 7.6.3: R = 0 with RMC = 3 takes the mode of FPSCR, whose numbers QEMU takes for its own; RMC = 1 and 2 are reserved.',
  },
  {
    name: 'singles by their class',
    rows: /^xststdcsp$/,
    when: (moment) => {
      const exponent = Number((doubleword(moment, xb(moment)) >> 52n) & 0x7ffn);
      return exponent < 0x381;
    },
    may: /^(cr|fpscr)$/,
    reason:
      'Book I 7.6.3: exponents from 1 to 0x380 are those of denormalized singles. QEMU takes small ones for zeros.',
  },
];

const mayBeNan = (bits: bigint): boolean =>
  (bits & 0x7ff0000000000000n) === 0x7ff0000000000000n ||
  [0n, 32n].some((right) => ((bits >> right) & 0x7f80_0000n) === 0x7f80_0000n);

const ESTIMATES: readonly Difference[] = [
  {
    name: 'XX and FI of estimates',
    rows: /^(fr(e|sqrte)s?|x[sv]r(e|sqrte)[ds]p)$/,
    may: /^fpscr$/,
    bits: 0x0200_0000n | FI | FX,
    reason: 'Book I 4.6.6.1, 7.6.3: estimates do not alter XX; FR and FI are undefined.',
  },
  {
    name: 'FX of estimates in CR1',
    rows: /^fr(e|sqrte)s?$/,
    when: ({ word }) => (word & 1) === 1,
    may: /^cr$/,
    bits: FX_OF_CR1,
    reason: 'As XX: what QEMU sets for it.',
  },
  {
    name: 'estimates for zero',
    rows: /^fr(e|sqrte)s?$/,
    when: (moment) => isZero(doubleword(moment, frb(moment))),
    may: /^(vs\d+|fpscr|cr)$/,
    reason: 'Book I 4.6.6.1: for zero the result is an infinity, with ZX. QEMU has one half.',
  },
  {
    name: 'ZX of the estimates of VSX',
    rows: /^x[sv]r(e|sqrte)[ds]p$/,
    may: /^fpscr$/,
    bits: 0x0400_0000n,
    reason: 'Book I 7.6.3: a zero raises ZX. QEMU does not.',
  },
  {
    name: 'powers of two',
    rows: /^vexptefp$/,
    may: /^vs\d+$/,
    reason: 'Book I 6.10: an estimate with a relative error of at most 1/16; no more is said.',
  },
];

export const FLOAT_DIFFERENCES: readonly Difference[] = [...STATUS, ...RESULTS, ...ESTIMATES];
