/** Statements and blocks, checked. */

import type { TextRange } from '../common/errors';
import type { Actor } from '../common/machine';
import { lowerAsm } from './asm-block';
import type { Context } from './context';
import * as ast from './generated/ast';
import type { Body, ExpectedInterrupt, Expr, LocalVariable, Routine, Stmt } from './ir';
import { lowerExpect } from './lower-expect';
import { lowerExpression, widthOf } from './lower-expression';
import { knownGuest, lowerFunction } from './lower-function';
import { lowerRun, lowerThread } from './lower-run';
import { didYouMean, nearest } from '../common/nearest';
import { parseNumber, rangeOf, rangeOfProperty } from './source';
import { requireBytes, requireNumber, typeOf, unknown } from './tree';
import {
  CONSTANTS,
  interruptNames,
  interruptNamed,
  interruptVector,
  isReservedName,
  registerNamed,
} from './vocabulary';

const NO_BODY: Body = { statements: [], locals: [] };

type Shape<T> = T extends unknown ? Omit<T, 'place'> : never;

/** Lowers a procedure or a scenario. */
export function lowerRoutine(file: Context, routine: ast.Procedure | ast.Scenario): Routine {
  const context = file.inRoutine();
  context.locals.enter();
  const parameters: LocalVariable[] = [];
  for (const parameter of ast.isProcedure(routine) ? routine.parameters : []) {
    if (context.locals.declaredHere(parameter.name)) {
      context.errorAt(
        parameter,
        'name',
        'duplicate-name',
        `The parameter '${parameter.name}' is there twice; rename one.`,
      );
    }
    checkFree(context, parameter, parameter.name);
    parameters.push(context.locals.declare(parameter.name));
  }
  const body = lowerBlock(context, routine.body);
  context.locals.leave();
  const place = { path: file.path, range: rangeOfProperty(routine, 'name') };
  return { name: routine.name, place, parameters, slots: context.locals.slots, body };
}

function lowerBlock(context: Context, block: ast.Block, before?: () => void): Body {
  context.locals.enter();
  before?.();
  const statements = block.statements.map((statement) => lowerStatement(context, statement));
  return { statements, locals: context.locals.leave() };
}

/** Reports a name that already means something in the tables. */
export function checkFree(context: Context, node: ast.Referable | ast.Procedure, name: string): void {
  if (!isReservedName(name)) return;
  const message = `'${name}' already means a register, a constant or a function; choose another name.`;
  context.errorAt(node, 'name', 'reserved-name', message);
}

function lowerStatement(context: Context, statement: ast.Statement): Stmt {
  const done = (shape: Shape<Stmt>): Stmt => ({ ...shape, place: { path: context.path, range: headOf(statement) } });
  const value = (expression: ast.Expression) => lowerExpression(context, expression);
  switch (statement.$type) {
    case 'AsStatement': {
      const actor = lowerActor(context, statement.actor);
      return done({ kind: 'as', actor, body: lowerBlock(context, statement.body) });
    }
    case 'LetStatement': {
      const assigned = value(statement.value);
      if (context.locals.declaredHere(statement.name)) {
        const message = `'${statement.name}' is already declared in this block; assign without let, or choose another name.`;
        context.errorAt(statement, 'name', 'duplicate-name', message);
      }
      checkFree(context, statement, statement.name);
      const { slot, name } = context.locals.declare(statement.name);
      return done({ kind: 'let', slot, name, value: assigned });
    }
    case 'AssignStatement':
      return done(lowerAssign(context, statement));
    case 'IfStatement': {
      const branches = statement.blocks.map((block, i) => {
        const expression = statement.conditions[i];
        const condition = expression ? lowerCondition(context, expression) : unknown(context, headOf(statement));
        return { condition, body: lowerBlock(context, block) };
      });
      const otherwise = statement.otherwise && lowerBlock(context, statement.otherwise);
      return done({ kind: 'if', branches, otherwise });
    }
    case 'ForStatement':
      return done(lowerFor(context, statement));
    case 'RepeatStatement': {
      const count = value(statement.count);
      requireNumber(context, count, 'The number of repetitions');
      return done({
        kind: 'repeat',
        counter: context.locals.hidden(),
        count,
        body: lowerBlock(context, statement.body),
      });
    }
    case 'ReturnStatement':
      return done({ kind: 'return', value: statement.value && value(statement.value) });
    case 'PrintStatement':
      return done({ kind: 'print', values: statement.values.map(value) });
    case 'ExpectInterrupt':
      return done({
        kind: 'expect interrupt',
        interrupt: lowerInterrupt(context, statement),
        body: statement.body ? lowerBlock(context, statement.body) : NO_BODY,
      });
    case 'ExpectStatement':
      return done(lowerExpect(context, statement));
    case 'StoreStatement':
      return done(lowerStore(context, statement));
    case 'AsmStatement':
      return done({ kind: 'asm', block: lowerAsm(context, statement) });
    case 'RunStatement':
      return done(lowerRun(context, statement));
    case 'ThreadStatement':
      return done(lowerThread(context, statement));
    case 'CheckStatement':
      return done(lowerCheck(context, statement));
    case 'ExpressionStatement':
      return done({ kind: 'do', expression: lowerAction(context, statement.expression) });
  }
}

function lowerCheck(context: Context, statement: ast.CheckStatement): Shape<Stmt> {
  if (statement.guest) knownGuest(context, statement.guest.$refText, rangeOfProperty(statement, 'guest'));
  const feature = statement.integrity ? 'check integrity' : 'check secrecy';
  context.unavailable(headOf(statement), feature);
  return { kind: 'unavailable', feature };
}

