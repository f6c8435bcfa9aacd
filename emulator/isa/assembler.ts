/**
 * From text to instruction words, with labels, expressions and the usual directives. Errors are values with a place:
 * the assembler goes on behind them, so that all of a text are found at once.
 */
import { type DirectiveContext, directive } from './assembler-directives';
import { ASSEMBLY_LIMIT_BYTES, Output } from './assembler-output';
import { adjusted, withMaskBounds } from './assembler-masks';
import { type Statement, StatementError, errorAt } from './assembler-statement';
import { type Piece, cutOperands, cutStatements } from './assembler-text';
import { REGISTER_FILES, extract, deposit, fieldRange } from './fields';
import { type ExpressionResult, type SymbolLookup, evaluate } from './expression';
import { type MnemonicForm, mnemonicForm, nearest, nearestMnemonic, rowOperands } from './mnemonics';
import type { OperandSpec } from './operands';
import { SPRS, sprByName } from './sprs';

export { ASSEMBLY_LIMIT_BYTES } from './assembler-output';

/** What is wrong with a line. Lines and columns count from 1; the end column is behind the last character. */
export interface AssemblerError {
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  readonly code: string;
  readonly message: string;
  /** The nearest known name, when one was meant. */
  readonly suggestion?: string;
}

/** Bytes that a statement made. */
export interface AssembledLine {
  readonly address: bigint;
  readonly line: number;
  /** Place of the statement in its line, without labels: from 1, the end column behind its last character. */
  readonly column: number;
  readonly endColumn: number;
  readonly length: number;
  /** Whether it is an instruction, not data. */
  readonly instruction: boolean;
}

export interface Assembly {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lines: readonly AssembledLine[];
  readonly labels: ReadonlyMap<string, bigint>;
  readonly errors: readonly AssemblerError[];
}

export interface AssemblerOptions {
  /** Byte order of words and data; little by default. */
  readonly endian?: 'little' | 'big';
  /** Names besides labels and registers. */
  readonly symbols?: ReadonlyMap<string, bigint>;
}

/** Errors after which the assembler gives up. */
const ERROR_LIMIT = 100;

/** Other names that stand for numbers: the stack pointer, bits of CR fields. */
const OTHER_NAMES: ReadonlyMap<string, bigint> = new Map([
  ['sp', 1n],
  ['lt', 0n],
  ['gt', 1n],
  ['eq', 2n],
  ['so', 3n],
  ['un', 3n],
]);

/** Registers and CR names that stand for numbers. */
function registerNumber(text: string): bigint | undefined {
  const name = text.replace(/^%/, '').toLowerCase();
  const [, prefix, number = ''] = /^([a-z]+)(\d{1,2})$/.exec(name) ?? [];
  if (prefix === undefined) return OTHER_NAMES.get(name);
  const file = Object.values(REGISTER_FILES).find((each) => each.prefix === prefix);
  return file && Number(number) < file.count ? BigInt(number) : undefined;
}

/** How messages call a register, by what stands before its number. */
const REGISTER_NAMES: { readonly [prefix: string]: string } = { cr: 'a CR field' };

/** Assembles a text of many lines at an address. */
export function assemble(text: string, baseAddress: bigint, options: AssemblerOptions = {}): Assembly {
  return new Assembler(baseAddress, options).assemble(text);
}

/**
 * Assembles one instruction.
 *
 * @returns its word, or its error
 */
export function assembleLine(
  text: string,
  address = 0n,
): { readonly word: number } | { readonly error: AssemblerError } {
  const { bytes, errors } = assemble(text, address, { endian: 'big' });
  const [error] = errors;
  if (error) return { error };
  if (bytes.length !== 4) {
    return {
      error: {
        line: 1,
        column: 1,
        endColumn: text.length + 1,
        code: 'not-an-instruction',
        message: 'One instruction is expected.',
      },
    };
  }
  return { word: new DataView(bytes.buffer).getUint32(0) };
}

class Assembler {
  private readonly labels = new Map<string, bigint>();
  private readonly constants = new Map<string, bigint>();
  /** Addresses of the labels `1:`, `2:`, ... in their order, and how many of each this pass has met. */
  private readonly locals = new Map<string, bigint[]>();
  private readonly met = new Map<string, number>();
  private readonly errors: AssemblerError[] = [];
  private lines: AssembledLine[] = [];
  private readonly output: Output;
  /** The first pass finds labels and reports nothing; the second one makes bytes. */
  private final = false;

  constructor(
    base: bigint,
    private readonly options: AssemblerOptions,
  ) {
    this.output = new Output(base, options.endian ?? 'little');
  }

