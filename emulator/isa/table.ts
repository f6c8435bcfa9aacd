/** The table of all instructions. Refuses to be built with a wrong row: see `tableErrors`. */
import { type InstructionRow, tableErrors } from './row';
import { ATOMIC, COPY_PASTE } from './rows/atomic';
import { BRANCH, CONDITION, SYSTEM_CALL, TRAP } from './rows/branch';
import { EVENTS } from './rows/events';
import { ARITHMETIC, COMPARE, XER_MOVES } from './rows/fixed-arithmetic';
import { DECIMAL, OTHER_ARITHMETIC } from './rows/fixed-decimal';
import { LOGICAL, ROTATE_AND_SHIFT } from './rows/fixed-logical';
import { FLOAT_ARITHMETIC, FLOAT_COMPARE, FLOAT_CONVERSIONS, FUSED, MOVES_OF_FPRS } from './rows/float';
import { FLOAT_MEMORY } from './rows/float-memory';
import { FLOAT_STATUS } from './rows/float-status';
import { VECTOR_FLOAT } from './rows/float-vmx';
import { BYTE_REVERSED, LOADS, MULTIPLE, RESERVE, STORES } from './rows/load-store';
import { VECTOR_ADD, VECTOR_EXTEND_AVERAGE, VECTOR_MULTIPLY } from './rows/vector-arithmetic';
import { VECTOR_COMPARE, VECTOR_COUNT, VECTOR_LOGICAL, VECTOR_ROTATE_SHIFT } from './rows/vector-logical';
import { VECTOR_MEMORY } from './rows/vector-memory';
import { VECTOR_EXTRACT, VECTOR_PACK, VECTOR_PERMUTE } from './rows/vector-permute';
import { VECTOR_CRYPTO, VECTOR_DECIMAL, VECTOR_STATUS } from './rows/vector-special';
import { QUAD_ARITHMETIC, QUAD_CONVERSIONS, QUAD_SIGNS_AND_COMPARE } from './rows/vsx-float-quad';
import {
  VSX_SCALAR_ARITHMETIC,
  VSX_SCALAR_COMPARE,
  VSX_SCALAR_CONVERSIONS,
  VSX_SCALAR_SIGNS,
} from './rows/vsx-float-scalar';
import {
  VSX_VECTOR_ARITHMETIC,
  VSX_VECTOR_COMPARE,
  VSX_VECTOR_CONVERSIONS,
  VSX_VECTOR_SIGNS,
} from './rows/vsx-float-vector';
import { VSX_SCALAR_MEMORY, VSX_VECTOR_MEMORY } from './rows/vsx-memory';
import { VSX_LOGICAL, VSX_MOVES, VSX_PERMUTE } from './rows/vsx-permute';
import { MESSAGES, POWER_SAVING, SUPPORT_PROCESSOR } from './rows/messages';
import { DATA_STREAMS, STORAGE_CONTROL } from './rows/storage-control';
import { CACHE_INHIBITED, QUADWORD, STRINGS } from './rows/storage-quad';
import { MOVES, RETURNS } from './rows/system';
import { TRANSACTIONS } from './rows/transactions';
import { SEGMENTS, TRANSLATIONS } from './rows/translations';
import type { Routine } from './routine';
import type { AnyUnitFunction } from './vector-unit';

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
  ...VECTOR_MEMORY,
  ...VECTOR_PACK,
  ...VECTOR_PERMUTE,
  ...VECTOR_EXTRACT,
  ...VECTOR_ADD,
  ...VECTOR_MULTIPLY,
  ...VECTOR_EXTEND_AVERAGE,
  ...VECTOR_COMPARE,
  ...VECTOR_LOGICAL,
  ...VECTOR_ROTATE_SHIFT,
  ...VECTOR_COUNT,
  ...VECTOR_CRYPTO,
  ...VECTOR_DECIMAL,
  ...VECTOR_STATUS,
  ...VSX_SCALAR_MEMORY,
  ...VSX_VECTOR_MEMORY,
  ...VSX_MOVES,
  ...VSX_LOGICAL,
  ...VSX_PERMUTE,
  ...OTHER_ARITHMETIC,
  ...DECIMAL,
  ...QUADWORD,
  ...STRINGS,
  ...CACHE_INHIBITED,
  ...ATOMIC,
  ...COPY_PASTE,
  ...DATA_STREAMS,
  ...EVENTS,
  ...TRANSACTIONS,
  ...MESSAGES,
  ...POWER_SAVING,
  ...SUPPORT_PROCESSOR,
  ...TRANSLATIONS,
  ...SEGMENTS,
  ...FLOAT_MEMORY,
  ...MOVES_OF_FPRS,
  ...FLOAT_ARITHMETIC,
  ...FUSED,
  ...FLOAT_CONVERSIONS,
  ...FLOAT_COMPARE,
  ...FLOAT_STATUS,
  ...VECTOR_FLOAT,
  ...VSX_SCALAR_ARITHMETIC,
  ...VSX_SCALAR_CONVERSIONS,
  ...VSX_SCALAR_SIGNS,
  ...VSX_SCALAR_COMPARE,
  ...QUAD_ARITHMETIC,
  ...QUAD_CONVERSIONS,
  ...QUAD_SIGNS_AND_COMPARE,
  ...VSX_VECTOR_ARITHMETIC,
  ...VSX_VECTOR_CONVERSIONS,
  ...VSX_VECTOR_SIGNS,
  ...VSX_VECTOR_COMPARE,
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

/** Functions of a row at most. */
const FUNCTIONS_OF_ROW = 16;
const places = new Map(INSTRUCTIONS.map((row, place) => [row, place]));

/**
 * The number of a function of a row in generated code. It follows from the table alone: code that was generated when the
 * program was built must find the same function.
 */
export function unitFunctionNumber(row: InstructionRow, fn: number): number {
  const place = places.get(row);
  if (place === undefined || fn >= FUNCTIONS_OF_ROW) throw new RangeError(`${row.name} has no function ${fn} here.`);
  return FUNCTIONS_OF_ROW * place + fn;
}

/** The function of a number. */
export function unitFunction(number: number): AnyUnitFunction {
  const found = INSTRUCTIONS[Math.floor(number / FUNCTIONS_OF_ROW)]?.functions[number % FUNCTIONS_OF_ROW];
  if (!found) throw new RangeError(`No row has function ${number}.`);
  return 'program' in found ? found.function : found;
}

/** A routine, and the number of the function that does the same. */
export interface NumberedRoutine {
  readonly routine: Routine;
  readonly slow: number;
}

/** The routines of all rows, each once, in the order of the table. */
export function routinesOfRows(): readonly NumberedRoutine[] {
  const found = new Map<string, NumberedRoutine>();
  for (const row of INSTRUCTIONS) {
    row.functions.forEach((fn, place) => {
      if (!('program' in fn)) return;
      const known = found.get(fn.name);
      if (known && known.routine !== fn) throw new Error(`Two routines have the name '${fn.name}'.`);
      if (!known) found.set(fn.name, { routine: fn, slow: unitFunctionNumber(row, place) });
    });
  }
  return [...found.values()];
}
