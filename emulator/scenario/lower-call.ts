/** Ultracalls, hypercalls and TPM commands, checked against their rows. */

import { callNamed, callNumbered } from '../pef/calls';
import type { CallParameter, CallRow } from '../pef/calls';
import { commandFields, findCommand, tpmCommands } from '../tpm/tables';
import type { Context } from './context';
import { constantValue } from './evaluate';
import type * as ast from './generated/ast';
import type { Expected, Expr } from './ir';
import { didYouMean, nearest } from '../common/nearest';
import { parseNumber, rangeOf, rangeOfProperty } from './source';
import { node, requireNumber, unknown } from './tree';
import { CONSTANTS, callNames, resultNames } from './vocabulary';

/** Registers r4 to r12 carry arguments: nine at most. */
const MAX_ARGUMENTS = 9;
const WORDS = { 1: 'hypercall', 2: 'ultracall' } as const;

/** An ultracall or hypercall. */
export function lowerCall(context: Context, call: ast.MachineCall): Expr {
  const lev = call.call === 'ultracall' ? 2 : 1;
  const values = call.arguments.map((argument) => context.lower(argument.value));
  values.forEach((value) => requireNumber(context, value, 'An argument'));
  const target = call.name === undefined ? numbered(context, call, lev) : named(context, call, lev, call.name);
  const row = target?.row;
  const expected = lowerExpected(context, call, lev === 2 ? ['U'] : ['H'], row?.name);
  if (expected && row && !(expected.name in row.returns)) {
    const listed = Object.keys(row.returns).join(', ');
    const message = `The documentation of ${row.name} does not list ${expected.name}; it lists ${listed}.`;
    context.warning(rangeOfProperty(call, 'expected'), 'unlisted-result', message);
  }
  if (!target) return unknown(context, rangeOf(call.$cstNode));
  const args = call.name !== undefined && row ? byRow(context, call, row, values) : positional(context, call, values);
  const shape = {
    kind: 'call',
    lev,
    number: target.number,
    name: row?.name,
    arguments: args,
    expected,
  } as const;
  return node(context, rangeOf(call.$cstNode), shape, args);
}

function named(
  context: Context,
  call: ast.MachineCall,
  lev: 1 | 2,
  name: string,
): { number: bigint; row: CallRow } | undefined {
  const row = callNamed(name);
  if (row?.lev === lev) return { number: BigInt(row.number), row };
  if (row) {
    const message = `${name} is ${row.lev === 2 ? 'an ultracall' : 'a hypercall'}; write '${WORDS[row.lev]} ${name}(...)'.`;
    context.errorAt(call, 'name', 'unknown-call', message);
    return undefined;
  }
  const near = nearest(name, callNames(lev));
  context.errorAt(call, 'name', 'unknown-call', `No ${WORDS[lev]} is named '${name}'${didYouMean(near)}`, near);
  return undefined;
}

function numbered(context: Context, call: ast.MachineCall, lev: 1 | 2): { number: bigint; row?: CallRow } | undefined {
  const number = parseNumber(call.number ?? '');
  if (number !== undefined && number < 1n << 64n) return { number, row: callNumbered(lev, number) };
  const code = number === undefined ? 'bad-number' : 'number-too-large';
  context.errorAt(
    call,
    'number',
    code,
    `'${call.number ?? ''}' is not a number of a call; write one of at most 64 bits.`,
  );
  return undefined;
}

function positional(context: Context, call: ast.MachineCall, values: readonly Expr[]): readonly Expr[] {
  for (const argument of call.arguments) {
    if (argument.name === undefined) continue;
    const message = 'A call by number has no parameter names; remove the name.';
    context.errorAt(argument, 'name', 'unknown-argument', message);
  }
  if (values.length > MAX_ARGUMENTS) {
    const range = values[MAX_ARGUMENTS]?.place.range ?? rangeOf(call.$cstNode);
    context.error(range, 'too-many-arguments', `A call has at most ${MAX_ARGUMENTS} arguments, in r4 to r12.`);
  }
  return values;
}

/** The arguments in the order of the row. */
function byRow(context: Context, call: ast.MachineCall, row: CallRow, values: readonly Expr[]): readonly Expr[] {
  const slots = assignSlots(context, call, row.name, row.parameters, values);
  row.parameters.forEach((parameter, i) => {
    const value = slots[i];
    if (value) checkWidth(context, row, parameter, value);
  });
  const missing = row.parameters.filter((_, i) => slots[i] === undefined).map(({ name }) => name);
  if (missing.length > 0 && !hasMisplaced(call, slots)) {
    const range = call.name === undefined ? rangeOf(call.$cstNode) : rangeOfProperty(call, 'name');
    context.error(range, 'missing-argument', `${row.name} also needs ${missing.join(', ')}.`);
  }
  return slots.filter((value) => value !== undefined);
}

interface Parameter {
  readonly name: string;
  readonly doc: string;
}

