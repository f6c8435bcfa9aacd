/** Texts to trees: parsing one scenario text, and what is wrong with its syntax. */

import { AstUtils } from 'langium';
import type { ParseResult } from 'langium';
import type { TextRange } from '../common/errors';
import { Diagnostics } from './diagnostics';
import type { Diagnostic, DiagnosticCode } from './diagnostics';
import * as ast from './generated/ast';
import { STARTERS } from './parser';
import { independentErrors, isMissingBefore } from './recovery';
import { nearest } from '../common/nearest';
import { parsingServices } from './services';
import { asmExtent, commentEnd, stringEnd } from './tokens';
import type { Token } from './tokens';
import { isClosed } from './source';

export interface ParsedText {
  readonly model: ast.Model;
  /** Errors of syntax. The tree of a text with such errors is incomplete and must not be analysed. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a scenario text. Never throws, whatever the text is. */
export function parseText(path: string, text: string): ParsedText {
  const result = parsingServices().parser.LangiumParser.parse<ast.Model>(text);
  return { model: result.value, diagnostics: syntaxDiagnostics(path, text, result) };
}

type ParsedExpression = { readonly expression: ast.Expression } | { readonly error: string };

/** Expressions parsed last: a condition of a breakpoint is asked for at every stop. */
const expressions = new Map<string, ParsedExpression>();
const MAX_KEPT_EXPRESSIONS = 100;

/** Parses an expression, such as that of a watch. */
export function parseExpression(text: string): ParsedExpression {
  const known = expressions.get(text);
  if (known) return known;
  if (expressions.size >= MAX_KEPT_EXPRESSIONS) expressions.clear();
  const parsed = freshExpression(text);
  expressions.set(text, parsed);
  return parsed;
}

function freshExpression(text: string): ParsedExpression {
  const result = parsingServices().parser.LangiumParser.parse<ast.Expression>(text, { rule: 'Expression' });
  const [first] = syntaxDiagnostics('', text, result);
  return first ? { error: first.message } : { expression: result.value };
}

/** Paths that a tree, perhaps one with holes, names. */
export interface NamedFiles {
  /** With `use`. */
  readonly uses: readonly string[];
  /** With `file "..."`. */
  readonly files: readonly string[];
  /** With `image` and `initrd` of guests. */
  readonly images: readonly string[];
}

export function namedFiles(model: ast.Model): NamedFiles {
  const files = new Set<string>();
  const images = new Set<string>();
  for (const node of AstUtils.streamAst(model)) {
    if (ast.isFileLiteral(node)) files.add(node.path);
    else if (ast.isImageOption(node)) images.add(node.path);
  }
  const uses = new Set(model.uses.map((use) => use.path));
  const written = (paths: ReadonlySet<string>) => [...paths].filter(isWritten);
  return { uses: written(uses), files: written(files), images: written(images) };
}

/** A property of the tree, which is missing where the text has a hole. */
const isWritten = (path: string | undefined) => path !== undefined;

/** What is wrong with the syntax of a text. */
export function syntaxDiagnostics(path: string, text: string, result: ParseResult): Diagnostic[] {
  const found = new Diagnostics();
  for (const error of result.lexerErrors) {
    const [line, column] = [error.line ?? 1, error.column ?? 1];
    const range = { line, column, endLine: line, endColumn: column + error.length };
    found.add({ path, range, severity: 'error', code: 'syntax', message: error.message });
  }
  const open = unclosed(text);
  for (const { code, message, offset, length } of open) {
    found.add({ path, range: rangeAt(text, offset, length), severity: 'error', code, message });
  }
  const swallowsRest = open.some(({ code }) => code !== 'unclosed-text');
  for (const error of independentErrors(text, result)) {
    const { name, message, token, previousToken } = error;
    const isEnd = Number.isNaN(token.startOffset) || token.startOffset < 0;
    if (isEnd && swallowsRest) continue;
    // What is missing at the end of a line or of the file is missing behind the last token.
    const isBefore = isMissingBefore(error) || isEnd;
    const at = isBefore ? previousToken : token;
    const range = at?.startLine === undefined ? rangeAt(text, text.length, 0) : tokenRange(at, isBefore);
    const code = name === 'too-deep' || name === 'file-too-large' ? name : 'syntax';
    const replacement = message.includes('did you mean') ? nearest(token.image, STARTERS) : undefined;
    found.add({ path, range, severity: 'error', code, message, replacement });
  }
  return found.all;
}

/** The range of a token; `after`: the place behind it, where something is missing. */
function tokenRange(token: Token, after: boolean): TextRange {
  const endLine = token.endLine ?? token.startLine ?? 1;
  const endColumn = (token.endColumn ?? token.startColumn ?? 0) + 1;
  if (after) return { line: endLine, column: endColumn, endLine, endColumn };
  return { line: token.startLine ?? 1, column: token.startColumn ?? 1, endLine, endColumn };
}

function rangeAt(text: string, offset: number, length: number): TextRange {
  const line = text.slice(0, offset).split('\n').length;
  const column = offset - text.lastIndexOf('\n', offset - 1);
  return { line, column: offset === 0 ? 1 : column, endLine: line, endColumn: (offset === 0 ? 1 : column) + length };
}

interface Unclosed {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

/** Strings, block comments and asm blocks without an end. One pass over the text. */
function unclosed(text: string): Unclosed[] {
  const found: Unclosed[] = [];
  const report = (code: DiagnosticCode, message: string, offset: number, length: number) =>
    found.length < 20 && found.push({ code, message, offset, length });
  const tokens = /"|\/\/[^\n]*|\/\*|\basm\b/g;
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const at = match.index;
    if (match[0] === '"') {
      tokens.lastIndex = stringEnd(text, at);
      if (!isClosed(text.slice(at, tokens.lastIndex))) {
        report('unclosed-text', 'The text has no closing quote; write " at its end.', at, tokens.lastIndex - at);
      }
    } else if (match[0] === '/*') {
      tokens.lastIndex = commentEnd(text, at);
      if (!text.startsWith('*/', tokens.lastIndex - 2) || tokens.lastIndex - at < 4) {
        report('unclosed-comment', 'The comment has no end; write */ where it ends.', at, 2);
      }
    } else if (match[0] === 'asm') {
      const extent = asmExtent(text, at);
      if (!extent) continue;
      tokens.lastIndex = extent.end;
      if (extent.bodyEnd === extent.end) report('unclosed-asm', 'The asm block has no end; write } after it.', at, 3);
    }
  }
  return found;
}
