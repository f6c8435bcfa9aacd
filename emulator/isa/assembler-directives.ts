/** Directives of the assembler: data, alignment, constants. */

import { ASSEMBLY_LIMIT_BYTES, type Output } from './assembler-output';
import { type Statement, StatementError, errorAt } from './assembler-statement';
import { type Piece, cutOperands } from './assembler-text';
import { nearest } from './mnemonics';

/** What directives need of the assembler. */
export interface DirectiveContext {
  readonly output: Output;
  /** The first pass finds labels and forgives what is not known yet. */
  readonly final: boolean;
  evaluate(piece: Piece): bigint;
  define(name: string, value: bigint): void;
}

// prettier-ignore
const DATA_BYTES = new Map([
  ['.byte', 1], ['.short', 2], ['.hword', 2], ['.2byte', 2],
  ['.long', 4], ['.int', 4], ['.4byte', 4], ['.quad', 8], ['.8byte', 8],
]);

/** @throws StatementError */
export function directive(statement: Statement, to: DirectiveContext): void {
  const size = DATA_BYTES.get(statement.name);
  const pieces = cutOperands(statement.operandText, statement.operandColumn);
  if (size !== undefined) {
    for (const piece of pieces) {
      const value = to.evaluate(piece);
      const bits = 8 * size;
      if (value >= 1n << BigInt(bits) || value < -(1n << BigInt(bits - 1))) {
        throw errorAt(piece, 'out-of-range', `${piece.text.trim()} does not fit in ${size} bytes.`);
      }
      to.output.emit(value, size);
    }
    return;
  }
  switch (statement.name) {
    case '.balign':
      return to.output.align(count(pieces, statement, to));
    case '.align':
    case '.p2align': {
      const power = count(pieces, statement, to);
      return to.output.align(2 ** Math.min(power, 40));
    }
    case '.space':
    case '.skip':
    case '.zero':
      return to.output.fill(count(pieces, statement, to), statement);
    case '.fill': {
      const [, size, value] = pieces;
      const bytes = size ? Number(BigInt.asUintN(32, to.evaluate(size))) : 1;
      if (bytes > 8) throw wrongDirective(statement);
      const filling = value ? to.evaluate(value) : 0n;
      for (let left = bytes === 0 ? 0 : count(pieces, statement, to); left > 0; left--) to.output.emit(filling, bytes);
      return;
    }
    case '.org': {
      const [target] = pieces;
      const distance = target ? to.evaluate(target) - to.output.address : -1n;
      if (distance < 0n || distance > BigInt(ASSEMBLY_LIMIT_BYTES)) {
        if (!to.final) return;
        throw wrongDirective(statement);
      }
      return to.output.fill(Number(distance), statement);
    }
    case '.ascii':
    case '.asciz':
    case '.string':
      return text(statement, to);
    case '.set':
    case '.equ': {
      const [name, value] = pieces;
      if (!name || !value) throw wrongDirective(statement);
      to.define(name.text.trim(), to.evaluate(value));
      return;
    }
    case '.text':
    case '.globl':
    case '.global':
    case '.machine':
      return;
    default:
      throw new StatementError(
        'unknown-directive',
        `There is no directive '${statement.name}'.`,
        statement.column,
        statement.column + statement.name.length,
        nearest(statement.name, [...DATA_BYTES.keys(), '.balign', '.space', '.fill', '.org', '.asciz', '.set']),
      );
  }
}

function wrongDirective(statement: Statement): StatementError {
  return new StatementError(
    'wrong-operands',
    `${statement.name} does not take '${statement.operandText}'.`,
    statement.column,
    statement.operandColumn + statement.operandText.length,
  );
}

function count(pieces: readonly Piece[], statement: Statement, to: DirectiveContext): number {
  const [piece] = pieces;
  if (!piece) throw wrongDirective(statement);
  const value = to.evaluate(piece);
  if (value < 0n || value > BigInt(ASSEMBLY_LIMIT_BYTES)) {
    throw errorAt(piece, 'out-of-range', `${piece.text.trim()} is out of range: the limit is ${ASSEMBLY_LIMIT_BYTES}.`);
  }
  return Number(value);
}

function text(statement: Statement, { output }: DirectiveContext): void {
  const match = /^"((?:[^"\\]|\\.)*)"$/.exec(statement.operandText);
  if (!match) throw wrongDirective(statement);
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };
  const plain = (match[1] ?? '').replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char);
  for (const byte of new TextEncoder().encode(plain)) output.emit(BigInt(byte), 1);
  if (statement.name !== '.ascii') output.emit(0n, 1);
}
