/** Frames of the call stack and the places in source texts that they stand at: the words machine, script and debugger share. */

import type { TextRange } from './errors';
import type { CallInfo } from './machine';
import type { Value } from './values';

/** Where a source text comes from: a scenario file, or the listing of a firmware routine. */
export type SourceId =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'listing'; readonly name: string };

export interface SourceLocation {
  readonly source: SourceId;
  readonly range: TextRange;
}

/** One line of the call stack, innermost first in lists. */
export interface Frame {
  /** `script`: a scenario statement; `code`: instructions; `firmware`: a listing; `tpm`: the TPM at work. */
  readonly kind: 'script' | 'code' | 'firmware' | 'tpm';
  readonly name: string;
  /** Missing for code without source, such as the `sc 1` that a `hypercall` statement executes. */
  readonly location?: SourceLocation;
  /**
   * True when nothing of the line at `location` has executed yet in this visit: a line breakpoint hits and a step ends
   * here. False in the middle of a statement, also after a call that it made. Missing: guessed from the frames before.
   */
  readonly lineStart?: boolean;
  /** Effective address of the instruction that this frame executes next or returns to. */
  readonly address?: bigint;
  /** r1 of a function of an actor's own software: the frame of the same function at another time has another one. */
  readonly stackPointer?: bigint;
  /** The ultracall or hypercall that a firmware frame serves. */
  readonly call?: CallInfo;
  /** Local values of a firmware or TPM frame, in order. */
  readonly locals?: readonly NamedValue[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: Value;
  readonly doc?: string;
}
