/** What the generator must know of a row: taken from its meaning, so that rows to come need nothing here. */
import type { Field } from '../../emulator/isa/fields';
import type { Expr, Stmt } from '../../emulator/isa/ir';
import type { InstructionRow } from '../../emulator/isa/row';
import { INSTRUCTIONS } from '../../emulator/isa/table';

/** Rows that cannot be compared case by case, and why. */
// prettier-ignore
export const LEFT_OUT: readonly { readonly rows: RegExp; readonly reason: string }[] = [
  { rows: /^(sc|scv|rfscv|rfid|hrfid|urfid|rfebb)$/, reason: 'leaves the case for software that does not exist in both machines' },
  { rows: /^(attn|stop|wait|nap|doze|sleep|rvwinkle)$/, reason: 'stops the machine' },
  { rows: /^(darn|mftb)$/, reason: 'random numbers and time' },
  { rows: /^(tbegin|tend|tabort.*|treclaim|trechkpt|tsr|tcheck)\.?$/, reason: 'transactions: when one fails is the machine\'s choice' },
  { rows: /^(copy|paste|cp_abort)\.?$/, reason: 'accelerators, which QEMU does not have' },
];

/** What is left out besides where software has more privilege. */
// prettier-ignore
export const LEFT_OUT_OF_SYSTEM: typeof LEFT_OUT = [
  { rows: /^(tlb|slb)/, reason: 'the machine has radix translation only, pseries without an operating system the other' },
  { rows: /^msg/, reason: 'messages interrupt the machine at times of its own' },
];
/** Rows that do not go well with the instructions behind them. */
export const NOT_IN_PROGRAMS = /^mtmsrd?$/;

/** Rows that are compared. */
export const COMPARED: readonly InstructionRow[] = INSTRUCTIONS.filter(
  (row) => !LEFT_OUT.some(({ rows }) => rows.test(row.name)),
);

export interface RowFacts {
  readonly row: InstructionRow;
  /** It loads or stores; whether RB is part of the address. */
  readonly memory: { readonly indexed: boolean } | undefined;
  readonly branches: boolean;
  /** Names of the fields that name general purpose registers which it writes. */
  readonly writes: ReadonlySet<string>;
}

const cache = new Map<InstructionRow, RowFacts>();

export function factsOf(row: InstructionRow): RowFacts {
  const known = cache.get(row);
  if (known) return known;
  const statements = flat(row.program);
  const locals = new Map<number, Expr>();
  for (const stmt of statements) if (stmt.k === 'let' && !locals.has(stmt.id)) locals.set(stmt.id, stmt.value);
  const addresses = statements.flatMap((stmt) => (stmt.k === 'load' || stmt.k === 'store' ? [stmt.ea] : []));
  const facts: RowFacts = {
    row,
    memory:
      addresses.length === 0 ? undefined : { indexed: addresses.some((address) => mentions(address, 'RB', locals)) },
    branches: statements.some((stmt) => stmt.k === 'set-nia'),
    writes: new Set(statements.flatMap((stmt) => (stmt.k === 'set-gpr' ? [stmt.field.name] : []))),
  };
  cache.set(row, facts);
  return facts;
}

/** All statements, those of branches and loops too. */
function flat(statements: readonly Stmt[]): Stmt[] {
  return statements.flatMap((stmt) => {
    if (stmt.k === 'if') return [stmt, ...flat(stmt.then), ...flat(stmt.else)];
    return stmt.k === 'while' ? [stmt, ...flat(stmt.body)] : [stmt];
  });
}

/** Whether an expression reads the register that a field names. */
function mentions(expr: unknown, name: string, locals: ReadonlyMap<number, Expr>, seen = new Set<number>()): boolean {
  if (typeof expr !== 'object' || expr === null) return false;
  const node = expr as { k?: string; field?: Field; id?: number };
  if (node.k === 'gpr') return node.field?.name === name;
  if (node.k === 'local' && node.id !== undefined) {
    if (seen.has(node.id)) return false;
    seen.add(node.id);
    return mentions(locals.get(node.id), name, locals, seen);
  }
  return Object.values(node).some((value) => mentions(value, name, locals, seen));
}
