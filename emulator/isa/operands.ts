/** Operands of instructions as the assembler writes them: `RT,D(RA0)`, `BF?,RA,SI`, `SE=1` (1 when it is left out). */
import type { Field } from './fields';
import { FIELDS, fieldNamed } from './fields';

/** One operand: a value with a name. */
export interface OperandSpec {
  /** Name of the field, or of a variable of an extended mnemonic. */
  readonly name: string;
  /** The field whose kind says how the operand is written; undefined for a plain number. */
  readonly field: Field | undefined;
  /** RA0: 0 stands for the number zero, not for r0. */
  readonly zero: boolean;
  /** May be left out, and is `missing` then. */
  readonly optional: boolean;
  readonly missing: number;
  /** It is written in parentheses behind the operand before it. */
  readonly base: boolean;
}

const parsed = new Map<string, readonly OperandSpec[]>();

/** Operands of their notation. */
export function parseOperands(text: string): readonly OperandSpec[] {
  const known = parsed.get(text);
  if (known) return known;
  const specs: OperandSpec[] = [];
  for (const item of text.split(',')) {
    const match = /^\s*(\w+)(\?|=(\d+))?(?:\((\w+)\))?\s*$/.exec(item);
    if (!match) continue;
    const [, name = '', option, missing, base] = match;
    specs.push({ ...spec(name), optional: option !== undefined, missing: Number(missing ?? 0) });
    if (base !== undefined) specs.push({ ...spec(base), base: true });
  }
  parsed.set(text, specs);
  return specs;
}

function spec(name: string): OperandSpec {
  const zero = name === 'RA0';
  const fieldName = zero ? 'RA' : name;
  return {
    name: fieldName,
    field: FIELDS.has(fieldName) ? fieldNamed(fieldName) : undefined,
    zero,
    optional: false,
    missing: 0,
    base: false,
  };
}
