/**
 * Where the scenarios of a text begin. A look at lines, not a parse: it must work while the user is typing and before
 * the language server has started.
 */

const HEADER = /^[ \t]*scenario[ \t]+"((?:[^"\\\r\n]|\\.)*)"/gm;

/** A scenario's name as it is written, and where it begins. */
export interface ScenarioHeader {
  readonly name: string;
  readonly line: number;
}

/** Headers of the scenarios in a text, in order. */
export function scenarioHeaders(text: string): ScenarioHeader[] {
  const headers: ScenarioHeader[] = [];
  let line = 0;
  let counted = 0;
  for (const match of text.matchAll(HEADER)) {
    for (; counted < match.index; counted++) if (text.charCodeAt(counted) === 10) line++;
    headers.push({ name: match[1] ?? '', line });
  }
  return headers;
}

/** The scenario that a line belongs to: the last one that begins at or above it, else the first; undefined without any. */
export function scenarioAt(headers: readonly ScenarioHeader[], line: number): ScenarioHeader | undefined {
  return headers.findLast((header) => header.line <= line) ?? headers[0];
}
