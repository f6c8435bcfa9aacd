/** `pef asm`: assembler text to a listing or to bare hexadecimal bytes. */
import { toHex } from '../emulator/common/bytes';
import { type AssemblerError, assemble } from '../emulator/isa/assembler';

export interface AsmOptions {
  /** Address of the first byte; 0 by default. */
  readonly base?: bigint;
  /** Byte order; little by default. */
  readonly endian?: 'little' | 'big';
  /** `listing`: `address: bytes  text` for each line (the default); `hex`: the bytes only, 16 a line. */
  readonly format?: 'listing' | 'hex';
}

/** The text that was made, or what is wrong with the input. */
export type AsmResult = { readonly output: string } | { readonly errors: readonly AssemblerError[] };

/** Bytes of data that one line of a listing shows. */
const LISTING_BYTES = 16;

/** Assembles a text. */
export function asmText(text: string, options: AsmOptions = {}): AsmResult {
  const base = options.base ?? 0n;
  const endian = options.endian ?? 'little';
  const { bytes, lines, errors } = assemble(text, base, { endian });
  if (errors.length > 0) return { errors };
  if (options.format === 'hex')
    return {
      output: chunks(bytes)
        .map((chunk) => toHex(chunk, ' '))
        .join('\n'),
    };
  const source = text.split(/\r\n|\n|\r/);
  const statements = new Map<number, number>();
  for (const { line } of lines) statements.set(line, (statements.get(line) ?? 0) + 1);
  const listing = lines.flatMap(({ address, line, column, endColumn, length, instruction }) => {
    const start = Number(address - base);
    const made = bytes.slice(start, start + length);
    const shown = instruction ? [hexWord(made, endian)] : chunks(made).map((chunk) => toHex(chunk, ' '));
    return shown.map((piece, i) => {
      const at = BigInt.asUintN(64, address + BigInt(i * LISTING_BYTES));
      const whole = source[line - 1] ?? '';
      const own = statements.get(line) === 1 ? whole.trim() : whole.slice(column - 1, endColumn - 1);
      const words = i === 0 ? own : '';
      return `${at.toString(16).padStart(8, '0')}: ${piece}  ${words}`.trimEnd();
    });
  });
  return { output: listing.join('\n') };
}

function chunks(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / LISTING_BYTES) }, (_, i) =>
    bytes.slice(i * LISTING_BYTES, (i + 1) * LISTING_BYTES),
  );
}

/** A word as a number, most significant digit first, whatever its byte order. */
function hexWord(bytes: Uint8Array, endian: 'little' | 'big'): string {
  return toHex(endian === 'little' ? bytes.toReversed() : bytes);
}
