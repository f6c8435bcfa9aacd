/**
 * From text to instruction words, with labels, expressions and the usual directives. Errors are values with a place:
 * the assembler goes on behind them, so that all of a text are found at once.
 */
import { type Piece, cutOperands, cutStatements } from './assembler-text';
import { extract, deposit, fieldRange } from './fields';
import { type ExpressionResult, type SymbolLookup, evaluate } from './expression';
import { type MnemonicForm, mnemonicForm, nearest, nearestMnemonic, rowOperands } from './mnemonics';
import type { OperandSpec } from './operands';
import { SPRS, sprByName } from './sprs';

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

/** Most bytes that one text may make. */
export const ASSEMBLY_LIMIT_BYTES = 16 * 2 ** 20;
/** Errors after which the assembler gives up. */
const ERROR_LIMIT = 100;

/** A statement: `mnemonic operands`, with the column (from 0) at which the operands begin. */
interface Statement {
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly operandText: string;
  readonly operandColumn: number;
}

/** Thrown inside for the error of a statement. */
class StatementError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly column: number,
    readonly endColumn: number,
    readonly suggestion?: string,
  ) {
    super(message);
  }
}

/** Registers and CR names that stand for numbers. */
function registerNumber(name: string): bigint | undefined {
  const match = /^%?(?:r(\d{1,2})|cr([0-7])|(sp)|(lt|gt|eq|so|un))$/i.exec(name);
  if (!match) return undefined;
  const [, gpr, cr, sp, bit] = match;
  if (gpr !== undefined) return Number(gpr) < 32 ? BigInt(gpr) : undefined;
  if (cr !== undefined) return BigInt(cr);
  if (sp !== undefined) return 1n;
  return BigInt({ lt: 0, gt: 1, eq: 2, so: 3, un: 3 }[bit?.toLowerCase() ?? ''] ?? 0);
}

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
  private output = new Uint8Array(1024);
  private length = 0;
  /** The first pass finds labels and reports nothing; the second one makes bytes. */
  private final = false;

  constructor(
    private readonly base: bigint,
    private readonly options: AssemblerOptions,
  ) {}

  assemble(text: string): Assembly {
    const { statements, unclosed } = cutStatements(text);
    for (const final of [false, true]) {
      this.final = final;
      this.length = 0;
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
      bytes: this.output.slice(0, this.length),
      lines: this.lines,
      labels: this.labels,
      errors: this.errors.toSorted((a, b) => a.line - b.line || a.column - b.column),
    };
  }

  private get address(): bigint {
    return this.base + BigInt(this.length);
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
    const before = this.length;
    const parsed: Statement = { line, column, name, operandText, operandColumn };
    try {
      this.statement(parsed);
    } catch (error) {
      if (!(error instanceof StatementError)) throw error;
      this.report(line, error);
      // Later lines keep their addresses.
      if (!name.startsWith('.') && this.length === before && this.length + 4 <= ASSEMBLY_LIMIT_BYTES) this.emit(0n, 4);
    }
    if (this.length > before) {
      this.lines.push({
        address: this.base + BigInt(before),
        line,
        column: column + 1,
        endColumn: (operandText === '' ? column + name.length : operandColumn + operandText.length) + 1,
        length: this.length - before,
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
      if (addresses) addresses.push(this.address);
      else this.locals.set(name, [this.address]);
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
    } else this.labels.set(name, this.address);
  }

  private readonly lookup: SymbolLookup = (name) => {
    if (name === '.') return this.address;
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
    if (name.startsWith('.')) return this.directive(statement);
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
    this.emit(BigInt(this.encode(form, statement)), 4);
  }

  // -- instructions ---------------------------------------------------------------------------------------------

  private encode(form: MnemonicForm, statement: Statement): number {
    const pieces = cutOperands(statement.operandText, statement.operandColumn);
    const specs = this.matchOperands(form, pieces, statement);
    const values = new Map<string, number>();
    const places = new Map<string, Piece>();
    for (const operand of form.operands) {
      const piece = specs.get(operand);
      if (!piece) values.set(operand.name, 0);
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
    return word >>> 0;
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
    let next = 0;
    for (const operand of groups) {
      if (operand.optional && missing > 0) {
        missing--;
        continue;
      }
      const piece = pieces[next++];
      if (piece) matched.set(operand, piece);
    }
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
        throw this.at(
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
      if (!absolute) value -= this.address;
      value = BigInt.asIntN(64, value);
    }
    // 64-bit notation of negative numbers.
    if (value > 0x7fff_ffff_ffff_ffffn) value = BigInt.asIntN(64, value);
    if (value > 0xffff_ffffn || value < -0x8000_0000n) {
      throw this.at(piece, 'out-of-range', `${piece.text.trim()} is out of range for ${form.mnemonic}.`);
    }
    return Number(value);
  }

  /** cr3 where a general purpose register is wanted, and the like. */
  private checkRegisterKind(operand: OperandSpec, piece: Piece): void {
    const name = /^\s*%?(r|cr|[fvs]{1,2}r?|vs)(\d+)\s*$/i.exec(piece.text);
    const kind = operand.field?.kind;
    if (!name) return;
    const prefix = (name[1] ?? '').toLowerCase();
    const wanted = kind === 'gpr' ? 'r' : kind === 'cr-field' ? 'cr' : undefined;
    if (wanted === undefined || (prefix === wanted && Number(name[2]) < (wanted === 'r' ? 32 : 8))) return;
    const what = wanted === 'r' ? 'a register r0 to r31' : 'a CR field cr0 to cr7';
    throw this.at(piece, 'wrong-register', `'${piece.text.trim()}' is not ${what}.`);
  }

  private at(piece: Piece, code: string, message: string, suggestion?: string): StatementError {
    const start = piece.column + (/^\s*/.exec(piece.text)?.[0].length ?? 0);
    return new StatementError(
      code,
      message,
      start,
      Math.max(start + 1, piece.column + piece.text.trimEnd().length),
      suggestion,
    );
  }

  private fieldBits(form: MnemonicForm, operand: OperandSpec, raw: number, piece: Piece): number {
    const { field } = operand;
    if (!field) return 0;
    const range = fieldRange(field);
    let value = raw;
    // x@h and its like are halfwords, which an unsigned field takes as such.
    if (!field.signed && field.width === 16 && value < 0 && /@\w+/.test(piece.text)) value += 0x10000;
    // A rotation by 32 or 64 is one by 0: srwi and srdi with 0.
    if (form.values && !field.signed && value === 2 ** field.width) value = 0;
    // addis and lis also take the upper half of an address as an unsigned number, as binutils does.
    if (form.row.name === 'addis' && field.name === 'SI' && value > range.max && value < 0x10000) value -= 0x10000;
    if (value < range.min || value > range.max) {
      if (!this.final && field.kind === 'branch') return 0;
      const what = field.kind === 'branch' ? 'The target is too far away' : `${value} is out of range`;
      throw this.at(piece, 'out-of-range', `${what}: ${form.mnemonic} takes ${range.min} to ${range.max}.`);
    }
    if (value % range.step !== 0) {
      if (!this.final && field.kind === 'branch') return 0;
      throw this.at(piece, 'not-a-multiple', `${value} is not a multiple of ${range.step}.`);
    }
    return deposit(field, value);
  }

  // -- data -----------------------------------------------------------------------------------------------------

  private directive(statement: Statement): void {
    const size = DATA_BYTES.get(statement.name);
    const pieces = cutOperands(statement.operandText, statement.operandColumn);
    if (size !== undefined) {
      for (const piece of pieces) {
        const value = this.evaluate(piece);
        const bits = 8 * size;
        if (value >= 1n << BigInt(bits) || value < -(1n << BigInt(bits - 1))) {
          throw this.at(piece, 'out-of-range', `${piece.text.trim()} does not fit in ${size} bytes.`);
        }
        this.emit(value, size);
      }
      return;
    }
    switch (statement.name) {
      case '.balign':
        return this.align(this.count(pieces, statement));
      case '.align':
      case '.p2align': {
        const power = this.count(pieces, statement);
        return this.align(2 ** Math.min(power, 40));
      }
      case '.space':
      case '.skip':
      case '.zero':
        return this.fill(this.count(pieces, statement), statement);
      case '.fill': {
        const [, size, value] = pieces;
        const bytes = size ? Number(BigInt.asUintN(32, this.evaluate(size))) : 1;
        if (bytes > 8) throw this.wrongDirective(statement);
        const filling = value ? this.evaluate(value) : 0n;
        for (let left = bytes === 0 ? 0 : this.count(pieces, statement); left > 0; left--) this.emit(filling, bytes);
        return;
      }
      case '.org': {
        const [target] = pieces;
        const distance = target ? this.evaluate(target) - this.address : -1n;
        if (distance < 0n || distance > BigInt(ASSEMBLY_LIMIT_BYTES)) {
          if (!this.final) return;
          throw this.wrongDirective(statement);
        }
        return this.fill(Number(distance), statement);
      }
      case '.ascii':
      case '.asciz':
      case '.string':
        return this.text(statement);
      case '.set':
      case '.equ': {
        const [name, value] = pieces;
        if (!name || !value) throw this.wrongDirective(statement);
        this.constants.set(name.text.trim(), this.evaluate(value));
        return;
      }
      case '.text':
      case '.globl':
      case '.global':
      case '.machine':
        return;
      default:
        throw new StatementError(
          'unknown-directive',
          `There is no directive '${statement.name}'.`,
          statement.column,
          statement.column + statement.name.length,
          nearest(statement.name, [...DATA_BYTES.keys(), '.balign', '.space', '.fill', '.org', '.asciz', '.set']),
        );
    }
  }

  private wrongDirective(statement: Statement): StatementError {
    return new StatementError(
      'wrong-operands',
      `${statement.name} does not take '${statement.operandText}'.`,
      statement.column,
      statement.operandColumn + statement.operandText.length,
    );
  }

  private count(pieces: readonly Piece[], statement: Statement): number {
    const [piece] = pieces;
    if (!piece) throw this.wrongDirective(statement);
    const value = this.evaluate(piece);
    if (value < 0n || value > BigInt(ASSEMBLY_LIMIT_BYTES)) {
      throw this.at(
        piece,
        'out-of-range',
        `${piece.text.trim()} is out of range: the limit is ${ASSEMBLY_LIMIT_BYTES}.`,
      );
    }
    return Number(value);
  }

  private align(boundary: number): void {
    if (boundary <= 1) return;
    const over = Number(this.address % BigInt(boundary));
    if (over !== 0) this.fill(boundary - over, undefined);
  }

  private fill(count: number, statement: Statement | undefined): void {
    if (this.length + count > ASSEMBLY_LIMIT_BYTES) {
      const column = statement?.column ?? 0;
      throw new StatementError(
        'too-large',
        `The text makes more than ${ASSEMBLY_LIMIT_BYTES} bytes.`,
        column,
        column + 1,
      );
    }
    this.reserve(count);
    this.output.fill(0, this.length, this.length + count);
    this.length += count;
  }

  private text(statement: Statement): void {
    const match = /^"((?:[^"\\]|\\.)*)"$/.exec(statement.operandText);
    if (!match) throw this.wrongDirective(statement);
    const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };
    const plain = (match[1] ?? '').replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char);
    for (const byte of new TextEncoder().encode(plain)) this.emit(BigInt(byte), 1);
    if (statement.name !== '.ascii') this.emit(0n, 1);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.output.length) return;
    const larger = new Uint8Array(Math.max(this.output.length * 2, this.length + count));
    larger.set(this.output);
    this.output = larger;
  }

  private emit(value: bigint, size: number): void {
    if (this.length + size > ASSEMBLY_LIMIT_BYTES) {
      throw new StatementError('too-large', `The text makes more than ${ASSEMBLY_LIMIT_BYTES} bytes.`, 0, 1);
    }
    this.reserve(size);
    let rest = BigInt.asUintN(8 * size, value);
    for (let i = 0; i < size; i++) {
      this.output[this.length + (this.options.endian === 'big' ? size - 1 - i : i)] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    this.length += size;
  }
}

// prettier-ignore
const DATA_BYTES = new Map([
  ['.byte', 1], ['.short', 2], ['.hword', 2], ['.2byte', 2],
  ['.long', 4], ['.int', 4], ['.4byte', 4], ['.quad', 8], ['.8byte', 8],
]);

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
