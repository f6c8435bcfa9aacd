/**
 * The parser of scenario texts, made safe and its messages made plain.
 *
 * Langium's parser descends recursively, so a text is measured first: its size and its depth of brackets are limited.
 */

import { DefaultLexerErrorMessageProvider, LangiumParserErrorMessageProvider, createLangiumParser } from 'langium';
import type { AstNode, LangiumCoreServices, LangiumParser, ParseResult, ParserOptions } from 'langium';
import { didYouMean, nearest } from '../common/nearest';
import { asmExtent, commentEnd, stringEnd } from './tokens';
import type { Token, TokenType } from './tokens';

/** Largest scenario file, in UTF-16 code units of its text. */
export const MAX_TEXT_LENGTH = 1024 * 1024;
/** Most tokens of a scenario file: the parser's work on long lists grows faster than they do. */
export const MAX_TOKENS = 60_000;
/** Deepest nesting of brackets of all kinds. */
export const MAX_NESTING = 200;

/** Why a text is not even parsed. */
export interface GuardProblem {
  readonly code: 'file-too-large' | 'too-deep';
  readonly message: string;
  readonly offset: number;
}

const TOO_DEEP = `Brackets are nested deeper than ${MAX_NESTING}; split this up.`;

/** Checks the size and the bracket depth of a text, in linear time. */
export function guardText(text: string): GuardProblem | undefined {
  if (text.length > MAX_TEXT_LENGTH) {
    const message = `The file has ${text.length} characters; a scenario file has at most ${MAX_TEXT_LENGTH}. Split it and join the parts with 'use'.`;
    return { code: 'file-too-large', message, offset: 0 };
  }
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charAt(at)) {
      case '"':
        at = stringEnd(text, at) - 1;
        break;
      case '/':
        if (text.charAt(at + 1) === '*') at = commentEnd(text, at) - 1;
        else if (text.charAt(at + 1) === '/') at = lineEnd(text, at);
        break;
      case 'a': {
        const extent = /[A-Za-z0-9_]/.test(text.charAt(at - 1)) ? undefined : asmExtent(text, at);
        if (extent) at = extent.end - 1;
        break;
      }
      case '(':
      case '[':
      case '{':
        if (++depth > MAX_NESTING) return { code: 'too-deep', message: TOO_DEEP, offset: at };
        break;
      case ')':
      case ']':
      case '}':
        depth = Math.max(0, depth - 1);
        break;
    }
  }
  return undefined;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

/** Langium's parser behind the guard: a text that fails it gives an empty tree and one error. */
export function createScenarioParser(services: LangiumCoreServices): LangiumParser {
  const parser = createLangiumParser(services);
  const parse = parser.parse.bind(parser);
  const refuse = <T extends AstNode>(text: string, problem: GuardProblem): ParseResult<T> => {
    const result = parse<T>(text.replace(/[^\r\n]/g, ' '));
    return { ...result, parserErrors: [guardError(text, problem)] };
  };
  parser.parse = <T extends AstNode = AstNode>(text: string, options?: ParserOptions): ParseResult<T> => {
    const problem = guardText(text) ?? guardTokens(services, text);
    if (problem) return refuse<T>(text, problem);
    try {
      return parse<T>(text, options);
    } catch (error) {
      // The host's stack: what the guard cannot count, such as `load byte load byte load byte ...`.
      if (!(error instanceof RangeError)) throw error;
      return refuse<T>(text, {
        code: 'too-deep',
        message: 'Expressions are nested too deep; split them up.',
        offset: 0,
      });
    }
  };
  return parser;
}

function guardTokens(services: LangiumCoreServices, text: string): GuardProblem | undefined {
  if (text.length <= MAX_TOKENS) return undefined;
  const { tokens } = services.parser.Lexer.tokenize(text);
  if (tokens.length <= MAX_TOKENS) return undefined;
  const message = `The file has ${tokens.length} words and signs; a scenario file has at most ${MAX_TOKENS}. Split it and join the parts with 'use'.`;
  return { code: 'file-too-large', message, offset: tokens[MAX_TOKENS]?.startOffset ?? 0 };
}

