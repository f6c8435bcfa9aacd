/**
 * The compiled scenario: operations of a small stack machine, as plain data.
 *
 * One operation is one tick. Operations that make the machine act (calls, loads, stores, code) begin an activity; the
 * machine's own ticks follow, then its result lies on the stack.
 */

import type { Actor } from '../common/machine';
import type { Value } from '../common/values';
import type {
  AsmBlock,
  BinaryOperator,
  Expected,
  ExpectedInterrupt,
  FunctionName,
  LocalVariable,
  Place,
  UnaryOperator,
  Width,
} from './ir';

/** Operations on the values of the stack alone. */
export type ValueOp =
  | { readonly op: 'push'; readonly value: Value }
  | { readonly op: 'pop' }
  | { readonly op: 'dup' }
  | { readonly op: 'unary'; readonly operator: UnaryOperator }
  | { readonly op: 'binary'; readonly operator: BinaryOperator }
  | { readonly op: 'truth' }
  | { readonly op: 'field'; readonly name: string }
  | { readonly op: 'index' }
  | { readonly op: 'slice' }
  | { readonly op: 'record'; readonly names: readonly string[] }
  | { readonly op: 'list'; readonly count: number }
  | { readonly op: 'response size' };

export type Op =
  | ValueOp
  /** A statement begins: the debugger can stop here. */
  | { readonly op: 'statement' }
  // values
  | { readonly op: 'local'; readonly slot: number; readonly name: string }
  | { readonly op: 'set local'; readonly slot: number }
  | { readonly op: 'register'; readonly name: string }
  | { readonly op: 'set register'; readonly name: string }
  | { readonly op: 'gprs' }
  | { readonly op: 'symbol'; readonly name: string }
  /** Whether the address on top is at a symbol. */
  | { readonly op: 'at'; readonly name: string }
  | { readonly op: 'function'; readonly name: FunctionName; readonly count: number; readonly guest?: string }
  // control
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'jump if false'; readonly to: number }
  /** Jumps when the truth value on top, which stays, is this one. */
  | { readonly op: 'jump keeping'; readonly when: boolean; readonly to: number }
  | { readonly op: 'invoke'; readonly procedure: number; readonly count: number }
  /** Ends a procedure; its value, when it has one, is on top. */
  | { readonly op: 'return'; readonly value: boolean }
  /** Without a value on the way: the procedure ended without `return`. */
  | { readonly op: 'need value'; readonly name: string }
  | { readonly op: 'enter'; readonly actor: Actor }
  | { readonly op: 'leave' }
  | { readonly op: 'catch'; readonly interrupt?: ExpectedInterrupt; readonly to: number }
  | { readonly op: 'end catch' }
  // the machine
  | {
      readonly op: 'call';
      readonly lev: 1 | 2;
      readonly number: bigint;
      readonly name: string | undefined;
      readonly count: number;
      readonly expected?: Expected;
    }
  | { readonly op: 'send'; readonly command: string; readonly names: readonly string[]; readonly expected?: Expected }
  | { readonly op: 'load'; readonly width: Width }
  | { readonly op: 'load bytes' }
  | { readonly op: 'store'; readonly width: Width }
  | { readonly op: 'store bytes' }
  | { readonly op: 'asm'; readonly block: number }
  /**
   * On top the number of instructions, below it `addresses` places that end the run, besides those of `symbols`; leaves
   * the number of executed ones. `look`: a condition is looked at; the slot has the number that the statement executed.
   */
  | {
      readonly op: 'run';
      readonly symbols: readonly string[];
      readonly addresses: number;
      readonly look?: number;
    }
  /** Starts a hardware thread: its number below its address. */
  | { readonly op: 'thread' }
  | { readonly op: 'decode response' }
  // checks and output
  | {
      readonly op: 'expect';
      readonly text: string;
      readonly message?: string;
      readonly shown: readonly { readonly slot: number; readonly text: string; readonly family?: string }[];
    }
  /** Keeps the value on top, which stays, for a failure to show. */
  | { readonly op: 'keep'; readonly slot: number }
  /** Forgets values that were kept before. */
  | { readonly op: 'forget'; readonly slots: readonly number[] }
  /** Texts are printed as they are; the others are values from the stack. */
  | { readonly op: 'print'; readonly parts: readonly (string | undefined)[] }
  | { readonly op: 'unavailable'; readonly feature: string };

/** A variable and the operations, from `from` to before `to`, in which it exists. */
export interface ScopedVariable extends LocalVariable {
  readonly from: number;
  readonly to: number;
}

export interface CompiledRoutine {
  readonly kind: 'scenario' | 'procedure';
  readonly name: string;
  readonly place: Place;
  readonly start: number;
  readonly end: number;
  readonly parameters: number;
  readonly slots: number;
  readonly variables: readonly ScopedVariable[];
}

export interface Program {
  readonly ops: readonly Op[];
  /** For each operation, its place in the text. */
  readonly places: readonly Place[];
  readonly scenarios: readonly CompiledRoutine[];
  readonly procedures: readonly CompiledRoutine[];
  readonly asmBlocks: readonly AsmBlock[];
  /** Paths of the files, the main one first. */
  readonly files: readonly string[];
  /** Constants of the main file and the files it uses, for expressions of the debugger. */
  readonly constants: ReadonlyMap<string, Value>;
}
