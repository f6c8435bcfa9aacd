/** The functions of the language: one row each, with what hover and signature help say of it. */

import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { Value } from '../common/values';
import { isList } from '../common/values';
import type { FunctionName } from './ir';
import { ScriptError, toBytes, toNumber } from './operators';

export interface FunctionRow {
  readonly name: FunctionName;
  /** `guest` is the name of a guest, not an expression. */
  readonly parameters: readonly {
    readonly name: string;
    readonly kind: 'guest' | 'number' | 'bytes' | 'sized';
    readonly doc: string;
  }[];
  readonly result: 'number' | 'bytes' | 'record';
  readonly doc: string;
}

const GUEST = { name: 'guest', kind: 'guest', doc: 'name of a guest' } as const;
const GPA = { name: 'gpa', kind: 'number', doc: 'guest physical address' } as const;
const BYTES = { name: 'bytes', kind: 'bytes', doc: 'byte string' } as const;

export const FUNCTIONS: readonly FunctionRow[] = [
  { name: 'ra', parameters: [GUEST, GPA], result: 'number', doc: 'The real address behind a guest physical address.' },
  {
    name: 'page',
    parameters: [GUEST, GPA],
    result: 'record',
    doc: 'State, owner and backing of a page. Not available yet.',
  },
  { name: 'sha256', parameters: [BYTES], result: 'bytes', doc: 'The SHA-256 digest of a byte string: 32 bytes.' },
  { name: 'sha512', parameters: [BYTES], result: 'bytes', doc: 'The SHA-512 digest of a byte string: 64 bytes.' },
  {
    name: 'len',
    parameters: [{ name: 'value', kind: 'sized', doc: 'byte string or list' }],
    result: 'number',
    doc: 'The number of bytes of a byte string, or of elements of a list.',
  },
];

const byName = new Map<string, FunctionRow>(FUNCTIONS.map((row) => [row.name, row]));

/** The function of that name, or undefined. */
export function functionNamed(name: string): FunctionRow | undefined {
  return byName.get(name);
}

/**
 * Calls a function.
 *
 * @param ra real address behind a guest physical address, or undefined where there is no memory
 * @throws ScriptError `type-mismatch`, `no-memory`, `not-available`
 */
export function callFunction(
  name: FunctionName,
  guest: string | undefined,
  args: readonly Value[],
  ra: (guest: string, gpa: bigint) => bigint | undefined,
): Value {
  const first = args[0] ?? 0n;
  switch (name) {
    case 'ra': {
      const gpa = toNumber(first, 'The guest physical address');
      const found = ra(guest ?? '', gpa);
      if (found !== undefined) return found;
      throw new ScriptError(
        'no-memory',
        `Guest ${guest ?? ''} has no memory at 0x${gpa.toString(16)}; its memory begins at 0.`,
      );
    }
    case 'page':
      throw new ScriptError('not-available', 'not available yet: page(guest, gpa).');
    case 'sha256':
      return sha256(toBytes(first, 'What sha256 digests'));
    case 'sha512':
      return sha512(toBytes(first, 'What sha512 digests'));
    case 'len':
      return BigInt(isList(first) ? first.items.length : toBytes(first, 'What len measures').length);
  }
}
