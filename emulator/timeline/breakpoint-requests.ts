/** What breakpoints are asked for with: places and what narrows them. */

import type { TextRange } from '../common/errors';
import type { SourceId, SourceLocation } from '../common/frames';
import type { Value } from '../common/values';
import type { EventClass } from './events';

export interface Narrowing {
  /** Expression of the language; stops only where it is true. */
  readonly condition?: string;
  /** `5`, `>= 3`, `% 2`. */
  readonly hitCondition?: string;
  /** Printed instead of stopping; `{expression}` is replaced by its value. */
  readonly logMessage?: string;
}

export interface LineRequest extends Narrowing {
  readonly line: number;
  readonly column?: number;
}

/** What a data breakpoint watches, read after every tick. */
export interface DataRequest extends Narrowing {
  readonly dataId: string;
  /** An expression of the language; with `memory`, how the bytes are called. */
  readonly expression: string;
  /** Bytes by a reference that `Surroundings.peek` understands: the same memory, whoever acts. */
  readonly memory?: { readonly reference: string; readonly length: number };
}

export interface Breakpoint {
  readonly id: number;
  readonly verified: boolean;
  /** What it stands for, or why it cannot be used. */
  readonly message?: string;
  readonly location?: SourceLocation;
}

export type Place =
  | { readonly kind: 'line'; readonly source: SourceId; readonly request: LineRequest }
  | { readonly kind: 'event'; readonly name: string }
  | { readonly kind: 'class'; readonly name: EventClass }
  | { readonly kind: 'address'; readonly address: bigint }
  | { readonly kind: 'data'; readonly request: DataRequest };

export type Group = Place['kind'];

/** What makes two requests the same breakpoint. */
export function keyOf(place: Place, narrowing: Narrowing): string {
  const { condition = '', hitCondition = '', logMessage = '' } = narrowing;
  const at = {
    line: () => (place.kind === 'line' ? [place.request.line, place.request.column ?? 0] : []),
    event: () => (place.kind === 'event' ? [place.name] : []),
    class: () => (place.kind === 'class' ? [place.name] : []),
    address: () => (place.kind === 'address' ? [place.address.toString()] : []),
    data: () => (place.kind === 'data' ? [place.request.dataId] : []),
  }[place.kind]();
  return JSON.stringify([place.kind, ...at, condition, hitCondition, logMessage]);
}

/** Whether a place lies where a request points to, or behind it. */
export function isAtOrAfter(range: TextRange, request: LineRequest): boolean {
  if (range.line !== request.line) return range.line > request.line;
  return request.column === undefined || range.endLine > range.line || request.column <= range.endColumn;
}

/** Whether a value counts as true; undefined for what is neither a number nor a boolean. */
export function isTruth(value: Value): boolean | undefined {
  if (typeof value === 'bigint') return value !== 0n;
  return typeof value === 'boolean' ? value : undefined;
}
