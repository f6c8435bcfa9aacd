/**
 * Assembler text cut into statements, as GNU as cuts it: one a line or several between `;`, without comments (`#` and
 * `//` to the end of the line, and the block comments of C), and a statement's operands between commas.
 */

/** A statement's text with the place where it begins: the line counts from 1, the column from 0. */
export interface StatementText {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** A part of a statement with its column from 0. */
export interface Piece {
  readonly text: string;
  readonly column: number;
}

/** Statements of a text, and the place of a block comment that has no end. */
export interface CutText {
  readonly statements: readonly StatementText[];
  readonly unclosed: { readonly line: number; readonly column: number } | undefined;
}

/** What the cutter looks for, outside of the ends of lines. */
const NOTABLE = /\r\n|\n|\r|;|#|\/\/|\/\*|"|'/g;

/** Where the string that begins at a quote ends: behind its other quote, or at the end of the line. */
function stringEnd(text: string, start: number): number {
  const end = /"(?:[^"\\\r\n]|\\[^\r\n])*(?:"|\\?(?=[\r\n]|$))/y;
  end.lastIndex = start;
  return end.test(text) ? end.lastIndex : start + 1;
}

/** Behind a character constant: 'a or 'a' or '\n'. */
function characterEnd(text: string, start: number): number {
  const end = /'(?:\\.|[^\\\r\n])'?/y;
  end.lastIndex = start;
  return end.test(text) ? end.lastIndex : start + 1;
}

/** Cuts a text into statements. Comments become spaces, so that columns stay; a line ends a statement inside a comment too. */
export function cutStatements(text: string): CutText {
  const statements: StatementText[] = [];
  let unclosed: CutText['unclosed'];
  let line = 1;
  let lineStart = 0;
  let begin = { line, column: 0 };
  let code = '';
  let taken = 0;
  const finish = (): void => {
    if (code.trim() !== '') statements.push({ text: code, ...begin });
    code = '';
  };
  NOTABLE.lastIndex = 0;
  for (let match = NOTABLE.exec(text); match; match = NOTABLE.exec(text)) {
    const [mark] = match;
    const at = match.index;
    code += text.slice(taken, at);
    taken = at + mark.length;
    if (mark === '"' || mark === "'") {
      taken = mark === '"' ? stringEnd(text, at) : characterEnd(text, at);
      code += text.slice(at, taken);
    } else if (mark === '#' || mark === '//') {
      const rest = /[\r\n]/g;
      rest.lastIndex = at;
      taken = rest.exec(text)?.index ?? text.length;
    } else if (mark === '/*') {
      const close = text.indexOf('*/', at + 2);
      if (close < 0) unclosed = { line, column: at - lineStart };
      taken = close < 0 ? text.length : close + 2;
      for (const piece of text.slice(at, taken).split(/(\r\n|\n|\r)/)) {
        if (!/^[\r\n]/.test(piece)) code += ' '.repeat(piece.length);
        else {
          finish();
          line++;
          begin = { line, column: 0 };
        }
      }
      lineStart = taken - begin.column - code.length;
    } else if (mark === ';') {
      finish();
      begin = { line, column: taken - lineStart };
    } else {
      finish();
      line++;
      lineStart = taken;
      begin = { line, column: 0 };
    }
    NOTABLE.lastIndex = taken;
  }
  code += text.slice(taken);
  finish();
  return { statements, unclosed };
}

/** Operands between commas outside of parentheses, strings and character constants. */
export function cutOperands(text: string, column: number): Piece[] {
  if (text.trim() === '') return [];
  const pieces: Piece[] = [];
  let depth = 0;
  let start = 0;
  const push = (end: number): void => {
    const raw = text.slice(start, end);
    const lead = /^\s*/.exec(raw)?.[0].length ?? 0;
    pieces.push({ text: raw.trim(), column: column + start + lead });
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '"') i = stringEnd(text, i) - 1;
    else if (char === "'") i = characterEnd(text, i) - 1;
    else if (char === ',' && depth === 0) {
      push(i);
      start = i + 1;
    }
  }
  push(text.length);
  return pieces;
}
