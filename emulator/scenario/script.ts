/**
 * Executes the operations of a scenario: the state of the script, its values, and what it asks of the machine.
 *
 * run.ts drives it tick by tick; this file knows nothing of ticks, stepping or the debugger.
 */

import { InputError } from '../common/errors';
import type { MachineApi } from '../common/machine-api';
import {
  type Activity,
  type ActivityResult,
  type InterruptInfo,
  type MachineEvent,
  actorName,
} from '../common/machine';
import type { Value } from '../common/values';
import { callFailure, interruptText, sendFailure } from './failures';
import { sideText, valueText } from './format';
import { callFunction } from './functions';
import { gprs } from './evaluate';
import { MAX_BYTES, ScriptError, toBytes, toCount, toNumber, toTruth } from './operators';
import type { CompiledRoutine, Op, Program } from './program';
import { Stack, calculate, isValueOp } from './stack';
import { initialState } from './state';
import type { ScriptFrame, ScriptState } from './state';
import { isAt, symbolAt, symbolNamed } from './symbols';
import { builtCommand, decodedResponse } from './tpm';
import { CONSTANTS } from './vocabulary';

/** Most procedures at work at the same time. */
export const MAX_CALL_DEPTH = 1000;

/**
 * `run until` with a condition that can hold anywhere looks after every instruction so often, then each time after so many,
 * and always after a call or an interrupt.
 */
const CLOSE_LOOKS = 1000n;
const DISTANCE = 10_000n;

/** The scenario ends here, unhappily. */
export interface Failure {
  /** `error`: not the scenario's doing but that of something outside. */
  readonly kind: 'failed' | 'error';
  readonly code: string;
  readonly message: string;
  /** Operation that failed. */
  readonly op: number;
  /** Effective address of the instruction that raised an interrupt which was not expected. */
  readonly address?: bigint;
}

/** Thrown inside of an operation, caught by `advance`. */
class Failed extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly kind: Failure['kind'] = 'failed',
    readonly address?: bigint,
  ) {
    super(message);
  }
}

export class Script {
  state: ScriptState;
  failure: Failure | undefined;
  passed = false;
  private readonly stack = new Stack(() => this.state.stack);

  constructor(
    readonly program: Program,
    readonly routine: CompiledRoutine,
    private readonly machine: MachineApi,
  ) {
    this.state = initialState(routine.start, routine.slots);
  }

  reset(): void {
    this.state = initialState(this.routine.start, this.routine.slots);
    this.failure = undefined;
    this.passed = false;
  }

  get finished(): boolean {
    return this.passed || this.failure !== undefined;
  }

  get frame(): ScriptFrame | undefined {
    return this.state.frames.at(-1);
  }

  /** Executes the next operation. Not while the machine works for the script. */
  advance(events: MachineEvent[]): void {
    const { state } = this;
    if (!state.started) {
      state.started = true;
      events.push({ kind: 'scenario', name: this.routine.name });
    }
    const at = state.pc++;
    const op = this.program.ops[at];
    state.lineStart = false;
    if (this.frame) this.frame.at = at;
    if (op)
      this.guarded(at, () => {
        this.execute(op, at, events);
      });
  }

  /** Takes the result of what the machine did for the script. Only while something is pending and the machine is idle. */
  settle(): void {
    const { pending } = this.state;
    if (!pending) return;
    this.guarded(pending.op, () => {
      const result = this.machine.takeResult();
      this.state.pending = null;
      if (result.kind === 'stuck') throw new Failed('stuck', `The processor stands still: ${result.detail}.`);
      if (result.kind === 'interrupt') this.interrupted(result.interrupt);
      else this.take(pending, result);
    });
  }

  /** Keeps the machine's last note: it may be the reason for a result. */
  notice(event: MachineEvent): void {
    if (event.kind !== 'output' || event.category === 'print') return;
    this.state.note = event.text;
    this.state.backEnd = event.backEnd === true;
  }

