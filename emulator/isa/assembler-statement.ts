/** A statement of assembler text, and what is wrong with one. */

import type { Piece } from './assembler-text';

/** A statement: `mnemonic operands`, with the column (from 0) at which the operands begin. */
export interface Statement {
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly operandText: string;
  readonly operandColumn: number;
}

/** Thrown inside for the error of a statement. */
export class StatementError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly column: number,
    readonly endColumn: number,
    readonly suggestion?: string,
  ) {
    super(message);
  }
}

/** The error of an operand, at its place. */
export function errorAt(piece: Piece, code: string, message: string, suggestion?: string): StatementError {
  const start = piece.column + (/^\s*/.exec(piece.text)?.[0].length ?? 0);
  return new StatementError(
    code,
    message,
    start,
    Math.max(start + 1, piece.column + piece.text.trimEnd().length),
    suggestion,
  );
}
