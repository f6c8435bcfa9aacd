/** The assembler as the language uses it: one text for both byte orders. */

export interface AssembledText {
  readonly little: Uint8Array;
  readonly big: Uint8Array;
  /** Place of each instruction: offset in bytes, and its place in the text (one-based). */
  readonly lines: readonly {
    readonly offset: number;
    readonly line: number;
    readonly column: number;
    readonly endColumn: number;
  }[];
  readonly errors: readonly {
    readonly line: number;
    readonly column: number;
    readonly endColumn: number;
    readonly message: string;
    readonly replacement?: string;
  }[];
}

export function assembleBoth(_text: string, _base: number): AssembledText {
  return { little: new Uint8Array(), big: new Uint8Array(), lines: [], errors: [] };
}
