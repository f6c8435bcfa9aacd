/** The small texts that narrow a breakpoint: hit conditions, log messages, conditions of a class of events. */

import type { MachineEvent } from '../common/machine';
import { eventNamed, type EventMatcher, type EventVocabulary } from './events';

/** Whether the n-th hit counts. */
export type HitCondition = (hits: number) => boolean;

/** `5` and `== 5`: the fifth hit; `>= 3`, `> 3`, `< 3`, `<= 3`; `% 2`: every second. Undefined for anything else. */
export function parseHitCondition(text: string): HitCondition | undefined {
  const match = /^\s*(>=|<=|>|<|={1,3}|%)?\s*([0-9]{1,15})\s*$/.exec(text);
  if (!match) return undefined;
  const count = Number(match[2]);
  switch (match[1]) {
    case '>=':
      return (hits) => hits >= count;
    case '<=':
      return (hits) => hits <= count;
    case '>':
      return (hits) => hits > count;
    case '<':
      return (hits) => hits < count;
    case '%':
      return count === 0 ? undefined : (hits) => hits % count === 0;
    default:
      return (hits) => hits === count;
  }
}

/** A log message in parts: plain text, and expressions that stood in braces. `{{` and `}}` are plain braces. */
export type LogPart = { readonly text: string } | { readonly expression: string };

export function parseLogMessage(message: string): readonly LogPart[] {
  const parts: LogPart[] = [];
  let text = '';
  for (let i = 0; i < message.length; i++) {
    const two = message.slice(i, i + 2);
    const end = message[i] === '{' ? message.indexOf('}', i) : -1;
    if (two === '{{' || two === '}}') {
      text += two.charAt(0);
      i++;
    } else if (end > 0) {
      if (text) parts.push({ text });
      text = '';
      parts.push({ expression: message.slice(i + 1, end) });
      i = end;
    } else text += message.charAt(i);
  }
  if (text) parts.push({ text });
  return parts;
}

/** The terms of a conjunction: `a && f(b && c)` gives `a` and `f(b && c)`. */
function conjuncts(text: string): string[] {
  const terms: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (depth === 0 && text.startsWith('&&', i)) {
      terms.push(text.slice(from, i));
      from = i + 2;
      i++;
    }
  }
  terms.push(text.slice(from));
  return terms.map((term) => term.trim()).filter((term) => term !== '');
}

export interface EventCondition {
  /** The event bears the names that the condition asks for. */
  matches(event: MachineEvent): boolean;
  /** What is left for the language to evaluate. */
  readonly expression: string | undefined;
}

/** A condition such as `UV_SHARE_PAGE && r4 >= 0x100`: names of events and an expression, joined by `&&`. */
export function parseEventCondition(text: string, words: EventVocabulary): EventCondition {
  const names: EventMatcher[] = [];
  const rest: string[] = [];
  for (const term of conjuncts(text)) {
    const matcher = /^[0-9]+$/.test(term) ? undefined : eventNamed(term, words);
    if (matcher) names.push(matcher);
    else rest.push(term);
  }
  return {
    matches: (event) => names.every((name) => name.matches(event)),
    expression: rest.length > 0 ? rest.join(' && ') : undefined,
  };
}
