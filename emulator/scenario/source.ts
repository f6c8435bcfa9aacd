/** Places in scenario texts: from the parser's trees to ranges, and names as they are compared. */

import { GrammarUtils } from 'langium';
import type { AstNode, CstNode } from 'langium';
import type { TextRange } from '../common/errors';

const START: TextRange = { line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Range of a node of the concrete syntax; the first character of the file without one. */
export function rangeOf(node: CstNode | undefined): TextRange {
  if (!node) return START;
  const { start, end } = node.range;
  return {
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

/** Range of a property of a node, or of the whole node where the property is not written. */
export function rangeOfProperty(node: AstNode, property: string, index?: number): TextRange {
  return rangeOf(GrammarUtils.findNodeForProperty(node.$cstNode, property, index) ?? node.$cstNode);
}

/** Range that begins with one and ends with another. */
export function spanning(first: TextRange, last: TextRange): TextRange {
  return { line: first.line, column: first.column, endLine: last.endLine, endColumn: last.endColumn };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

/** The text that a quoted string stands for. `\n`, `\t`, `\r`, `\0` are characters; another `\x` is x. */
export function unquote(quoted: string): string {
  const inner = quoted.length > 1 && quoted.endsWith('"') ? quoted.slice(1, -1) : quoted.slice(1);
  return inner.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}

/** Whether a quoted string has its closing quote. */
export function isClosed(quoted: string): boolean {
  return /^"(?:[^"\\]|\\.)*"$/s.test(quoted);
}

const UNITS: Readonly<Record<string, bigint>> = { KiB: 1n << 10n, MiB: 1n << 20n, GiB: 1n << 30n };
const DIGITS = /^(?:0[xX][0-9a-fA-F]+(?:_+[0-9a-fA-F]+)*|0[bB][01]+(?:_+[01]+)*|[0-9]+(?:_+[0-9]+)*)$/;

/** The number that digits and a unit stand for (it may be larger than 64 bits), or undefined for bad digits. */
export function parseNumber(digits: string, unit?: string): bigint | undefined {
  if (digits.length > 200 || !DIGITS.test(digits)) return undefined;
  const number = BigInt(digits.replaceAll('_', ''));
  return number * (unit === undefined ? 1n : (UNITS[unit] ?? 1n));
}
