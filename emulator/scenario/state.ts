/** The script's part of the state of a run: plain data, so that it can be hashed and compared. */

import type { Value } from '../common/values';
import type { ExpectedInterrupt } from './ir';

/** A procedure or the scenario at work. */
export interface ScriptFrame {
  /** Index into the program's procedures, or -1 for the scenario. */
  readonly procedure: number;
  readonly locals: (Value | null)[];
  /** Operation to go on with in the caller. */
  readonly returnTo: number;
  /** Operation of the statement at work. */
  statement: number;
  /** Operation executed last. */
  at: number;
  /** What the frame found and leaves behind. */
  readonly actors: number;
  readonly catches: number;
  readonly stack: number;
}

/** An `expect interrupt` block at work. */
export interface Catch {
  readonly interrupt?: ExpectedInterrupt;
  readonly to: number;
  readonly statement: number;
  readonly frames: number;
  readonly actors: number;
  readonly stack: number;
}

/** What the machine does for the script, and what becomes of the result. */
export type Pending =
  | { readonly kind: 'call'; readonly op: number }
  | { readonly kind: 'send'; readonly op: number; readonly command: Uint8Array }
  | { readonly kind: 'value' | 'bytes' | 'nothing'; readonly op: number };

export interface ScriptState {
  pc: number;
  started: boolean;
  /** Values at work; null is the value of a procedure that returned none. */
  readonly stack: (Value | null)[];
  readonly frames: ScriptFrame[];
  readonly catches: Catch[];
  /** Number of actors entered. */
  actors: number;
  pending: Pending | null;
  /** Last note of the machine during the activity at work: the reason for a result. */
  note: string | null;
  /** The note tells of a broken back end. */
  backEnd: boolean;
  /** Nothing of the statement at `pc` has executed yet. */
  lineStart: boolean;
}

export function initialState(start: number, slots: number): ScriptState {
  return {
    pc: start,
    started: false,
    stack: [],
    frames: [
      {
        procedure: -1,
        locals: Array.from({ length: slots }, () => null),
        returnTo: -1,
        statement: -1,
        at: start,
        actors: 0,
        catches: 0,
        stack: 0,
      },
    ],
    catches: [],
    actors: 0,
    pending: null,
    note: null,
    backEnd: false,
    lineStart: false,
  };
}

const encoder = new TextEncoder();

/**
 * Feeds plain data to a hash in an unambiguous form: each value with its kind and its length.
 * Objects are fed with their keys in the order in which they were made, which is the same in every run.
 */
export function feed(data: unknown, update: (bytes: Uint8Array) => void): void {
  if (data instanceof Uint8Array) {
    update(encoder.encode(`b${data.length}:`));
    update(data);
  } else if (Array.isArray(data)) {
    update(encoder.encode(`a${data.length}:`));
    for (const item of data) feed(item, update);
  } else if (typeof data === 'object' && data !== null) {
    const entries = Object.entries(data);
    update(encoder.encode(`o${entries.length}:`));
    for (const [key, item] of entries) {
      feed(key, update);
      feed(item, update);
    }
  } else {
    const text = String(data);
    update(encoder.encode(`${typeof data}${text.length}:${text}`));
  }
}
