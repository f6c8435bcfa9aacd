/**
 * Operators on values: numbers are unsigned and 64 bits wide and wrap around; comparisons are unsigned.
 *
 * Booleans count as 0 and 1 in arithmetic, numbers other than 0 as true, as in C.
 */

import { PefError } from '../common/errors';
import { equalBytes, u64 } from '../common/bytes';
import { isList, isRecord } from '../common/values';
import type { Value } from '../common/values';
import type { BinaryOperator, UnaryOperator } from './ir';

/** Why an expression has no value. The run ends with it, at the place of the expression. */
export class ScriptError extends PefError {}

/** Longest byte string of a scenario. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** The type of a value, in words. */
export function typeName(value: Value): string {
  if (typeof value === 'bigint') return 'a number';
  if (typeof value === 'boolean') return 'a truth value';
  if (value instanceof Uint8Array) return 'a byte string';
  return isRecord(value) ? `a ${value.type === '' ? 'record' : value.type}` : 'a list';
}

/** @throws ScriptError `type-mismatch` when the value is neither a number nor a truth value */
export function toNumber(value: Value, what = 'This'): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  throw new ScriptError('type-mismatch', `${what} must be a number, but it is ${typeName(value)}.`);
}

/** @throws ScriptError `type-mismatch` when the value is neither a truth value nor a number */
export function toTruth(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  return toNumber(value, 'A condition') !== 0n;
}

/** @throws ScriptError `type-mismatch` for other values than byte strings */
export function toBytes(value: Value, what = 'This'): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new ScriptError('type-mismatch', `${what} must be a byte string, but it is ${typeName(value)}.`);
}

/** A number that counts bytes or elements. @throws ScriptError `value-out-of-range` above `limit` */
export function toCount(value: Value, limit: number, what: string): number {
  const count = toNumber(value, what);
  if (count > BigInt(limit)) {
    throw new ScriptError('value-out-of-range', `${what} is ${count}; it can be at most ${limit}.`);
  }
  return Number(count);
}

export function unary(operator: UnaryOperator, value: Value): Value {
  switch (operator) {
    case '!':
      return !toTruth(value);
    case '-':
      return u64(-toNumber(value, 'The operand of -'));
    case '~':
      return u64(~toNumber(value, 'The operand of ~'));
    case '+':
      return toNumber(value, 'The operand of +');
  }
}

function divide(operator: '/' | '%', a: bigint, b: bigint): bigint {
  if (b === 0n) throw new ScriptError('division-by-zero', `The right side of ${operator} is 0; check it before.`);
  return operator === '/' ? a / b : a % b;
}

/** Whether two values are the same. @throws ScriptError `type-mismatch` for values that cannot be */
export function same(a: Value, b: Value): boolean {
  // Values are as deep as responses and literals of the text are, which are limited.
  if (a instanceof Uint8Array && b instanceof Uint8Array) return equalBytes(a, b);
  if (isScalar(a) && isScalar(b)) return toNumber(a) === toNumber(b);
  if (isList(a) && isList(b)) {
    return a.items.length === b.items.length && a.items.every((item, i) => same(item, b.items[i] ?? 0n));
  }
  if (isRecord(a) && isRecord(b)) {
    return a.fields.length === b.fields.length && a.fields.every(([name, item]) => same(item, field(b, name)));
  }
  const [one, other] = [typeName(a), typeName(b)];
  throw new ScriptError(
    'type-mismatch',
    `${one.charAt(0).toUpperCase()}${one.slice(1)} and ${other} cannot be compared; compare values of one type.`,
  );
}

const isScalar = (value: Value) => typeof value === 'bigint' || typeof value === 'boolean';

/** @throws ScriptError `division-by-zero`, `type-mismatch` */
export function binary(operator: BinaryOperator, left: Value, right: Value): Value {
  if (operator === '==') return same(left, right);
  if (operator === '!=') return !same(left, right);
  const a = toNumber(left, `The left side of ${operator}`);
  const b = toNumber(right, `The right side of ${operator}`);
  switch (operator) {
    case '*':
      return u64(a * b);
    case '/':
    case '%':
      return divide(operator, a, b);
    case '+':
      return u64(a + b);
    case '-':
      return u64(a - b);
    case '<<':
      return b >= 64n ? 0n : u64(a << b);
    case '>>':
      return b >= 64n ? 0n : a >> b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    case '|':
      return a | b;
  }
}

/** A field of a structure. @throws ScriptError `unknown-field`, `type-mismatch` */
export function field(value: Value, name: string): Value {
  if (!isRecord(value)) {
    throw new ScriptError('type-mismatch', `'.${name}' needs a structure, but this is ${typeName(value)}.`);
  }
  const found = value.fields.find(([key]) => key === name);
  if (!found) {
    const names = value.fields.map(([key]) => key).join(', ');
    throw new ScriptError(
      'unknown-field',
      `${value.type || 'The structure'} has no field '${name}'; it has ${names || 'none'}.`,
    );
  }
  return found[1];
}

/** An element of a list or a byte of a byte string. @throws ScriptError `value-out-of-range`, `type-mismatch` */
export function element(value: Value, index: Value): Value {
  const items = value instanceof Uint8Array ? value : isList(value) ? value.items : undefined;
  if (!items)
    throw new ScriptError('type-mismatch', `'[...]' needs a byte string or a list, but this is ${typeName(value)}.`);
  const at = toNumber(index, 'An index');
  const item = at < BigInt(items.length) ? items[Number(at)] : undefined;
  if (item === undefined) {
    throw new ScriptError(
      'value-out-of-range',
      `The index ${at} is outside; there are ${items.length} elements, from 0.`,
    );
  }
  return typeof item === 'number' ? BigInt(item) : item;
}

/** Bytes `from` to before `to`. @throws ScriptError `value-out-of-range`, `type-mismatch` */
export function slice(value: Value, from: Value, to: Value): Value {
  const bytes = toBytes(value, 'What is sliced');
  const start = toNumber(from, 'The start of a slice');
  const end = toNumber(to, 'The end of a slice');
  if (start > end || end > BigInt(bytes.length)) {
    throw new ScriptError(
      'value-out-of-range',
      `[${start}..${end}] is outside; the byte string has ${bytes.length} bytes.`,
    );
  }
  return bytes.slice(Number(start), Number(end));
}

/** Most elements that a value may be built of, so that doubling a structure in a loop ends with an error. */
const MAX_ELEMENTS = 100_000;

/** @throws ScriptError `value-out-of-range` when a structure or list has too many elements */
export function bounded(value: Value): Value {
  let elements = 0;
  const pending: Value[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isRecord(next)) pending.push(...next.fields.map(([, item]) => item));
    else if (isList(next)) pending.push(...next.items);
    if (++elements > MAX_ELEMENTS) {
      throw new ScriptError(
        'value-out-of-range',
        `The structure has more than ${MAX_ELEMENTS} elements; build a smaller one.`,
      );
    }
  }
  return value;
}
