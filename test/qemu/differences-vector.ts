/** Differences in vector instructions without floating point (differences.ts), by Power ISA 3.0B Book I chapters 6 and 7. */
import { rowOf } from '../../emulator/isa/table';
import type { Difference, Moment } from './differences';

const vra = (word: number): number => 32 + ((word >>> 16) & 31);
const vrb = (word: number): number => 32 + ((word >>> 11) & 31);
const vrt = (word: number): number => 32 + ((word >>> 21) & 31);

/** Digits of 4 bits, the rightmost first. */
const digits = (value: bigint, count = 32): number[] =>
  Array.from({ length: count }, (_, i) => Number((value >> BigInt(4 * i)) & 15n));

function isSigned(value: bigint): boolean {
  const [sign = 0, ...rest] = digits(value);
  return sign > 9 && rest.every((digit) => digit < 10);
}
const isUnsigned = (value: bigint): boolean => digits(value).every((digit) => digit < 10);
function isNational(value: bigint): boolean {
  const [sign = 0n, ...rest] = Array.from({ length: 8 }, (_, i) => (value >> BigInt(16 * i)) & 0xffffn);
  return (sign === 0x2bn || sign === 0x2dn) && rest.every((digit) => digit >= 0x30n && digit <= 0x39n);
}
function isZoned(value: bigint, ps: number): boolean {
  const all = digits(value);
  const zone = ps === 0 ? 3 : 15;
  const [sign = 0] = all.slice(1);
  return all.every((digit, i) => (i % 2 === 0 ? digit < 10 : i === 1 || digit === zone)) && (ps === 0 || sign > 9);
}

/** Whether an operand of a decimal instruction is not a number of its kind. */
function isInvalid({ word, cpu }: Moment): boolean {
  const [name = '', a, b] = [rowOf(word)?.name, cpu.vsr(vra(word)), cpu.vsr(vrb(word))];
  if (name === 'bcdcfn.') return !isNational(b);
  if (name === 'bcdcfz.') return !isZoned(b, (word >>> 9) & 1);
  if (name === 'bcdus.' || name === 'bcdutrunc.') return !isUnsigned(b);
  return !isSigned(b) || (/^bcd(add|sub|cpsgn)\.$/.test(name) && !isSigned(a));
}

/** Whether an element that begins at a byte goes beyond byte 15. */
function goesBeyond({ word, cpu }: Moment): boolean {
  const name = rowOf(word)?.name ?? '';
  const [, kind = ''] = /([bhwd])(?:[lr]x)?$/.exec(name) ?? [];
  const size = { b: 1, h: 2, w: 4, d: 8 }[kind] ?? 1;
  const at = name.endsWith('x') ? Number(cpu.gpr((word >>> 16) & 31) & 15n) : (word >>> 16) & 15;
  return at + size > 16;
}

const REGISTER = /^vs\d+$/;
const REGISTER_OR_CR = /^(vs\d+|cr)$/;

export const VECTOR_DIFFERENCES: readonly Difference[] = [
  {
    name: 'doubleword 1 beside a scalar',
    rows: /^(lxs(d|sp|ibz|ihz|iwa|iwz)x|mtvsr(d|wa|wz))$/,
    may: REGISTER,
    bits: (1n << 64n) - 1n,
    reason:
      'Book I 7.6: doubleword 1 of the target is undefined. QEMU keeps it; later processors clear it, and so do we.',
  },
  {
    name: 'element beyond the register',
    rows: /^(vextractu?[bhwd]|vinsert[bhwd]|xxextractuw|xxinsertw|vextu[bhw][lr]x)$/,
    when: goesBeyond,
    may: /^(vs|r)\d+$/,
    reason: 'Book I 6.8, 7.6: the result is undefined if the element goes beyond byte 15',
  },
  {
    name: 'vrldmi',
    rows: /^vrldmi$/,
    may: REGISTER,
    reason: 'Book I 6.9: what the mask does not cover keeps the contents of VRT; QEMU 7.2 clears it, as vrldnm does',
  },
  {
    name: 'reserved bits of VSCR',
    rows: /^mtvscr$/,
    may: /^vscr$/,
    bits: 0xffff_ffffn & ~0x1_0001n,
    reason: 'Book I 6.3: all bits but NJ and SAT are reserved; QEMU keeps them',
  },
  {
    name: 'invalid decimal numbers',
    rows: /^bcd.*\.$/,
    when: isInvalid,
    may: REGISTER_OR_CR,
    reason:
      'Book I chapter 6, decimal: the result is undefined and CR6 is 0b0001; QEMU does not see every invalid digit (bcdadd., bcdsub. with two signs; bcdctn., bcdctz. beyond the digits that they convert)',
  },
  {
    name: 'decimal results over their operand',
    rows: /^bcd(ctn|ctsq|setsgn|cpsgn)\.$/,
    when: ({ word }) => vrt(word) === vrb(word),
    may: REGISTER_OR_CR,
    reason: 'QEMU 7.2 sets CR6 from VRB after it wrote VRT',
  },
  {
    name: 'CR6 of bcdus.',
    rows: /^bcdus\.$/,
    may: /^cr$/,
    bits: 0xf0n,
    reason:
      'Book I chapter 6, decimal: an unsigned result is greater than 0 or 0; QEMU 7.2 takes its last digit for a sign',
  },
  {
    name: 'long shifts of bcdsr.',
    rows: /^bcdsr\.$/,
    when: ({ word, cpu }) => BigInt.asIntN(8, cpu.vsr(vra(word)) >> 64n) < -31n,
    may: REGISTER_OR_CR,
    reason:
      'Book I chapter 6, decimal: the digit to round by is the last one shifted out, here 0; QEMU 7.2 shifts by 31 at most',
  },
  {
    name: 'length of bcdtrunc.',
    rows: /^bcdtrunc\.$/,
    when: ({ word, cpu }) => ((cpu.vsr(vra(word)) >> 64n) & 0xffffn) === 0xffffn,
    may: REGISTER_OR_CR,
    reason:
      'Book I chapter 6, decimal: the length is unsigned, and above 31 nothing is cut; QEMU 7.2 takes 65535 for -1',
  },
];
