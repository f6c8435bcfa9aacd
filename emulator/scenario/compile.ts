/** From checked statements to operations. */

import type { Analysis } from './analyse';
import type { AsmBlock, Body, Expr, LocalVariable, Place, Routine, Stmt } from './ir';
import type { CompiledRoutine, Op, Program, ScopedVariable } from './program';

/** Instructions of a `run` without a number: more than can be executed. */
const ENDLESS = BigInt(Number.MAX_SAFE_INTEGER);

/** Compiles a scenario without errors. */
export function compile(analysis: Analysis): Program {
  const compiler = new Compiler(analysis.asmBlocks);
  const scenarios = analysis.scenarios.map((routine) => compiler.routine(routine, 'scenario'));
  const procedures = analysis.procedures.map((routine) => compiler.routine(routine, 'procedure'));
  const { ops, places } = compiler;
  const files = analysis.files.map((file) => file.path);
  return { ops, places, scenarios, procedures, asmBlocks: analysis.asmBlocks, files, constants: analysis.constants };
}

/** A jump whose target is not known yet. */
type Label = { at: number | undefined; readonly from: number[] };

type Jump = Extract<Op, { readonly to: number }>;

class Compiler {
  readonly ops: Op[] = [];
  readonly places: Place[] = [];
  private variables: ScopedVariable[] = [];
  /** Expressions of an `expect` whose values are kept, with where. */
  private readonly kept = new Map<Expr, number>();

  constructor(private readonly asmBlocks: readonly AsmBlock[]) {}

  routine(routine: Routine, kind: CompiledRoutine['kind']): CompiledRoutine {
    const start = this.ops.length;
    this.variables = [];
    this.body(routine.body);
    this.emit(routine.place, { op: 'return', value: false });
    const end = this.ops.length;
    const parameters = routine.parameters.map((variable) => ({ ...variable, from: start, to: end }));
    return {
      kind,
      name: routine.name,
      place: routine.place,
      start,
      end,
      parameters: routine.parameters.length,
      slots: routine.slots,
      variables: [...parameters, ...this.variables],
    };
  }

  private emit(place: Place, op: Op): number {
    this.ops.push(op);
    this.places.push(place);
    return this.ops.length - 1;
  }

  // ---- jumps

  private label(): Label {
    return { at: undefined, from: [] };
  }

  private jump(place: Place, op: Jump, label: Label): void {
    const at = this.emit(place, label.at === undefined ? op : { ...op, to: label.at });
    if (label.at === undefined) label.from.push(at);
  }

  private here(label: Label): void {
    label.at = this.ops.length;
    for (const from of label.from) this.ops[from] = { ...(this.ops[from] as Jump), to: label.at };
  }

  // ---- statements

  private body({ statements, locals }: Body): void {
    const declared = new Map<number, number>();
    for (const statement of statements) {
      this.statement(statement);
      if (statement.kind === 'let') declared.set(statement.slot, this.ops.length);
    }
    this.scoped(locals, (slot) => declared.get(slot));
  }

  private scoped(locals: readonly LocalVariable[], from: (slot: number) => number | undefined): void {
    for (const { name, slot } of locals) {
      this.variables.push({ name, slot, from: from(slot) ?? this.ops.length, to: this.ops.length });
    }
  }

  private statement(statement: Stmt): void {
    const { place } = statement;
    this.emit(place, { op: 'statement' });
    switch (statement.kind) {
      case 'as':
        this.emit(place, { op: 'enter', actor: statement.actor });
        this.body(statement.body);
        this.emit(place, { op: 'leave' });
        return;
      case 'let':
      case 'assign':
        this.value(statement.value);
        this.emit(place, { op: 'set local', slot: statement.slot });
        return;
      case 'set register':
        this.value(statement.value);
        this.emit(place, { op: 'set register', name: statement.register });
        return;
      case 'if':
        this.ifStatement(statement);
        return;
      case 'for':
        this.forStatement(statement);
        return;
      case 'repeat':
        this.repeatStatement(statement);
        return;
      case 'return':
        if (statement.value) this.value(statement.value);
        this.emit(place, { op: 'return', value: statement.value !== undefined });
        return;
      case 'print': {
        const parts = statement.values.map((value) => (value.kind === 'value' ? value.text : undefined));
        statement.values.forEach((value, i) => {
          if (parts[i] === undefined) this.value(value);
        });
        this.emit(place, { op: 'print', parts });
        return;
      }
      case 'expect interrupt': {
        const after = this.label();
        this.jump(place, { op: 'catch', interrupt: statement.interrupt, to: 0 }, after);
        this.body(statement.body);
        this.emit(place, { op: 'end catch' });
        this.here(after);
        return;
      }
      case 'expect':
        this.expectStatement(statement);
        return;
      case 'store':
        this.value(statement.address);
        this.value(statement.value);
        this.emit(place, { op: 'store', width: statement.width });
        return;
      case 'store bytes':
        this.value(statement.address);
        this.value(statement.value);
        this.emit(place, { op: 'store bytes' });
        return;
      case 'thread':
        this.value(statement.thread);
        this.value(statement.address);
        this.emit(place, { op: 'thread' });
        return;
      case 'asm':
        if (this.asmBlocks[statement.block]?.little.length !== 0)
          this.emit(place, { op: 'asm', block: statement.block });
        return;
      case 'run':
        this.runStatement(statement);
        return;
      case 'do':
        this.value(statement.expression, false);
        this.emit(place, { op: 'pop' });
        return;
      case 'unavailable':
        this.emit(place, { op: 'unavailable', feature: statement.feature });
        return;
    }
  }

