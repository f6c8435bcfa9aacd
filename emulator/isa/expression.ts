/**
 * Expressions of assembler text as GNU as reads them: numbers (010 is octal), characters, names, `.`, `1f` and `1b`,
 * * / % << >> before & | ^ before + -, parentheses, and behind the whole a part of it: `@l`, `@h`, `@ha` and so on.
 */

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

// prettier-ignore
const PRECEDENCE: Readonly<Record<string, number>> = {
  '+': 1, '-': 1, '|': 2, '&': 2, '^': 2, '*': 3, '/': 3, '%': 3, '<<': 3, '>>': 3,
};

/** Halfwords of a value: shift, and whether it makes up for the sign of the halfword below (64-bit ELF V2 ABI 3.5.3). */
const PARTS: Readonly<Record<string, readonly [shift: bigint, adjusted: boolean]>> = {
  '@l': [0n, false],
  '@h': [16n, false],
  '@ha': [16n, true],
  '@high': [16n, false],
  '@higha': [16n, true],
  '@higher': [32n, false],
  '@highera': [32n, true],
  '@highest': [48n, false],
  '@highesta': [48n, true],
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' };

class Reader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly lookup: SymbolLookup,
  ) {}

  whole(): bigint {
    let value = this.binary(0);
    const part = PARTS[this.take(/@(?:l|ha?|higha?|highera?|highesta?)\b/iy)?.toLowerCase() ?? ''];
    if (part) {
      // x@l+4 is (x+4)@l.
      const sign = this.take(/[-+]/y);
      if (sign !== undefined) value += sign === '-' ? -this.binary(1) : this.binary(0);
      value = BigInt.asIntN(16, (value + (part[1] ? 0x8000n : 0n)) >> part[0]);
    }
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
      const operator = this.take(/<<|>>|[-+*/%&|^]/y);
      const precedence = operator === undefined ? undefined : PRECEDENCE[operator];
      if (operator === undefined || precedence === undefined || precedence <= least) {
        this.at = start;
        return left;
      }
      const right = this.binary(precedence);
      if (right === 0n && /[/%]/.test(operator))
        this.fail('bad-expression', 'This is a division by zero.', start, this.at);
      left = this.apply(operator, left, right);
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
      case '/':
        return a / b;
      case '%':
        return a % b;
      case '^':
        return a ^ b;
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
    } else value = this.primary();
    this.depth--;
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
    const character = this.take(/'(?:\\.|[^\\])'?/suy);
    if (character !== undefined) {
      const [, escape, plain = ''] = /^'(?:\\(.)|(.))/su.exec(character) ?? [];
      return BigInt((escape === undefined ? plain : (ESCAPES[escape] ?? escape)).codePointAt(0) ?? 0);
    }
    const local = this.take(/\d{1,9}[fb](?![\w.$])/y);
    if (local !== undefined) {
      const address = this.lookup(local);
      if (address !== undefined) return address;
      const where = local.endsWith('b') ? 'before' : 'behind';
      this.fail('unknown-symbol', `There is no label '${local.slice(0, -1)}:' ${where} this line.`, start, this.at);
    }
    const number = this.take(/0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*/y);
    if (number !== undefined) {
      if (number.length > 80) this.fail('bad-expression', 'The number is too long.', start, this.at);
      const digits = number.replaceAll('_', '');
      if (!/^0\d/.test(digits)) return BigInt(digits);
      if (/[89]/.test(digits))
        this.fail('bad-expression', `'${number}' begins with 0 and so is octal.`, start, this.at);
      return BigInt(`0o${digits}`);
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
