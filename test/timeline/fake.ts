/**
 * A run that is a generator: small programs with statements, procedures, calls into a listing, asm lines, output and
 * outside answers, for tests of the timeline and the debugger. It keeps the contract of Replayable to the letter.
 */

import { realMemory } from '../real-memory';
import { createHash } from 'node:crypto';
import type { Frame, NamedValue, SourceId } from '../../emulator/common/frames';
import { type MachineApi, NO_SYMBOLS } from '../../emulator/common/machine-api';
import type { Actor, CallInfo, MachineConfig, MachineEvent } from '../../emulator/common/machine';
import type { Value } from '../../emulator/common/values';
import type { DebugTarget, EvaluateResult, RunOutcome, RunStatus } from '../../emulator/timeline/replayable';

export const FILE = '/w/fake.pef';

/** `tick`: one tick; `ask`: wait for an outside answer first. */
type Op = 'tick' | 'ask';
export type Steps<T = void> = Generator<Op, T, bigint | undefined>;
export type Program = (run: FakeRun) => Steps;

const range = (line: number) => ({ line, column: 3, endLine: line, endColumn: 20 });
const at = (source: SourceId, line: number) => ({ source, range: range(line) });

export interface FakeOptions {
  /** Frames say `lineStart` themselves; without, the debugger has to guess. */
  readonly saysLineStart?: boolean;
  /** Answers outside requests; default: the number of requests so far. */
  readonly answer?: (request: number, signal?: AbortSignal) => Promise<bigint>;
}

export class FakeRun implements DebugTarget {
  readonly files = [FILE];
  readonly machine: FakeMachine;
  outcome: RunOutcome | undefined;
  tick = 0;
  /** Outside answers by their order. */
  log: bigint[] = [];
  services = 0;
  vars = new Map<string, bigint>();
  lines = new Set<number>();
  #frames: Frame[] = [];
  #events: MachineEvent[] = [];
  #asked = 0;
  #waits = false;
  /** The frames changed in this tick. */
  #moved = false;
  #steps: Steps;
  #assigned = new Map<number, [string, bigint][]>();

  constructor(
    private readonly program: Program,
    private readonly options: FakeOptions = { saysLineStart: true },
  ) {
    this.machine = new FakeMachine();
    this.#steps = program(this);
    this.#prime();
  }

