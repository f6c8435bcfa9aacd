/** Calls of procedures and of the functions of the language, and guests as their arguments. */

import { callNamed } from '../pef/calls';
import { findCommand } from '../tpm/tables';
import { didYouMean, nearest } from '../common/nearest';
import type { TextRange } from '../common/errors';
import type { Context } from './context';
import { FUNCTIONS, functionNamed } from './functions';
import * as ast from './generated/ast';
import type { Expr } from './ir';
import { rangeOf, rangeOfProperty } from './source';
import { node, requireBytes, requireNumber, unknown } from './tree';

/** A call of a procedure or a function. `wanted`: its value is used. */
export function lowerFunction(context: Context, call: ast.FunctionCall, wanted: boolean): Expr {
  const name = call.callee.$refText;
  const range = rangeOf(call.$cstNode);
  const procedure = context.globals.procedures.get(name);
  if (!procedure) return lowerBuiltin(context, call, name);
  const values = call.arguments.map((argument) => context.lower(argument));
  const given = count(values.length, 'argument');
  if (values.length < procedure.parameters.length) {
    const missing = procedure.parameters.slice(values.length).join(', ');
    context.error(
      range,
      'missing-argument',
      `${name} takes ${count(procedure.parameters.length, 'argument')}; give ${missing}.`,
    );
  } else if (values.length > procedure.parameters.length) {
    const extra = values[procedure.parameters.length] ?? call;
    const at = 'place' in extra ? extra.place.range : range;
    context.error(
      at,
      'too-many-arguments',
      `${name} takes ${count(procedure.parameters.length, 'argument')}, not ${given}.`,
    );
  }
  if (wanted && !procedure.returnsValue) {
    context.error(
      range,
      'no-value',
      `The procedure ${name} returns no value; give it a 'return value', or call it as a statement.`,
    );
  }
  return node(context, range, { kind: 'procedure', name, procedure: procedure.index, arguments: values }, values);
}

const count = (n: number, thing: string) => `${n === 0 ? 'no' : n} ${thing}${n === 1 ? '' : 's'}`;

function lowerBuiltin(context: Context, call: ast.FunctionCall, name: string): Expr {
  const range = rangeOf(call.$cstNode);
  const row = functionNamed(name);
  if (!row) {
    const known = [...context.globals.procedures.keys(), ...FUNCTIONS.map((known) => known.name)];
    const near = nearest(name, known);
    const word = callNamed(name)?.lev === 2 ? 'ultracall' : callNamed(name) ? 'hypercall' : undefined;
    const keyword = word ?? (findCommand(name) && name.startsWith('TPM2_') ? 'send' : undefined);
    const help = keyword === undefined ? didYouMean(near) : `; write '${keyword} ${name}(...)'.`;
    const replacement = keyword === undefined ? near : `${keyword} ${name}`;
    const message = `No procedure or function is named '${name}'${help}`;
    context.errorAt(call, 'callee', 'unknown-procedure', message, replacement);
    call.arguments.forEach((argument) => context.lower(argument));
    return unknown(context, range);
  }
  if (call.arguments.length !== row.parameters.length) {
    const code = call.arguments.length < row.parameters.length ? 'missing-argument' : 'too-many-arguments';
    const wanted = row.parameters.map((parameter) => parameter.name).join(', ');
    context.error(range, code, `${name} takes ${count(row.parameters.length, 'argument')}: write ${name}(${wanted}).`);
    return unknown(context, range);
  }
  let guest: string | undefined;
  const values: Expr[] = [];
  row.parameters.forEach((parameter, i) => {
    const argument = call.arguments[i];
    if (!argument) return;
    if (parameter.kind === 'guest') {
      guest = guestArgument(context, argument);
      return;
    }
    const value = context.lower(argument);
    if (parameter.kind === 'number') requireNumber(context, value, `The ${parameter.doc}`);
    if (parameter.kind === 'bytes') requireBytes(context, value, `What ${name} takes`);
    values.push(value);
  });
  if (row.name === 'page') context.unavailable(range, 'page(guest, gpa)');
  return node(context, range, { kind: 'function', name: row.name, arguments: values, guest }, values);
}

function guestArgument(context: Context, argument: ast.Expression): string | undefined {
  const [operand] = argument.operands;
  const primary = argument.operands.length === 1 && operand?.suffixes.length === 0 ? operand.primary : undefined;
  if (!ast.isNameExpression(primary)) {
    context.error(rangeOf(argument.$cstNode), 'unknown-guest', 'The name of a guest must stand here.');
    return undefined;
  }
  return knownGuest(context, primary.target.$refText, rangeOfProperty(primary, 'target'));
}

/** The name when a guest has it; reports it otherwise. */
export function knownGuest(context: Context, name: string, range: TextRange): string | undefined {
  if (context.globals.guests.has(name)) return name;
  const near = nearest(name, context.globals.guests);
  context.error(range, 'unknown-guest', `No guest is named '${name}'${didYouMean(near)}`, near);
  return undefined;
}
