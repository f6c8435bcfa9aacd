/** A point of the run as stepping and line breakpoints see it: the frames, and whether a line begins here. */

import type { Frame, SourceId } from '../common/frames';
import type { Replayable } from './replayable';

export interface Position {
  readonly tick: number;
  /** Innermost first. */
  readonly frames: readonly Frame[];
}

export function positionOf(target: Replayable): Position {
  return { tick: target.tick, frames: target.frames() };
}

export function sameSource(a: SourceId, b: SourceId): boolean {
  if (a.kind === 'file') return b.kind === 'file' && a.path === b.path;
  return b.kind === 'listing' && a.name === b.name;
}

function sameLine(a: Frame, b: Frame): boolean {
  if (!a.location || !b.location) return a.location === b.location;
  return (
    sameSource(a.location.source, b.location.source) &&
    a.location.range.line === b.location.range.line &&
    a.location.range.column === b.location.range.column
  );
}

/** Instructions whose text stands in the scenario file: the lines of an `asm` block. */
function isInlineCode(frame: Frame | undefined): boolean {
  return frame?.kind === 'code' && frame.location?.source.kind === 'file';
}

/**
 * Depth of the call stack as a reader of the source counts it: the lines of an `asm` block belong to the text around
 * them, so stepping walks through them without being told to step in.
 */
export function depthOf(position: Position): number {
  const { frames } = position;
  return isInlineCode(frames[0]) && frames[1]?.kind === 'script' ? frames.length - 1 : frames.length;
}

/**
 * Whether the innermost frame is about to begin a line of its source.
 *
 * @param before the position one stride earlier
 */
export function beginsLine(before: Position | undefined, now: Position): boolean {
  const top = now.frames[0];
  if (!top?.location) return false;
  if (top.lineStart === false) return false;
  if (top.lineStart === true || top.kind === 'code') return true;
  if (!before || before.frames.length < now.frames.length) return true;
  // A guess: the frame that was at this depth before has gone on to another line.
  const previous = before.frames[before.frames.length - now.frames.length];
  return !(previous?.kind === top.kind && sameLine(previous, top));
}