  /** Runs to the first yield, so that tick 0 stands at the first statement. */
  #prime(): void {
    this.#take(this.#steps.next());
  }

  #take(result: IteratorResult<Op, void>): void {
    this.#waits = false;
    if (result.done) this.outcome ??= { kind: 'passed' };
    else this.#waits = result.value === 'ask';
  }

  get status(): RunStatus {
    if (this.outcome) return 'finished';
    return this.#waits ? 'waiting' : 'running';
  }

  get canReplay(): boolean {
    return this.#waits && this.log.length > this.#asked;
  }

  step(maxTicks: number): readonly MachineEvent[] {
    if (this.outcome) return [];
    for (let n = 0; n < maxTicks; n++) {
      if (this.#waits && !this.canReplay) break;
      this.#moved = false;
      this.#events = [];
      this.tick++;
      const answer = this.#waits ? this.log[this.#asked++] : undefined;
      this.#take(this.#steps.next(answer));
      for (const [name, value] of this.#assigned.get(this.tick) ?? []) this.#set(name, value);
      const top = this.#frames[this.#frames.length - 1];
      if (this.status === 'finished' || this.#stirred() || top?.lineStart) break;
    }
    return this.#events;
  }

  async service(signal?: AbortSignal): Promise<void> {
    this.services++;
    const request = this.log.length;
    const answer = await (this.options.answer?.(request, signal) ?? Promise.resolve(BigInt(request)));
    if (!signal?.aborted) this.log.push(answer);
  }

  reset(): void {
    this.tick = 0;
    this.outcome = undefined;
    this.#frames = [];
    this.#events = [];
    this.#asked = 0;
    this.vars = new Map();
    this.machine.clear();
    this.#steps = this.program(this);
    this.#prime();
    for (const [name, value] of this.#assigned.get(0) ?? []) this.#set(name, value);
  }

  frames(): readonly Frame[] {
    return [...this.#frames].reverse();
  }

  hash(): string {
    const state = [this.tick, this.#asked, this.#frames, [...this.vars], [...this.machine.registers], this.status];
    const text = JSON.stringify(
      state,
      (_key, value) => (typeof value === 'bigint' ? value.toString() : value) as unknown,
    );
    return createHash('sha256').update(text).update(this.machine.bytes).digest('hex');
  }

  breakpointLines() {
    return [...this.lines].sort((a, b) => a - b).map(range);
  }

  variables(): readonly NamedValue[] {
    return [...this.vars].map(([name, value]) => ({ name, value }));
  }

  /** Names, numbers, and two of them joined by `==`, `>`, `+`, `&&`. */
  evaluate(text: string): EvaluateResult {
    const words = text.trim().split(/\s+/);
    const one = (word = ''): Value | undefined =>
      /^(0x[0-9a-f]+|[0-9]+)$/i.test(word) ? BigInt(word) : (this.vars.get(word) ?? this.machine.readRegister(word));
    const [a, b] = [one(words[0]), one(words[2])];
    if (words.length === 1 && a !== undefined) return { value: a };
    if (words.length !== 3 || typeof a !== 'bigint' || typeof b !== 'bigint') {
      return { error: `'${text.trim()}' is not known here` };
    }
    if (words[1] === '==') return { value: a === b };
    if (words[1] === '>') return { value: a > b };
    if (words[1] === '+') return { value: a + b };
    return { error: `'${words[1] ?? ''}' is no operator` };
  }

  assign(name: string, text: string): EvaluateResult {
    const result = this.evaluate(text);
    if ('error' in result) return result;
    if (typeof result.value !== 'bigint') return { error: 'not a number' };
    if (!this.vars.has(name) && this.machine.readRegister(name) === undefined) return { error: `no '${name}' here` };
    for (const tick of this.#assigned.keys()) if (tick > this.tick) this.#assigned.delete(tick);
    this.log.length = this.#asked;
    this.#assigned.set(this.tick, [...(this.#assigned.get(this.tick) ?? []), [name, result.value]]);
    this.#set(name, result.value);
    return { value: result.value };
  }

  #set(name: string, value: bigint): void {
    if (this.vars.has(name)) this.vars.set(name, value);
    else this.machine.writeRegister(name, value);
  }

  format(value: Value, options?: { readonly hex?: boolean }): string {
    if (typeof value === 'bigint') return options?.hex ? '0x' + value.toString(16) : value.toString();
    return typeof value === 'boolean' ? String(value) : JSON.stringify(value);
  }

  #stirred(): boolean {
    return this.#events.length > 0 || this.#moved;
  }

  #push(frame: Frame): void {
    this.#frames.push(frame);
    this.#moved = true;
  }

  #pop(): Frame | undefined {
    this.#moved = true;
    return this.#frames.pop();
  }

  // What programs are made of.

  emit(event: MachineEvent): void {
    this.#events.push(event);
  }

  /** A statement: `ticks` ticks at a line; `body` is what it does in its first tick. */
  *line(line: number, body?: () => void, ticks = 1): Steps {
    this.lines.add(line);
    this.#place(line, true);
    yield 'tick';
    body?.();
    // A failed run stays where it failed.
    if (this.outcome) yield 'tick';
    for (let i = 1; i < ticks; i++) {
      this.#place(line, false);
      yield 'tick';
    }
    this.#place(line, false);
  }

  #place(line: number, start: boolean): void {
    const top = this.#pop();
    if (!top) return;
    const source = top.location?.source ?? { kind: 'file', path: FILE };
    this.#push({ ...top, location: at(source, line), ...(this.options.saysLineStart && { lineStart: start }) });
  }

  *frame(frame: Frame, body: Steps): Steps {
    this.#push(frame);
    yield* body;
    this.#pop();
  }

  /** The scenario itself, or a procedure that a statement calls. */
  procedure(name: string, body: Steps): Steps {
    return this.frame({ kind: 'script', name }, body);
  }

  /** A statement that makes a call: `sc`, the lines of the listing, and back. */
  *call(
    line: number,
    info: Partial<CallInfo> & { name: string; number: bigint },
    lines: number,
    inside?: Steps,
  ): Steps {
    const { name } = info;
    const call: CallInfo = { lev: 1, args: [], caller: 'guest vm, privileged', ...info };
    yield* this.line(line);
    this.#push({ kind: 'code', name: 'sc', address: 0x1000n });
    yield 'tick';
    this.emit({ kind: 'call', call });
    this.#push({
      kind: 'firmware',
      name,
      call,
      location: at({ kind: 'listing', name }, 3),
    });
    for (let i = 0; i < lines; i++) {
      yield* this.line2(3 + i);
      if (i === 0 && inside) yield* inside;
    }
    this.#pop();
    this.emit({ kind: 'call return', call, result: 0n, r4: 0n });
    this.machine.registers.set('r3', 0n);
    yield 'tick';
    this.#pop();
    this.#place(line, false);
    yield 'tick';
  }

  *line2(line: number): Steps {
    this.#place(line, true);
    yield 'tick';
    this.#place(line, false);
  }

  /** Instructions of an asm block, one a line. */
  *asm(line: number, count: number): Steps {
    yield* this.line(line);
    for (let i = 0; i < count; i++) {
      this.lines.add(line + 1 + i);
      this.#push({
        kind: 'code',
        name: 'asm',
        address: 0x2000n + BigInt(4 * i),
        location: at({ kind: 'file', path: FILE }, line + 1 + i),
        ...(this.options.saysLineStart && { lineStart: true }),
      });
      yield 'tick';
      this.machine.registers.set('r5', BigInt(i));
      this.#pop();
    }
    this.#place(line, false);
    yield 'tick';
  }

  /** Instructions without source. */
  *code(ticks: number): Steps {
    this.#push({ kind: 'code', name: 'image', address: 0x8000n });
    for (let i = 0; i < ticks; i++) yield 'tick';
    this.#pop();
  }

  /** A tick in the middle of a statement. */
  *between(): Steps {
    yield 'tick';
  }

  *ask(): Steps<bigint> {
    return (yield 'ask') ?? -1n;
  }

  set(name: string, value: bigint): void {
    this.vars.set(name, value);
  }

  get(name: string): bigint {
    return this.vars.get(name) ?? 0n;
  }

  print(text: string): void {
    this.emit({ kind: 'output', category: 'print', text });
  }

  fail(message: string): void {
    const stack = this.frames();
    this.outcome = {
      kind: 'failed',
      failure: { code: 'expect-failed', message, stack, ...(stack[0]?.location && { location: stack[0].location }) },
    };
  }
}

