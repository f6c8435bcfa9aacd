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

const found = (token: Token) => (token.image === '' ? 'the end of the file' : `'${shorten(token.image)}'`);
const shorten = (image: string) => (image.length > 40 ? `${image.slice(0, 40)}…` : image);

/** Words that begin a statement, a declaration or a setting: what a misplaced word may have meant. */
export const STARTERS = [
  ...['use', 'machine', 'guest', 'scenario', 'procedure', 'const', 'profile', 'cpu', 'normal', 'secure', 'seed', 'tpm'],
  ...['lpid', 'memory', 'endian', 'image', 'initrd', 'bootargs', 'as', 'let', 'if', 'else', 'for', 'repeat', 'return'],
  ...['print', 'expect', 'store', 'load', 'asm', 'run', 'check', 'ultracall', 'hypercall', 'send'],
];

/** Tokens that begin an expression, besides names: where all of these can stand, a value is meant. */
const VALUE_STARTS = new Set([
  ...['NUMBER', 'STRING', '(', '[', '{', '-', '~', '!', '+', 'hex', 'file', 'true', 'false', 'ultracall', 'hypercall'],
  ...['send', 'load', 'tpm'],
]);

/** Words of the language that are names too: the rule `Name` of the grammar. */
const NAME_WORDS = new Set([
  ...['profile', 'cpu', 'threads', 'normal', 'secure', 'memory', 'seed', 'lpid', 'endian', 'image', 'initrd'],
  ...['bootargs', 'response', 'session', 'instructions', 'user', 'host', 'bytes', 'secrecy', 'integrity', 'until'],
]);

/** What can stand somewhere, in words. */
function oneOf(types: Iterable<TokenType>): string {
  const wanted = new Set([...types].map(({ name }) => name));
  const words: string[] = [];
  if (wanted.has('NUMBER') && wanted.has('hex')) {
    words.push('a value');
    for (const start of [...VALUE_STARTS, ...NAME_WORDS, 'ID']) wanted.delete(start);
  } else if (wanted.has('ID')) {
    words.push('a name');
    for (const name of [...NAME_WORDS, 'ID']) wanted.delete(name);
  }
  for (const name of wanted) words.push(CLASSES[name] ?? `'${name}'`);
  if (words.length === 0 || words.length > 8) return 'something else';
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** How the sentence about a statement that breaks off begins. */
export const NOT_FINISHED = 'A value or a word is missing or wrong behind';

const OPERATOR = /^(?:[*/%+<>&^|?-]|<<|>>|[<>=!]=|&&|\|\|)$/;

function misplaced(actual: Token, wanted: string, previous?: Token): string {
  const { image, tokenType } = actual;
  if (image === '->')
    return "'->' stands behind a call or send, and behind it the name of a result, such as H_SUCCESS.";
  const isAfterValue = previous !== undefined && wanted !== 'a name' && wanted !== 'a value';
  if (isAfterValue && image === '=')
    return "'=' sets a variable, at the beginning of a statement; write '==' to compare.";
  if (isAfterValue && OPERATOR.test(image)) return `There is no value behind ${found(actual)}.`;
  if (tokenType.name === 'ID' && previous?.tokenType.name === 'NUMBER' && /^[kmgt]i?b?$/i.test(image)) {
    return `${found(actual)} is no unit; write KiB, MiB or GiB.`;
  }
  const meant = tokenType.name === 'ID' ? nearest(image, STARTERS) : undefined;
  if (meant !== undefined) return `${found(actual)} is not understood here${didYouMean(meant)}`;
  const inList = wanted === "')'" && (previous?.image === '(' || previous?.image === ',');
  if ((wanted === 'a name' || inList) && /^[a-z]/.test(tokenType.name)) {
    return `${found(actual)} is a word of the language; choose another name.`;
  }
  return `Expected ${wanted}, but found ${found(actual)}.`;
}

const DECLARATIONS = "'machine', 'guest', 'scenario', 'procedure', 'const' or 'use'";

function behindDeclaration(actual: Token): string {
  if (actual.image === '}') return "This '}' closes nothing; remove it, or write the '{' that is missing before it.";
  return misplaced(actual, DECLARATIONS);
}

/** Sentences for what the parser expected and found. */
export class ScenarioParserMessages extends LangiumParserErrorMessageProvider {
  override buildMismatchTokenMessage(
    about: Parameters<LangiumParserErrorMessageProvider['buildMismatchTokenMessage']>[0],
  ): string {
    const { actual, expected, previous } = about;
    if (expected.name === 'EOF') return behindDeclaration(actual);
    if (expected.name === '}') {
      const wanted = actual.image === '' ? `'}' to close the block` : `a statement or '}'`;
      return misplaced(actual, wanted, previous);
    }
    return misplaced(actual, oneOf([expected]), expected.name === ')' ? previous : undefined);
  }

  override buildNotAllInputParsedMessage(about: { firstRedundant: Token; ruleName: string }): string {
    return behindDeclaration(about.firstRedundant);
  }

  override buildNoViableAltMessage(
    about: Parameters<LangiumParserErrorMessageProvider['buildNoViableAltMessage']>[0],
  ): string {
    const first = about.expectedPathsPerAlt.flatMap((paths) => paths.flatMap((path) => path.slice(0, 1)));
    const wanted = oneOf(first);
    const actual = about.actual[0];
    // One token ahead was not enough to choose: the wrong one is behind it.
    const isWord = actual !== undefined && /^[a-z]/.test(actual.tokenType.name);
    if (isWord && first.some(({ name }) => name === actual.tokenType.name)) return `${NOT_FINISHED} ${found(actual)}.`;
    return actual ? misplaced(actual, wanted, about.previous) : `Expected ${wanted}.`;
  }

  override buildEarlyExitMessage(
    about: Parameters<LangiumParserErrorMessageProvider['buildEarlyExitMessage']>[0],
  ): string {
    const wanted = oneOf(about.expectedIterationPaths.flatMap((path) => path.slice(0, 1)));
    const actual = about.actual[0];
    return actual ? misplaced(actual, wanted, about.previous) : `Expected ${wanted}.`;
  }
}

/** What to do about signs that other languages have. */
const HELP: Readonly<Record<string, string>> = {
  ';': 'a statement ends without it.',
  "'": 'write texts in double quotes, "text".',
  '#': 'comments begin with //.',
};

/** A sentence for characters that no token has. */
export class ScenarioLexerMessages extends DefaultLexerErrorMessageProvider {
  override buildUnexpectedCharactersMessage(text: string, offset: number, length: number): string {
    const characters = text.slice(offset, offset + Math.min(length, 20));
    const help = HELP[characters.charAt(0)] ?? 'remove it.';
    return `'${characters}' is not part of the language here; ${help}`;
  }
}
