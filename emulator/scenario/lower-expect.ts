/** `expect`: what its failure shows, which is the value of each side of each comparison that was made. */

import type { CstNode } from 'langium';
import type { TextRange } from '../common/errors';
import { lowerExpression } from './lower-expression';
import type { Context } from './context';
import type * as ast from './generated/ast';
import type { Expr, Shown, Stmt } from './ir';
import { requireNumber } from './tree';
import { CONSTANTS } from './vocabulary';

/** Most values that a failure shows. */
const MAX_SHOWN = 16;
const COMPARISON = /^(?:[<>]=?|[=!]=)$/;

/** Lowers an `expect`. */
export function lowerExpect(
  context: Context,
  statement: ast.ExpectStatement,
): Omit<Stmt & { kind: 'expect' }, 'place'> {
  const condition = lowerExpression(context, statement.condition);
  requireNumber(context, condition, 'A condition');
  const source = statement.condition.$cstNode;
  const shown: Shown[] = [];
  const show = (expression: Expr, other?: Expr): void => {
    const text = textAt(source, expression.place.range);
    if (isPlain(expression, text) || shown.length === MAX_SHOWN) return;
    if (expression.kind === 'local' && shown.some((one) => one.text === text)) return;
    shown.push({ expression, text, slot: context.locals.hidden(), family: other && familyOf(other) });
  };
  // Down to the comparisons, through what only joins them. The heights of trees are limited.
  const visit = (expression: Expr): void => {
    if (expression.kind === 'logic') [expression.left, expression.right].forEach(visit);
    else if (expression.kind === 'choose') [expression.condition, expression.yes, expression.no].forEach(visit);
    else if (expression.kind === 'unary' && expression.operator === '!') visit(expression.operand);
    else if (expression.kind === 'binary' && COMPARISON.test(expression.operator)) {
      show(expression.left, expression.right);
      show(expression.right, expression.left);
    } else if (expression.kind === 'at') show(expression.address);
    else show(expression);
  };
  visit(condition);
  return { kind: 'expect', condition, message: statement.message, text: oneLine(source?.text ?? ''), shown };
}

/** Whether a value is plain to see in the text. */
function isPlain(expression: Expr, text: string): boolean {
  if (expression.kind !== 'value' || expression.name !== undefined) return false;
  return typeof expression.value === 'boolean' || (typeof expression.value === 'bigint' && /^\w+$/.test(text));
}

/** The kind of names that results compared with an expression have, in the words of the vocabulary. */
function familyOf(expression: Expr): string | undefined {
  switch (expression.kind) {
    case 'value': {
      const word = CONSTANTS.get(expression.code ?? '');
      return word?.kind === 'parameter value' ? undefined : word?.kind;
    }
    case 'call':
      return expression.lev === 2 ? 'ultracall result' : 'hypercall result';
    case 'field':
      return expression.name === 'responseCode' ? 'TPM_RC' : undefined;
    default:
      return undefined;
  }
}

/** The text of a range that lies in a node, on one line. */
function textAt(node: CstNode | undefined, range: TextRange): string {
  if (!node) return '';
  const { start } = node.range;
  const lines = node.text.split(/\r\n|\n|\r/).slice(range.line - 1 - start.line, range.endLine - start.line);
  const shift = (line: number) => (line === start.line + 1 ? start.character : 0);
  const last = (lines.at(-1) ?? '').slice(0, range.endColumn - 1 - shift(range.endLine));
  const whole = [...lines.slice(0, -1), last].join('\n');
  return oneLine(whole.slice(range.column - 1 - shift(range.line)));
}

const MAX_TEXT = 200;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}