/** The range of a statement that the debugger marks: without its blocks. */
function headOf(statement: ast.Statement): TextRange {
  const whole = rangeOf(statement.$cstNode);
  const block = blockOf(statement);
  if (!block?.$cstNode) return whole;
  const open = rangeOf(block.$cstNode);
  return { line: whole.line, column: whole.column, endLine: open.line, endColumn: open.column + 1 };
}

function blockOf(statement: ast.Statement): ast.Block | undefined {
  switch (statement.$type) {
    case 'AsStatement':
    case 'ForStatement':
    case 'RepeatStatement':
    case 'ExpectInterrupt':
      return statement.body;
    case 'IfStatement':
      return statement.blocks[0];
    default:
      return undefined;
  }
}

function lowerAction(context: Context, action: ast.ExpressionStatement['expression']): Expr {
  if (ast.isFunctionCall(action)) return lowerFunction(context, action, false);
  const operand = { primary: action, signs: [], suffixes: [], $type: 'Operand', $cstNode: action.$cstNode };
  const whole = { operands: [operand], operators: [], $type: 'Expression', $cstNode: action.$cstNode };
  return lowerExpression(context, whole as unknown as ast.Expression);
}

function lowerCondition(context: Context, expression: ast.Expression): Expr {
  const condition = lowerExpression(context, expression);
  requireNumber(context, condition, 'A condition');
  return condition;
}

const ACTORS = ['hypervisor', 'ultravisor', 'host'];

function lowerActor(context: Context, { fixed, host, guest, user, $cstNode }: ast.Actor): Actor {
  if (fixed) return { kind: fixed };
  if (host) return { kind: 'host user' };
  const name = guest?.$refText ?? '';
  if (!context.globals.guests.has(name)) {
    const near = nearest(name, [...context.globals.guests, ...ACTORS]);
    const message = `No guest is named '${name}', and no other actor is${didYouMean(near)}`;
    context.error(rangeOf(guest?.$refNode ?? $cstNode), 'unknown-actor', message, near);
  }
  return { kind: 'guest', guest: name, user };
}

/** Registers that every actor may write: a script sets them as its software would. */
const WRITABLE = /^(?:r(?:[12]?[0-9]|3[01])|lr|ctr|xer|cr|cr[0-7]|nia)$/i;

function lowerAssign(context: Context, statement: ast.AssignStatement): Shape<Stmt> {
  const name = statement.target.$refText;
  const value = lowerExpression(context, statement.value);
  const local = context.locals.find(name);
  if (local) return { kind: 'assign', slot: local.slot, name, value };
  if (WRITABLE.test(name)) {
    requireNumber(context, value, `The value of ${name}`);
    return { kind: 'set register', register: registerNamed(name)?.name ?? name, value };
  }
  const near = nearest(name, context.locals.names());
  const range = rangeOfProperty(statement, 'target');
  if (registerNamed(name)) {
    context.error(
      range,
      'not-assignable',
      `A script sets r0 to r31, cr, lr, ctr, xer and NIA; write ${name} in an asm block.`,
    );
  } else if (CONSTANTS.has(name) || context.globals.constant(name)) {
    context.error(range, 'not-assignable', `'${name}' is a constant and keeps its value; declare a variable with let.`);
  } else {
    const help = near === undefined ? `; declare it: let ${name} = ...` : didYouMean(near);
    context.error(range, 'unknown-name', `No variable is named '${name}'${help}`, near);
  }
  return { kind: 'do', expression: value };
}

function lowerFor(context: Context, statement: ast.ForStatement): Shape<Stmt> {
  const from = lowerExpression(context, statement.from);
  const to = lowerExpression(context, statement.to);
  requireNumber(context, from, 'The start of a range');
  requireNumber(context, to, 'The end of a range');
  const [counter, end] = [context.locals.hidden(), context.locals.hidden()];
  checkFree(context, statement.variable, statement.variable.name);
  context.locals.enter();
  const variable = context.locals.declare(statement.variable.name);
  const body = lowerBlock(context, statement.body);
  context.locals.leave();
  return { kind: 'for', variable, counter, end, from, to, body };
}

function lowerInterrupt(context: Context, statement: ast.ExpectInterrupt): ExpectedInterrupt | undefined {
  const name = statement.word ?? statement.text;
  if (statement.vector !== undefined) {
    const vector = parseNumber(statement.vector);
    const row = vector === undefined ? undefined : interruptVector(vector);
    if (!row) {
      const message = `No interrupt has the vector '${statement.vector}'; write one such as 0xE40, or a name such as HEAI.`;
      context.errorAt(statement, 'vector', 'unknown-interrupt', message);
    }
    return row;
  }
  if (name === undefined) return undefined;
  const row = interruptNamed(name);
  if (row) return row;
  const near = nearest(name, interruptNames());
  const property = statement.word === undefined ? 'text' : 'word';
  const replacement = near !== undefined && /^\w+$/.test(near) ? near : near && JSON.stringify(near);
  context.errorAt(
    statement,
    property,
    'unknown-interrupt',
    `No interrupt is named '${name}'${didYouMean(near)}`,
    replacement,
  );
  return undefined;
}

function lowerStore(context: Context, statement: ast.StoreStatement): Shape<Stmt> {
  const address = lowerExpression(context, statement.address);
  const value = lowerExpression(context, statement.value);
  requireNumber(context, address, 'An address');
  if (statement.width) {
    requireNumber(context, value, `What a store ${statement.width} writes`);
    return { kind: 'store', width: widthOf(statement.width), address, value };
  }
  if (typeOf(value) !== 'bytes') requireBytes(context, value, 'What store bytes writes');
  return { kind: 'store bytes', address, value };
}
