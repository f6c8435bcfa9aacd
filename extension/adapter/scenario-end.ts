/** Where the text of a scenario ends: what a run that is over shows in place of its stack. */

import type { SourceLocation } from '../../emulator/common/frames';

/** A declaration that follows, at the beginning of its line as the formatter puts it. */
const DECLARATION = /^(?:use|machine|guest|const|procedure|scenario)\b/;

/**
 * The last closing brace at the beginning of a line before the next declaration.
 *
 * @param line of the scenario's name, from 1
 * @returns undefined for a scenario that is not laid out like that
 */
export function closingBrace(text: string, path: string, line: number): SourceLocation | undefined {
  const lines = text.split(/\r\n|\r|\n/);
  const next = lines.findIndex((each, i) => i >= line && DECLARATION.test(each));
  const brace = lines.findLastIndex((each, i) => i >= line && (next < 0 || i < next) && each.startsWith('}'));
  if (brace < 0) return undefined;
  return {
    source: { kind: 'file', path },
    range: { line: brace + 1, column: 1, endLine: brace + 1, endColumn: 2 },
  };
}
