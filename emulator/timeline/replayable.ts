/**
 * What the timeline and the debugger need of a thing that runs: a scenario on its machine.
 *
 * The run is a sequence of *ticks*. One tick is one smallest step of whatever is innermost now: one instruction of the
 * CPU, one line of a firmware listing, one operation of the scenario. The state after tick n is a function of the
 * configuration, n and the recorded inputs; nothing else. That is what makes going back possible.
 */

import type { TextRange } from '../common/errors';
import type { Frame, NamedValue, SourceLocation } from '../common/frames';
import type { MachineApi, StepDetail } from '../common/machine-api';
import type { MachineEvent } from '../common/machine';
import type { Value } from '../common/values';

export type { Frame, NamedValue, SourceId, SourceLocation } from '../common/frames';

/** Outcome of a finished run. */
export type RunOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly failure: RunFailure }
  /** A back end (TPM, file) failed in a way that the scenario did not expect. */
  | { readonly kind: 'error'; readonly failure: RunFailure };

export interface RunFailure {
  readonly code: string;
  readonly message: string;
  readonly location?: SourceLocation;
  /** The call stack at the failure, innermost first. */
  readonly stack: readonly Frame[];
}

/**
 * `running`: `step` goes on; `waiting`: an outside answer is needed first, call `service`;
 * `finished`: the outcome is there.
 */
export type RunStatus = 'running' | 'waiting' | 'finished';

export interface Replayable {
  /** Ticks since the start, at most 2^53. */
  readonly tick: number;
  readonly status: RunStatus;
  readonly outcome: RunOutcome | undefined;
  /**
   * Runs at least one and at most `maxTicks` ticks and answers with what happened in them. Stops early, after the tick
   * in which it happened, at every event, at every change of frame, and at every line of scenario or listing: so
   * between two calls nothing that a breakpoint can name is passed over. Only code without source and without events
   * runs in long strides. With detail `statement` so does code whose source is an `asm` block, up to the machine's code
   * breakpoints; with `event` nobody looks at lines: only events need to end a stride.
   */
  step(maxTicks: number, detail?: StepDetail): readonly MachineEvent[];
  /** Gets the outside answer that `waiting` waits for, from the log when it is there. Never rejects. */
  service(signal?: AbortSignal): Promise<void>;
  /** True when the awaited answer is in the log, so that `step` goes on without `service`. */
  readonly canReplay: boolean;
  /** Back to tick 0. Recorded inputs stay and are fed back. */
  reset(): void;
  /** Frames of the call stack, innermost first. Changes nothing. */
  frames(): readonly Frame[];
  /** SHA-256 of the whole state, in hexadecimal. Changes nothing. */
  hash(): string;
}

/** What the debugger shows of a run beyond its position. All of it looks without changing anything, but `assign`. */
export interface DebugTarget extends Replayable {
  readonly machine: MachineApi;
  /** Paths of the scenario files of the run, the main one first. */
  readonly files: readonly string[];
  /** Places of a file where a breakpoint can stop, ascending: statements and lines of `asm` blocks. */
  breakpointLines(path: string): readonly TextRange[];
  /** Effective addresses of the instructions on a line of an `asm` block, for the current actor; none for other lines. */
  codeAddresses?(path: string, line: number): readonly bigint[];
  /** The line of the scenario whose instruction stands at an effective address of the current actor, if any. */
  sourceAt?(address: bigint): SourceLocation | undefined;
  /** Variables of the scenario in scope at a script frame (an index into `frames()`). */
  variables(frame: number): readonly NamedValue[];
  /** Any expression of the language, evaluated without side effects at a frame (default: innermost). */
  evaluate(text: string, frame?: number): EvaluateResult;
  /** Sets a variable or register to the value of an expression; an input of the run at this tick. */
  assign(name: string, text: string, frame?: number): EvaluateResult;
  /** How the language writes a value. */
  format(value: Value, options?: { readonly hex?: boolean }): string;
}

export type EvaluateResult = { readonly value: Value } | { readonly error: string };
