/** When a step is over: predicates over two positions, one stride apart. They hold what they must remember. */

import type { Frame } from '../common/frames';
import { beginsLine, depthOf, type Position } from './position';

/** A line of scenario or listing, or one tick of whatever is innermost. */
export type StepUnit = 'line' | 'instruction';

export type StepEnd = (before: Position, now: Position) => boolean;

/** The next line, however deep; or the next tick. */
export function stepIn(unit: StepUnit): StepEnd {
  return unit === 'instruction' ? () => true : beginsPlace;
}

/** A line, or where software without source goes on: at its start, or behind a call that firmware served. */
function beginsPlace(before: Position, now: Position): boolean {
  return beginsLine(before, now) || (isSoftware(now.frames[0]) && !isSoftware(before.frames[0]));
}

/** Whether a frame is a function of an actor's own software, which has instructions only. */
export function isSoftware(frame: Frame | undefined): boolean {
  return frame?.kind === 'code' && frame.stackPointer !== undefined && frame.location === undefined;
}

/** Where a function goes on when the one that it called has returned. */
export interface ReturnPlace {
  readonly address: bigint;
  /** r1 there: a deeper activation of the same function has a lower one. */
  readonly stackPointer: bigint;
}

/** Where the caller of the innermost function goes on; undefined when no function called it. */
export function caller({ frames }: Position): ReturnPlace | undefined {
  const [inner, outer] = frames;
  return isSoftware(inner) && outer && isSoftware(outer) ? place(outer, outer.address) : undefined;
}

/** Where the innermost function goes on after its call instruction; undefined when that is none. */
export function afterCall({ frames }: Position, returnAddress: bigint | undefined): ReturnPlace | undefined {
  const [inner] = frames;
  return inner && isSoftware(inner) ? place(inner, returnAddress) : undefined;
}

function place({ stackPointer }: Frame, address: bigint | undefined): ReturnPlace | undefined {
  return stackPointer === undefined || address === undefined ? undefined : { address, stackPointer };
}

/** The function goes on, or the scenario does because the run has ended before. */
export function returned({ address, stackPointer }: ReturnPlace): StepEnd {
  return (before, now) => {
    const [top] = now.frames;
    if (top?.kind === 'script') return beginsLine(before, now);
    return isSoftware(top) && top?.address === address && (top.stackPointer ?? 0n) >= stackPointer;
  };
}

/** The next line, or tick, that is no deeper than the start. */
export function stepOver(start: Position, unit: StepUnit): StepEnd {
  const depth = unit === 'line' ? depthOf : (at: Position) => at.frames.length;
  // Once the frame is left, one that is pushed at its depth is another frame.
  let limit = depth(start);
  return (before, now) => {
    const here = depth(now);
    const ends = here <= limit && (unit === 'instruction' || beginsPlace(before, now));
    limit = Math.min(limit, here);
    return ends;
  };
}

/** How long code without source may run after the frame is left before it counts as the place that was asked for. */
const TICKS_TO_SOURCE = 1000;

/** The first place after the innermost frame is left; by line, one that has a source. */
export function stepOut(start: Position, unit: StepUnit): StepEnd {
  const limit = start.frames.length;
  let left: number | undefined;
  return (_before, now) => {
    if (now.frames.length >= limit) return false;
    left ??= now.tick;
    const [top] = now.frames;
    return (
      unit === 'instruction' || top?.location !== undefined || isSoftware(top) || now.tick - left > TICKS_TO_SOURCE
    );
  };
}

/**
 * Going back by a line: watches a run from its start and knows the last place before its end where a step over a line
 * would have stopped in the frame at that end, or in one further out.
 */
export class LineStarts {
  /** Tick of the last line begun, by depth of the frame; frames that were left have no entry. */
  readonly #last: number[] = [];

  see(before: Position | undefined, now: Position): void {
    const depth = depthOf(now);
    if (this.#last.length > depth + 1) this.#last.length = depth + 1;
    if (beginsLine(before, now)) this.#last[depth] = now.tick;
  }

  /** The tick, or undefined when no line began before. */
  lastUpTo(depth: number): number | undefined {
    let best: number | undefined;
    this.#last.slice(0, depth + 1).forEach((tick) => {
      if (best === undefined || tick > best) best = tick;
    });
    return best;
  }
}
