/** Between lines of `asm` blocks and where their instructions stand, as offsets in an actor's code area. */

import type { AsmBlock, Place } from './ir';

/** The line whose instruction begins at an offset of the code area, in bytes; undefined where none does. */
export function lineAt(blocks: readonly AsmBlock[], offset: bigint): Place | undefined {
  for (const block of blocks) {
    const within = offset - BigInt(block.offset);
    if (within < 0n || within >= BigInt(block.little.length)) continue;
    const line = block.lines.find((each) => BigInt(each.offset) === within);
    return line && { path: block.place.path, range: line.range };
  }
  return undefined;
}

/** Offsets in the code area of the instructions of a line of a file, ascending; none for other lines. */
export function offsetsOf(blocks: readonly AsmBlock[], path: string, line: number): readonly bigint[] {
  return blocks
    .filter((block) => block.place.path === path)
    .flatMap((block) =>
      block.lines.filter(({ range }) => range.line === line).map(({ offset }) => BigInt(block.offset + offset)),
    );
}