  private get directives(): DirectiveContext {
    return {
      output: this.output,
      final: this.final,
      evaluate: (piece) => this.evaluate(piece),
      define: (name, value) => void this.constants.set(name, value),
    };
  }

  assemble(text: string): Assembly {
    const { statements, unclosed } = cutStatements(text);
    for (const final of [false, true]) {
      this.final = final;
      this.output.clear();
      this.lines = [];
      this.met.clear();
      for (const statement of statements) {
        if (this.errors.length >= ERROR_LIMIT) break;
        this.line(statement.text, statement.line, statement.column);
      }
    }
    if (unclosed) {
      const { line, column } = unclosed;
      this.report(line, new StatementError('unclosed-comment', 'This comment has no end.', column, column + 2));
    }
    return {
      bytes: this.output.take(),
      lines: this.lines,
      labels: this.labels,
      errors: this.errors.toSorted((a, b) => a.line - b.line || a.column - b.column),
    };
  }

  /** One statement with its labels; `start` is the column of the text. */
  private line(text: string, line: number, start: number): void {
    let at = 0;
    for (;;) {
      const label = /^(\s*)([A-Za-z_.$][\w.$]*|\d+)\s*:(?!=)/.exec(text.slice(at));
      if (!label) break;
      this.define(label[2] ?? '', line, start + at + (label[1] ?? '').length);
      at += label[0].length;
    }
    const statement = /^(\s*)(\.?[A-Za-z_][\w.]*[+-]?)(\s*)(.*?)\s*$/.exec(text.slice(at));
    if (!statement) {
      const rest = text.slice(at).trim();
      if (rest !== '') {
        const column = start + text.indexOf(rest, at);
        this.report(
          line,
          new StatementError('bad-statement', `'${rest}' is no instruction.`, column, column + rest.length),
        );
      }
      return;
    }
    const [, indent = '', name = '', space = '', operandText = ''] = statement;
    const column = start + at + indent.length;
    const operandColumn = column + name.length + space.length;
    const { output } = this;
    const [before, address] = [output.length, output.address];
    const parsed: Statement = { line, column, name, operandText, operandColumn };
    try {
      this.statement(parsed);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      this.report(line, error);
      // Later lines keep their addresses.
      if (!name.startsWith('.') && output.length === before && output.length + 4 <= ASSEMBLY_LIMIT_BYTES)
        output.emit(0n, 4);
    }
    if (output.length > before) {
      this.lines.push({
        address,
        line,
        column: column + 1,
        endColumn: (operandText === '' ? column + name.length : operandColumn + operandText.length) + 1,
        length: output.length - before,
        instruction: !name.startsWith('.'),
      });
    }
  }

  private report(line: number, error: StatementError): void {
    if (!this.final) return;
    const { code, message, column, endColumn, suggestion } = error;
    this.errors.push({ line, column: column + 1, endColumn: endColumn + 1, code, message, suggestion });
  }

  private define(name: string, line: number, column: number): void {
    if (/^\d/.test(name)) {
      name = String(BigInt(name));
      this.met.set(name, (this.met.get(name) ?? 0) + 1);
      if (this.final) return;
      const addresses = this.locals.get(name);
      if (addresses) addresses.push(this.output.address);
      else this.locals.set(name, [this.output.address]);
      return;
    }
    if (this.final) return;
    if (registerNumber(name) !== undefined) {
      this.final = true;
      this.report(
        line,
        new StatementError(
          'register-as-label',
          `'${name}' is a register and cannot be a label.`,
          column,
          column + name.length,
        ),
      );
      this.final = false;
    } else if (this.labels.has(name)) {
      this.final = true;
      this.report(
        line,
        new StatementError('duplicate-label', `There are two labels '${name}'.`, column, column + name.length),
      );
      this.final = false;
    } else this.labels.set(name, this.output.address);
  }

  private readonly lookup: SymbolLookup = (name) => {
    if (name === '.') return this.output.address;
    if (/^\d/.test(name)) return this.localLabel(name);
    const register = registerNumber(name);
    if (register !== undefined) return register;
    const known = this.labels.get(name) ?? this.constants.get(name) ?? this.options.symbols?.get(name);
    // Labels behind this line are unknown in the first pass; no length depends on them.
    return known ?? (this.final ? undefined : 0n);
  };

