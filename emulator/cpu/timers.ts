/**
 * The decrementers as numbers (Book III 7.3 and 7.4).
 *
 * A decrementer is kept as the time at which it is 0; its value is that time minus the current one, in its width. Its
 * exception exists while the sign bit is 1. Time is the number of executed instructions, and what was slept through.
 */

/** Width of the Hypervisor Decrementer, and of the Decrementer with LPCR.LD = 1, on POWER9. */
export const LARGE_BITS = 56;
/** Width of the Decrementer with LPCR.LD = 0. */
export const SMALL_BITS = 32;
export type TimerBits = typeof LARGE_BITS | typeof SMALL_BITS;

/** What a move from the register reads: 32 bits with zeros before them, or 56 with their sign. */
export function timerValue(zeroAt: bigint, time: number, bits: TimerBits): bigint {
  const difference = zeroAt - BigInt(time);
  return bits === SMALL_BITS
    ? BigInt.asUintN(SMALL_BITS, difference)
    : BigInt.asUintN(64, BigInt.asIntN(LARGE_BITS, difference));
}

/** The time at which a timer with this value now is 0. */
export function timerZero(value: bigint, time: number, bits: TimerBits): bigint {
  return BigInt.asUintN(64, BigInt.asUintN(bits, value) + BigInt(time));
}

/** Largest value: the longest time until the exception. */
export function timerMaximum(bits: TimerBits): bigint {
  return (1n << BigInt(bits - 1)) - 1n;
}

/** Remembers when a timer is negative, so that asking again costs no arithmetic of 64 bits. */
export class TimerWatch {
  private low = 0;
  private high = 0;
  private bits = 0;
  /** The answer holds from `since` until `until`, and the timer is negative from `from`. */
  private since = 0;
  private from = 0;
  private until = 0;

  /**
   * The time at which the timer became or becomes negative.
   *
   * @param view memory that has the time at which it is 0, at `offset`
   */
  negativeFrom(view: DataView, offset: number, bits: TimerBits, time: number): number {
    const low = view.getUint32(offset, true);
    const high = view.getUint32(offset + 4, true);
    const known = low === this.low && high === this.high && bits === this.bits;
    if (known && time >= this.since && time < this.until) return this.from;
    const value = BigInt.asUintN(bits, view.getBigUint64(offset, true) - BigInt(time));
    const negative = value >> BigInt(bits - 1) !== 0n;
    const half = 2 ** (bits - 1);
    this.low = low;
    this.high = high;
    this.bits = bits;
    this.since = time;
    this.from = negative ? time : time + Number(value) + 1;
    // After half its range it is positive again.
    this.until = negative ? time + Number(value) - half + 1 : this.from + half;
    return this.from;
  }
}
