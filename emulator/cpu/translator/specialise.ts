/**
 * A row's meaning for one instruction word: fields are numbers, conditions that are then known are gone.
 *
 * Only `cia` stays, so that a result serves all places of the word.
 */
import { PRIVILEGE_RANK } from '../../isa/causes';
import { type Field, extract } from '../../isa/fields';
import type { BinaryOp, CompareOp, Cond, Expr, Stmt } from '../../isa/ir';
import type { Mode } from '../lowering';

/** What is constant besides the word. */
export interface Surroundings {
  readonly mode: Mode;
  /** Rank of the privilege (PRIVILEGE_RANK). */
  readonly rank: number;
  /** Whether software in this state may access the register with nothing but a load or store of its slot. */
  readonly plainSpr: (number: number, write: boolean) => boolean;
}

const ONES = (1n << 64n) - 1n;
const constant = (value: bigint): Expr => ({ k: 'const', value: BigInt.asUintN(64, value) });
const TRUE: Cond = { k: 'cmp', op: 'eq', a: constant(0n), b: constant(0n) };
const FALSE: Cond = { k: 'cmp', op: 'ne', a: constant(0n), b: constant(0n) };
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

/** Value of an operation on constants, undefined for the rare ones. */
function compute(op: BinaryOp, a: bigint, b: bigint): bigint | undefined {
  const n = b & 63n;
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return a << n;
    case 'shru':
      return a >> n;
    case 'shrs':
      return signed(a) >> n;
    case 'rotl':
      return (a << n) | (a >> (64n - n));
    default:
      return undefined;
  }
}

const COMPARE: Partial<Record<CompareOp, (a: bigint, b: bigint) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lts: (a, b) => signed(a) < signed(b),
  ltu: (a, b) => a < b,
  gts: (a, b) => signed(a) > signed(b),
  gtu: (a, b) => a > b,
  les: (a, b) => signed(a) <= signed(b),
  leu: (a, b) => a <= b,
  ges: (a, b) => signed(a) >= signed(b),
  geu: (a, b) => a >= b,
};

/** Specialises the statements of one instruction. */
export class Specialiser {
  /** Values of `let` that are constant. */
  private readonly known = new Map<number, Expr>();
  private readonly assignments = new Map<number, number>();

  constructor(
    private readonly word: number,
    private readonly around: Surroundings,
  ) {}

  program(program: readonly Stmt[]): Stmt[] {
    this.countAssignments(program);
    return this.statements(program);
  }

  private countAssignments(list: readonly Stmt[]): void {
    for (const stmt of list) {
      if ('id' in stmt && stmt.id !== undefined) {
        this.assignments.set(stmt.id, (this.assignments.get(stmt.id) ?? 0) + 1);
      }
      if (stmt.k === 'if') {
        this.countAssignments(stmt.then);
        this.countAssignments(stmt.else);
      } else if (stmt.k === 'while') this.countAssignments(stmt.body);
    }
  }

  private statements(list: readonly Stmt[]): Stmt[] {
    return list.flatMap((stmt) => this.statement(stmt));
  }

