/** Expressions: from the parser's flat lists to checked trees. */

import type { TextRange } from '../common/errors';
import { didYouMean, nearest } from '../common/nearest';
import type { Context } from './context';
import { constantValue } from './evaluate';
import * as ast from './generated/ast';
import type { BinaryOperator, Expr, UnaryOperator, Width } from './ir';
import { lowerCall, lowerSend } from './lower-call';
import { lowerFunction } from './lower-function';
import { lowerFile, lowerHex, lowerNumber, lowerRecord } from './lower-literal';
import { rangeOf, spanning } from './source';
import { A_TYPE, MAX_DEPTH, node, requireBytes, requireNumber, typeOf, unknown } from './tree';
import type { TypeWord } from './tree';
import { CONSTANTS, registerNamed, registerNames } from './vocabulary';

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
  const at = arrival(own, left, right) ?? arrival(own, right, left);
  if (at) return node(context, range, { kind: 'at', ...at }, [left, right]);
  return node(context, range, { kind: 'binary', operator: own, left, right }, [left, right]);
}

/** `NIA == symbol`: functions have two entry points, and calls inside of an image go to the second one. */
function arrival(operator: BinaryOperator, register: Expr, symbol: Expr): { address: Expr; name: string } | undefined {
  if (operator !== '==' || symbol.kind !== 'symbol') return undefined;
  return register.kind === 'register' && register.name === 'NIA' ? { address: register, name: symbol.name } : undefined;
}

const isScalar = (type: TypeWord) => type === 'number' || type === 'truth';

function checkOperands(context: Context, operator: BinaryOperator, left: Expr, right: Expr): void {
  if (operator === '==' || operator === '!=') {
    const [a, b] = [typeOf(left), typeOf(right)];
    if (a === undefined || b === undefined || a === b || (isScalar(a) && isScalar(b))) return;
    const first = `${A_TYPE[a].charAt(0).toUpperCase()}${A_TYPE[a].slice(1)}`;
    const message = `${first} and ${A_TYPE[b]} cannot be compared; compare values of one type.`;
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
  if (word) return node(context, range, { kind: 'value', value: word.value, name, code: name });
  if (name === 'gpr') return node(context, range, { kind: 'gprs' });
  const register = registerNamed(name);
  if (register && register.row.bits > 64) {
    const halves = register.bits.map((bit) => `${register.name}.${bit}`).join(' or ');
    const message = `${register.name} has ${register.row.bits} bits, more than a number; take a half of it, ${halves}.`;
    context.error(range, 'number-too-large', message);
    return unknown(context, range);
  }
  if (register) return node(context, range, { kind: 'register', name: register.name });
  if (context.globals.guests.has(name)) {
    const message = `'${name}' is a guest, which is no value; use ra(${name}, gpa) or 'as ${name} { }'.`;
    context.error(range, 'type-mismatch', message);
    return unknown(context, range);
  }
  if (context.globals.hasSymbol(name)) return node(context, range, { kind: 'symbol', name });
  const near = nearest(name, nameCandidates(context));
  context.error(range, 'unknown-name', `No variable, constant or register is named '${name}'${didYouMean(near)}`, near);
  return unknown(context, range);
}

function* nameCandidates(context: Context): Iterable<string> {
  yield* context.locals.names();
  yield* context.globals.constantNames();
  yield* registerNames();
  yield* CONSTANTS.keys();
  yield* context.globals.symbolNames();
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
