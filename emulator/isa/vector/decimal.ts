/**
 * Decimal integers in vector registers, Power ISA 3.0B Book I chapter 6.
 *
 * Signed packed decimal: 31 digits of 4 bits, then the sign: A, C, E, F are plus, B and D minus. National: 7 digits of 16
 * bits and a sign. Zoned: 16 digits in the right halves of bytes, the sign in the left half of the last one. Every
 * instruction sets CR6: less than, greater than, equal to zero, and overflow or an invalid operand. VRT stays as it is
 * where the ISA leaves the result undefined.
 */
import { type CrSetter, type VectorRegisters, type VectorUnit, settingCr } from '../vector-unit';

// CR6
const [LT, GT, EQ, SO] = [8, 4, 2, 1];
const CR6 = 6;

/** A number as 32 digits of 4 bits, the rightmost first: digit 0 of a signed number is its sign. */
class Digits {
  readonly value = new Uint8Array(32);

  take(unit: VectorRegisters, n: number): this {
    for (let k = 0; k < 16; k++) {
      const byte = unit.u8[16 * n + k] ?? 0;
      this.value[2 * k] = byte & 15;
      this.value[2 * k + 1] = byte >> 4;
    }
    return this;
  }
  give(unit: VectorRegisters, n: number): void {
    for (let k = 0; k < 16; k++) unit.u8[16 * n + k] = this.digit(2 * k) | (this.digit(2 * k + 1) << 4);
  }
  digit(i: number): number {
    return this.value[i] ?? 0;
  }
  get sign(): 1 | -1 | 0 {
    const code = this.digit(0);
    return code < 10 ? 0 : code === 0xb || code === 0xd ? -1 : 1;
  }
  /** The preferred code of a sign: minus is D, plus C, or F when PS is 1. */
  setSign(sign: number, ps: number): void {
    this.value[0] = sign < 0 ? 0xd : ps === 0 ? 0xc : 0xf;
  }
  /** Whether the digits from `first` on are digits. */
  decimal(first: 0 | 1): boolean {
    for (let i = first; i < 32; i++) if (this.digit(i) > 9) return false;
    return true;
  }
  /** A valid signed number. */
  get valid(): boolean {
    return this.sign !== 0 && this.decimal(1);
  }
  /** Whether the digits from `first` on are all 0. */
  zero(first: number): boolean {
    for (let i = first; i < 32; i++) if (this.digit(i) !== 0) return false;
    return true;
  }
  /** CR bits of a comparison with 0. */
  get sense(): number {
    return this.zero(1) ? EQ : this.sign < 0 ? LT : GT;
  }
}

const A = new Digits();
const B = new Digits();
const T = new Digits();

