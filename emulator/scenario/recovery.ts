/**
 * Errors of syntax that do not follow from each other.
 *
 * Behind its first error a parser guesses, and its guesses are noise. So only the first error counts; then the lines of
 * that statement are taken out, keeping their braces, and the text is parsed again.
 */

import type { ParseResult } from 'langium';
import { nearest } from '../common/nearest';
import { NOT_FINISHED, STARTERS } from './parser';
import { parsingServices } from './services';
import type { Token } from './tokens';

export type SyntaxError = ParseResult['parserErrors'][number] & { readonly previousToken?: Token };

/** Most errors that are looked for, and the longest text that is parsed again for more than one. */
const MAX_ERRORS = 20;
const MAX_TEXT = 50_000;

/** The independent errors of a text, in its order. Their tokens have right lines and columns, but not offsets. */
export function independentErrors(text: string, result: ParseResult): SyntaxError[] {
  const found: SyntaxError[] = [];
  let [rest, first] = [text, firstError(result)];
  while (first && found.length < MAX_ERRORS) {
    found.push(first);
    const without = text.length > MAX_TEXT ? undefined : withoutStatement(rest, blamed(first));
    if (without === undefined || without === rest) break;
    rest = without;
    const next = firstError(parsingServices().parser.LangiumParser.parse(rest));
    // Each error lies behind the one before it, or something was taken out that should not have been.
    if (next && (lineOf(blamed(next)) ?? Infinity) <= (lineOf(blamed(first)) ?? Infinity)) break;
    first = next;
  }
  return found;
}

const lineOf = (token: Token | undefined) => token?.startLine;

function firstError(result: ParseResult): SyntaxError | undefined {
  return result.parserErrors[0];
}

/** Whether the error is that something is missing at the end of the line before. */
export function isMissingBefore({ token, previousToken, message }: SyntaxError): boolean {
  if (Number.isNaN(token.startOffset)) return true;
  if (message.includes('a statement or') || message.startsWith(NOT_FINISHED)) return false;
  const isBehind = previousToken?.endLine !== undefined && previousToken.endLine < (token.startLine ?? 0);
  return isBehind && (token.image === '}' || STARTERS.includes(token.image));
}

/** The token whose statement is wrong; none at the end of the file. */
function blamed(error: SyntaxError): Token | undefined {
  const token = isMissingBefore(error) ? error.previousToken : error.token;
  return token && !Number.isNaN(token.startOffset) ? token : undefined;
}

const DECLARATIONS = ['machine', 'guest', 'scenario', 'procedure'] as const;
const HEADS = { machine: 'machine', guest: 'guest g', scenario: 'scenario ""', procedure: 'procedure p()' } as const;
/** Signs between which and its neighbour a statement does not end. */
const JOINS = /^(?:[-+*\/%&|^=<>?:,]|<<|>>|<=|>=|==|!=|&&|\|\||->|with|\.\.)$/;

/** The text without the statement around a token, line for line; undefined where it cannot be told where that is. */
function withoutStatement(text: string, wrong: Token | undefined): string | undefined {
  if (wrong?.startLine === undefined) return undefined;
  const { tokens } = parsingServices().parser.Lexer.tokenize(text);
  const lines = new Map<number, Token[]>();
  for (const token of tokens) {
    const line = token.startLine ?? 1;
    const same = lines.get(line);
    if (same) same.push(token);
    else lines.set(line, [token]);
  }
  const [start, end] = statementLines([...lines.keys()], lines, wrong.startLine);
  const inside = [...lines].filter(([line]) => line >= start && line <= end).flatMap(([, row]) => row);
  const before = tokens.filter((token) => (token.startLine ?? 1) < start);
  const braces = replacement(before, inside);
  if (braces === undefined) return undefined;
  const last = Math.max(end, ...inside.map((token) => token.endLine ?? end));
  const rows = text.split(/\r\n|\n|\r/);
  return rows.map((row, i) => (i + 1 < start || i + 1 > last ? row : i + 1 === start ? braces : '')).join('\n');
}

/** First and last line of the statement that a line belongs to: brackets and operators hold lines together. */
function statementLines(
  numbers: readonly number[],
  lines: ReadonlyMap<number, readonly Token[]>,
  wrong: number,
): [start: number, end: number] {
  let [start, end, open] = [wrong, wrong, 0];
  let begun = numbers[0] ?? wrong;
  let joined = false;
  for (const number of numbers) {
    const row = lines.get(number) ?? [];
    const first = row[0]?.image ?? '';
    const isNew = (open === 0 && !joined && !JOINS.test(first)) || first === '}' || STARTERS.includes(first);
    if (isNew) {
      if (number > wrong) break;
      [begun, open] = [number, 0];
    }
    for (const { image } of row) {
      if (image === '(' || image === '[') open++;
      else if (image === ')' || image === ']') open = Math.max(0, open - 1);
    }
    joined = JOINS.test(row.at(-1)?.image ?? '');
    if (number <= wrong) start = begun;
    end = number;
  }
  return [start, Math.max(end, wrong)];
}

/** What keeps the blocks of the text as they are when a statement is taken out. */
function replacement(before: readonly Token[], inside: readonly Token[]): string | undefined {
  const depthBefore = before.reduce((depth, { image }) => {
    if (image === '{') return depth + 1;
    return image === '}' ? Math.max(0, depth - 1) : depth;
  }, 0);
  let [depth, open, text] = [depthBefore, 0, ''];
  const kept: string[] = [];
  for (const { image } of inside) {
    if (image === '(' || image === '[') open++;
    else if (image === ')' || image === ']') open = Math.max(0, open - 1);
    // Braces between brackets are those of structures.
    if (open > 0) continue;
    if (image === '{') {
      const [first] = inside;
      const meant = DECLARATIONS.find((word) => word === nearest(first?.image ?? '', DECLARATIONS)) ?? 'scenario';
      kept.push(depth === 0 ? `${HEADS[meant]} {` : 'if 1 {');
      depth++;
    } else if (image === '}' && depth > 0) {
      depth--;
      const head = kept.at(-1);
      if (head?.endsWith('{')) kept.pop();
      else kept.push('}');
    }
  }
  text = kept.join(' ');
  const enclosing = before.findLast(({ image }) => (DECLARATIONS as readonly string[]).includes(image))?.image;
  // In blocks of settings there are no others.
  if (text.includes('if') && enclosing !== 'scenario' && enclosing !== 'procedure') return undefined;
  return text;
}