  /** `1b`: the nearest label `1:` before this statement; `1f`: the nearest behind it. */
  private localLabel(name: string): bigint | undefined {
    const label = String(BigInt(name.slice(0, -1)));
    const next = this.met.get(label) ?? 0;
    const address = this.locals.get(label)?.[name.endsWith('b') ? next - 1 : next];
    return address ?? (this.final ? undefined : 0n);
  }

  private evaluate(piece: Piece): bigint {
    const result: ExpressionResult = evaluate(piece.text, this.lookup);
    if ('value' in result) return result.value;
    const suggestion =
      result.code === 'unknown-symbol'
        ? nearest(piece.text.slice(result.start, result.end), [...this.labels.keys(), ...this.constants.keys()])
        : undefined;
    throw new StatementError(
      result.code,
      result.message,
      piece.column + result.start,
      piece.column + result.end,
      suggestion,
    );
  }

  private statement(statement: Statement): void {
    const { name, operandText, operandColumn, column } = statement;
    const assignment = /^=\s*/.exec(operandText);
    if (assignment) {
      const value = this.evaluate({
        text: operandText.slice(assignment[0].length),
        column: operandColumn + assignment[0].length,
      });
      this.constants.set(name, value);
      return;
    }
    if (name.startsWith('.')) return directive(statement, this.directives);
    const form = mnemonicForm(name.toLowerCase());
    if (!form) {
      throw new StatementError(
        'unknown-mnemonic',
        `There is no instruction '${name}'.`,
        column,
        column + name.length,
        nearestMnemonic(name.toLowerCase()),
      );
    }
    this.output.emit(BigInt(this.encode(form, statement)), 4);
  }

  // -- instructions ---------------------------------------------------------------------------------------------

  private encode(form: MnemonicForm, statement: Statement): number {
    const cut = cutOperands(statement.operandText, statement.operandColumn);
    const pieces = withMaskBounds(form, cut, (piece) => this.evaluate(piece));
    const specs = this.matchOperands(form, pieces, statement);
    const values = new Map<string, number>();
    const places = new Map<string, Piece>();
    for (const operand of form.operands) {
      const piece = specs.get(operand);
      if (!piece) values.set(operand.name, operand.missing);
      else {
        places.set(operand.name, piece);
        values.set(operand.name, this.operandValue(form, operand, piece));
      }
    }
    let word = (form.row.value | form.flagBits) >>> 0;
    rowOperands(form.row).forEach((operand, i) => {
      const sum = form.values?.[i];
      const value = sum
        ? sum.terms.reduce((total, { name, factor }) => total + factor * (values.get(name) ?? 0), sum.constant)
        : (values.get(operand.name) ?? 0);
      const place = places.get(operand.name) ?? [...places.values()].at(-1);
      word |= this.fieldBits(form, operand, value, place ?? { text: '', column: statement.column });
    });
    return adjusted(form, word >>> 0);
  }

  /** Which text belongs to which operand. Optional operands at the front or the end may be missing. */
  private matchOperands(
    form: MnemonicForm,
    pieces: readonly Piece[],
    statement: Statement,
  ): ReadonlyMap<OperandSpec, Piece> {
    const groups = form.operands.filter((operand) => !operand.base);
    let missing = groups.length - pieces.length;
    const matched = new Map<OperandSpec, Piece>();
    const optional = groups.filter((operand) => operand.optional);
    if (missing < 0 || missing > optional.length) {
      const end = statement.operandColumn + Math.max(1, statement.operandText.length);
      throw new StatementError(
        'wrong-operands',
        `${form.mnemonic} takes ${usage(form)}.`,
        pieces.length === 0 ? statement.column : statement.operandColumn,
        pieces.length === 0 ? statement.column + statement.name.length : end,
      );
    }
    // An optional operand in front of others is missing first, then those at the end.
    const leading = groups[0]?.optional === true && optional.length < groups.length;
    const front = missing > 0 && leading ? 1 : 0;
    const left = groups.slice(front, front === 1 || missing === 0 ? undefined : -missing);
    missing -= front;
    left.forEach((operand, i) => {
      const piece = pieces[i];
      if (piece) matched.set(operand, piece);
    });
    for (const [i, operand] of form.operands.entries()) {
      if (!operand.base) continue;
      const whole = form.operands[i - 1];
      const piece = whole && matched.get(whole);
      if (whole && piece) this.splitBase(form, whole, operand, piece, matched);
    }
    return matched;
  }