  private statement(stmt: Stmt): Stmt | Stmt[] {
    switch (stmt.k) {
      case 'let': {
        const value = this.expr(stmt.value);
        if (value.k === 'const' && this.assignments.get(stmt.id) === 1) {
          this.known.set(stmt.id, value);
          return [];
        }
        return { ...stmt, value };
      }
      case 'set-gpr':
      case 'set-spr':
        return { ...stmt, value: this.expr(stmt.value) };
      case 'set-carry':
        return { ...stmt, carries: this.expr(stmt.carries) };
      case 'set-gpr-at':
      case 'set-cr-field':
      case 'set-vsr':
        return { ...stmt, number: this.expr(stmt.number), value: this.expr(stmt.value) };
      case 'set-cr-bit':
        return { ...stmt, number: this.expr(stmt.number), value: this.cond(stmt.value) };
      case 'set-cr':
        return { ...stmt, fields: this.expr(stmt.fields), value: this.expr(stmt.value) };
      case 'set-vsr-permuted': {
        const registers = {
          left: this.expr(stmt.left),
          right: this.expr(stmt.right),
          control: this.expr(stmt.control),
        };
        return { ...stmt, ...registers, number: this.expr(stmt.number) };
      }
      case 'apply':
        return { ...stmt, args: stmt.args.map((arg) => this.expr(arg)) };
      case 'system':
        return { ...stmt, a: this.expr(stmt.a) };
      case 'set-nia':
        return { ...stmt, value: this.expr(stmt.value) };
      case 'load':
        return { ...stmt, ea: this.expr(stmt.ea) };
      case 'store':
        return { ...stmt, ea: this.expr(stmt.ea), value: this.expr(stmt.value) };
      case 'read-spr': {
        const number = extract(stmt.field, this.word);
        return this.around.plainSpr(number, false) ? { k: 'let', id: stmt.id, value: { k: 'spr', number } } : stmt;
      }
      case 'write-spr': {
        const number = extract(stmt.field, this.word);
        const value = this.expr(stmt.value);
        return this.around.plainSpr(number, true) ? { k: 'set-spr', number, value } : { ...stmt, value };
      }
      case 'if': {
        const cond = this.cond(stmt.cond);
        const truth = truthOf(cond);
        if (truth !== undefined) return this.statements(truth ? stmt.then : stmt.else);
        return { k: 'if', cond, then: this.statements(stmt.then), else: this.statements(stmt.else) };
      }
      case 'while':
        return { k: 'while', cond: this.cond(stmt.cond), body: this.statements(stmt.body) };
      case 'require':
        return PRIVILEGE_RANK[stmt.privilege] <= this.around.rank ? [] : stmt;
      default:
        return stmt;
    }
  }

  private field(field: Field): Expr {
    return constant(BigInt(extract(field, this.word)));
  }

  private expr(e: Expr): Expr {
    switch (e.k) {
      case 'field':
        return this.field(e.field);
      case 'gpr':
        if (!e.or0) return e;
        return extract(e.field, this.word) === 0 ? constant(0n) : { k: 'gpr', field: e.field, or0: false };
      case 'local':
        return this.known.get(e.id) ?? e;
      case 'un': {
        const a = this.expr(e.a);
        if (a.k !== 'const') return { ...e, a };
        if (e.op === 'extu32') return constant(a.value & 0xffff_ffffn);
        if (e.op === 'exts32') return constant(BigInt.asIntN(32, a.value));
        return { ...e, a };
      }
      case 'bin':
        return binary(e.op, this.expr(e.a), this.expr(e.b));
      case 'select': {
        const cond = this.cond(e.cond);
        const truth = truthOf(cond);
        if (truth !== undefined) return this.expr(truth ? e.a : e.b);
        return { k: 'select', cond, a: this.expr(e.a), b: this.expr(e.b) };
      }
      case 'bit': {
        const cond = this.cond(e.cond);
        const truth = truthOf(cond);
        return truth === undefined ? { k: 'bit', cond } : constant(truth ? 1n : 0n);
      }
      case 'compare':
        return { ...e, a: this.expr(e.a), b: this.expr(e.b) };
      case 'gpr-at':
      case 'cr-field':
      case 'vsr':
        return { ...e, number: this.expr(e.number) };
      default:
        return e;
    }
  }

