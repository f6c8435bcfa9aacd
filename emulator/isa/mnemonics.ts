/** All mnemonics, basic and extended, as one list of forms: what assembler, disassembler and documentation share. */
import type { Field } from './fields';
import { type AliasRow, ALIASES, aliasErrors, type Sum } from './extended';
import { type OperandSpec, parseOperands } from './operands';
import { type InstructionRow, mnemonicsOf } from './row';
import { deposit } from './fields';
import { INSTRUCTIONS } from './table';

/** One mnemonic with all that is needed to encode and decode it. */
export interface MnemonicForm {
  /** As it is written, with suffixes and hint: `beqlr+`, `add.`. */
  readonly mnemonic: string;
  readonly row: InstructionRow;
  /** Bits that the mnemonic fixes by itself. */
  readonly flagBits: number;
  readonly operands: readonly OperandSpec[];
  /** The row's operands, and what each is made of; undefined for a basic mnemonic. */
  readonly values: readonly Sum[] | undefined;
  readonly alias: AliasRow | undefined;
}

/** The row's operands, which `values` of an extended mnemonic give. */
export const rowOperands = (row: InstructionRow): readonly OperandSpec[] => parseOperands(row.operands);

const flagBits = (flags: readonly Field[]): number => flags.reduce((bits, flag) => bits | deposit(flag, 1), 0);

function basicForms(): MnemonicForm[] {
  return INSTRUCTIONS.flatMap((row) =>
    mnemonicsOf(row).map(({ mnemonic, flags }) => ({
      mnemonic,
      row,
      flagBits: flagBits(flags),
      operands: rowOperands(row),
      values: undefined,
      alias: undefined,
    })),
  );
}

function extendedForms(): MnemonicForm[] {
  const rows = new Map(INSTRUCTIONS.map((row) => [row.name, row]));
  return ALIASES.flatMap((alias) => {
    const row = rows.get(alias.base);
    if (!row) return [];
    return mnemonicsOf(row).map(({ mnemonic, flags }) => ({
      mnemonic: alias.name + mnemonic.slice(row.name.length) + alias.hint,
      row,
      flagBits: flagBits(flags),
      operands: parseOperands(alias.operands),
      values: alias.values,
      alias,
    }));
  });
}

const wrong = aliasErrors(ALIASES);
if (wrong.length > 0) throw new Error(`The table of extended mnemonics is wrong: ${wrong.join(' ')}`);

/** Every form of every mnemonic; basic ones first. */
export const MNEMONICS: readonly MnemonicForm[] = [...basicForms(), ...extendedForms()];

const byMnemonic = new Map<string, MnemonicForm>();
for (const form of MNEMONICS) if (!byMnemonic.has(form.mnemonic)) byMnemonic.set(form.mnemonic, form);
const extendedByRow = new Map<InstructionRow, MnemonicForm[]>();
for (const form of MNEMONICS) {
  if (form.alias === undefined || form.alias.inputOnly) continue;
  const list = extendedByRow.get(form.row);
  if (list) list.push(form);
  else extendedByRow.set(form.row, [form]);
}
const basicByRow = new Map<InstructionRow, MnemonicForm[]>();
for (const form of MNEMONICS) {
  if (form.alias !== undefined) continue;
  const list = basicByRow.get(form.row);
  if (list) list.push(form);
  else basicByRow.set(form.row, [form]);
}

/** The form of a mnemonic, lower case. */
export function mnemonicForm(mnemonic: string): MnemonicForm | undefined {
  return byMnemonic.get(mnemonic);
}

/** Forms by which the disassembler may write a word of this row: extended ones in their order, then basic ones. */
export function formsOf(row: InstructionRow): readonly MnemonicForm[] {
  return [...(extendedByRow.get(row) ?? []), ...(basicByRow.get(row) ?? [])];
}

/** Edit distance, no more than `limit`. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The nearest of some names, when it is near enough to be meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > 20) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 2)) + 1;
  for (const candidate of candidates) {
    const d = distance(name, candidate);
    if (d < least) [best, least] = [candidate, d];
  }
  return best;
}

/** The nearest mnemonic. */
export function nearestMnemonic(name: string): string | undefined {
  return nearest(name, byMnemonic.keys());
}