  private ifStatement({ branches, otherwise, place }: Extract<Stmt, { kind: 'if' }>): void {
    const after = this.label();
    for (const { condition, body } of branches) {
      const next = this.label();
      this.value(condition);
      this.jump(condition.place, { op: 'jump if false', to: 0 }, next);
      this.body(body);
      this.jump(place, { op: 'jump', to: 0 }, after);
      this.here(next);
    }
    if (otherwise) this.body(otherwise);
    this.here(after);
  }

  private forStatement({ variable, counter, end, from, to, body, place }: Extract<Stmt, { kind: 'for' }>): void {
    this.value(from);
    this.emit(place, { op: 'set local', slot: counter });
    this.value(to);
    this.emit(place, { op: 'set local', slot: end });
    const top = this.label();
    const after = this.label();
    this.here(top);
    this.emit(place, { op: 'local', slot: counter, name: variable.name });
    this.emit(place, { op: 'local', slot: end, name: variable.name });
    this.emit(place, { op: 'binary', operator: '<' });
    this.jump(place, { op: 'jump if false', to: 0 }, after);
    this.emit(place, { op: 'local', slot: counter, name: variable.name });
    this.emit(place, { op: 'set local', slot: variable.slot });
    const start = this.ops.length;
    this.body(body);
    this.step(place, counter, '+');
    this.jump(place, { op: 'jump', to: 0 }, top);
    this.scoped([variable], () => start);
    this.here(after);
  }

  private repeatStatement({ counter, count, body, place }: Extract<Stmt, { kind: 'repeat' }>): void {
    this.value(count);
    this.emit(place, { op: 'set local', slot: counter });
    const top = this.label();
    const after = this.label();
    this.here(top);
    this.emit(place, { op: 'local', slot: counter, name: 'repeat' });
    this.jump(place, { op: 'jump if false', to: 0 }, after);
    this.body(body);
    this.step(place, counter, '-');
    this.jump(place, { op: 'jump', to: 0 }, top);
    this.here(after);
  }

  /**
   * Without a condition one run to the end. With places the condition is looked at where the software arrives, and a place
   * where it stands already does not count; another condition is looked at before and in between.
   */
  private runStatement({ counter, done, last, until, places, count, place }: Extract<Stmt, { kind: 'run' }>): void {
    if (count) this.value(count);
    else this.emit(place, { op: 'push', value: ENDLESS });
    if (!until) {
      this.emit(place, { op: 'run', symbols: [], addresses: 0 });
      this.emit(place, { op: 'pop' });
      return;
    }
    this.emit(place, { op: 'set local', slot: counter });
    this.emit(place, { op: 'push', value: 0n });
    this.emit(place, { op: 'set local', slot: done });
    const [top, go, after] = [this.label(), this.label(), this.label()];
    if (places) this.jump(place, { op: 'jump', to: 0 }, go);
    this.here(top);
    const on = this.label();
    this.value(until);
    this.jump(until.place, { op: 'jump if false', to: 0 }, on);
    this.jump(place, { op: 'jump', to: 0 }, after);
    this.here(on);
    this.emit(place, { op: 'local', slot: counter, name: 'run' });
    this.jump(place, { op: 'jump if false', to: 0 }, after);
    this.here(go);
    const addresses = (places ?? []).flatMap((each) => ('address' in each ? [each.address] : []));
    const symbols = (places ?? []).flatMap((each) => ('symbol' in each ? [each.symbol] : []));
    addresses.forEach((address) => {
      this.value(address);
    });
    this.emit(place, { op: 'local', slot: counter, name: 'run' });
    this.emit(place, { op: 'run', symbols, addresses: addresses.length, ...(places ? {} : { look: done }) });
    this.emit(place, { op: 'set local', slot: last });
    this.add(place, counter, '-', last);
    this.add(place, done, '+', last);
    // Software that has ended executes nothing.
    this.emit(place, { op: 'local', slot: last, name: 'run' });
    this.jump(place, { op: 'jump if false', to: 0 }, after);
    this.jump(place, { op: 'jump', to: 0 }, top);
    this.here(after);
  }

  /** Adds one slot to another, or takes it off. */
  private add(place: Place, slot: number, operator: '+' | '-', by: number): void {
    this.emit(place, { op: 'local', slot, name: '' });
    this.emit(place, { op: 'local', slot: by, name: '' });
    this.emit(place, { op: 'binary', operator });
    this.emit(place, { op: 'set local', slot });
  }

