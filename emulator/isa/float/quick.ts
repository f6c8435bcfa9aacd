/** What routines of floating-point instructions share: when they are quick, and what they leave in FPSCR. */
import type { Semantics } from '../semantics';
import type { Bit, F64, U64 } from '../values';
import { FI, FPRF, FR, FX, NOT_PLAIN, XX } from './fpscr';
import type { Rounded } from './kernels';

const mask = (bits: number): bigint => BigInt(bits >>> 0);

/** Rounding to nearest, and no exception enabled. */
export const isPlain = (s: Semantics): Bit => s.FPSCR.and(mask(NOT_PLAIN)).eq(0);

/** FPRF of a number that is neither denormalized nor infinite nor a NaN. */
export function classOf(value: F64): U64 {
  const negative = value.bits().shru(63);
  return value.eq(0).choose(negative.shl(16).or(0x2000), negative.add(1).shl(14));
}

/** Where XX was 0, FX is set with it: the bits that a first inexact result sets. */
const firstInexact = (fpscr: U64): U64 => fpscr.and(mask(XX)).xor(mask(XX)).shl(6);
if (mask(XX) << 6n !== mask(FX)) throw new RangeError('FX is not where it was.');

/** FPSCR after a scalar operation: FR, FI and XX from its error; `kept` has those of before. */
function withError(kept: U64, { value, error }: Pick<Rounded, 'value' | 'error'>): U64 {
  const isUp = error
    .lt(0)
    .and(value.gt(0))
    .or(error.gt(0).and(value.lt(0)));
  const set = isUp.choose(mask(FR | FI | XX), mask(FI | XX)).or(firstInexact(kept));
  return kept.and(~mask(FR | FI)).or(error.ne(0).choose(set, 0));
}

/** Sets FPSCR for a result and the class of the number in the target. */
export function setStatus(s: Semantics, result: Pick<Rounded, 'value' | 'error'>, target: F64): void {
  const kept = s.let(s.FPSCR.and(~mask(FPRF)));
  s.FPSCR.set(withError(kept, result).or(classOf(target)));
}

/** The same for instructions that leave FPRF. */
export function setErrorStatus(s: Semantics, result: Pick<Rounded, 'value' | 'error'>): void {
  s.FPSCR.set(withError(s.let(s.FPSCR), result));
}

/** FPSCR of an operation that is always exact. */
export function setExactStatus(s: Semantics, resultFlags: U64): void {
  s.FPSCR.set(s.FPSCR.and(~mask(FPRF | FR | FI)).or(resultFlags));
}

/** FPSCR after a vector operation: XX when an element is inexact. */
export function setVectorStatus(s: Semantics, errors: readonly F64[]): void {
  const isInexact = errors.map((error) => error.ne(0)).reduce((any, one) => any.or(one));
  s.FPSCR.set(s.FPSCR.or(isInexact.choose(firstInexact(s.FPSCR).or(mask(XX)), 0)));
}
