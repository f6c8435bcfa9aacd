/** Numbers, byte strings, files and structures as they are written. */

import { fromHex } from '../common/bytes';
import { messageOf } from '../common/errors';
import type { Context } from './context';
import type * as ast from './generated/ast';
import type { Expr } from './ir';
import { parseNumber, rangeOf } from './source';
import { node, unknown } from './tree';

/** The number, or 0 (reported) for one that is none. */
export function lowerNumber(context: Context, { digits, unit, $cstNode }: ast.NumberLiteral): bigint {
  const range = rangeOf($cstNode);
  const number = parseNumber(digits, unit);
  if (number === undefined) {
    const message = `'${digits}' is not a number; write decimal digits, 0x and hexadecimal digits, or 0b and binary digits.`;
    context.error(range, 'bad-number', message);
    return 0n;
  }
  if (number < 1n << 64n) return number;
  context.error(range, 'number-too-large', 'The number needs more than 64 bits; the largest is 0xffff_ffff_ffff_ffff.');
  return 0n;
}

export function lowerHex(context: Context, literal: ast.HexLiteral): Expr {
  const range = rangeOf(literal.$cstNode);
  try {
    return node(context, range, { kind: 'value', value: fromHex(literal.digits) });
  } catch (error) {
    context.errorAt(literal, 'digits', 'bad-hex', messageOf(error));
    return unknown(context, range);
  }
}

/** The contents of a file. */
export function lowerFile(context: Context, literal: ast.FileLiteral): Expr {
  const range = rangeOf(literal.$cstNode);
  const content = context.files.get(literal.path);
  if (content instanceof Uint8Array) return node(context, range, { kind: 'value', value: content });
  if (content === undefined) {
    context.errorAt(literal, 'path', 'not-constant', 'A file cannot be read here; name it in the scenario.');
  } else if (content !== 'unread') {
    context.errorAt(literal, 'path', content.code, content.message);
  }
  return unknown(context, range);
}

/** A structure: names and values in braces. */
export function lowerRecord(context: Context, literal: ast.RecordLiteral): Expr {
  const seen = new Set<string>();
  const fields = literal.fields.map((argument): [string, Expr] => {
    const value = context.lower(argument.value);
    const { name } = argument;
    if (name === undefined) {
      context.error(rangeOf(argument.$cstNode), 'syntax', 'A field of a structure needs a name; write name: value.');
    } else if (seen.has(name)) {
      context.errorAt(argument, 'name', 'duplicate-argument', `The field '${name}' is given twice; remove one.`);
    }
    seen.add(name ?? '');
    return [name ?? '', value];
  });
  const children = fields.map(([, value]) => value);
  return node(context, rangeOf(literal.$cstNode), { kind: 'record', fields }, children);
}
