/**
 * A scenario on its machine: what the timeline and the debugger step through.
 *
 * One tick is one operation of the script, or one tick of the machine while it works for the script.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../common/bytes';
import { InputError } from '../common/errors';
import type { TextRange } from '../common/errors';
import type { Frame, NamedValue, SourceLocation } from '../common/frames';
import type { MachineApi, StepDetail } from '../common/machine-api';
import { type MachineConfig, type MachineEvent, actorName } from '../common/machine';
import type { Value } from '../common/values';
import type { DebugTarget, EvaluateResult, RunOutcome, RunStatus } from '../timeline/replayable';
import { lineAt, offsetsOf } from './code-lines';
import { assignable, evaluateText, scopedVariables } from './debug';
import type { Assignment } from './debug';
import { formatValue } from './format';
import type { FormatOptions } from './format';
import type { LoadedScenario } from './load';
import type { Place } from './ir';
import type { Program } from './program';
import { Script } from './script';
import { feed } from './state';

export interface RunOptions {
  /** Name of the scenario, or its position in the file from 0. Default: the first one. */
  readonly scenario?: string | number;
  /** Settings in place of those of the machine block. */
  readonly profile?: MachineConfig['profile'];
  readonly seed?: string;
  /** Makes the machine that the scenario runs on. */
  readonly machine: (config: MachineConfig) => MachineApi;
}

/** What the debugger set during the run: an input that going back and forth feeds again. */
type Input =
  | { readonly tick: number; readonly kind: 'assign'; readonly assignment: Assignment }
  | { readonly tick: number; readonly kind: 'poke'; readonly address: bigint; readonly bytes: Uint8Array };

export class ScenarioRun implements DebugTarget {
  readonly machine: MachineApi;
  readonly files: readonly string[];
  private readonly program: Program;
  private readonly script: Script;
  private readonly lines = new Map<string, readonly TextRange[]>();
  private inputs: readonly Input[] = [];
  private ticks = 0;
  private result: RunOutcome | undefined;

  /** @throws InputError `no-scenario` when the file has no scenario of that name; or from the machine's configuration */
  constructor(
    private readonly loaded: LoadedScenario,
    options: RunOptions,
  ) {
    const { program, config } = loaded;
    const routine = chosen(loaded, options.scenario ?? 0);
    this.program = program;
    this.files = program.files;
    const { profile = config.profile, seed = config.seed } = options;
    this.machine = options.machine({ ...config, profile, seed });
    this.script = new Script(program, routine, this.machine);
  }

  /** Name of the scenario. */
  get name(): string {
    return this.script.routine.name;
  }

  get tick(): number {
    return this.ticks;
  }

  get outcome(): RunOutcome | undefined {
    return this.result;
  }

  get status(): RunStatus {
    if (this.result) return 'finished';
    return this.script.state.pending && this.machine.state === 'waiting' ? 'waiting' : 'running';
  }

  get canReplay(): boolean {
    return this.machine.canReplay;
  }

  service(signal?: AbortSignal): Promise<void> {
    return this.machine.service(signal);
  }

  // ---- going forward

  step(maxTicks: number, detail: StepDetail = 'line'): readonly MachineEvent[] {
    const events: MachineEvent[] = [];
    let left = maxTicks;
    while (left > 0 && this.status === 'running') {
      const stride = Math.min(left, this.ticksToNextInput());
      const before = this.ticks;
      const stop = this.script.state.pending ? this.stepMachine(stride, detail, events) : this.stepScript(events);
      left -= this.ticks - before;
      this.applyInputs();
      this.conclude();
      if (events.length > 0 || (stop && detail !== 'event')) break;
    }
    return events;
  }

  /** One operation. Answers whether a step can end after it. */
  private stepScript(events: MachineEvent[]): boolean {
    const { script } = this;
    const depth = script.state.frames.length;
    script.advance(events);
    this.ticks++;
    return script.state.lineStart || script.state.pending !== null || script.state.frames.length !== depth;
  }

  private stepMachine(stride: number, detail: StepDetail, events: MachineEvent[]): boolean {
    const step = this.machine.step(stride, detail);
    this.ticks += step.ticks;
    for (const event of step.events) {
      this.script.notice(event);
      events.push(event);
    }
    if (this.machine.state === 'idle') this.script.settle();
    return true;
  }

  /** Sets the outcome when the script has ended. */
  private conclude(): void {
    const { script } = this;
    if (this.result || !script.finished) return;
    const { failure } = script;
    if (!failure) {
      this.result = { kind: 'passed' };
      return;
    }
    const { kind, code, message, op, address } = failure;
    const place = this.program.places[op];
    const instruction = address === undefined ? undefined : this.sourceAt(address);
    const at = instruction ?? (place && location(place));
    this.result = { kind, failure: { code, message, location: at, stack: this.frames() } };
  }

  // ---- going back

  reset(): void {
    this.machine.reset();
    this.script.reset();
    this.ticks = 0;
    this.result = undefined;
    this.applyInputs();
  }

  hash(): string {
    const hash = sha256.create();
    const update = (bytes: Uint8Array): void => {
      hash.update(bytes);
    };
    feed(this.script.state, update);
    feed([this.script.passed, this.script.failure ?? null], update);
    this.machine.hashInto(update);
    return toHex(hash.digest());
  }

  private ticksToNextInput(): number {
    const next = this.inputs.find(({ tick }) => tick > this.ticks);
    return next ? next.tick - this.ticks : Number.MAX_SAFE_INTEGER;
  }

  private applyInputs(): void {
    for (const input of this.inputs) if (input.tick === this.ticks) this.apply(input);
  }

