/**
 * As much of DER (X.690) as keys need: reading with every length checked, and writing. Work and depth are bounded by
 * the size of the bytes and by who reads: nothing here follows a structure by itself.
 */

import { bytesToNumber, concat } from '../common/bytes';
import { FormatError } from '../common/errors';

export const TAG = {
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OID: 0x06,
  SEQUENCE: 0x30,
} as const;
export type DerTag = keyof typeof TAG;

/** Reads elements one after the other. */
export class DerReader {
  #at = 0;

  /** @param start offset of the bytes in the whole, for messages */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly start = 0,
  ) {}

  /** Whether all was read. */
  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** The contents of the next element, not copied. @throws FormatError `bad-der` when it is another one or cut off */
  take(tag: DerTag): Uint8Array {
    const at = this.#at;
    if (this.bytes[at] !== TAG[tag]) throw this.#bad(`${tag} is missing`, at);
    const { length, contents } = this.#length(at + 1);
    if (length > this.bytes.length - contents) throw this.#bad(`${tag} is cut off`, at);
    this.#at = contents + length;
    return this.bytes.subarray(contents, contents + length);
  }

  /** The elements of the next SEQUENCE. @throws FormatError `bad-der` */
  sequence(): DerReader {
    const contents = this.take('SEQUENCE');
    return new DerReader(contents, this.start + this.#at - contents.length);
  }

  /** The next INTEGER, which must not be negative. @throws FormatError `bad-der` */
  integer(): bigint {
    const at = this.#at;
    const contents = this.take('INTEGER');
    const [first, second] = contents;
    if (first === undefined || first >= 0x80) throw this.#bad('a number is negative or empty', at);
    if (first === 0 && second !== undefined && second < 0x80) throw this.#bad('a number begins with zeros', at);
    return bytesToNumber(contents);
  }

  /** @throws FormatError `bad-der` when there is more */
  end(): void {
    if (!this.done) throw this.#bad('there is more than belongs there', this.#at);
  }

  /** Length octets (X.690, 8.1.3 with the restrictions of 10.1). */
  #length(at: number): { readonly length: number; readonly contents: number } {
    const first = this.bytes[at];
    if (first === undefined) throw this.#bad('a length is cut off', at);
    if (first < 0x80) return { length: first, contents: at + 1 };
    const count = first & 0x7f;
    if (count === 0 || count > 4 || at + 1 + count > this.bytes.length) throw this.#bad('a length is wrong', at);
    const length = Number(bytesToNumber(this.bytes.subarray(at + 1, at + 1 + count)));
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw this.#bad('a length is not in its shortest form', at);
    return { length, contents: at + 1 + count };
  }

  #bad(what: string, at: number): FormatError {
    const offset = this.start + at;
    return new FormatError('bad-der', `The key's DER is damaged at byte ${offset}: ${what}.`, offset);
  }
}

/** One element. */
export function derElement(tag: DerTag, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = concat(...contents);
  return concat(Uint8Array.of(TAG[tag], ...lengthBytes(body.length)), body);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}
