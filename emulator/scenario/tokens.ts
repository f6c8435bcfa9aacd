/**
 * Tokens that a regular expression cannot match well: strings, block comments and `asm` blocks.
 *
 * Each is matched by a short function in linear time, closed or not: an unclosed one is one token up to its natural end
 * (the line, or the file), which the checks report. A regular expression would fail and be tried again at every
 * character that follows.
 */

import type { GrammarAST, ParseResult } from 'langium';
import { DefaultTokenBuilder } from 'langium';

/** A token of a text, as the lexer gives it: the lexer's own types, by way of Langium's. */
export type Token = ParseResult['parserErrors'][number]['token'];
export type TokenType = Token['tokenType'];
type MatcherFunction = Extract<TokenType['PATTERN'], (...parts: never[]) => unknown>;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** End of the string that begins at `start`: after its quote, or at the end of the line. */
export function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === 10 || unit === 13) return at;
    if (unit === QUOTE) return at + 1;
    at += unit === BACKSLASH && at + 1 < text.length && !isLineEnd(text.charCodeAt(at + 1)) ? 2 : 1;
  }
  return text.length;
}

/** End of the block comment that begins at `start`: after its `*` and `/`, or the end of the text. */
export function commentEnd(text: string, start: number): number {
  const close = text.indexOf('*/', start + 2);
  return close < 0 ? text.length : close + 2;
}

/**
 * Where the assembler text of an `asm` block that begins at `start` lies, or undefined where none begins.
 * A brace in a comment or a string of the assembler is not the end.
 */
export function asmExtent(text: string, start: number): { body: number; bodyEnd: number; end: number } | undefined {
  if (!text.startsWith('asm', start)) return undefined;
  let at = start + 3;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  if (text.charAt(at) !== '{') return undefined;
  const body = at + 1;
  for (at = body; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '}') return { body, bodyEnd: at, end: at + 1 };
    if (character === '#' || text.startsWith('//', at)) {
      while (at + 1 < text.length && !isLineEnd(text.charCodeAt(at + 1))) at++;
    } else if (text.startsWith('/*', at)) at = commentEnd(text, at) - 1;
    else if (character === '"') at = stringEnd(text, at) - 1;
    else if (character === "'" && !isLineEnd(text.charCodeAt(at + 1))) at += text.charAt(at + 1) === '\\' ? 2 : 1;
  }
  return { body, bodyEnd: text.length, end: text.length };
}

const isLineEnd = (unit: number) => unit === 10 || unit === 13;

const isWordCharacter = (character: string) => /[A-Za-z0-9_]/.test(character);

/** A pattern function for the token that ends where `end` says, or is not there. */
function pattern(end: (text: string, start: number) => number | undefined): MatcherFunction {
  return (text, start) => {
    const stop = end(text, start);
    return stop === undefined ? null : ([text.slice(start, stop)] as unknown as RegExpExecArray);
  };
}

const PATTERNS: Readonly<Record<string, { first: string; match: MatcherFunction }>> = {
  STRING: {
    first: '"',
    match: pattern((text, at) => (text.charCodeAt(at) === QUOTE ? stringEnd(text, at) : undefined)),
  },
  ML_COMMENT: {
    first: '/',
    match: pattern((text, at) => (text.startsWith('/*', at) ? commentEnd(text, at) : undefined)),
  },
  ASM_BLOCK: {
    first: 'a',
    match: pattern((text, at) =>
      at > 0 && isWordCharacter(text.charAt(at - 1)) ? undefined : asmExtent(text, at)?.end,
    ),
  },
};

/** Takes the functions above for the terminals of their names. */
export class ScenarioTokenBuilder extends DefaultTokenBuilder {
  /** The functions come first: `as` and `/` are keywords, and the first token that matches counts. */
  override buildTokens(...[grammar, options]: Parameters<DefaultTokenBuilder['buildTokens']>): TokenType[] {
    const tokens = super.buildTokens(grammar, options);
    if (!Array.isArray(tokens)) throw new Error('Langium made a dictionary of tokens');
    const isOwn = (token: TokenType) => token.name in PATTERNS;
    return [...tokens.filter(isOwn), ...tokens.filter((token) => !isOwn(token))];
  }

  protected override buildTerminalToken(terminal: GrammarAST.TerminalRule): TokenType {
    const token = super.buildTerminalToken(terminal);
    const own = PATTERNS[terminal.name];
    if (!own) return token;
    return {
      ...token,
      PATTERN: own.match,
      START_CHARS_HINT: [own.first],
      LINE_BREAKS: true,
      ...(terminal.hidden ? { GROUP: 'hidden' } : {}),
    };
  }
}
