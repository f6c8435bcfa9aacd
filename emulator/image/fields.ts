/**
 * Bounded reading of a binary file: every field is asked for by its offset and its name, so that a file that is too
 * short or has an offset beyond its end gives an error that says which field of what it was.
 */

import { hexNumber } from '../common/bytes';
import { FormatError } from '../common/errors';

export class FileFields {
  readonly #view: DataView;

  /** @param what the kind of file, for messages: `ELF file` */
  constructor(
    readonly bytes: Uint8Array,
    readonly littleEndian: boolean,
    private readonly what: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(offset: number, name: string): number {
    return this.#view.getUint8(this.#at(offset, 1, name));
  }

  u16(offset: number, name: string): number {
    return this.#view.getUint16(this.#at(offset, 2, name), this.littleEndian);
  }

  u32(offset: number, name: string): number {
    return this.#view.getUint32(this.#at(offset, 4, name), this.littleEndian);
  }

  u64(offset: number, name: string): bigint {
    return this.#view.getBigUint64(this.#at(offset, 8, name), this.littleEndian);
  }

  /**
   * The bytes from `offset` on, not copied.
   *
   * @param name what they are, for the message
   * @throws FormatError `truncated` when they are not all in the file
   */
  slice(offset: bigint, length: bigint, name: string): Uint8Array {
    const size = BigInt(this.bytes.length);
    if (offset > size || length > size - offset) {
      const where = `${length} bytes at offset ${hexNumber(offset)}`;
      const at = Number(offset < size ? offset : size);
      throw new FormatError('truncated', `The ${this.what} ends before ${name} does: ${where} of ${size} bytes.`, at);
    }
    return this.bytes.subarray(Number(offset), Number(offset + length));
  }

  #at(offset: number, length: number, name: string): number {
    if (offset + length > this.bytes.length) {
      const where = `${length} bytes at offset ${hexNumber(offset)} of ${this.bytes.length} bytes`;
      throw new FormatError('truncated', `The ${this.what} ends before ${name}: ${where}.`, this.bytes.length);
    }
    return offset;
  }
}
