/** What rows of floating-point instructions share: facilities, CR1 of record forms, formats as bits. */
import type { FloatFunction } from '../float/scalar';
import type { Routine } from '../routine';
import type { Callable, Semantics } from '../semantics';
import { type U64, u64 } from '../values';
import { type CrSetter, settingCr } from '../vector-unit';

export const SIGN = 1n << 63n;
export const LOW_WORD = 0xffff_ffffn;
export const FRACTION = (1n << 52n) - 1n;

type Meaning = (s: Semantics) => void;

/** The function, and then CR field 1 from FX FEX VX OX. */
function recorded(called: FloatFunction | Routine): CrSetter {
  const fn = 'program' in called ? called.slow : called;
  if ('fn' in fn) throw new RangeError('A function that sets a CR field has no record form.');
  return settingCr((unit, a, b, c, d) => {
    const exception = fn(unit, a, b, c, d);
    unit.setCrField(1, unit.fpscr >>> 28);
    return exception;
  });
}

/** Calls a function, in the record form with CR1. */
export function applyRecording(s: Semantics, called: FloatFunction | Routine, ...numbers: readonly U64[]): void {
  s.if(
    s.n('Rc').ne(0),
    () => s.apply(recorded(called), ...numbers),
    () => s.apply(called, ...numbers),
  );
}

/** A function of the floating-point facility over the registers and numbers of these fields, with its record form. */
export function fp(called: FloatFunction | Routine, ...fields: readonly string[]): Meaning {
  return (s) => {
    s.requires('FP');
    applyRecording(s, called, ...fields.map((field) => s.n(field)));
  };
}

/** The same without record form. */
export function fpTest(called: Callable, ...fields: readonly string[]): Meaning {
  return (s) => {
    s.requires('FP');
    s.apply(called, ...fields.map((field) => s.n(field)));
  };
}

/** A function of VSX over registers and numbers. */
export function vsx(called: Callable, ...fields: readonly string[]): Meaning {
  return (s) => {
    s.requires('VSX');
    s.apply(called, ...fields.map((field) => s.n(field)));
  };
}

/** Number of the vector-scalar register or the value that a field of a quad-precision instruction means. */
const quadNumber = (s: Semantics, field: string): U64 => (field.startsWith('VR') ? s.n(field).add(32) : s.n(field));

/** A function over quad-precision numbers in vector registers. */
export function quad(called: Callable, ...fields: readonly string[]): Meaning {
  return (s) => {
    s.requires('VSX');
    s.apply(called, ...fields.map((field) => quadNumber(s, field)));
  };
}

/** One of two functions: the second rounds to odd, for the form with `o`. */
export function oddOrNot(plain: FloatFunction, odd: FloatFunction, ...fields: readonly string[]): Meaning {
  return (s) => {
    s.requires('VSX');
    const numbers = fields.map((field) => quadNumber(s, field));
    s.if(
      s.n('RO').ne(0),
      () => s.apply(odd, ...numbers),
      () => s.apply(plain, ...numbers),
    );
  };
}

/** CR field 1 of a record form that raises nothing. */
export function recordCr1(s: Semantics): void {
  s.if(s.n('Rc').ne(0), () => s.setCrField(1, s.FPSCR.shru(28).and(15)));
}

/** DOUBLE(word): a single in the format of doubles, bit for bit (Book I 4.6.2). */
export function doubleOf(s: Semantics, single: U64): U64 {
  const word = s.let(single);
  const fraction = s.let(word.and(0x7f_ffff));
  const exponent = s.let(word.shru(23).and(0xff));
  const special = exponent.eq(0xff).or(exponent.eq(0));
  // Three copies of bit 1, inverted for normal numbers, widen the exponent.
  const widening = special.xor(word.and(0x4000_0000).eq(0)).choose(7n << 59n, 0);
  const widened = word.and(0xc000_0000n).shl(32).or(widening).or(word.and(0x3fff_ffff).shl(29));
  const zeros = s.let(fraction.clz());
  const normalized = fraction.shl(zeros.sub(11)).and(FRACTION);
  const denormal = word.and(0x8000_0000n).shl(32).or(u64(937).sub(zeros).shl(52)).or(normalized);
  return exponent.eq(0).and(fraction.ne(0)).choose(denormal, widened);
}

/** SINGLE(doubleword): a double as a single, bit for bit; what is too small for any becomes zero (Book I 4.6.3). */
export function singleOf(s: Semantics, double: U64): U64 {
  const bits = s.let(double);
  const exponent = s.let(bits.shru(52).and(0x7ff));
  const cut = bits.shru(32).and(0xc000_0000n).or(bits.shru(29).and(0x3fff_ffff));
  const significand = bits.and(FRACTION).or(1n << 52n);
  const fraction = exponent.ltu(874).choose(0, significand.shru(u64(926).sub(exponent)));
  const denormal = bits.shru(32).and(0x8000_0000n).or(fraction);
  return exponent.gtu(896).or(bits.shl(1).eq(0)).choose(cut, denormal);
}
