/**
 * `run`, and symbols of images as conditions: `run until main` means that software arrives at main.
 *
 * Conditions that can only become true at known addresses are breakpoints of the CPU; the others have to be looked at
 * while the software runs (script.ts).
 */

import type { Context } from './context';
import type * as ast from './generated/ast';
import type { Expr, RunPlace, Stmt } from './ir';
import { lowerExpression } from './lower-expression';
import { requireNumber } from './tree';

/** Lowers a `run`. */
export function lowerRun(context: Context, statement: ast.RunStatement): Omit<Stmt & { kind: 'run' }, 'place'> {
  const condition = statement.until && lowerExpression(context, statement.until);
  if (condition) requireNumber(context, condition, 'A condition');
  const until = condition && asCondition(condition);
  const count = statement.count && lowerExpression(context, statement.count);
  if (count) requireNumber(context, count, 'The number of instructions');
  const { locals } = context;
  const [counter, done, last] = [locals.hidden(), locals.hidden(), locals.hidden()];
  return { kind: 'run', counter, done, last, until, places: until && placesOf(until), count };
}

/** Lowers `run thread N at ADDRESS`: a hardware thread begins, and executes from the next run on. */
export function lowerThread(
  context: Context,
  statement: ast.ThreadStatement,
): Omit<Stmt & { kind: 'thread' }, 'place'> {
  const thread = lowerExpression(context, statement.thread);
  requireNumber(context, thread, 'The number of a thread');
  const address = lowerExpression(context, statement.address);
  requireNumber(context, address, 'An address');
  return { kind: 'thread', thread, address };
}

/** A symbol in the place of a condition stands for the arrival at it. */
function asCondition(expression: Expr): Expr {
  switch (expression.kind) {
    case 'symbol':
      return { ...expression, kind: 'at', address: { ...expression, kind: 'register', name: 'NIA' } };
    case 'logic':
      return { ...expression, left: asCondition(expression.left), right: asCondition(expression.right) };
    case 'unary':
      return expression.operator === '!' ? { ...expression, operand: asCondition(expression.operand) } : expression;
    default:
      return expression;
  }
}

const isNia = (expression: Expr): boolean => expression.kind === 'register' && expression.name === 'NIA';

/** The only places at which a condition can hold; undefined when it can hold anywhere. */
function placesOf(condition: Expr): readonly RunPlace[] | undefined {
  switch (condition.kind) {
    case 'at':
      return [{ symbol: condition.name }];
    case 'binary': {
      const { operator, left, right } = condition;
      if (operator !== '==') return undefined;
      if (isNia(left) && isSteady(right)) return [{ address: right }];
      return isNia(right) && isSteady(left) ? [{ address: left }] : undefined;
    }
    case 'logic': {
      const [left, right] = [placesOf(condition.left), placesOf(condition.right)];
      if (condition.operator === '&&') return left ?? right;
      return left && right && [...left, ...right];
    }
    default:
      return undefined;
  }
}

/** Whether a value stays the same while software runs. */
function isSteady(expression: Expr): boolean {
  switch (expression.kind) {
    case 'value':
    case 'local':
    case 'symbol':
      return true;
    case 'unary':
      return isSteady(expression.operand);
    case 'binary':
      return isSteady(expression.left) && isSteady(expression.right);
    default:
      return false;
  }
}