/** The problem in the shape of a parser error; its `name` is the diagnostic's code. */
function guardError(text: string, problem: GuardProblem): ParseResult['parserErrors'][number] {
  const before = text.slice(0, problem.offset);
  const line = before.split('\n').length;
  const column = problem.offset - before.lastIndexOf('\n');
  const place = { startLine: line, endLine: line, startColumn: column, endColumn: column };
  const token = {
    image: text.charAt(problem.offset),
    startOffset: problem.offset,
    endOffset: problem.offset,
    ...place,
  } as Token;
  return {
    name: problem.code,
    message: problem.message,
    token,
    resyncedTokens: [],
    context: { ruleStack: [], ruleOccurrenceStack: [] },
  };
}

const CLASSES: Readonly<Record<string, string>> = {
  ID: 'a name',
  NUMBER: 'a number',
  STRING: 'a text in quotes',
  ASM_BLOCK: 'an asm block',
};

const describe = (type: TokenType) => CLASSES[type.name] ?? `'${type.name}'`;
const found = (token: Token) => (token.image === '' ? 'the end of the file' : `'${shorten(token.image)}'`);
const shorten = (image: string) => (image.length > 40 ? `${image.slice(0, 40)}…` : image);

/** Words that begin a statement, a declaration or a setting: what a misplaced word may have meant. */
export const STARTERS = [
  ...['use', 'machine', 'guest', 'scenario', 'procedure', 'const', 'profile', 'cpu', 'normal', 'secure', 'seed', 'tpm'],
  ...['lpid', 'memory', 'endian', 'image', 'initrd', 'bootargs', 'as', 'let', 'if', 'else', 'for', 'repeat', 'return'],
  ...['print', 'expect', 'store', 'load', 'asm', 'run', 'check', 'ultracall', 'hypercall', 'send'],
];

function misplaced(actual: Token, wanted: string): string {
  const meant = actual.tokenType.name === 'ID' ? nearest(actual.image, STARTERS) : undefined;
  if (meant !== undefined) return `${found(actual)} is not understood here${didYouMean(meant)}`;
  return `Expected ${wanted}, but found ${found(actual)}.`;
}

/** Sentences for what the parser expected and found. */
export class ScenarioParserMessages extends LangiumParserErrorMessageProvider {
  override buildMismatchTokenMessage(
    about: Parameters<LangiumParserErrorMessageProvider['buildMismatchTokenMessage']>[0],
  ): string {
    const { actual } = about;
    if (about.expected.name === '}') {
      return misplaced(actual, actual.image === '' ? `'}' to close the block` : `a statement or '}'`);
    }
    return misplaced(actual, describe(about.expected));
  }

  override buildNotAllInputParsedMessage(about: { firstRedundant: Token; ruleName: string }): string {
    return misplaced(about.firstRedundant, "'machine', 'guest', 'scenario', 'procedure', 'const' or 'use'");
  }

  override buildNoViableAltMessage(
    about: Parameters<LangiumParserErrorMessageProvider['buildNoViableAltMessage']>[0],
  ): string {
    const first = new Set(about.expectedPathsPerAlt.flatMap((paths) => paths.flatMap((path) => path.slice(0, 1))));
    const wanted = [...first].map(describe);
    const actual = about.actual[0];
    const list = wanted.length > 8 ? 'something else' : oneOf(wanted);
    return actual ? misplaced(actual, list) : `Expected ${list}.`;
  }

  override buildEarlyExitMessage(
    about: Parameters<LangiumParserErrorMessageProvider['buildEarlyExitMessage']>[0],
  ): string {
    const wanted = [...new Set(about.expectedIterationPaths.flatMap((path) => path.slice(0, 1)))].map(describe);
    const actual = about.actual[0];
    return actual ? misplaced(actual, oneOf(wanted)) : `Expected ${oneOf(wanted)}.`;
  }
}

function oneOf(words: readonly string[]): string {
  if (words.length === 0) return 'something else';
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** A sentence for characters that no token has. */
export class ScenarioLexerMessages extends DefaultLexerErrorMessageProvider {
  override buildUnexpectedCharactersMessage(text: string, offset: number, length: number): string {
    const characters = text.slice(offset, offset + Math.min(length, 20));
    return `'${characters}' is not part of the language here; remove it.`;
  }
}
