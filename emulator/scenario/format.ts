/** Values and actors as the language writes them. */

import { s64, toHex } from '../common/bytes';
import { isList, isRecord } from '../common/values';
import type { Value } from '../common/values';
import { explainResponseCode } from '../tpm/codec';
import { constantOf } from './vocabulary';

export interface FormatOptions {
  /** Numbers in hexadecimal. */
  readonly hex?: boolean;
}

const MAX_SHOWN_BYTES = 64;
const MAX_SHOWN_CHARACTERS = 2000;

/** A value as the language would write it; long ones are shortened, with their size. */
export function formatValue(value: Value, options: FormatOptions = {}): string {
  const text = write(value, options, MAX_SHOWN_CHARACTERS);
  return text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
}

function write(value: Value, options: FormatOptions, room: number): string {
  if (typeof value === 'bigint') return options.hex ? `0x${value.toString(16)}` : value.toString();
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return writeBytes(value);
  if (isList(value)) {
    return `[${joined(value.items, room, (item, left) => write(item, options, left))}]`;
  }
  if (!isRecord(value)) return '';
  const fields = joined(value.fields, room, ([name, item], left) => `${name}: ${write(item, options, left)}`);
  return `${value.type === '' ? '' : `${value.type} `}{${fields}}`;
}

/** Writes items until there is no room, so that the work is bounded by what is shown. */
function joined<T>(items: readonly T[], room: number, one: (item: T, left: number) => string): string {
  let text = '';
  for (const item of items) {
    if (text.length >= room) return `${text}, …`;
    text += (text === '' ? '' : ', ') + one(item, room - text.length);
  }
  return text;
}

function writeBytes(bytes: Uint8Array): string {
  const shown = toHex(bytes.subarray(0, MAX_SHOWN_BYTES));
  return bytes.length > MAX_SHOWN_BYTES ? `hex "${shown}…" (${bytes.length} bytes)` : `hex "${shown}"`;
}

/** A number for reading: decimal, and hexadecimal where that differs. */
export function numberText(value: bigint): string {
  return value < 10n ? value.toString() : `${value} (0x${value.toString(16)})`;
}

/** A value for `print` and messages. */
export function valueText(value: Value): string {
  return typeof value === 'bigint' ? numberText(value) : formatValue(value);
}

/**
 * One side of a failed comparison: its value, by its name where it is one of a known kind of constants.
 *
 * @param family kind of the constants, as the vocabulary has it, such as `hypercall result`
 * @param named the side is written as its name already
 */
export function sideText(value: Value, family: string | undefined, named: boolean): string {
  if (typeof value !== 'bigint' || family === undefined) return valueText(value);
  const isResult = family.endsWith(' result');
  const number = isResult ? s64(value).toString() : `0x${value.toString(16)}`;
  const name = named ? undefined : nameOf(family, value);
  if (name !== undefined) return `${name} (${number})`;
  return isResult && named ? number : valueText(value);
}

/** TPM response codes also say which parameter, handle or session they are about. */
function nameOf(family: string, value: bigint): string | undefined {
  const exact = constantOf(family, value);
  if (exact !== undefined || family !== 'TPM_RC' || value > 0xffff_ffffn) return exact;
  return explainResponseCode(Number(value)).text;
}
