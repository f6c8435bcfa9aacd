/** How single-precision numbers lie in registers: the functions DOUBLE and SINGLE of Power ISA 3.0B Book I 4.6.2 and 4.6.3. */
import type { Semantics } from '../semantics';
import { type U64, u64 } from '../values';

const FRACTION = (1n << 52n) - 1n;

/** A word in single format as a doubleword in double format; nothing is rounded, signalling NaNs stay such. */
export function doubleOfSingle(s: Semantics, word: U64): U64 {
  const x = s.let(word.extu32());
  const sign = x.shru(31).shl(63);
  const exponent = s.let(x.shru(23).and(0xff));
  const fraction = s.let(x.and(0x7f_ffff));
  const special = exponent.eq(255).choose(0x7ffn << 52n, exponent.add(896).shl(52));
  const ordinary = special.or(fraction.shl(29));
  // A denormalized number: its first one-bit becomes the hidden one.
  const zeros = s.let(fraction.clz());
  const denormal = u64(63 - 149 + 1023)
    .sub(zeros)
    .shl(52)
    .or(fraction.shl(zeros.sub(11)).and(FRACTION));
  const magnitude = exponent.ne(0).choose(ordinary, fraction.eq(0).choose(0, denormal));
  return s.let(sign.or(magnitude));
}

/**
 * A doubleword in double format as a word in single format, as stores make it: not rounded. Where the ISA leaves the
 * result undefined (too small a number) it is a zero with the sign.
 */
export function singleOfDouble(s: Semantics, doubleword: U64): U64 {
  const x = s.let(doubleword);
  const exponent = s.let(x.shru(52).and(0x7ff));
  const ordinary = x.shru(32).and(0xc000_0000n).or(x.shru(29).and(0x3fff_ffff));
  const sign = x.shru(63).shl(31);
  const distance = u64(897 + 29).sub(exponent);
  const denormal = sign.or(
    x
      .and(FRACTION)
      .or(1n << 52n)
      .shru(distance),
  );
  const small = exponent.ltu(874).choose(sign, denormal);
  return s.let(exponent.gtu(896).choose(ordinary, small));
}
