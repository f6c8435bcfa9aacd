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
  /** Bits that every word of the form has: those of the mnemonic, and of operands that are numbers. */
  readonly fixed: { readonly mask: number; readonly value: number };
}

/** The row's operands, which `values` of an extended mnemonic give. */
export const rowOperands = (row: InstructionRow): readonly OperandSpec[] => parseOperands(row.operands);

const flagBits = (flags: readonly Field[]): number => flags.reduce((bits, flag) => bits | deposit(flag, 1), 0);

/** Bits of a form that are the same in all its words. */
function fixedBits(row: InstructionRow, flags: number, values: readonly Sum[] | undefined): MnemonicForm['fixed'] {
  let mask = row.flags.reduce((bits, flag) => bits | deposit(flag, 1), 0);
  let value = flags;
  rowOperands(row).forEach(({ field }, i) => {
    const sum = values?.[i];
    if (!field || !sum || sum.terms.length > 0) return;
    mask |= deposit(field, -1);
    value |= deposit(field, sum.constant);
  });
  return { mask, value: value & mask };
}

function basicForms(): MnemonicForm[] {
  return INSTRUCTIONS.flatMap((row) =>
    mnemonicsOf(row).map(({ mnemonic, flags }) => ({
      mnemonic,
      row,
      flagBits: flagBits(flags),
      operands: rowOperands(row),
      values: undefined,
      alias: undefined,
      fixed: fixedBits(row, flagBits(flags), undefined),
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
      fixed: fixedBits(row, flagBits(flags), alias.values),
    }));
  });
}

const wrong = aliasErrors(ALIASES);
if (wrong.length > 0) throw new Error(`The table of extended mnemonics is wrong: ${wrong.join(' ')}`);

/** Every form of every mnemonic; basic ones first. */
export const MNEMONICS: readonly MnemonicForm[] = [...basicForms(), ...extendedForms()];

const byMnemonic = new Map<string, MnemonicForm>();
for (const form of MNEMONICS) if (!byMnemonic.has(form.mnemonic)) byMnemonic.set(form.mnemonic, form);
const byRow = new Map<InstructionRow, MnemonicForm[]>();
// Extended ones first.
for (const form of MNEMONICS.toSorted((x, y) => Number(y.alias !== undefined) - Number(x.alias !== undefined))) {
  if (form.alias?.inputOnly) continue;
  const list = byRow.get(form.row);
  if (list) list.push(form);
  else byRow.set(form.row, [form]);
}

/** The form of a mnemonic, lower case. */
export function mnemonicForm(mnemonic: string): MnemonicForm | undefined {
  return byMnemonic.get(mnemonic);
}

/** Forms by which the disassembler may write a word of this row: extended ones in their order, then basic ones. */
export function formsOf(row: InstructionRow): readonly MnemonicForm[] {
  return byRow.get(row) ?? [];
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