/** 64 KiB of memory at address 0, and a few registers. */
export class FakeMachine implements MachineApi {
  readonly threads = {
    count: 1,
    current: 0,
    executes: () => true,
    inThread: <T>(_: number, then: () => T) => then(),
    start() {},
  };
  readonly endian = 'little';
  readonly symbols = NO_SYMBOLS;
  readonly returnAddress = undefined;
  readonly config: MachineConfig = {
    profile: 'spec',
    normalBytes: 1 << 20,
    secureBytes: 1 << 20,
    seed: '0',
    tpm: { kind: 'none' },
    guests: [{ name: 'vm', lpid: 1, memoryBytes: 1 << 20, endian: 'little' }],
  };
  readonly actor: Actor = { kind: 'guest', guest: 'vm', user: false };
  readonly state = 'idle';
  readonly canReplay = false;
  exchange: MachineApi['exchange'];
  readonly bytes = new Uint8Array(0x10000);
  readonly memory = realMemory(() => this.bytes);
  registers = new Map<string, bigint>();

  constructor() {
    this.clear();
  }

  clear(): void {
    this.bytes.fill(0);
    this.registers = new Map([
      ['r3', 0xef10n],
      ['r4', 1n],
      ['r5', 0n],
      ['MSR', 0x8000000000000001n],
    ]);
    this.exchange = undefined;
  }

  enter(): void {}
  leave(): void {}
  begin(): void {}
  step() {
    return { ticks: 1, events: [] };
  }
  takeResult() {
    return { kind: 'done' as const };
  }
  service(): Promise<void> {
    return Promise.resolve();
  }
  frames(): readonly Frame[] {
    return [];
  }
  readRegister(name: string): bigint | undefined {
    return this.registers.get(name.toUpperCase() === 'MSR' ? 'MSR' : name.toLowerCase());
  }
  writeRegister(name: string, value: bigint): boolean {
    if (this.readRegister(name) === undefined) return false;
    this.registers.set(name.toUpperCase() === 'MSR' ? 'MSR' : name.toLowerCase(), value);
    return true;
  }
  peek(address: bigint, length: number): Uint8Array | undefined {
    if (address + BigInt(length) > BigInt(this.bytes.length)) return undefined;
    return this.bytes.slice(Number(address), Number(address) + length);
  }
  setCodeBreakpoints(): void {}
  ra(_guest: string, gpa: bigint): bigint | undefined {
    return gpa < BigInt(this.bytes.length) ? gpa : undefined;
  }
  codeBase(): bigint {
    return 0x2000n;
  }
  poke(address: bigint, bytes: Uint8Array): boolean {
    if (address + BigInt(bytes.length) > BigInt(this.bytes.length)) return false;
    this.bytes.set(bytes, Number(address));
    return true;
  }
  reset(): void {
    this.clear();
  }
  hashInto(update: (bytes: Uint8Array) => void): void {
    update(this.bytes);
  }
}
