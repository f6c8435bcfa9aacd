/**
 * Values as plain data: what a decoded structure gives to a scenario, and what a scenario gives to a built one.
 *
 * Numbers are unsigned bigints of the width of their field. Plain data only, so that a value can be recorded, compared
 * and sent between threads as it is.
 */

export type Value = bigint | Uint8Array | boolean | RecordValue | ListValue;

/** A structure: its name in the specification that defines it, and its fields in order. */
export interface RecordValue {
  readonly kind: 'record';
  readonly type: string;
  readonly fields: readonly (readonly [name: string, value: Value])[];
}

/** Values of one type, in order. */
export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
}

export function record(type: string, fields: readonly (readonly [string, Value])[]): RecordValue {
  return { kind: 'record', type, fields };
}

export function list(items: readonly Value[]): ListValue {
  return { kind: 'list', items };
}

/** Whether the value is a structure. */
export function isRecord(value: unknown): value is RecordValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'record';
}

/** Whether the value is a list. */
export function isList(value: unknown): value is ListValue {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'list';
}

/** The field of that name, or undefined. */
export function fieldOf(value: RecordValue, name: string): Value | undefined {
  return value.fields.find(([field]) => field === name)?.[1];
}
