/** Expressions: from the parser's flat lists to checked trees. */

import { fromHex } from '../common/bytes';
import { messageOf } from '../common/errors';
import type { TextRange } from '../common/errors';
import type { Value } from '../common/values';
import type { Context } from './context';
import { constantValue } from './evaluate';
import { FUNCTIONS, functionNamed } from './functions';
import * as ast from './generated/ast';
import type { BinaryOperator, Expr, UnaryOperator, Width } from './ir';
import { lowerCall, lowerSend } from './lower-call';
import { didYouMean, nearest } from '../common/nearest';
import { parseNumber, rangeOf, rangeOfProperty, spanning } from './source';
import { CONSTANTS, registerNamed, registerNames } from './vocabulary';

/** Highest expression tree; with the limit on brackets it bounds all recursion over expressions. */
const MAX_DEPTH = 400;

type Shape<T> = T extends unknown ? Omit<T, 'place' | 'depth'> : never;

/** Makes a tree node over its children. */
export function node(context: Context, range: TextRange, shape: Shape<Expr>, children: readonly Expr[] = []): Expr {
  const depth = 1 + children.reduce((deepest, child) => Math.max(deepest, child.depth), 0);
  const place = { path: context.path, range };
  if (depth === MAX_DEPTH + 1) {
    context.error(range, 'too-deep', `The expression is nested deeper than ${MAX_DEPTH}; split it up with let.`);
  }
  if (depth > MAX_DEPTH) return { kind: 'unknown', place, depth: 1 };
  return { ...shape, place, depth };
}

export function unknown(context: Context, range: TextRange): Expr {
  return node(context, range, { kind: 'unknown' });
}

// ---- binary operators, by precedence climbing over the flat list

const PRECEDENCE: Readonly<Record<string, number>> = Object.fromEntries(
  [
    ['||'],
    ['&&'],
    ['|'],
    ['^'],
    ['&'],
    ['==', '!='],
    ['<', '<=', '>', '>='],
    ['<<', '>>'],
    ['+', '-'],
    ['*', '/', '%'],
  ].flatMap((operators, level) => operators.map((operator) => [operator, level + 1])),
);

/** Lowers an expression of the language. */
export function lowerExpression(context: Context, expression: ast.Expression): Expr {
  const { operands, operators } = expression;
  const trees = operands.map((operand) => lowerOperand(context, operand));
  let next = 0;
  const take = (): Expr => trees[next++] ?? unknown(context, rangeOf(expression.$cstNode));
  // operators[next - 1] is the operator after the operand taken last
  const climb = (least: number): Expr => {
    let left = take();
    for (;;) {
      const operator = operators[next - 1];
      const level = operator === undefined ? undefined : PRECEDENCE[operator];
      if (operator === undefined || level === undefined || level < least) return left;
      left = joined(context, operator, left, climb(level + 1));
    }
  };
  const conditional = (): Expr => {
    const condition = climb(1);
    if (operators[next - 1] !== '?') return condition;
    const yes = conditional();
    if (operators[next - 1] !== ':') {
      next = trees.length + 1; // a '?' without its ':' ends the expression, wrongly
      return condition;
    }
    const no = conditional();
    const range = spanning(condition.place.range, no.place.range);
    return node(context, range, { kind: 'choose', condition, yes, no }, [condition, yes, no]);
  };
  // A chain of `?` climbs once a level: no more levels than the tree may be high.
  const tooMany = operators.filter((operator) => operator === '?').length > MAX_DEPTH;
  if (tooMany) {
    context.error(
      rangeOf(expression.$cstNode),
      'too-deep',
      `More than ${MAX_DEPTH} '?' in one expression; split it up with let.`,
    );
    return unknown(context, rangeOf(expression.$cstNode));
  }
  const tree = conditional();
  if (next !== trees.length) {
    const message = "'?' and ':' do not pair up; write condition ? one : other.";
    context.error(rangeOf(expression.$cstNode), 'bad-operator', message);
    return unknown(context, rangeOf(expression.$cstNode));
  }
  return tree;
}