  private cond(c: Cond): Cond {
    switch (c.k) {
      case 'sf':
        return this.around.mode.sf ? TRUE : FALSE;
      case 'le':
        return this.around.mode.littleEndian ? TRUE : FALSE;
      case 'cr-bit':
        return { k: 'cr-bit', number: this.expr(c.number) };
      case 'not': {
        const a = this.cond(c.a);
        const truth = truthOf(a);
        if (truth !== undefined) return truth ? FALSE : TRUE;
        return a.k === 'not' ? a.a : { k: 'not', a };
      }
      case 'cmp': {
        const [a, b] = [this.expr(c.a), this.expr(c.b)];
        const known = a.k === 'const' && b.k === 'const' ? COMPARE[c.op]?.(a.value, b.value) : undefined;
        if (known !== undefined) return known ? TRUE : FALSE;
        // A condition that became a number and is asked again.
        if (a.k === 'bit' && b.k === 'const' && b.value === 0n && c.op === 'ne') return a.cond;
        return { ...c, a, b };
      }
      case 'and':
      case 'or':
      case 'xor':
        return combine(c.k, this.cond(c.a), this.cond(c.b));
    }
  }
}

/** Whether a specialised condition is constant. */
function truthOf(c: Cond): boolean | undefined {
  return c === TRUE ? true : c === FALSE ? false : undefined;
}

function combine(k: 'and' | 'or' | 'xor', a: Cond, b: Cond): Cond {
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const truth = truthOf(one);
    if (truth === undefined) continue;
    if (k === 'and') return truth ? other : FALSE;
    if (k === 'or') return truth ? TRUE : other;
    if (!truth) return other;
    const known = truthOf(other);
    return known === undefined ? { k: 'not', a: other } : known ? FALSE : TRUE;
  }
  return { k, a, b };
}

function binary(op: BinaryOp, a: Expr, b: Expr): Expr {
  if (a.k === 'const' && b.k === 'const') {
    const value = compute(op, a.value, b.value);
    if (value !== undefined) return constant(value);
  }
  if (b.k === 'const') {
    const neutral = op === 'and' ? b.value === ONES : op === 'mul' ? b.value === 1n : b.value === 0n;
    const hasNeutral = /^(add|sub|or|xor|shl|shru|shrs|rotl|and|mul)$/.test(op);
    if (neutral && hasNeutral) return a;
    if (op === 'and') return masked(a, b.value) ?? { k: 'bin', op, a, b };
  }
  if (a.k === 'const' && a.value === 0n && (op === 'add' || op === 'or' || op === 'xor')) return b;
  return { k: 'bin', op, a, b };
}

const isDoubled = (e: Expr): Expr | undefined =>
  e.k === 'bin' && e.op === 'or' && e.b.k === 'bin' && e.b.op === 'shl' && e.b.b.k === 'const' && e.b.b.value === 32n
    ? e.b.a
    : undefined;

/** A rotation under a mask: a shift where the mask drops what comes around, a rotation of words where it drops the rest. */
function masked(rotation: Expr, mask: bigint): Expr | undefined {
  if (rotation.k === 'bin' && rotation.op === 'or') {
    const unrotated = isDoubled(rotation);
    // rlwinm without a rotation.
    if (unrotated && mask <= 0xffff_ffffn) return { k: 'bin', op: 'and', a: unrotated, b: constant(mask) };
  }
  if (rotation.k !== 'bin' || rotation.op !== 'rotl') return undefined;
  const { a, b } = rotation;
  const word = isDoubled(a);
  const width = word && mask <= 0xffff_ffffn ? 32n : 64n;
  const x = width === 32n && word ? word : a;
  const under = (e: Expr, bits = ONES): Expr =>
    (mask & bits) === bits ? e : { k: 'bin', op: 'and', a: e, b: constant(mask) };
  if (b.k === 'const') {
    const n = b.value & (width - 1n);
    if ((mask & ((1n << n) - 1n)) === 0n) {
      const shifted: Expr = { k: 'bin', op: 'shl', a: x, b: constant(n) };
      return under(shifted, (ONES << n) & ONES);
    }
    if (mask >> n === 0n) {
      const shifted: Expr = { k: 'bin', op: 'shru', a: x, b: constant(width - n) };
      return width === 64n ? under(shifted, (1n << n) - 1n) : { k: 'bin', op: 'and', a: shifted, b: constant(mask) };
    }
  }
  return width === 32n ? under({ k: 'bin', op: 'rotl32', a: x, b }, 0xffff_ffffn) : undefined;
}
