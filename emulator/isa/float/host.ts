/**
 * What the host's numbers do by themselves, without rounding: comparison, selection, rounding to integral values. NaN as a
 * result says that the exact way must decide (operands are NaNs, or zeros of two signs).
 */
import { EQUAL, GREATER, LESS, UNORDERED } from './convert';
import { MODE, type RoundingMode } from './round';

/** The order of two numbers as a CR field has it. */
export function hostOrder(x: number, y: number): number {
  if (x < y) return LESS;
  if (x > y) return GREATER;
  return x === y ? EQUAL : UNORDERED;
}

/** The greater (order = GREATER) or less of two numbers. */
export function hostExtreme(order: number, x: number, y: number): number {
  if (x === y) return x === 0 ? NaN : x;
  if (x > y) return order === GREATER ? x : y;
  return x < y ? (order === GREATER ? y : x) : NaN;
}

/** x rounded to an integral value; the result of a negative number is never a positive zero. */
export function hostIntegral(mode: RoundingMode | undefined, x: number): number {
  switch (mode) {
    case MODE.zero:
      return Math.trunc(x);
    case MODE.up:
      return Math.ceil(x);
    case MODE.down:
      return Math.floor(x);
    case MODE.nearestAway: {
      const whole = Math.trunc(x);
      return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
    }
    default:
      return NaN;
  }
}