function joined(context: Context, operator: ast.BinaryOperator, left: Expr, right: Expr): Expr {
  const range = spanning(left.place.range, right.place.range);
  if (operator === '&&' || operator === '||')
    return node(context, range, { kind: 'logic', operator, left, right }, [left, right]);
  const own = operator as BinaryOperator;
  checkOperands(context, own, left, right);
  return node(context, range, { kind: 'binary', operator: own, left, right }, [left, right]);
}

function checkOperands(context: Context, operator: BinaryOperator, left: Expr, right: Expr): void {
  if (operator === '==' || operator === '!=') {
    const [a, b] = [typeOf(left), typeOf(right)];
    if (a === undefined || b === undefined || (a === 'bytes') === (b === 'bytes')) return;
    const message = `${A_TYPE[a]} and ${A_TYPE[b]} cannot be compared; compare numbers, or byte strings.`;
    context.error(spanning(left.place.range, right.place.range), 'type-mismatch', message);
    return;
  }
  for (const side of [left, right]) requireNumber(context, side, `An operand of ${operator}`);
  if ((operator === '/' || operator === '%') && right.kind === 'value' && right.value === 0n) {
    context.error(
      right.place.range,
      'division-by-zero',
      `The right side of ${operator} is 0; divide by another number.`,
    );
  }
}

type TypeWord = 'number' | 'bytes' | 'truth' | 'record' | 'list';
const A_TYPE: Readonly<Record<TypeWord, string>> = {
  number: 'a number',
  bytes: 'a byte string',
  truth: 'a truth value',
  record: 'a structure',
  list: 'a list',
};

/** The type of an expression where it is plain to see. */
export function typeOf(expression: Expr): TypeWord | undefined {
  switch (expression.kind) {
    case 'value':
      return typeOfValue(expression.value);
    case 'register':
    case 'unary':
    case 'load':
    case 'call':
      return expression.kind === 'unary' && expression.operator === '!' ? 'truth' : 'number';
    case 'binary':
      return /^(?:[<>]=?|[=!]=)$/.test(expression.operator) ? 'truth' : 'number';
    case 'logic':
      return 'truth';
    case 'slice':
    case 'load bytes':
      return 'bytes';
    case 'record':
    case 'response':
      return 'record';
    case 'list':
    case 'gprs':
      return 'list';
    case 'function':
      return functionNamed(expression.name)?.result;
    default:
      return undefined;
  }
}

