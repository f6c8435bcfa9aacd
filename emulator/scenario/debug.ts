/** Expressions and variables of a stopped scenario. */

import type { MachineApi } from '../common/machine-api';
import { didYouMean, nearest } from '../common/nearest';
import type { Value } from '../common/values';
import type { EvaluateResult } from '../timeline/replayable';
import { Context, Locals, MOST_CANDIDATES } from './context';
import type { ProcedureHeader } from './context';
import { Diagnostics } from './diagnostics';
import { evaluate } from './evaluate';
import type { Environment } from './evaluate';
import type { Expr } from './ir';
import { lowerExpression } from './lower-expression';
import { ScriptError, toNumber } from './operators';
import type { CompiledRoutine } from './program';
import type { Script } from './script';
import { isAt, symbolNamed } from './symbols';
import { parseExpression } from './syntax';

/** Longest text of a watch. */
const MAX_EXPRESSION = 10_000;

export interface ScopedValue {
  readonly name: string;
  readonly slot: number;
  /** Null: declared, without a value yet. */
  readonly value: Value | null;
}

/** Variables in scope at a frame of the script (outermost 0), inner ones hide outer ones of the same name. */
export function scopedVariables(script: Script, frame: number): ScopedValue[] {
  const { state, program, routine } = script;
  const at = state.frames[frame];
  if (!at) return [];
  const own: CompiledRoutine | undefined = at.procedure < 0 ? routine : program.procedures[at.procedure];
  const visible = new Map<string, ScopedValue & { readonly from: number }>();
  for (const { name, slot, from, to } of own?.variables ?? []) {
    if (at.at < from || at.at >= to || (visible.get(name)?.from ?? -1) > from) continue;
    visible.set(name, { name, slot, from, value: at.locals[slot] ?? null });
  }
  return [...visible.values()].sort((a, b) => a.slot - b.slot);
}

/** The value of an expression at a frame, without side effects. Never throws. */
export function evaluateText(text: string, script: Script, frame: number, machine: MachineApi): EvaluateResult {
  if (text.length > MAX_EXPRESSION) return { error: `An expression has at most ${MAX_EXPRESSION} characters.` };
  const parsed = parseExpression(text);
  if ('error' in parsed) return parsed;
  try {
    const variables = scopedVariables(script, frame);
    const diagnostics = new Diagnostics();
    const context = watchContext(script, machine, variables, diagnostics);
    const tree = lowerExpression(context, parsed.expression);
    const wrong = diagnostics.all.find(({ severity }) => severity === 'error');
    if (wrong) return { error: wrong.message };
    return { value: evaluate(tree, environment(variables, machine)) };
  } catch (error) {
    if (error instanceof ScriptError) return { error: error.message };
    if (error instanceof RangeError) return { error: 'The expression is nested too deep.' };
    throw error;
  }
}

function watchContext(
  script: Script,
  machine: MachineApi,
  variables: readonly ScopedValue[],
  diagnostics: Diagnostics,
): Context {
  const { program } = script;
  const locals = new Locals();
  locals.enter();
  for (const { name, slot } of variables) locals.define({ name, slot });
  const procedures = new Map<string, ProcedureHeader>();
  program.procedures.forEach(({ name, parameters, variables: own }, index) => {
    const names = own.slice(0, parameters).map((parameter) => parameter.name);
    procedures.set(name, { name, index, parameters: names, returnsValue: true });
  });
  const constant = (name: string): Expr | undefined => {
    const value = program.constants.get(name);
    const place = { path: '', range: { line: 1, column: 1, endLine: 1, endColumn: 1 } };
    return value === undefined ? undefined : { kind: 'value', value, place, depth: 1 };
  };
  const guests = new Set(machine.config.guests.map(({ name }) => name));
  const hasSymbol = (name: string) => machine.symbols.named(name) !== undefined;
  const symbolNames = () => machine.symbols.beginning('', MOST_CANDIDATES).map(({ name }) => name);
  const globals = {
    guests,
    procedures,
    constant,
    constantNames: () => program.constants.keys(),
    hasSymbol,
    symbolNames,
  };
  return new Context(lowerExpression, '', globals, diagnostics, new Map(), locals);
}

function environment(variables: readonly ScopedValue[], machine: MachineApi): Environment {
  return {
    local(slot, name) {
      const value = variables.find((variable) => variable.slot === slot)?.value ?? null;
      if (value === null) throw new ScriptError('no-value', `'${name}' has no value yet.`);
      return value;
    },
    register(name) {
      const value = machine.readRegister(name);
      if (value === undefined) throw new ScriptError('unknown-name', `This machine has no register '${name}'.`);
      return value;
    },
    symbol: (name) => symbolNamed(machine, name).address,
    at: (address, name) => isAt(machine, address, name),
    endian: () => machine.endian,
    peek(address, length) {
      const bytes = machine.peek(address, length);
      if (bytes) return bytes;
      const where = `0x${address.toString(16)}`;
      throw new ScriptError('no-memory', `The actor at work cannot load ${length} bytes at ${where}.`);
    },
    ra: (guest, gpa) => machine.ra(guest, gpa),
    lastTpmCommand: () => machine.exchange?.command,
  };
}

/** A variable or register with the value that it is to have. */
export type Assignment =
  | { readonly kind: 'local'; readonly frame: number; readonly slot: number; readonly value: Value }
  | { readonly kind: 'register'; readonly name: string; readonly value: bigint };

/** What a name to assign means. */
export function assignable(
  name: string,
  value: Value,
  script: Script,
  frame: number,
  machine: MachineApi,
): Assignment | { readonly error: string } {
  const variables = scopedVariables(script, frame);
  const local = variables.find((variable) => variable.name === name);
  if (local) return { kind: 'local', frame, slot: local.slot, value };
  if (machine.readRegister(name) === undefined) {
    const near = nearest(
      name,
      variables.map((variable) => variable.name),
    );
    return { error: `No variable or register is named '${name}'${didYouMean(near)}` };
  }
  try {
    return { kind: 'register', name, value: toNumber(value, `The value of ${name}`) };
  } catch (error) {
    if (error instanceof ScriptError) return { error: error.message };
    throw error;
  }
}