  private guarded(op: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error instanceof Failed) {
        const { kind, code, message, address } = error;
        this.failure = { kind, code, message, op, ...(address === undefined ? {} : { address }) };
      } else if (error instanceof ScriptError)
        this.failure = {
          kind: error.code === 'not-available' ? 'error' : 'failed',
          code: error.code,
          message: error.message,
          op,
        };
      else throw error;
    }
  }

  // ---- operations

  private execute(op: Op, at: number, events: MachineEvent[]): void {
    const { state, machine } = this;
    if (isValueOp(op)) {
      calculate(op, this.stack);
      return;
    }
    switch (op.op) {
      case 'statement':
        state.lineStart = true;
        if (this.frame) this.frame.statement = at;
        return;
      case 'local':
        this.stack.push(this.frame?.locals[op.slot] ?? 0n);
        return;
      case 'set local':
        if (this.frame) this.frame.locals[op.slot] = this.stack.pop();
        return;
      case 'register':
        this.stack.push(this.register(op.name));
        return;
      case 'set register':
        machine.writeRegister(op.name, this.stack.popNumber(`The value of ${op.name}`));
        return;
      case 'symbol':
        this.stack.push(symbolNamed(machine, op.name).address);
        return;
      case 'at':
        this.stack.push(isAt(machine, this.stack.popNumber('NIA'), op.name));
        return;
      case 'gprs':
        this.stack.push(gprs((name) => this.register(name)));
        return;
      case 'function':
        this.stack.push(
          callFunction(op.name, op.guest, this.stack.popMany(op.count), (guest, gpa) => machine.ra(guest, gpa)),
        );
        return;
      case 'jump':
        state.pc = op.to;
        return;
      case 'jump if false':
        if (!toTruth(this.stack.pop())) state.pc = op.to;
        return;
      case 'jump keeping':
        if (state.stack.at(-1) === op.when) state.pc = op.to;
        return;
      case 'invoke':
        this.invoke(op.procedure, op.count);
        return;
      case 'return':
        this.return(op.value);
        return;
      case 'need value':
        if (state.stack.at(-1) === null) {
          throw new Failed(
            'no-value',
            `The procedure ${op.name} ended without 'return value'; return one on every way.`,
          );
        }
        return;
      case 'enter':
        machine.enter(op.actor);
        state.actors++;
        return;
      case 'leave':
        machine.leave();
        state.actors--;
        return;
      case 'catch':
        state.catches.push({
          interrupt: op.interrupt,
          to: op.to,
          statement: at,
          frames: state.frames.length,
          actors: state.actors,
          stack: state.stack.length,
        });
        return;
      case 'end catch':
        this.notRaised();
        return;
      case 'call':
        this.begin(
          { kind: 'call', lev: op.lev, number: op.number, args: this.arguments(op.count) },
          { kind: 'call', op: at },
        );
        return;
      case 'send': {
        const values = this.stack.popMany(op.names.length);
        const command = builtCommand(
          op.command,
          op.names.map((name, i) => [name, values[i] ?? 0n] as const),
        );
        this.begin({ kind: 'send', command }, { kind: 'send', op: at, command });
        return;
      }
      case 'load': {
        const address = this.stack.popNumber('An address');
        this.begin({ kind: 'load', width: op.width, address }, { kind: 'value', op: at });
        return;
      }
      case 'load bytes': {
        const length = toCount(this.stack.pop(), MAX_BYTES, 'The number of bytes');
        const address = this.stack.popNumber('An address');
        this.begin({ kind: 'load bytes', address, length }, { kind: 'bytes', op: at });
        return;
      }
      case 'store': {
        const value = BigInt.asUintN(8 * op.width, this.stack.popNumber('What a store writes'));
        const address = this.stack.popNumber('An address');
        this.begin({ kind: 'store', width: op.width, address, value }, { kind: 'nothing', op: at });
        return;
      }
      case 'store bytes': {
        const bytes = toBytes(this.stack.pop(), 'What store bytes writes');
        const address = this.stack.popNumber('An address');
        this.begin({ kind: 'store bytes', address, bytes }, { kind: 'nothing', op: at });
        return;
      }
      case 'asm':
        this.begin(this.code(op.block), { kind: 'nothing', op: at });
        return;
      case 'run': {
        const instructions = this.stack.popNumber('The number of instructions');
        const addresses = this.stack.popMany(op.addresses).map((value) => toNumber(value, 'A place'));
        const until = [...addresses, ...op.symbols.flatMap((name) => symbolNamed(machine, name).places)];
        const most = op.look === undefined ? BigInt(Number.MAX_SAFE_INTEGER) : this.instructionsToLook(op.look);
        this.begin(
          {
            kind: 'run',
            instructions: Number(instructions < most ? instructions : most),
            ...(until.length > 0 && { until }),
            ...(op.look !== undefined && { calls: true }),
          },
          { kind: 'value', op: at },
        );
        return;
      }
      case 'thread': {
        const address = this.stack.popNumber('An address');
        this.startThread(Number(this.stack.popNumber('The number of a thread')), BigInt.asUintN(64, address));
        return;
      }
      case 'decode response':
        this.stack.push(decodedResponse(toBytes(this.stack.pop()), machine.exchange?.command));
        return;
      case 'expect':
        if (!toTruth(this.stack.pop())) this.notHeld(op);
        return;
      case 'keep':
        if (this.frame) this.frame.locals[op.slot] = this.stack.top;
        return;
      case 'forget':
        for (const slot of op.slots) if (this.frame) this.frame.locals[slot] = null;
        return;
      case 'print': {
        const values = this.stack.popMany(op.parts.filter((part) => part === undefined).length);
        const text = op.parts.map((part) => part ?? valueText(values.shift() ?? 0n)).join(' ');
        events.push({ kind: 'output', category: 'print', text });
        return;
      }
      case 'unavailable':
        throw new Failed('not-available', `not available yet: ${op.feature}.`, 'error');
    }
  }

  /** How far software runs until its condition is looked at again. */
  private instructionsToLook(slot: number): bigint {
    const done = this.frame?.locals[slot];
    return typeof done === 'bigint' && done >= CLOSE_LOOKS ? DISTANCE : 1n;
  }

  private register(name: string): bigint {
    const value = this.machine.readRegister(name);
    if (value === undefined) throw new ScriptError('unknown-name', `This machine has no register '${name}'.`);
    return value;
  }

  private arguments(count: number): bigint[] {
    return this.stack.popMany(count).map((value) => toNumber(value, 'An argument'));
  }

  private notHeld({ text, message, shown }: Extract<Op, { op: 'expect' }>): never {
    const values = shown.flatMap(({ slot, text: part, family }) => {
      const value = this.frame?.locals[slot] ?? null;
      return value === null ? [] : [`${part} is ${sideText(value, family, CONSTANTS.has(part))}`];
    });
    const why = values.length > 0 ? `: ${values.join('; ')}` : '';
    throw new Failed('expectation-failed', withMessage(`${text} does not hold${why}.`, message));
  }

  // ---- procedures and blocks

  private invoke(procedure: number, count: number): void {
    const { state } = this;
    const routine = this.program.procedures[procedure];
    if (!routine) return;
    if (state.frames.length > MAX_CALL_DEPTH) {
      throw new Failed('too-deep', `More than ${MAX_CALL_DEPTH} procedures call each other; end the recursion before.`);
    }
    const locals: (Value | null)[] = this.stack.popMany(count);
    while (locals.length < routine.slots) locals.push(null);
    state.frames.push({
      procedure,
      locals,
      returnTo: state.pc,
      statement: routine.start,
      at: routine.start,
      actors: state.actors,
      catches: state.catches.length,
      stack: state.stack.length,
    });
    state.pc = routine.start;
  }

  private return(withValue: boolean): void {
    const { state, frame } = this;
    if (!frame) return;
    if (state.catches.length > frame.catches) this.notRaised();
    const value = withValue ? this.stack.pop() : null;
    this.unwind(frame.actors, frame.stack);
    state.frames.pop();
    if (state.frames.length === 0) {
      this.passed = true;
      return;
    }
    state.pc = frame.returnTo;
    this.stack.push(value);
  }

  private unwind(actors: number, stack: number): void {
    const { state } = this;
    for (; state.actors > actors; state.actors--) this.machine.leave();
    state.stack.length = stack;
  }

  // ---- interrupts

  private interrupted(interrupt: InterruptInfo): void {
    const { state, machine } = this;
    const expected = state.catches.at(-1);
    const text = interruptText(interrupt, symbolAt(machine, interrupt.address));
    if (!expected) {
      const where = `as ${actorName(machine.actor)}`;
      const help = "if it must come, write the statement in 'expect interrupt { }'.";
      const message = `Uncaught interrupt ${where}: ${text}; ${help}`;
      throw new Failed('uncaught-interrupt', message, 'failed', interrupt.address);
    }
    if (expected.interrupt && expected.interrupt.vector !== interrupt.vector) {
      const message = `Expected the interrupt ${expected.interrupt.name}, but got ${text}.`;
      throw new Failed('wrong-interrupt', message, 'failed', interrupt.address);
    }
    state.catches.pop();
    state.frames.length = expected.frames;
    this.unwind(expected.actors, expected.stack);
    state.pc = expected.to;
  }

  private notRaised(): void {
    const expected = this.state.catches.at(-1);
    const name = expected?.interrupt ? `The interrupt ${expected.interrupt.name}` : 'An interrupt';
    throw new Failed('no-interrupt', `${name} was expected, but the block ended without one.`);
  }

  // ---- the machine

  private startThread(thread: number, address: bigint): void {
    try {
      this.machine.threads.start(thread, address);
    } catch (error) {
      if (error instanceof InputError) throw new Failed(error.code, error.message);
      throw error;
    }
  }

  private begin(activity: Activity, pending: NonNullable<ScriptState['pending']>): void {
    this.state.note = null;
    this.state.backEnd = false;
    this.machine.begin(activity);
    this.state.pending = pending;
    if (this.machine.state === 'idle') this.settle();
  }

  private code(index: number): Activity {
    const block = this.program.asmBlocks[index];
    const none = new Uint8Array();
    return { kind: 'code', offset: block?.offset ?? 0, little: block?.little ?? none, big: block?.big ?? none };
  }

  private take(pending: NonNullable<ScriptState['pending']>, result: Extract<ActivityResult, { kind: 'done' }>): void {
    switch (pending.kind) {
      case 'nothing':
        return;
      case 'value':
        this.stack.push(result.value ?? 0n);
        return;
      case 'bytes':
        this.stack.push(result.bytes ?? new Uint8Array());
        return;
      case 'call': {
        const op = this.program.ops[pending.op];
        const r3 = result.value ?? 0n;
        if (op?.op === 'call') this.check(callFailure(op, r3, this.state));
        this.stack.push(r3);
        return;
      }
      case 'send': {
        const op = this.program.ops[pending.op];
        const response = result.bytes && decodedResponse(result.bytes, pending.command);
        if (op?.op === 'send') {
          this.check(sendFailure(op, response, result.value, this.state));
        }
        this.stack.push(response ?? result.value ?? 0n);
        return;
      }
    }
  }

  private check(failure: Omit<Failure, 'op'> | undefined): void {
    if (failure) throw new Failed(failure.code, failure.message, failure.kind);
  }
}

function withMessage(text: string, message: string | undefined): string {
  return message === undefined ? text : `${message}: ${text}`;
}