function typeOfValue(value: Value): TypeWord {
  if (typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'truth';
  return value instanceof Uint8Array ? 'bytes' : value.kind;
}

/** Reports an expression that is plainly no number. */
export function requireNumber(context: Context, expression: Expr, what: string): void {
  const type = typeOf(expression);
  if (type === undefined || type === 'number' || type === 'truth') return;
  context.error(expression.place.range, 'type-mismatch', `${what} must be a number, but this is ${A_TYPE[type]}.`);
}

/** Reports an expression that is plainly no byte string. */
export function requireBytes(context: Context, expression: Expr, what: string): void {
  const type = typeOf(expression);
  if (type === undefined || type === 'bytes') return;
  context.error(expression.place.range, 'type-mismatch', `${what} must be a byte string, but this is ${A_TYPE[type]}.`);
}

// ---- operands

function lowerOperand(context: Context, operand: ast.Operand): Expr {
  let tree = lowerPrimary(context, operand.primary, operand.suffixes);
  for (const sign of [...operand.signs].reverse()) tree = signed(context, sign, tree, rangeOf(operand.$cstNode));
  return tree;
}

function signed(context: Context, operator: UnaryOperator, operand: Expr, range: TextRange): Expr {
  if (operator !== '!') requireNumber(context, operand, `The operand of ${operator}`);
  return node(context, range, { kind: 'unary', operator, operand }, [operand]);
}

function lowerPrimary(context: Context, primary: ast.Primary, suffixes: readonly ast.Suffix[]): Expr {
  if (!ast.isNameExpression(primary)) return withSuffixes(context, lowerAtom(context, primary), suffixes);
  const [first] = suffixes;
  const name = primary.target.$refText;
  const register = isUserName(context, name) ? undefined : registerNamed(name);
  if (!register || !ast.isFieldSuffix(first)) return withSuffixes(context, lowerName(context, primary), suffixes);
  const bit = register.bits.find((known) => known.toLowerCase() === first.field.toLowerCase());
  if (bit === undefined) {
    const near = nearest(first.field, register.bits);
    const known = register.bits.length > 0 ? '' : `; ${register.name} has none`;
    const message = `${register.name} has no bit or field '${first.field}'${near === undefined ? `${known}.` : didYouMean(near)}`;
    context.errorAt(first, 'field', 'unknown-bit', message, near);
    return unknown(context, rangeOf(primary.$cstNode));
  }
  const range = spanning(rangeOf(primary.$cstNode), rangeOf(first.$cstNode));
  const tree = node(context, range, { kind: 'register', name: `${register.name}.${bit}` });
  return withSuffixes(context, tree, suffixes.slice(1));
}

function withSuffixes(context: Context, primary: Expr, suffixes: readonly ast.Suffix[]): Expr {
  let tree = primary;
  for (const suffix of suffixes) {
    const range = spanning(tree.place.range, rangeOf(suffix.$cstNode));
    if (ast.isFieldSuffix(suffix)) {
      const type = typeOf(tree);
      if (type !== undefined && type !== 'record') {
        context.errorAt(
          suffix,
          'field',
          'type-mismatch',
          `'.${suffix.field}' needs a structure, but this is ${A_TYPE[type]}.`,
        );
      }
      tree = node(context, range, { kind: 'field', of: tree, name: suffix.field }, [tree]);
      continue;
    }
    const from = lowerExpression(context, suffix.from);
    requireNumber(context, from, 'An index');
    if (!suffix.to) {
      tree = node(context, range, { kind: 'index', of: tree, index: from }, [tree, from]);
      continue;
    }
    const to = lowerExpression(context, suffix.to);
    requireNumber(context, to, 'The end of a slice');
    requireBytes(context, tree, 'What is sliced');
    tree = node(context, range, { kind: 'slice', of: tree, from, to }, [tree, from, to]);
  }
  return tree;
}

/** Whether the name means something that the user declared. */
function isUserName(context: Context, name: string): boolean {
  return context.locals.find(name) !== undefined || context.globals.constant(name) !== undefined;
}

function lowerName(context: Context, { target, $cstNode }: ast.NameExpression): Expr {
  const name = target.$refText;
  const range = rangeOf($cstNode);
  const local = context.locals.find(name);
  if (local) return node(context, range, { kind: 'local', slot: local.slot, name });
  const constant = context.globals.constant(name);
  if (constant)
    return constant.kind === 'value' ? node(context, range, { ...constant, name }) : unknown(context, range);
  const word = CONSTANTS.get(name);
  if (word) return node(context, range, { kind: 'value', value: word.value, name });
  if (name === 'gpr') return node(context, range, { kind: 'gprs' });
  const register = registerNamed(name);
  if (register) return node(context, range, { kind: 'register', name: register.name });
  if (context.globals.guests.has(name)) {
    const message = `'${name}' is a guest, which is no value; use ra(${name}, gpa) or 'as ${name} { }'.`;
    context.error(range, 'type-mismatch', message);
    return unknown(context, range);
  }
  const near = nearest(name, nameCandidates(context));
  context.error(range, 'unknown-name', `No variable, constant or register is named '${name}'${didYouMean(near)}`, near);
  return unknown(context, range);
}

function* nameCandidates(context: Context): Iterable<string> {
  yield* context.locals.names();
  yield* context.globals.constantNames();
  yield* registerNames();
  yield* CONSTANTS.keys();
}

const WIDTHS: Readonly<Record<ast.Width, Width>> = { byte: 1, halfword: 2, word: 4, doubleword: 8 };

/** The bytes of a width word. */
export function widthOf(word: ast.Width): Width {
  return WIDTHS[word];
}

function lowerAtom(context: Context, primary: Exclude<ast.Primary, ast.NameExpression>): Expr {
  const range = rangeOf(primary.$cstNode);
  switch (primary.$type) {
    case 'NumberLiteral':
      return node(context, range, { kind: 'value', value: lowerNumber(context, primary) });
    case 'TextLiteral':
      return node(context, range, { kind: 'value', value: new TextEncoder().encode(primary.text), text: primary.text });
    case 'BooleanLiteral':
      return node(context, range, { kind: 'value', value: primary.truth === 'true' });
    case 'HexLiteral':
      return lowerHex(context, primary);
    case 'FileLiteral':
      return lowerFile(context, primary);
    case 'Parenthesized':
      return lowerExpression(context, primary.inner);
    case 'ListLiteral': {
      const items = primary.items.map((item) => lowerExpression(context, item));
      return node(context, range, { kind: 'list', items }, items);
    }
    case 'RecordLiteral':
      return lowerRecord(context, primary);
    case 'MachineCall':
      return lowerCall(context, primary);
    case 'SendExpression':
      return lowerSend(context, primary);
    case 'LoadExpression': {
      const address = lowerExpression(context, primary.address);
      requireNumber(context, address, 'An address');
      if (primary.width)
        return node(context, range, { kind: 'load', width: widthOf(primary.width), address }, [address]);
      if (!primary.size) return unknown(context, range);
      const size = lowerExpression(context, primary.size);
      requireNumber(context, size, 'The number of bytes');
      return node(context, range, { kind: 'load bytes', size, address }, [size, address]);
    }
    case 'ResponseExpression': {
      const address = lowerExpression(context, primary.address);
      requireNumber(context, address, 'An address');
      return node(context, range, { kind: 'response', address }, [address]);
    }
    case 'FunctionCall':
      return lowerFunction(context, primary, true);
  }
}

function lowerNumber(context: Context, { digits, unit, $cstNode }: ast.NumberLiteral): bigint {
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

function lowerHex(context: Context, literal: ast.HexLiteral): Expr {
  const range = rangeOf(literal.$cstNode);
  try {
    return node(context, range, { kind: 'value', value: fromHex(literal.digits) });
  } catch (error) {
    context.errorAt(literal, 'digits', 'bad-hex', messageOf(error));
    return unknown(context, range);
  }
}

function lowerFile(context: Context, literal: ast.FileLiteral): Expr {
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

function lowerRecord(context: Context, literal: ast.RecordLiteral): Expr {
  const seen = new Set<string>();
  const fields = literal.fields.map((argument): [string, Expr] => {
    const value = lowerExpression(context, argument.value);
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

/** A call of a procedure or a function. `wanted`: its value is used. */
export function lowerFunction(context: Context, call: ast.FunctionCall, wanted: boolean): Expr {
  const name = call.callee.$refText;
  const range = rangeOf(call.$cstNode);
  const procedure = context.globals.procedures.get(name);
  if (!procedure) return lowerBuiltin(context, call, name);
  const values = call.arguments.map((argument) => lowerExpression(context, argument));
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
    context.errorAt(
      call,
      'callee',
      'unknown-procedure',
      `No procedure or function is named '${name}'${didYouMean(near)}`,
      near,
    );
    call.arguments.forEach((argument) => lowerExpression(context, argument));
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
    const value = lowerExpression(context, argument);
    if (parameter.kind === 'number') requireNumber(context, value, `The ${parameter.doc}`);
    if (parameter.kind === 'bytes') requireBytes(context, value, `What ${name} takes`);
    values.push(value);
  });
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

/** The number that an expression is before the run, or undefined (reported) when it is none. */
export function lowerConstant(context: Context, expression: ast.Expression, what: string): bigint | undefined {
  const tree = lowerExpression(context, expression);
  if (tree.kind === 'unknown') return undefined;
  const result = constantValue(tree);
  if ('error' in result) {
    const code = result.error.code === 'division-by-zero' ? 'division-by-zero' : 'not-constant';
    context.error(tree.place.range, code, `${what} must be known before the scenario runs. ${result.error.message}`);
    return undefined;
  }
  if (typeof result.value === 'bigint') return result.value;
  context.error(tree.place.range, 'type-mismatch', `${what} must be a number.`);
  return undefined;
}
