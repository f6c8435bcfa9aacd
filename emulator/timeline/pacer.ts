/**
 * How far a run goes before its host looks up: long strides while they are fast, short ones where ticks are slow.
 *
 * The host measures the time; what a run does never depends on the length of its strides.
 */

/** Shortest and longest stride, in ticks. The longest is over in some milliseconds even when every tick is a slow one. */
const SHORTEST = 1_000;
const FIRST = 10_000;
const LONGEST = 131_072;
/** A stride that took less becomes longer, one that took more becomes shorter. */
const SHORT_MS = 1;
const LONG_MS = 5;

export class Pacer {
  #ticks = FIRST;

  /** Ticks of the next stride. */
  get ticks(): number {
    return this.#ticks;
  }

  /** Takes in what a stride of that length took. */
  took(milliseconds: number): void {
    if (milliseconds < SHORT_MS) this.#ticks = Math.min(LONGEST, this.#ticks * 2);
    else if (milliseconds > LONG_MS)
      this.#ticks = Math.max(SHORTEST, Math.floor((this.#ticks * LONG_MS) / milliseconds));
  }
}