  private step(place: Place, slot: number, operator: '+' | '-'): void {
    this.emit(place, { op: 'local', slot, name: '' });
    this.emit(place, { op: 'push', value: 1n });
    this.emit(place, { op: 'binary', operator });
    this.emit(place, { op: 'set local', slot });
  }

  private expectStatement({ condition, text, shown, message, place }: Extract<Stmt, { kind: 'expect' }>): void {
    // Not all of `a && b` is computed each time.
    const [partly, slots] = [condition.kind !== 'binary', shown.map(({ slot }) => slot)];
    if (partly && slots.length > 0) this.emit(place, { op: 'forget', slots });
    for (const { expression, slot } of shown) this.kept.set(expression, slot);
    this.value(condition);
    this.kept.clear();
    const parts = shown.map(({ slot, text: part, family }) => ({ slot, text: part, family }));
    this.emit(place, { op: 'expect', text, message, shown: parts });
  }

  // ---- expressions: leave one value on the stack

  private value(expression: Expr, needed = true): void {
    this.computed(expression, needed);
    const slot = this.kept.get(expression);
    if (slot !== undefined) this.emit(expression.place, { op: 'keep', slot });
  }

  private computed(expression: Expr, needed: boolean): void {
    const { place } = expression;
    const emit = (op: Op) => this.emit(place, op);
    switch (expression.kind) {
      case 'value':
        emit({ op: 'push', value: expression.value });
        return;
      case 'unknown':
        throw new RangeError('a scenario with errors is not compiled');
      case 'local':
        emit({ op: 'local', slot: expression.slot, name: expression.name });
        return;
      case 'register':
        emit({ op: 'register', name: expression.name });
        return;
      case 'at':
        this.value(expression.address);
        emit({ op: 'at', name: expression.name });
        return;
      case 'symbol':
        emit({ op: 'symbol', name: expression.name });
        return;
      case 'gprs':
        emit({ op: 'gprs' });
        return;
      case 'unary':
        this.value(expression.operand);
        emit({ op: 'unary', operator: expression.operator });
        return;
      case 'binary':
        this.value(expression.left);
        this.value(expression.right);
        emit({ op: 'binary', operator: expression.operator });
        return;
      case 'logic': {
        const after = this.label();
        this.value(expression.left);
        emit({ op: 'truth' });
        this.jump(place, { op: 'jump keeping', when: expression.operator === '||', to: 0 }, after);
        emit({ op: 'pop' });
        this.value(expression.right);
        emit({ op: 'truth' });
        this.here(after);
        return;
      }
      case 'choose': {
        const [no, after] = [this.label(), this.label()];
        this.value(expression.condition);
        this.jump(place, { op: 'jump if false', to: 0 }, no);
        this.value(expression.yes);
        this.jump(place, { op: 'jump', to: 0 }, after);
        this.here(no);
        this.value(expression.no);
        this.here(after);
        return;
      }
      case 'field':
        this.value(expression.of);
        emit({ op: 'field', name: expression.name });
        return;
      case 'index':
        this.value(expression.of);
        this.value(expression.index);
        emit({ op: 'index' });
        return;
      case 'slice':
        this.value(expression.of);
        this.value(expression.from);
        this.value(expression.to);
        emit({ op: 'slice' });
        return;
      case 'record':
        for (const [, inner] of expression.fields) this.value(inner);
        emit({ op: 'record', names: expression.fields.map(([name]) => name) });
        return;
      case 'list':
        for (const item of expression.items) this.value(item);
        emit({ op: 'list', count: expression.items.length });
        return;
      case 'function':
        for (const argument of expression.arguments) this.value(argument);
        emit({ op: 'function', name: expression.name, count: expression.arguments.length, guest: expression.guest });
        return;
      case 'procedure':
        for (const argument of expression.arguments) this.value(argument);
        emit({ op: 'invoke', procedure: expression.procedure, count: expression.arguments.length });
        if (needed) emit({ op: 'need value', name: expression.name });
        return;
      case 'call': {
        for (const argument of expression.arguments) this.value(argument);
        const { lev, number, name, expected } = expression;
        emit({ op: 'call', lev, number, name, count: expression.arguments.length, expected });
        return;
      }
      case 'send': {
        const { command, fields, sessions, expected } = expression;
        if (sessions.length > 0) {
          emit({ op: 'unavailable', feature: 'send ... with session' });
          emit({ op: 'push', value: 0n });
          return;
        }
        for (const [, inner] of fields) this.value(inner);
        emit({ op: 'send', command, names: fields.map(([name]) => name), expected });
        return;
      }
      case 'load':
        this.value(expression.address);
        emit({ op: 'load', width: expression.width });
        return;
      case 'load bytes':
        this.value(expression.address);
        this.value(expression.size);
        emit({ op: 'load bytes' });
        return;
      case 'response':
        this.value(expression.address);
        emit({ op: 'dup' });
        emit({ op: 'push', value: 10n });
        emit({ op: 'load bytes' });
        emit({ op: 'response size' });
        emit({ op: 'load bytes' });
        emit({ op: 'decode response' });
        return;
    }
  }
}
