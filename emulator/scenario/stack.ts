/** The stack of values, and the operations that work on it alone. */

import { list, record } from '../common/values';
import type { Value } from '../common/values';
import { binary, bounded, element, field, slice, toBytes, toNumber, toTruth, unary } from './operators';
import type { Op, ValueOp } from './program';
import { responseSize } from './tpm';

/** Values at work over the plain list that is their state; null is the value of a procedure that returned none. */
export class Stack {
  constructor(private readonly values: () => (Value | null)[]) {}

  get top(): Value | null {
    return this.values().at(-1) ?? null;
  }

  push(value: Value | null): void {
    this.values().push(value);
  }

  pop(): Value {
    return this.values().pop() ?? 0n;
  }

  /** @throws ScriptError `type-mismatch` for what is no number */
  popNumber(what: string): bigint {
    return toNumber(this.pop(), what);
  }

  /** The topmost values, the last one on top. */
  popMany(count: number): Value[] {
    const values = this.values();
    return values.splice(values.length - count, count).map((value) => value ?? 0n);
  }
}

const VALUE_OPS: ReadonlySet<string> = new Set<ValueOp['op']>([
  'push',
  'pop',
  'dup',
  'unary',
  'binary',
  'truth',
  'field',
  'index',
  'slice',
  'record',
  'list',
  'response size',
]);

export function isValueOp(op: Op): op is ValueOp {
  return VALUE_OPS.has(op.op);
}

/** Executes an operation on values. @throws ScriptError as operators.ts does */
export function calculate(op: ValueOp, stack: Stack): void {
  switch (op.op) {
    case 'push':
      stack.push(op.value);
      return;
    case 'pop':
      stack.pop();
      return;
    case 'dup':
      stack.push(stack.top);
      return;
    case 'unary':
      stack.push(unary(op.operator, stack.pop()));
      return;
    case 'binary': {
      const right = stack.pop();
      stack.push(binary(op.operator, stack.pop(), right));
      return;
    }
    case 'truth':
      stack.push(toTruth(stack.pop()));
      return;
    case 'field':
      stack.push(field(stack.pop(), op.name));
      return;
    case 'index': {
      const index = stack.pop();
      stack.push(element(stack.pop(), index));
      return;
    }
    case 'slice': {
      const [of = 0n, from = 0n, to = 0n] = stack.popMany(3);
      stack.push(slice(of, from, to));
      return;
    }
    case 'record': {
      const values = stack.popMany(op.names.length);
      stack.push(
        bounded(
          record(
            '',
            op.names.map((name, i) => [name, values[i] ?? 0n] as const),
          ),
        ),
      );
      return;
    }
    case 'list':
      stack.push(bounded(list(stack.popMany(op.count))));
      return;
    case 'response size': {
      stack.push(BigInt(responseSize(toBytes(stack.pop()))));
      return;
    }
  }
}
