/** Places: the emulator counts lines and columns from 1, the protocol from 0. */

import type { Range } from 'vscode-languageserver';
import type { TextRange } from '../../emulator/common/errors';

export function toRange({ line, column, endLine, endColumn }: TextRange): Range {
  return { start: { line: line - 1, character: column - 1 }, end: { line: endLine - 1, character: endColumn - 1 } };
}
