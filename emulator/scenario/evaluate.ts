/**
 * Expressions computed at once and without side effects: constants before the run, watches and conditions during it.
 *
 * What executes in the machine (calls, sends) is refused; loads only peek.
 */

import { list, record } from '../common/values';
import type { Value } from '../common/values';
import { callFunction } from './functions';
import type { Expr } from './ir';
import {
  MAX_BYTES,
  ScriptError,
  binary,
  bounded,
  element,
  field,
  slice,
  toBytes,
  toCount,
  toNumber,
  toTruth,
  unary,
} from './operators';
import { decodedResponse, responseSize } from './tpm';

/** Where names and memory come from. */
export interface Environment {
  local(slot: number, name: string): Value;
  register(name: string): bigint;
  symbol(name: string): bigint;
  /** Whether an address is at a symbol. */
  at(address: bigint, name: string): boolean;
  peek(address: bigint, length: number): Uint8Array;
  endian(): 'little' | 'big';
  ra(guest: string, gpa: bigint): bigint | undefined;
  /** The TPM command that a response at an address most likely answers. */
  lastTpmCommand(): Uint8Array | undefined;
}

/** @throws ScriptError with the reason why there is no value */
export function evaluate(expression: Expr, environment: Environment): Value {
  const value = (inner: Expr) => evaluate(inner, environment);
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'unknown':
      throw new ScriptError('not-constant', 'This value is not known.');
    case 'local':
      return environment.local(expression.slot, expression.name);
    case 'register':
      return environment.register(expression.name);
    case 'symbol':
      return environment.symbol(expression.name);
    case 'at':
      return environment.at(toNumber(value(expression.address), 'NIA'), expression.name);
    case 'gprs':
      return gprs((name) => environment.register(name));
    case 'unary':
      return unary(expression.operator, value(expression.operand));
    case 'binary':
      return binary(expression.operator, value(expression.left), value(expression.right));
    case 'logic': {
      const left = toTruth(value(expression.left));
      return left === (expression.operator === '||') ? left : toTruth(value(expression.right));
    }
    case 'choose':
      return value(toTruth(value(expression.condition)) ? expression.yes : expression.no);
    case 'field':
      return field(value(expression.of), expression.name);
    case 'index':
      return element(value(expression.of), value(expression.index));
    case 'slice':
      return slice(value(expression.of), value(expression.from), value(expression.to));
    case 'record':
      return bounded(
        record(
          '',
          expression.fields.map(([name, inner]) => [name, value(inner)] as const),
        ),
      );
    case 'list':
      return bounded(list(expression.items.map(value)));
    case 'function':
      return callFunction(expression.name, expression.guest, expression.arguments.map(value), (guest, gpa) =>
        environment.ra(guest, gpa),
      );
    case 'load':
      return loadNumber(environment, toNumber(value(expression.address), 'An address'), expression.width);
    case 'load bytes':
      return environment.peek(
        toNumber(value(expression.address), 'An address'),
        toCount(value(expression.size), MAX_BYTES, 'The number of bytes'),
      );
    case 'response': {
      const address = toNumber(value(expression.address), 'An address');
      const size = responseSize(environment.peek(address, 10));
      return decodedResponse(toBytes(environment.peek(address, size)), environment.lastTpmCommand());
    }
    case 'procedure':
    case 'call':
    case 'send':
      throw new ScriptError('no-side-effects', 'Only statements of a scenario make calls; here none can be made.');
  }
}

/** The general purpose registers as a list. */
export function gprs(register: (name: string) => bigint): Value {
  return list(Array.from({ length: 32 }, (_, n) => register(`r${n}`)));
}

/** The number that a load of the current actor gives: in its byte order. */
function loadNumber(environment: Environment, address: bigint, width: number): bigint {
  const bytes = environment.peek(address, width);
  const ordered = environment.endian() === 'little' ? [...bytes].reverse() : [...bytes];
  return ordered.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

const NOT_CONSTANT = (): never => {
  throw new ScriptError('not-constant', 'This value is only known when the scenario runs.');
};

const CONSTANT: Environment = {
  local: NOT_CONSTANT,
  register: NOT_CONSTANT,
  symbol: NOT_CONSTANT,
  at: NOT_CONSTANT,
  peek: NOT_CONSTANT,
  endian: NOT_CONSTANT,
  ra: NOT_CONSTANT,
  lastTpmCommand: NOT_CONSTANT,
};

/** The value of an expression that needs no run, or why it has none. */
export function constantValue(expression: Expr): { readonly value: Value } | { readonly error: ScriptError } {
  try {
    return { value: evaluate(expression, CONSTANT) };
  } catch (error) {
    if (error instanceof ScriptError) return { error };
    throw error;
  }
}
