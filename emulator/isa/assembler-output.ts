/** The bytes that the assembler makes, in one byte order, up to a limit. */

import { type Statement, StatementError } from './assembler-statement';

/** Most bytes that one text may make. */
export const ASSEMBLY_LIMIT_BYTES = 16 * 2 ** 20;

export class Output {
  private bytes = new Uint8Array(1024);
  private made = 0;

  constructor(
    private readonly base: bigint,
    private readonly endian: 'little' | 'big',
  ) {}

  /** Address of the next byte. */
  get address(): bigint {
    return this.base + BigInt(this.made);
  }

  /** Bytes made so far. */
  get length(): number {
    return this.made;
  }

  /** Begins anew. */
  clear(): void {
    this.made = 0;
  }

  /** A copy of what was made. */
  take(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.made);
  }

  align(boundary: number): void {
    if (boundary <= 1) return;
    const over = Number(this.address % BigInt(boundary));
    if (over !== 0) this.fill(boundary - over, undefined);
  }

  fill(count: number, statement: Statement | undefined): void {
    if (this.made + count > ASSEMBLY_LIMIT_BYTES) {
      const column = statement?.column ?? 0;
      throw new StatementError(
        'too-large',
        `The text makes more than ${ASSEMBLY_LIMIT_BYTES} bytes.`,
        column,
        column + 1,
      );
    }
    this.reserve(count);
    this.bytes.fill(0, this.made, this.made + count);
    this.made += count;
  }

  private reserve(count: number): void {
    if (this.made + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.made + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  emit(value: bigint, size: number): void {
    if (this.made + size > ASSEMBLY_LIMIT_BYTES) {
      throw new StatementError('too-large', `The text makes more than ${ASSEMBLY_LIMIT_BYTES} bytes.`, 0, 1);
    }
    this.reserve(size);
    let rest = BigInt.asUintN(8 * size, value);
    for (let i = 0; i < size; i++) {
      this.bytes[this.made + (this.endian === 'big' ? size - 1 - i : i)] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    this.made += size;
  }
}
