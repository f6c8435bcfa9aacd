/** The assembler as the language uses it: one text for both byte orders, with the places of its instructions. */

import { assemble } from '../isa/assembler';
import type { AssemblerError } from '../isa/assembler';

export interface AssembledText {
  readonly little: Uint8Array;
  readonly big: Uint8Array;
  /** Place of each instruction: offset in bytes, and its place in the text (one-based, end column behind the last). */
  readonly lines: readonly TextLine[];
  readonly errors: readonly AssemblerError[];
}

export interface TextLine {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
}

/** Assembles a text at an offset of the code area: branches to labels do not depend on where the area is. */
export function assembleBoth(text: string, offset: number): AssembledText {
  const base = BigInt(offset);
  const little = assemble(text, base, { endian: 'little' });
  const big = assemble(text, base, { endian: 'big' });
  // An instruction can also be written as a word of data, such as `.long 0x44000042`.
  const lines = little.lines
    .filter(({ instruction, address, length }) => instruction || (length === 4 && address % 4n === 0n))
    .map(({ address, line, column, endColumn }) => ({ offset: Number(address - base), line, column, endColumn }));
  return { little: little.bytes, big: big.bytes, lines, errors: little.errors };
}