/** Order of the magnitudes of A and B. */
function compareMagnitudes(): number {
  for (let i = 31; i > 0; i--) {
    const difference = A.digit(i) - B.digit(i);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** T = |A| + |B|; returns whether a digit is lost. */
function addMagnitudes(): boolean {
  let carry = 0;
  for (let i = 1; i < 32; i++) {
    const sum = A.digit(i) + B.digit(i) + carry;
    carry = sum > 9 ? 1 : 0;
    T.value[i] = sum - 10 * carry;
  }
  return carry !== 0;
}

/** T = |a| - |b|, which is not negative. */
function subtractMagnitudes(a: Digits, b: Digits): void {
  let borrow = 0;
  for (let i = 1; i < 32; i++) {
    const difference = a.digit(i) - b.digit(i) - borrow;
    borrow = difference < 0 ? 1 : 0;
    T.value[i] = difference + 10 * borrow;
  }
}

/** bcdadd. and bcdsub. (`factor` -1): the sign is that of the unbounded result, plus for 0. */
function add(factor: 1 | -1): CrSetter {
  return settingCr((unit, t, a, b, ps) => {
    A.take(unit, a);
    B.take(unit, b);
    if (!A.valid || !B.valid) return unit.setCrField(CR6, SO);
    const signB = factor * B.sign;
    let sign: number = A.sign;
    let overflow = false;
    if (sign === signB) overflow = addMagnitudes();
    else {
      const order = compareMagnitudes();
      if (order < 0) sign = signB;
      if (order < 0) subtractMagnitudes(B, A);
      else subtractMagnitudes(A, B);
    }
    const zero = !overflow && T.zero(1);
    if (zero) sign = 1;
    T.setSign(sign, ps);
    T.give(unit, t);
    unit.setCrField(CR6, (zero ? EQ : sign < 0 ? LT : GT) | (overflow ? SO : 0));
  });
}
export const bcdadd = add(1);
export const bcdsub = add(-1);

/** Writes T and sets CR6 from it. */
function finish(unit: VectorUnit, t: number, overflow = false): void {
  T.give(unit, t);
  unit.setCrField(CR6, T.sense | (overflow ? SO : 0));
}

// National decimal: '0' to '9', '+' and '-' as characters of 16 bits.
const NATIONAL_PLUS = 0x2b;
const NATIONAL_MINUS = 0x2d;
const NATIONAL_ZERO = 0x30;

export const bcdcfn = settingCr((unit, t, b, ps) => {
  const sign = unit.u16[8 * b] ?? 0;
  let valid = sign === NATIONAL_PLUS || sign === NATIONAL_MINUS;
  T.value.fill(0);
  for (let i = 1; i < 8; i++) {
    const digit = (unit.u16[8 * b + i] ?? 0) - NATIONAL_ZERO;
    valid &&= digit >= 0 && digit <= 9;
    T.value[i] = digit;
  }
  if (!valid) return unit.setCrField(CR6, SO);
  T.setSign(sign === NATIONAL_MINUS ? -1 : 1, ps);
  finish(unit, t);
});

export const bcdctn = settingCr((unit, t, b) => {
  B.take(unit, b);
  if (!B.valid) return unit.setCrField(CR6, SO);
  for (let i = 1; i < 8; i++) unit.u16[8 * t + i] = NATIONAL_ZERO + B.digit(i);
  unit.u16[8 * t] = B.sign < 0 ? NATIONAL_MINUS : NATIONAL_PLUS;
  unit.setCrField(CR6, B.sense | (B.zero(8) ? 0 : SO));
});

/** From zoned: with PS 0 zones are 3 and bit 0x4 of the sign is minus; with PS 1 zones are F and signs as packed ones. */
export const bcdcfz = settingCr((unit, t, b, ps) => {
  B.take(unit, b);
  const zone = ps === 0 ? 3 : 15;
  const code = B.digit(1);
  let valid = ps === 0 || code > 9;
  T.value.fill(0);
  for (let i = 0; i < 16; i++) {
    valid &&= B.digit(2 * i) <= 9 && (i === 0 || B.digit(2 * i + 1) === zone);
    T.value[i + 1] = B.digit(2 * i);
  }
  if (!valid) return unit.setCrField(CR6, SO);
  const minus = ps === 0 ? (code & 4) !== 0 : code === 0xb || code === 0xd;
  T.setSign(minus ? -1 : 1, 0);
  finish(unit, t);
});

export const bcdctz = settingCr((unit, t, b, ps) => {
  B.take(unit, b);
  if (!B.valid) return unit.setCrField(CR6, SO);
  const zone = ps === 0 ? 3 : 15;
  for (let i = 0; i < 16; i++) {
    T.value[2 * i] = B.digit(i + 1);
    T.value[2 * i + 1] = zone;
  }
  if (B.sign < 0) T.value[1] = ps === 0 ? 7 : 0xd;
  else T.value[1] = ps === 0 ? 3 : 0xc;
  T.give(unit, t);
  unit.setCrField(CR6, B.sense | (B.zero(17) ? 0 : SO));
});

const LARGEST = 10n ** 31n - 1n;

/** The doublewords of a register as one signed number. */
const signedQuad = (unit: VectorRegisters, n: number): bigint =>
  ((unit.i64[2 * n + 1] ?? 0n) << 64n) | (unit.u64[2 * n] ?? 0n);

export const bcdcfsq = settingCr((unit, t, b, ps) => {
  const number = signedQuad(unit, b);
  const sense = number < 0n ? LT : number > 0n ? GT : EQ;
  let rest = number < 0n ? -number : number;
  if (rest > LARGEST) return unit.setCrField(CR6, sense | SO);
  for (let i = 1; i < 32; i++) {
    T.value[i] = Number(rest % 10n);
    rest /= 10n;
  }
  T.setSign(number < 0n ? -1 : 1, ps);
  T.give(unit, t);
  unit.setCrField(CR6, sense);
});

export const bcdctsq = settingCr((unit, t, b) => {
  B.take(unit, b);
  if (!B.valid) return unit.setCrField(CR6, SO);
  let number = 0n;
  for (let i = 31; i > 0; i--) number = number * 10n + BigInt(B.digit(i));
  if (B.sign < 0) number = -number;
  unit.u64[2 * t] = BigInt.asUintN(64, number);
  unit.u64[2 * t + 1] = BigInt.asUintN(64, number >> 64n);
  unit.setCrField(CR6, B.sense);
});

/** bcdcpsgn.: the number of A with the sign code of B. */
export const bcdcpsgn = settingCr((unit, t, a, b) => {
  A.take(unit, a);
  B.take(unit, b);
  if (!A.valid || !B.valid) return unit.setCrField(CR6, SO);
  T.take(unit, a);
  T.value[0] = B.digit(0);
  finish(unit, t);
});

export const bcdsetsgn = settingCr((unit, t, b, ps) => {
  T.take(unit, b);
  if (!T.valid) return unit.setCrField(CR6, SO);
  T.setSign(T.sign, ps);
  finish(unit, t);
});

/** How far to shift: byte 7 of A, signed; left when positive. */
const distanceOf = (unit: VectorRegisters, a: number): number => unit.i8[16 * a + 8] ?? 0;

/** T = the digits of B from `first` on, shifted by n digits; returns whether digits other than 0 are lost on the left. */
function shift(n: number, first: 0 | 1): boolean {
  let lost = false;
  for (let i = first; i < 32; i++) T.value[i] = i - n >= first && i - n < 32 ? B.digit(i - n) : 0;
  for (let i = Math.max(first, 32 - n); i < 32; i++) lost ||= B.digit(i) !== 0;
  return lost;
}

export const bcds = settingCr((unit, t, a, b, ps) => {
  B.take(unit, b);
  if (!B.valid) return unit.setCrField(CR6, SO);
  const overflow = shift(distanceOf(unit, a), 1);
  T.setSign(B.sign, ps);
  finish(unit, t, overflow);
});

/** bcdsr.: like bcds., and a shift to the right rounds: 5 and more of the last digit shifted out adds 1. */
export const bcdsr = settingCr((unit, t, a, b, ps) => {
  B.take(unit, b);
  if (!B.valid) return unit.setCrField(CR6, SO);
  const n = distanceOf(unit, a);
  const overflow = shift(n, 1);
  if (n < 0 && n >= -31 && B.digit(-n) >= 5) {
    for (let i = 1; i < 32; i++) {
      const digit = T.digit(i);
      T.value[i] = digit === 9 ? 0 : digit + 1;
      if (digit !== 9) break;
    }
  }
  T.setSign(B.sign, ps);
  finish(unit, t, overflow);
});

/** CR6 of an unsigned result in T. */
function finishUnsigned(unit: VectorUnit, t: number, overflow: boolean): void {
  T.give(unit, t);
  unit.setCrField(CR6, (T.zero(0) ? EQ : GT) | (overflow ? SO : 0));
}

/** bcdus.: 32 digits without a sign. */
export const bcdus = settingCr((unit, t, a, b) => {
  B.take(unit, b);
  if (!B.decimal(0)) return unit.setCrField(CR6, SO);
  finishUnsigned(unit, t, shift(distanceOf(unit, a), 0));
});

/** T = the `length` digits of B from digit `first` on; returns whether digits other than 0 are lost. */
function truncate(length: number, first: 0 | 1): boolean {
  const end = first + length;
  const lost = !B.zero(end);
  for (let i = first; i < 32; i++) T.value[i] = i < end ? B.digit(i) : 0;
  return lost;
}

/** How many digits to keep: bits 48:63 of A. */
const lengthOf = (unit: VectorRegisters, a: number): number => unit.u16[8 * a + 4] ?? 0;

export const bcdtrunc = settingCr((unit, t, a, b, ps) => {
  B.take(unit, b);
  if (!B.valid) return unit.setCrField(CR6, SO);
  const overflow = truncate(lengthOf(unit, a), 1);
  T.setSign(B.sign, ps);
  finish(unit, t, overflow);
});

export const bcdutrunc = settingCr((unit, t, a, b) => {
  B.take(unit, b);
  if (!B.decimal(0)) return unit.setCrField(CR6, SO);
  finishUnsigned(unit, t, truncate(lengthOf(unit, a), 0));
});
