/** Rounding an exact value to a format, with the exceptions that arise (Power ISA 3.0B Book I 4.3.6, 4.4.3 to 4.4.5). */
import { type Float, type Format, bitLength, finite, infinity, zero } from './format';
import { OE, OX, RN, UE, UX, XX } from './fpscr';

/** How a result is rounded: the values of FPSCR.RN, and two that only instructions name. */
export const MODE = { nearest: 0, zero: 1, up: 2, down: 3, nearestAway: 4, odd: 5 } as const;
export type RoundingMode = (typeof MODE)[keyof typeof MODE];

/** What an operation needs to know of FPSCR, and what it leaves behind. */
export class Status {
  mode: RoundingMode = MODE.nearest;
  /** Enables, as bits of FPSCR: they change results of overflow and underflow. */
  enables = 0;
  /** Exceptions of the operation, as bits of FPSCR. */
  raised = 0;
  /** FR and FI of the result. */
  incremented = false;
  inexact = false;

  /** Begins an operation under a value of FPSCR. */
  begin(fpscr: number): void {
    this.mode = (fpscr & RN) as RoundingMode;
    this.enables = fpscr;
    this.raised = 0;
    this.incremented = false;
    this.inexact = false;
  }
}

/** Whether rounding adds one to the magnitude: `rest` of `2^drop` was cut off. */
function increments(mode: RoundingMode, negative: boolean, kept: bigint, rest: bigint, drop: number): boolean {
  switch (mode) {
    case MODE.nearest: {
      const half = 1n << BigInt(drop - 1);
      return rest > half || (rest === half && (kept & 1n) === 1n);
    }
    case MODE.nearestAway:
      return rest >= 1n << BigInt(drop - 1);
    case MODE.up:
      return !negative;
    case MODE.down:
      return negative;
    case MODE.odd:
      return (kept & 1n) === 0n;
    case MODE.zero:
      return false;
  }
}

/** An integer: the significand cut at 2^drop and rounded. Notes in the status whether it is inexact. */
export function roundAt(significand: bigint, drop: number, negative: boolean, status: Status): bigint {
  if (drop <= 0) return significand << BigInt(-drop);
  const kept = significand >> BigInt(drop);
  const rest = BigInt.asUintN(drop, significand);
  if (rest === 0n) return kept;
  status.inexact = true;
  status.incremented = increments(status.mode, negative, kept, rest, drop);
  return status.incremented ? kept + 1n : kept;
}

/**
 * Rounds a nonzero value, significand times 2 to the exponent, to a format. Bits that do not fit into the
 * significand may be represented by a last bit that is one.
 *
 * Tiny is what is less than the smallest normal number before rounding. With UE (OE) a tiny (too large) result is
 * multiplied (divided) by 2 to the format's `rescale`.
 */
export function round(format: Format, negative: boolean, significand: bigint, exponent: number, status: Status): Float {
  let at = exponent;
  let top = at + bitLength(significand) - 1;
  const tiny = top < format.emin;
  if (tiny && (status.enables & UE) !== 0) {
    status.raised |= UX;
    at += format.rescale;
    top += format.rescale;
  }
  const denormal = tiny && (status.enables & UE) === 0;
  const quantum = (denormal ? format.emin : top) - format.fraction;
  const kept = roundAt(significand, quantum - at, negative, status);
  if (denormal && status.inexact) status.raised |= UX;
  if (status.inexact) status.raised |= XX;
  if (kept === 0n) return zero(negative);
  if (tiny || quantum + bitLength(kept) - 1 <= format.emax) return finite(negative, kept, quantum);
  return overflow(format, negative, kept, quantum, status);
}

function overflow(format: Format, negative: boolean, kept: bigint, quantum: number, status: Status): Float {
  status.raised |= OX;
  if ((status.enables & OE) !== 0) return finite(negative, kept, quantum - format.rescale);
  status.raised |= XX;
  status.inexact = true;
  const { mode } = status;
  const toLargest =
    mode === MODE.zero || mode === MODE.odd || (mode === MODE.up && negative) || (mode === MODE.down && !negative);
  status.incremented = !toLargest;
  return toLargest
    ? finite(negative, (1n << BigInt(format.fraction + 1)) - 1n, format.emax - format.fraction)
    : infinity(negative);
}
