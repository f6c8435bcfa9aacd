/** From instruction words to text, as binutils writes it. Never throws: what is no instruction is `.long`. */
import { REGISTER_FILES, extract } from './fields';
import type { Sum } from './extended';
import { type MnemonicForm, formsOf, rowOperands } from './mnemonics';
import type { OperandSpec } from './operands';
import type { InstructionRow } from './row';
import { rowOf } from './table';

/** One instruction as text. */
export interface Disassembled {
  /** Mnemonic and operands. */
  readonly text: string;
  readonly mnemonic: string;
  readonly operands: string;
  readonly row: InstructionRow | undefined;
  /** The manual's name of the instruction and its section. */
  readonly doc: string;
  /** Where a branch goes. */
  readonly target: bigint | undefined;
}

/**
 * @param word instruction word
 * @param address its effective address, for the targets of branches
 */
export function disassemble(word: number, address: bigint): Disassembled {
  const row = rowOf(word);
  if (!row || (word & row.reserved) !== 0) return data(word);
  for (const form of formsOf(row)) {
    const values = solve(form, word);
    if (values) return written(form, values, word, address);
  }
  return data(word);
}

function data(word: number): Disassembled {
  const operands = `0x${(word >>> 0).toString(16).padStart(8, '0')}`;
  return { text: `.long ${operands}`, mnemonic: '.long', operands, row: undefined, doc: 'data', target: undefined };
}

/** The values of a form's operands, or undefined when the word is not of this form. */
function solve(form: MnemonicForm, word: number): Map<string, number> | undefined {
  if (((word ^ form.fixed.value) & form.fixed.mask) !== 0) return undefined;
  const own = rowOperands(form.row).map((operand) => (operand.field ? extract(operand.field, word) : 0));
  const values = new Map<string, number>();
  if (!form.values) {
    rowOperands(form.row).forEach((operand, i) => values.set(operand.name, own[i] ?? 0));
    return values;
  }
  // A sum with one unknown gives it; a sum without one must agree.
  const pending = form.values.map((sum, i) => ({ sum, value: own[i] ?? 0, field: rowOperands(form.row)[i]?.field }));
  for (let round = 0; pending.length > 0; round++) {
    const index = pending.findIndex(({ sum }) => unknowns(sum, values).length <= 1);
    const item = pending[index];
    if (!item || round > 10) return undefined;
    pending.splice(index, 1);
    const rest = item.value - known(item.sum, values);
    const [unknown] = unknowns(item.sum, values);
    if (!unknown) {
      const range = item.field ? 2 ** item.field.width : 0;
      if (rest !== 0 && !(rest === -range && item.value === 0)) return undefined;
    } else if (rest % unknown.factor !== 0) return undefined;
    else values.set(unknown.name, rest / unknown.factor);
  }
  const limit = form.alias?.limit;
  const fits = form.operands.every(({ name, field }) => {
    const value = values.get(name) ?? 0;
    if (limit?.name === name && !limit.values.includes(value)) return false;
    return field?.signed === true || (value >= 0 && (!field || value < 2 ** field.width));
  });
  return fits ? values : undefined;
}

const unknowns = (sum: Sum, values: ReadonlyMap<string, number>): Sum['terms'][number][] =>
  sum.terms.filter(({ name }) => !values.has(name));
const known = (sum: Sum, values: ReadonlyMap<string, number>): number =>
  sum.terms.reduce((total, { name, factor }) => total + factor * (values.get(name) ?? 0), sum.constant);
function written(form: MnemonicForm, values: ReadonlyMap<string, number>, word: number, address: bigint): Disassembled {
  let target: bigint | undefined;
  const parts: string[] = [];
  const last = lastWritten(form.operands, values);
  const leading = form.operands.some(({ optional }) => !optional);
  form.operands.forEach((operand, i) => {
    const value = values.get(operand.name) ?? 0;
    if (operand.optional && value === operand.missing && ((leading && i === 0) || i > last)) return;
    if (operand.field?.kind === 'branch') {
      const absolute = form.row.flags.some((flag) => flag.name === 'AA' && extract(flag, word) === 1);
      target = BigInt.asUintN(64, BigInt(value) + (absolute ? 0n : address));
      parts.push(`0x${target.toString(16)}`);
    } else if (operand.base) parts.push(`${parts.pop() ?? ''}(${operandText(operand, value)})`);
    else parts.push(operandText(operand, value));
  });
  const operands = parts.join(',');
  return {
    text: operands === '' ? form.mnemonic : `${form.mnemonic} ${operands}`,
    mnemonic: form.mnemonic,
    operands,
    row: form.row,
    doc: `${form.row.doc} (${form.row.section})`,
    target,
  };
}

/** Index of the last operand that must be written. */
function lastWritten(operands: readonly OperandSpec[], values: ReadonlyMap<string, number>): number {
  return operands.findLastIndex(({ name, optional, missing }) => !optional || (values.get(name) ?? 0) !== missing);
}

const CR_BITS = ['lt', 'gt', 'eq', 'so'];

function operandText(operand: OperandSpec, value: number): string {
  const kind = operand.field?.kind;
  if (value === 0 && operand.field?.zeroAs !== undefined) return String(operand.field.zeroAs);
  if (kind === 'cr-bit') {
    const name = CR_BITS[value & 3] ?? '';
    return value < 4 ? name : `4*cr${value >> 2}+${name}`;
  }
  const file = kind && REGISTER_FILES[kind];
  return file && !(operand.zero && value === 0) ? `${file.prefix}${value}` : String(value);
}