  /** D(RA): two operands in one piece. */
  private splitBase(
    form: MnemonicForm,
    displacement: OperandSpec,
    base: OperandSpec,
    piece: Piece,
    matched: Map<OperandSpec, Piece>,
  ): void {
    const match = /^(.*?)\(\s*([^()]*?)\s*\)$/.exec(piece.text);
    if (!match) {
      throw new StatementError(
        'wrong-operands',
        `${form.mnemonic} takes ${usage(form)}.`,
        piece.column,
        piece.column + piece.text.length,
      );
    }
    const [, before = '', inner = ''] = match;
    matched.set(displacement, { text: before.trim() === '' ? '0' : before, column: piece.column });
    matched.set(base, { text: inner, column: piece.column + piece.text.indexOf(inner, before.length + 1) });
  }

  private operandValue(form: MnemonicForm, operand: OperandSpec, piece: Piece): number {
    if (operand.name === 'SPR') {
      const row = sprByName(piece.text.trim());
      if (row) return row.number;
      if (/^[A-Za-z_]\w*$/.test(piece.text.trim()) && !this.labels.has(piece.text.trim())) {
        throw errorAt(
          piece,
          'unknown-register',
          `There is no special purpose register '${piece.text.trim()}'.`,
          nearest(
            piece.text.trim().toUpperCase(),
            SPRS.map((row) => row.name),
          ),
        );
      }
    }
    this.checkRegisterKind(operand, piece);
    let value = this.evaluate(piece);
    if (operand.field?.kind === 'branch') {
      const absolute = form.row.flags.some((flag) => flag.name === 'AA' && extract(flag, form.flagBits) === 1);
      if (!absolute) value -= this.output.address;
      value = BigInt.asIntN(64, value);
    }
    // 64-bit notation of negative numbers.
    if (value > 0x7fff_ffff_ffff_ffffn) value = BigInt.asIntN(64, value);
    if (value > 0xffff_ffffn || value < -0x8000_0000n) {
      throw errorAt(piece, 'out-of-range', `${piece.text.trim()} is out of range for ${form.mnemonic}.`);
    }
    return Number(value);
  }

  /** cr3 where a general purpose register is wanted, and the like. */
  private checkRegisterKind(operand: OperandSpec, piece: Piece): void {
    const [, prefix, number] = /^\s*%?(r|cr|f|v|vs|fr|vr|vsr)(\d+)\s*$/i.exec(piece.text) ?? [];
    const kind = operand.field?.kind;
    const wanted = kind && REGISTER_FILES[kind];
    if (prefix === undefined || !wanted) return;
    if (prefix.toLowerCase() === wanted.prefix && Number(number) < wanted.count) return;
    const what = REGISTER_NAMES[wanted.prefix] ?? 'a register';
    const names = `${wanted.prefix}0 to ${wanted.prefix}${wanted.count - 1}`;
    throw errorAt(piece, 'wrong-register', `'${piece.text.trim()}' is not ${what} ${names}.`);
  }

  private fieldBits(form: MnemonicForm, operand: OperandSpec, raw: number, piece: Piece): number {
    const { field } = operand;
    if (!field) return 0;
    const range = fieldRange(field);
    let value = raw;
    // x@h and its like are halfwords, which an unsigned field takes as such.
    if (!field.signed && field.width === 16 && value < 0 && /@\w+/.test(piece.text)) value += 0x10000;
    if (value === field.zeroAs) value = 0;
    // A rotation by 32 or 64 is one by 0: srwi and srdi with 0.
    if (form.values && !field.signed && value === 2 ** field.width) value = 0;
    // addis and lis also take the upper half of an address as an unsigned number, as binutils does.
    if (form.row.name === 'addis' && field.name === 'SI' && value > range.max && value < 0x10000) value -= 0x10000;
    if (value < range.min || value > range.max) {
      if (!this.final && field.kind === 'branch') return 0;
      const what = field.kind === 'branch' ? 'The target is too far away' : `${value} is out of range`;
      throw errorAt(piece, 'out-of-range', `${what}: ${form.mnemonic} takes ${range.min} to ${range.max}.`);
    }
    if (value % range.step !== 0) {
      if (!this.final && field.kind === 'branch') return 0;
      throw errorAt(piece, 'not-a-multiple', `${value} is not a multiple of ${range.step}.`);
    }
    return deposit(field, value);
  }
}

/** The operands of a form as a reader of the manual knows them. */
export function usage(form: MnemonicForm): string {
  if (form.operands.length === 0) return 'no operands';
  let text = '';
  for (const operand of form.operands) {
    const name = operand.field?.kind === 'branch' ? 'target' : operand.name;
    if (operand.base) text += `(${name})`;
    else text += `${text === '' ? '' : ','}${operand.optional ? `[${name}]` : name}`;
  }
  return text;
}
