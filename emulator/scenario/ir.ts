/**
 * What a checked scenario means, free of the parser's trees: expressions and statements as plain data.
 *
 * Lowering (lower-*.ts) makes it and reports what is wrong on the way; compile.ts turns it into operations, and
 * evaluate.ts computes expressions of it for constants and for the debugger.
 */

import type { TextRange } from '../common/errors';
import type { Actor } from '../common/machine';
import type { Value } from '../common/values';

/** A range of a file. */
export interface Place {
  readonly path: string;
  readonly range: TextRange;
}

export type UnaryOperator = '-' | '~' | '!' | '+';
export type BinaryOperator =
  '*' | '/' | '%' | '+' | '-' | '<<' | '>>' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '&' | '^' | '|';

export type Width = 1 | 2 | 4 | 8;

/** Which result a call must have: `-> NAME`. */
export interface Expected {
  readonly name: string;
  /** As r3 or responseCode shows it, unsigned. */
  readonly value: bigint;
  readonly family: 'U' | 'H' | 'TPM';
}

interface Node {
  readonly place: Place;
  /** Height of the tree, for the limit on nesting. */
  readonly depth: number;
}

export type Expr = Node &
  (
    | {
        readonly kind: 'value';
        readonly value: Value;
        /** The constant that it was written as. */ readonly name?: string;
        /** The constant of the tables that it is, also by way of one of the scenario's. */ readonly code?: string;
        /** It was a text in quotes. */ readonly text?: string;
      }
    /** Wrong, and reported; or a file that was not read (in the editor). Such a scenario never runs. */
    | { readonly kind: 'unknown' }
    | { readonly kind: 'local'; readonly slot: number; readonly name: string }
    | { readonly kind: 'register'; readonly name: string }
    | { readonly kind: 'gprs' }
    /** Address of a symbol of an image. */
    | { readonly kind: 'symbol'; readonly name: string }
    /** An address (that in NIA) is at a symbol, at either of its entry points. */
    | { readonly kind: 'at'; readonly address: Expr; readonly name: string }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expr }
    | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Expr; readonly right: Expr }
    | { readonly kind: 'logic'; readonly operator: '&&' | '||'; readonly left: Expr; readonly right: Expr }
    | { readonly kind: 'choose'; readonly condition: Expr; readonly yes: Expr; readonly no: Expr }
    | { readonly kind: 'field'; readonly of: Expr; readonly name: string }
    | { readonly kind: 'index'; readonly of: Expr; readonly index: Expr }
    | { readonly kind: 'slice'; readonly of: Expr; readonly from: Expr; readonly to: Expr }
    | { readonly kind: 'record'; readonly fields: readonly (readonly [name: string, value: Expr])[] }
    | { readonly kind: 'list'; readonly items: readonly Expr[] }
    | {
        readonly kind: 'function';
        readonly name: FunctionName;
        readonly arguments: readonly Expr[];
        readonly guest?: string;
      }
    | {
        readonly kind: 'procedure';
        readonly name: string;
        readonly procedure: number;
        readonly arguments: readonly Expr[];
      }
    | {
        readonly kind: 'call';
        readonly lev: 1 | 2;
        readonly number: bigint;
        readonly name: string | undefined;
        readonly arguments: readonly Expr[];
        readonly expected?: Expected;
      }
    | {
        readonly kind: 'send';
        readonly command: string;
        readonly fields: readonly (readonly [name: string, value: Expr])[];
        readonly sessions: readonly Expr[];
        readonly expected?: Expected;
      }
    | { readonly kind: 'load'; readonly width: Width; readonly address: Expr }
    | { readonly kind: 'load bytes'; readonly size: Expr; readonly address: Expr }
    | { readonly kind: 'response'; readonly address: Expr }
  );

/** Functions of the language. */
export type FunctionName = 'ra' | 'page' | 'sha256' | 'sha512' | 'len';

export interface Body {
  readonly statements: readonly Stmt[];
  /** Variables of this block with the index of the statement after which they exist. */
  readonly locals: readonly LocalVariable[];
}

export interface LocalVariable {
  readonly name: string;
  readonly slot: number;
}

export type Stmt = { readonly place: Place } & (
  | { readonly kind: 'as'; readonly actor: Actor; readonly body: Body }
  | { readonly kind: 'let'; readonly slot: number; readonly name: string; readonly value: Expr }
  | { readonly kind: 'assign'; readonly slot: number; readonly name: string; readonly value: Expr }
  | { readonly kind: 'set register'; readonly register: string; readonly value: Expr }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Expr; readonly body: Body }[];
      readonly otherwise?: Body;
    }
  | {
      readonly kind: 'for';
      readonly variable: LocalVariable;
      /** Slots of the script's own: the counter and the end. */
      readonly counter: number;
      readonly end: number;
      readonly from: Expr;
      readonly to: Expr;
      readonly body: Body;
    }
  | { readonly kind: 'repeat'; readonly counter: number; readonly count: Expr; readonly body: Body }
  | { readonly kind: 'return'; readonly value?: Expr }
  | { readonly kind: 'print'; readonly values: readonly Expr[] }
  | { readonly kind: 'expect interrupt'; readonly interrupt?: ExpectedInterrupt; readonly body: Body }
  | {
      readonly kind: 'expect';
      readonly condition: Expr;
      readonly message?: string;
      readonly text: string;
      readonly shown: readonly Shown[];
    }
  | { readonly kind: 'store'; readonly width: Width; readonly address: Expr; readonly value: Expr }
  | { readonly kind: 'store bytes'; readonly address: Expr; readonly value: Expr }
  | { readonly kind: 'asm'; readonly block: number }
  /** Slots of the script's own, for the instructions left, executed, and executed last. */
  | {
      readonly kind: 'run';
      readonly counter: number;
      readonly done: number;
      readonly last: number;
      readonly until?: Expr;
      /** Where alone `until` can hold; missing: anywhere. */
      readonly places?: readonly RunPlace[];
      readonly count?: Expr;
    }
  | { readonly kind: 'thread'; readonly thread: Expr; readonly address: Expr }
  | { readonly kind: 'do'; readonly expression: Expr }
  | { readonly kind: 'unavailable'; readonly feature: string }
);

/** Where a run can end: at a symbol of an image, or at an address. */
export type RunPlace = { readonly symbol: string } | { readonly address: Expr };

/** A part of an `expect` whose value its failure shows. */
export interface Shown {
  readonly expression: Expr;
  readonly text: string;
  /** Where its value is kept; none when it was not computed. */
  readonly slot: number;
  /** Kind of the constants that its value is one of, such as `hypercall result`. */
  readonly family?: string;
}

export interface ExpectedInterrupt {
  readonly vector: number;
  readonly name: string;
}

/** An `asm` block, assembled for both byte orders. */
export interface AsmBlock {
  readonly place: Place;
  /** Offset in the actor's code area, in bytes. */
  readonly offset: number;
  readonly little: Uint8Array;
  readonly big: Uint8Array;
  /** Places of its instructions: offset in the block, in bytes → line of the file, ascending. */
  readonly lines: readonly { readonly offset: number; readonly range: TextRange }[];
}

/** A procedure or a scenario. */
export interface Routine {
  readonly name: string;
  readonly place: Place;
  readonly parameters: readonly LocalVariable[];
  /** Number of slots for variables. */
  readonly slots: number;
  readonly body: Body;
}
