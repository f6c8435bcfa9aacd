/** Building blocks of lowering: nodes of the trees, and the types that are plain to see. */

import type { TextRange } from '../common/errors';
import type { Value } from '../common/values';
import type { Context } from './context';
import { functionNamed } from './functions';
import type { Expr } from './ir';

/** Highest expression tree; with the limit on brackets it bounds all recursion over expressions. */
export const MAX_DEPTH = 400;

type Shape<T> = T extends unknown ? Omit<T, 'place' | 'depth'> : never;

/** Makes a tree node over its children. */
export function node(context: Context, range: TextRange, shape: Shape<Expr>, children: readonly Expr[] = []): Expr {
  const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, child.depth), 0);
  const place = { path: context.path, range };
  if (depth === MAX_DEPTH + 1) {
    context.error(range, 'too-deep', `The expression is nested deeper than ${MAX_DEPTH}; split it up with let.`);
  }
  if (depth > MAX_DEPTH) return { kind: 'unknown', place, depth: 1 };
  return { ...shape, place, depth };
}

/** A node for what is wrong. */
export function unknown(context: Context, range: TextRange): Expr {
  return node(context, range, { kind: 'unknown' });
}

export type TypeWord = 'number' | 'bytes' | 'truth' | 'record' | 'list';
/** The types in words. */
export const A_TYPE: Readonly<Record<TypeWord, string>> = {
  number: 'a number',
  bytes: 'a byte string',
  truth: 'a truth value',
  record: 'a structure',
  list: 'a list',
};

/** The type of an expression where it is plain to see. */
export function typeOf(expression: Expr): TypeWord | undefined {
  switch (expression.kind) {
    case 'value':
      return typeOfValue(expression.value);
    case 'register':
    case 'symbol':
    case 'unary':
    case 'load':
    case 'call':
      return expression.kind === 'unary' && expression.operator === '!' ? 'truth' : 'number';
    case 'binary':
      return /^(?:[<>]=?|[=!]=)$/.test(expression.operator) ? 'truth' : 'number';
    case 'logic':
    case 'at':
      return 'truth';
    case 'slice':
    case 'load bytes':
      return 'bytes';
    case 'record':
    case 'response':
      return 'record';
    case 'list':
    case 'gprs':
      return 'list';
    case 'function':
      return functionNamed(expression.name)?.result;
    default:
      return undefined;
  }
}

function typeOfValue(value: Value): TypeWord {
  if (typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'truth';
  return value instanceof Uint8Array ? 'bytes' : value.kind;
}

/** Reports an expression that is plainly no number. */
export function requireNumber(context: Context, expression: Expr, what: string): void {
  const type = typeOf(expression);
  if (type === undefined || type === 'number' || type === 'truth') return;
  context.error(expression.place.range, 'type-mismatch', `${what} must be a number, but this is ${A_TYPE[type]}.`);
}

/** Reports an expression that is plainly no byte string. */
export function requireBytes(context: Context, expression: Expr, what: string): void {
  const type = typeOf(expression);
  if (type === undefined || type === 'bytes') return;
  context.error(expression.place.range, 'type-mismatch', `${what} must be a byte string, but this is ${A_TYPE[type]}.`);
}
