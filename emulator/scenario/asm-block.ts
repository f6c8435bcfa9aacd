/** `asm` blocks: assembled before the run for both byte orders, the assembler's errors at their places in the file. */

import { CODE_AREA_BYTES } from '../common/machine';
import type { TextRange } from '../common/errors';
import type { Context } from './context';
import type { AsmStatement } from './generated/ast';
import type { AsmBlock } from './ir';
import { rangeOf } from './source';
import { assembleBoth } from './assembler';
import { asmExtent } from './tokens';

/** Space kept after each block: the machine's own instruction that ends it. */
const GAP_BYTES = 16;
const ALIGNMENT_BYTES = 16;

/** The assembler text of a block, and where it begins: one-based line and column. */
export function asmBody(statement: AsmStatement): { text: string; line: number; column: number } {
  const start = rangeOf(statement.$cstNode);
  const extent = asmExtent(statement.text, 0) ?? { body: 0, bodyEnd: statement.text.length };
  const before = statement.text.slice(0, extent.body).split(/\r\n|\n|\r/);
  const line = start.line + before.length - 1;
  const column = (before.length === 1 ? start.column : 1) + (before.at(-1) ?? '').length;
  return { text: statement.text.slice(extent.body, extent.bodyEnd), line, column };
}

/** Assembles a block and places it after those before it. Answers with its index. */
export function lowerAsm(context: Context, statement: AsmStatement): number {
  const body = asmBody(statement);
  const place = context.place(statement);
  const last = context.asmBlocks.at(-1);
  const offset = last ? align(last.offset + last.little.length + GAP_BYTES) : 0;
  const toFile = (line: number, column: number, endColumn: number): TextRange => {
    const shift = line === 1 ? body.column - 1 : 0;
    const at = body.line + line - 1;
    return { line: at, column: column + shift, endLine: at, endColumn: endColumn + shift };
  };
  // What did not fit is reported once; blocks behind it are not even assembled.
  if (offset > CODE_AREA_BYTES)
    return context.asmBlocks.push({ place, offset, little: EMPTY, big: EMPTY, lines: [] }) - 1;
  const assembled = assembleBoth(body.text, offset);
  for (const error of assembled.errors) {
    context.error(toFile(error.line, error.column, error.endColumn), 'asm', error.message, error.suggestion);
  }
  const end = offset + assembled.little.length;
  if (end + GAP_BYTES > CODE_AREA_BYTES) {
    const message = `The asm blocks need ${end} bytes of code; an actor's code area has ${CODE_AREA_BYTES}. Make them shorter.`;
    context.error(place.range, 'asm-too-large', message);
  }
  const block: AsmBlock = {
    place,
    offset,
    little: assembled.little,
    big: assembled.big,
    lines: assembled.lines.map(({ offset: at, line, column, endColumn }) => ({
      offset: at,
      range: toFile(line, column, endColumn),
    })),
  };
  context.asmBlocks.push(block);
  return context.asmBlocks.length - 1;
}

const EMPTY = new Uint8Array();

const align = (offset: number) => Math.ceil(offset / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
