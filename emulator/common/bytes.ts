/** Bytes as the whole project handles them: hexadecimal text, big-endian numbers, joining and comparing. */

import { InputError } from './errors';

const DIGITS = '0123456789abcdef';

/** Lower-case hexadecimal digits, two a byte, joined by `separator`. */
export function toHex(bytes: Uint8Array, separator = ''): string {
  let text = '';
  bytes.forEach((byte, i) => {
    if (i > 0) text += separator;
    text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  });
  return text;
}

/**
 * Bytes of hexadecimal text. White space, `_` and a leading `0x` are allowed.
 *
 * @throws InputError `bad-hex` on another character or an odd number of digits
 */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/^\s*0x/i, '').replace(/[\s_]+/g, '');
  const bad = /[^0-9a-fA-F]/.exec(digits);
  if (bad) throw new InputError('bad-hex', `'${bad[0]}' is not a hexadecimal digit; use 0-9 and a-f.`);
  if (digits.length % 2 !== 0) {
    throw new InputError(
      'bad-hex',
      `There is an odd number of hexadecimal digits (${digits.length}); write two a byte.`,
    );
  }
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** One array of all the given ones. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether two byte strings are the same. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The number of big-endian bytes. */
export function bytesToNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}

/** Big-endian bytes of the low part of a number. */
export function numberToBytes(value: bigint, count: number): Uint8Array<ArrayBuffer> {
  const digits = BigInt.asUintN(8 * count, value).toString(16);
  return count === 0 ? new Uint8Array() : fromHex(digits.padStart(2 * count, '0'));
}

/** `0x` and the hexadecimal digits of an unsigned number, padded to `digits`. */
export function hexNumber(value: bigint | number, digits = 1): string {
  return '0x' + value.toString(16).padStart(digits, '0');
}

const MASK64 = 0xffff_ffff_ffff_ffffn;

/** The low 64 bits, unsigned. */
export function u64(value: bigint): bigint {
  return value & MASK64;
}

/** The 64-bit value as two's complement. */
export function s64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