/** Each argument at the place of its parameter; what does not fit is reported. */
function assignSlots(
  context: Context,
  call: ast.MachineCall | ast.SendExpression,
  name: string,
  parameters: readonly Parameter[],
  values: readonly Expr[],
): (Expr | undefined)[] {
  const slots: (Expr | undefined)[] = parameters.map(() => undefined);
  let afterNamed = false;
  call.arguments.forEach((argument, position) => {
    const value = values[position];
    if (!value) return;
    if (argument.name === undefined) {
      if (afterNamed) {
        const message = 'An argument without a name cannot follow one with a name; give it a name too.';
        context.error(value.place.range, 'positional-after-named', message);
      } else if (position >= parameters.length) {
        const takes = parameters.length === 0 ? 'no arguments' : `${parameters.length}: ${names(parameters)}`;
        context.error(value.place.range, 'too-many-arguments', `${name} takes ${takes}.`);
      } else slots[position] = value;
      return;
    }
    afterNamed = true;
    const index = parameters.findIndex((parameter) => parameter.name === argument.name);
    if (index < 0) {
      const near = nearest(
        argument.name,
        parameters.map((parameter) => parameter.name),
      );
      const has = near === undefined ? `; it has ${names(parameters) || 'none'}.` : didYouMean(near);
      const code = call.$type === 'SendExpression' ? 'unknown-field' : 'unknown-argument';
      const thing = call.$type === 'SendExpression' ? 'field' : 'parameter';
      context.errorAt(argument, 'name', code, `${name} has no ${thing} '${argument.name}'${has}`, near);
    } else if (slots[index] !== undefined) {
      context.errorAt(argument, 'name', 'duplicate-argument', `'${argument.name}' is given twice; remove one.`);
    } else slots[index] = value;
  });
  return slots;
}

/** Whether some argument found no place: that is reported, and most likely it is the one that is missing. */
const hasMisplaced = (call: ast.MachineCall | ast.SendExpression, slots: readonly unknown[]) =>
  slots.filter((slot) => slot !== undefined).length < call.arguments.length;

const names = (parameters: readonly Parameter[]) => parameters.map((parameter) => parameter.name).join(', ');

/** A constant that does not fit its parameter is a warning: a scenario may pass it on purpose. */
function checkWidth(context: Context, row: CallRow, parameter: CallParameter, value: Expr): void {
  if (parameter.bits === undefined || parameter.bits === 64) return;
  const result = constantValue(value);
  if ('error' in result || typeof result.value !== 'bigint' || result.value < 1n << BigInt(parameter.bits)) return;
  const message = `${parameter.name} of ${row.name} has ${parameter.bits} bits; 0x${result.value.toString(16)} does not fit.`;
  context.warning(value.place.range, 'value-out-of-range', message);
}

const FAMILY_WORDS: Readonly<Record<Expected['family'], string>> = {
  U: 'an ultracall (U_*)',
  H: 'a hypercall (H_*)',
  TPM: 'a TPM command (TPM_RC_*)',
};

/** The result after `->`. */
function lowerExpected(
  context: Context,
  call: ast.MachineCall | ast.SendExpression,
  families: readonly Expected['family'][],
  row: string | undefined,
): Expected | undefined {
  const name = call.expected;
  if (name === undefined) return undefined;
  const word = CONSTANTS.get(name);
  const family = word?.family;
  if (word && family && families.includes(family)) return { name, value: word.value, family };
  if (word && family) {
    const wanted = families.map((one) => FAMILY_WORDS[one]).join(' or ');
    const message = `${name} is a result of ${FAMILY_WORDS[family]}, but ${row ?? 'this'} gives one of ${wanted}.`;
    const other = families[0] === 'TPM' ? undefined : name.replace(/^[UH]_/, families[0] === 'U' ? 'U_' : 'H_');
    const known = other !== undefined && CONSTANTS.get(other)?.family === families[0] ? other : undefined;
    context.errorAt(call, 'expected', 'wrong-family', message, known);
    return undefined;
  }
  const near = nearest(name, families.flatMap(resultNames));
  context.errorAt(call, 'expected', 'unknown-code', `No result is named '${name}'${didYouMean(near)}`, near);
  return undefined;
}

/** A TPM command. */
export function lowerSend(context: Context, send: ast.SendExpression): Expr {
  const values = send.arguments.map((argument) => context.lower(argument.value));
  const sessions = send.sessions.map((session) => context.lower(session));
  const [session] = sessions;
  if (session) context.unavailable(session.place.range, 'send ... with session');
  const expected = lowerExpected(context, send, ['TPM', 'H'], send.command);
  const row = send.command.startsWith('TPM2_') ? findCommand(send.command) : undefined;
  if (!row) {
    const near = nearest(
      send.command,
      tpmCommands().map(({ name }) => name),
    );
    context.errorAt(
      send,
      'command',
      'unknown-command',
      `No TPM command is named '${send.command}'${didYouMean(near)}`,
      near,
    );
    return unknown(context, rangeOf(send.$cstNode));
  }
  const parameters = commandFields(row);
  const slots = assignSlots(context, send, row.name, parameters, values);
  const missing = parameters.filter((_, i) => slots[i] === undefined).map(({ name }) => name);
  if (missing.length > 0 && !hasMisplaced(send, slots)) {
    context.errorAt(send, 'command', 'missing-argument', `${row.name} also needs ${missing.join(', ')}.`);
  }
  const fields = parameters.flatMap(({ name }, i): [string, Expr][] => {
    const value = slots[i];
    return value ? [[name, value]] : [];
  });
  const children = [...fields.map(([, value]) => value), ...sessions];
  const shape = { kind: 'send', command: row.name, fields, sessions, expected } as const;
  return node(context, rangeOf(send.$cstNode), shape, children);
}
