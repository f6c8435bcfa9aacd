/** Expressions of assembler text: numbers, names, `.`, + - * << >> & |, parentheses, and `@l`, `@h`, `@ha` of a value. */

/** A value, or what is wrong and where (columns are zero-based offsets in the text). */
export type ExpressionResult =
  | { readonly value: bigint }
  | { readonly code: string; readonly message: string; readonly start: number; readonly end: number };

/** Looks a name up; undefined when there is none. */
export type SymbolLookup = (name: string) => bigint | undefined;

class ExpressionError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly start: number,
    readonly end: number,
  ) {
    super(message);
  }
}

/** Nesting of parentheses and signs that is still read. */
const DEPTH_LIMIT = 50;

const PRECEDENCE: Readonly<Record<string, number>> = { '|': 1, '&': 2, '<<': 3, '>>': 3, '+': 4, '-': 4, '*': 5 };

class Reader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly lookup: SymbolLookup,
  ) {}

  whole(): bigint {
    const value = this.binary(0);
    this.space();
    if (this.at < this.text.length) this.fail('bad-expression', `'${this.text.slice(this.at)}' is not expected here.`);
    return value;
  }

  private fail(code: string, message: string, start = this.at, end = this.text.length): never {
    throw new ExpressionError(code, message, start, Math.max(end, start + 1));
  }

  private space(): void {
    while (/\s/.test(this.text.charAt(this.at))) this.at++;
  }

  private take(pattern: RegExp): string | undefined {
    this.space();
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (!match) return undefined;
    this.at += match[0].length;
    return match[0];
  }

  private binary(least: number): bigint {
    let left = this.unary();
    for (;;) {
      const start = this.at;
      const operator = this.take(/<<|>>|[-+*&|]/y);
      const precedence = operator === undefined ? undefined : PRECEDENCE[operator];
      if (operator === undefined || precedence === undefined || precedence <= least) {
        this.at = start;
        return left;
      }
      left = this.apply(operator, left, this.binary(precedence));
    }
  }

  private apply(operator: string, a: bigint, b: bigint): bigint {
    const shift = BigInt.asUintN(6, b);
    switch (operator) {
      case '+':
        return BigInt.asIntN(65, a + b);
      case '-':
        return BigInt.asIntN(65, a - b);
      case '*':
        return BigInt.asIntN(65, a * b);
      case '<<':
        return BigInt.asUintN(64, a << shift);
      case '>>':
        return BigInt.asUintN(64, a) >> shift;
      case '&':
        return a & b;
      default:
        return a | b;
    }
  }

  private unary(): bigint {
    if (++this.depth > DEPTH_LIMIT) this.fail('bad-expression', 'The expression is nested too deeply.');
    const sign = this.take(/[-+~]/y);
    let value: bigint;
    if (sign !== undefined) {
      const operand = this.unary();
      value = sign === '-' ? -operand : sign === '~' ? ~operand : operand;
    } else value = this.part(this.primary());
    this.depth--;
    return value;
  }

  private part(value: bigint): bigint {
    const part = this.take(/@(ha|h|l)\b/y);
    if (part === '@l') return BigInt.asIntN(16, value);
    if (part === '@h') return BigInt.asUintN(16, value >> 16n);
    if (part === '@ha') return BigInt.asIntN(16, (value + 0x8000n) >> 16n);
    return value;
  }

  private primary(): bigint {
    this.space();
    const start = this.at;
    if (this.take(/\(/y) !== undefined) {
      const value = this.binary(0);
      if (this.take(/\)/y) === undefined) this.fail('bad-expression', `A ')' is missing.`);
      return value;
    }
    const number = this.take(/0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*/y);
    if (number !== undefined) {
      if (number.length > 80) this.fail('bad-expression', 'The number is too long.', start, this.at);
      return BigInt(number.replaceAll('_', '').replace(/^0+(?=\d)/, ''));
    }
    const name = this.take(/%?[A-Za-z_.$][\w.$]*/y);
    if (name === undefined) this.fail('bad-expression', 'A number or a name is expected here.', start);
    const value = this.lookup(name);
    if (value === undefined) {
      this.fail('unknown-symbol', `'${name}' is neither a label nor a register.`, start, this.at);
    }
    return value;
  }
}

/** Evaluates an expression. */
export function evaluate(text: string, lookup: SymbolLookup): ExpressionResult {
  try {
    return { value: new Reader(text, lookup).whole() };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { code: error.code, message: error.message, start: error.start, end: error.end };
  }
}