  private apply(input: Input): boolean {
    if (input.kind === 'poke') return this.machine.poke(input.address, input.bytes);
    const { assignment } = input;
    if (assignment.kind === 'register') return this.machine.writeRegister(assignment.name, assignment.value);
    const frame = this.script.state.frames[assignment.frame];
    if (frame) frame.locals[assignment.slot] = assignment.value;
    return frame !== undefined;
  }

  /** Applies an input now and keeps it for going back and forth; inputs of a future that is no more are forgotten. */
  private record(input: Input): boolean {
    if (!this.apply(input)) return false;
    this.inputs = [...this.inputs.filter(({ tick }) => tick <= input.tick), input];
    return true;
  }

  // ---- looking

  frames(): readonly Frame[] {
    return [...this.machineFrames(), ...this.scriptFrames()];
  }

  private machineFrames(): readonly Frame[] {
    const { pending } = this.script.state;
    const frames = pending ? this.machine.frames() : [];
    if (pending === null || this.program.ops[pending.op]?.op !== 'asm') return frames;
    return frames.map((frame) => {
      if (frame.kind !== 'code' || frame.address === undefined || frame.location) return frame;
      const at = this.sourceAt(frame.address);
      return at ? { ...frame, location: at } : frame;
    });
  }

  sourceAt(address: bigint): SourceLocation | undefined {
    const place = lineAt(this.program.asmBlocks, address - this.machine.codeBase());
    return place && location(place);
  }

  /**
   * Effective addresses, of the current actor, of the instructions on a line of an `asm` block: where code breakpoints of
   * the line belong. None for other lines.
   */
  codeAddresses(path: string, line: number): readonly bigint[] {
    const base = this.machine.codeBase();
    return offsetsOf(this.program.asmBlocks, path, line).map((offset) => base + offset);
  }

  private scriptFrames(): Frame[] {
    const { state, routine } = this.script;
    const innermost = state.frames.length - 1;
    return state.frames
      .map((frame, i): Frame => {
        const own = frame.procedure < 0 ? routine : this.program.procedures[frame.procedure];
        const place = this.program.places[frame.statement] ?? own?.place;
        // Actors of outer frames are those at the time of the call: the machine knows only the innermost.
        const actor = i === innermost ? ` — as ${actorName(this.machine.actor)}` : '';
        return {
          kind: 'script',
          name: `${own?.name ?? ''}${actor}`,
          lineStart: i === innermost && state.lineStart,
          ...(place ? { location: location(place) } : {}),
        };
      })
      .reverse();
  }

  breakpointLines(path: string): readonly TextRange[] {
    const known = this.lines.get(path);
    if (known) return known;
    const { ops, places, asmBlocks } = this.program;
    const statements = places.filter((place, at) => ops[at]?.op === 'statement' && place.path === path);
    const assembler = asmBlocks.filter(({ place }) => place.path === path).flatMap(({ lines }) => lines);
    const ranges = [...statements, ...assembler].map(({ range }) => range);
    ranges.sort((a, b) => a.line - b.line || a.column - b.column);
    this.lines.set(path, ranges);
    return ranges;
  }

  /** Index into the script's frames (outermost 0) of a frame of `frames()`; the innermost for a frame of the machine. */
  private scriptFrame(frame: number): number {
    const { frames } = this.script.state;
    const inner = Math.max(0, frame - this.machineFrames().length);
    return Math.max(0, frames.length - 1 - inner);
  }

  variables(frame: number): readonly NamedValue[] {
    if (frame < this.machineFrames().length) return [];
    return scopedVariables(this.script, this.scriptFrame(frame)).flatMap(({ name, value }) =>
      value === null ? [] : [{ name, value }],
    );
  }

  evaluate(text: string, frame = 0): EvaluateResult {
    return evaluateText(text, this.script, this.scriptFrame(frame), this.machine);
  }

  assign(name: string, text: string, frame = 0): EvaluateResult {
    const target = this.scriptFrame(frame);
    const result = evaluateText(text, this.script, target, this.machine);
    if ('error' in result) return result;
    const assignment = assignable(name, result.value, this.script, target, this.machine);
    if ('error' in assignment) return assignment;
    return this.record({ tick: this.ticks, kind: 'assign', assignment })
      ? { value: assignment.value }
      : { error: `'${name}' cannot be set.` };
  }

  /** Sets bytes of the current actor's memory: an input of the run at this tick. False where there is no memory. */
  poke(address: bigint, bytes: Uint8Array): boolean {
    return this.record({ tick: this.ticks, kind: 'poke', address, bytes: bytes.slice() });
  }

  format(value: Value, options: FormatOptions = {}): string {
    return formatValue(value, options);
  }

  /** Names that an expression can begin with at a frame, for completion: variables, constants of the file, guests. */
  namesInScope(frame = 0): readonly string[] {
    const variables = scopedVariables(this.script, this.scriptFrame(frame)).map(({ name }) => name);
    return [
      ...new Set([
        ...variables,
        ...this.program.constants.keys(),
        ...this.loaded.config.guests.map(({ name }) => name),
      ]),
    ];
  }
}

const location = ({ path, range }: Place) => ({ source: { kind: 'file', path }, range }) as const;

function chosen(loaded: LoadedScenario, which: string | number): Program['scenarios'][number] {
  const { scenarios } = loaded.program;
  const found = typeof which === 'number' ? scenarios[which] : scenarios.find(({ name }) => name === which);
  if (found) return found;
  const names = scenarios.map(({ name }) => `"${name}"`).join(', ');
  const asked = typeof which === 'number' ? `number ${which + 1}` : `named "${which}"`;
  const help = names === '' ? 'write scenario "name" { }' : `it has ${names}`;
  throw new InputError('no-scenario', `${loaded.path} has no scenario ${asked}; ${help}.`);
}
