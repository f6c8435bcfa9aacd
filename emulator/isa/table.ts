/** The table of all instructions. Refuses to be built with a wrong row: see `tableErrors`. */
import { type InstructionRow, tableErrors } from './row';
import { BRANCH, CONDITION, SYSTEM_CALL, TRAP } from './rows/branch';
import { ARITHMETIC, COMPARE, XER_MOVES } from './rows/fixed-arithmetic';
import { LOGICAL, ROTATE_AND_SHIFT } from './rows/fixed-logical';
import { BYTE_REVERSED, LOADS, MULTIPLE, RESERVE, STORES } from './rows/load-store';
import { MOVES, RETURNS, STORAGE_CONTROL } from './rows/system';

/** Every instruction of the machine. */
export const INSTRUCTIONS: readonly InstructionRow[] = checked([
  ...BRANCH,
  ...CONDITION,
  ...SYSTEM_CALL,
  ...LOADS,
  ...STORES,
  ...BYTE_REVERSED,
  ...MULTIPLE,
  ...ARITHMETIC,
  ...COMPARE,
  ...TRAP,
  ...LOGICAL,
  ...ROTATE_AND_SHIFT,
  ...XER_MOVES,
  ...MOVES,
  ...STORAGE_CONTROL,
  ...RESERVE,
  ...RETURNS,
]);

function checked(rows: readonly InstructionRow[]): readonly InstructionRow[] {
  const errors = tableErrors(rows);
  if (errors.length > 0) throw new Error(`The table of instructions is wrong: ${errors.join(' ')}`);
  return rows;
}

const byPrimaryOpcode: readonly (readonly InstructionRow[])[] = Array.from({ length: 64 }, (_, opcode) =>
  INSTRUCTIONS.filter((row) => row.value >>> 26 === opcode),
);

/** The row of an instruction word, or undefined. Reserved bits do not matter, as for the machine. */
export function rowOf(word: number): InstructionRow | undefined {
  return byPrimaryOpcode[word >>> 26]?.find((row) => ((word ^ row.value) & row.mask) === 0);
}
