/**
 * The notation of instruction rows and the building of the table.
 *
 *     insn('addi', '001110 RT RA SI', 'RT,RA,SI', 'Add Immediate', ({ RT, RA, SI }) => RT.set(RA.or0.add(SI)))
 *
 * name, pattern as the manual draws it (binary digits, field names, `/` for one reserved bit), operands as the
 * assembler writes them, the manual's name, meaning. OE, LK, AA and Rc in the pattern make the forms of the mnemonic:
 * `add`, `add.`, `addo`, `addo.` are one row.
 */
import type { Field, FieldPart } from './fields';
import { fieldNamed } from './fields';
import type { Privilege, Stmt } from './ir';
import { Semantics } from './semantics';
import type { Routine } from './routine';
import type { AnyUnitFunction } from './vector-unit';

/** What a row's author writes. */
export interface RowSource {
  readonly name: string;
  readonly pattern: string;
  readonly operands: string;
  readonly doc: string;
  readonly semantics: (s: Semantics) => void;
}

/** An instruction: one row of the table, with what is derived from its pattern. */
export interface InstructionRow extends RowSource {
  /** Where the manual describes it, for instance `Power ISA 3.0B Book I 3.3.9`. */
  readonly section: string;
  /** Bits that tell the instruction from others, and their values. */
  readonly mask: number;
  readonly value: number;
  /** Bits that the manual calls reserved: the machine ignores them, the disassembler wants zeros. */
  readonly reserved: number;
  readonly fields: readonly Field[];
  /** Fields that belong to the mnemonic. */
  readonly flags: readonly Field[];
  readonly program: readonly Stmt[];
  /** What `apply` statements call. */
  readonly functions: readonly (AnyUnitFunction | Routine)[];
  readonly localCount: number;
  readonly privilege: Privilege;
}

/** One row; see the head of this file. */
export function insn(
  name: string,
  pattern: string,
  operands: string,
  doc: string,
  semantics: (s: Semantics) => void,
): RowSource {
  return { name: name.trim(), pattern, operands: operands.trim(), doc, semantics };
}

/** Gives rows their section of the manual and builds them. */
export function section(title: string, rows: readonly RowSource[]): InstructionRow[] {
  return rows.map((row) => buildRow(row, title));
}

interface ParsedPattern {
  readonly mask: number;
  readonly value: number;
  readonly reserved: number;
  readonly fields: readonly Field[];
}

/** Reads a pattern. Throws when it is not 32 bits or a field lies elsewhere than its row in fields.ts says. */
export function parsePattern(pattern: string): ParsedPattern {
  let at = 0;
  let mask = 0;
  let value = 0;
  let reserved = 0;
  const bits = (width: number): number => ((2 ** width - 1) * 2 ** (32 - at - width)) >>> 0;
  const pending = new Map<Field, FieldPart[]>();
  for (const token of pattern.trim().split(/\s+/)) {
    if (/^[01]+$/.test(token)) {
      mask |= bits(token.length);
      value |= Number.parseInt(token, 2) * 2 ** (32 - at - token.length);
      at += token.length;
    } else if (/^\/+$/.test(token)) {
      reserved |= bits(token.length);
      at += token.length;
    } else {
      const field = fieldNamed(token);
      const parts = pending.get(field) ?? [...field.parts];
      if (parts[0]?.[0] !== at) throw new Error(`Field ${token} of '${pattern}' does not lie at bit ${at}.`);
      // One name in the pattern stands for all adjacent parts.
      const adjacent = (part: FieldPart | undefined): part is FieldPart => part?.[0] === at;
      for (let part = parts.shift(); adjacent(part); part = parts.shift()) {
        at += part[1];
        if (!adjacent(parts[0])) break;
      }
      pending.set(field, parts);
    }
  }
  if (at !== 32) throw new Error(`The pattern '${pattern}' has ${at} bits.`);
  for (const [field, parts] of pending) {
    if (parts.length > 0) throw new Error(`Field ${field.name} of '${pattern}' lacks a part.`);
  }
  return { mask: mask >>> 0, value: value >>> 0, reserved: reserved >>> 0, fields: [...pending.keys()] };
}

/** An error of this row. */
const rowError = (source: RowSource, cause: unknown): Error =>
  new Error(`The row of ${source.name} is wrong.`, { cause });

function buildRow(source: RowSource, title: string): InstructionRow {
  let parsed: ParsedPattern;
  try {
    parsed = parsePattern(source.pattern);
  } catch (cause) {
    throw rowError(source, cause);
  }
  // Built when it is asked for: the editor and the assembler ask for no meaning of a thousand rows.
  let built: Semantics | undefined;
  const semantics = (): Semantics => {
    if (built) return built;
    const fresh = new Semantics(new Set(parsed.fields.map((field) => field.name)));
    try {
      source.semantics(fresh);
    } catch (cause) {
      throw rowError(source, cause);
    }
    return (built = fresh);
  };
  return {
    ...source,
    ...parsed,
    section: title,
    flags: parsed.fields.filter((field) => field.suffix !== undefined),
    get program() {
      return semantics().statements;
    },
    get functions() {
      return semantics().functions;
    },
    get localCount() {
      return semantics().localCount;
    },
    get privilege() {
      const required = semantics().statements.find((stmt) => stmt.k === 'require');
      return required?.k === 'require' ? required.privilege : 'problem';
    },
  };
}

/** Suffixes of the mnemonic in the order in which they are written: `o` before `.`, `l` before `a`. */
const SUFFIX_ORDER = ['OE', 'RO', 'LK', 'AA', 'Rc', 'Rc21'];

/** All mnemonics of a row with the word bits that each sets: add, add., addo, addo. */
export function mnemonicsOf(row: InstructionRow): { readonly mnemonic: string; readonly flags: readonly Field[] }[] {
  const ordered = SUFFIX_ORDER.flatMap((name) => row.flags.filter((field) => field.name === name));
  let forms: { mnemonic: string; flags: Field[] }[] = [{ mnemonic: row.name, flags: [] }];
  for (const flag of ordered) {
    const withFlag = forms.map((form) => ({
      mnemonic: form.mnemonic + (flag.suffix ?? ''),
      flags: [...form.flags, flag],
    }));
    forms = [...forms, ...withFlag];
  }
  return forms;
}

/**
 * Checks a table of rows.
 *
 * @returns what is wrong with it, one sentence each; a good table gives none
 */
export function tableErrors(rows: readonly InstructionRow[]): string[] {
  const errors: string[] = [];
  const names = new Map<string, string>();
  for (const row of rows) {
    if (row.doc.trim() === '') errors.push(`${row.name} has no doc line.`);
    if (row.section.trim() === '') errors.push(`${row.name} has no section.`);
    for (const { mnemonic } of mnemonicsOf(row)) {
      const other = names.get(mnemonic);
      if (other !== undefined) errors.push(`${mnemonic} is a name of two rows.`);
      names.set(mnemonic, row.name);
    }
  }
  const overlaps = new Set<string>();
  for (let opcode = 0; opcode < 64; opcode++) {
    const group = rows.filter(({ value, mask }) => (((value >>> 26) ^ opcode) & (mask >>> 26)) === 0);
    for (const [i, a] of group.entries()) {
      for (let j = 0; j < i; j++) {
        const b = group[j];
        if (b && ((a.value ^ b.value) & a.mask & b.mask) === 0) overlaps.add(`${b.name} and ${a.name} overlap.`);
      }
    }
  }
  errors.push(...overlaps);
  return errors;
}
