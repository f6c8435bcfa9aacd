/** Operands of instructions as the assembler writes them: `RT,D(RA0)`, `BF?,RA,SI`. */
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
  /** May be left out, and is 0 then. */
  readonly optional: boolean;
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
    const match = /^\s*(\w+)(\?)?(?:\((\w+)\))?\s*$/.exec(item);
    if (!match) continue;
    const [, name = '', question, base] = match;
    specs.push(spec(name, question !== undefined, false));
    if (base !== undefined) specs.push(spec(base, false, true));
  }
  parsed.set(text, specs);
  return specs;
}

function spec(name: string, optional: boolean, base: boolean): OperandSpec {
  const zero = name === 'RA0';
  const fieldName = zero ? 'RA' : name;
  return {
    name: fieldName,
    field: FIELDS.has(fieldName) ? fieldNamed(fieldName) : undefined,
    zero,
    optional,
    base,
  };
}
