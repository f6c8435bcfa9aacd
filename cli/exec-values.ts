/** The values of a `pef exec` line: JSON into numbers, with sentences for what is not one. */
import { InputError } from '../emulator/common/errors';

export type Json = Readonly<Record<string, unknown>>;

export const bad = (message: string): InputError => new InputError('bad-exec-input', message);

export function object(value: unknown, what: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad(`${what} must be a JSON object.`);
  return value as Json;
}

export function list(value: unknown, name: string, limit: number): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw bad(`${name} must be a JSON array.`);
  if (value.length > limit) throw bad(`${name} has ${value.length} elements; the limit is ${limit}.`);
  return value;
}

export function hex(value: unknown, name: string, bits = 64): bigint {
  if (value === undefined) return 0n;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value < 2 ** bits) return BigInt(value);
  const match = typeof value === 'string' ? /^\s*(?:0x)?([0-9a-f]+)\s*$/i.exec(value) : null;
  const text = match?.[1]?.replace(/^0+(?=.)/, '');
  if (text === undefined || text.length > bits / 4) {
    throw bad(`${name} must be a string of up to ${bits / 4} hexadecimal digits.`);
  }
  return BigInt(`0x${text}`);
}
