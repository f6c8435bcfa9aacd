/** One launched run: its debugger, what the client was shown of it, and what it has told. */

import { InputError } from '../../emulator/common/errors';
import type { Frame, SourceLocation } from '../../emulator/common/frames';
import type { MachineEvent } from '../../emulator/common/machine';
import type { BreakpointTable } from '../../emulator/timeline/breakpoints';
import { type ConsoleLine, ConsoleText } from '../../emulator/common/console-text';
import { Debugger, type Stop } from '../../emulator/timeline/debugger';
import { Pacer } from '../../emulator/timeline/pacer';
import type { DebugTarget, EvaluateResult } from '../../emulator/timeline/replayable';
import { Inspection, type Numbers } from './inspection';
import { RegisterViews, registerSnapshot, type RegisterSnapshot } from './registers';
import type { LaunchArguments, Launched } from './launch';
import { parseReference, peekBytes } from './memory';
import { listingLines } from './sources';
import { Values } from './values';
import { eventVocabulary } from './vocabulary';

/** Where a run tells what happens in it. */
export interface RunListener {
  happened(event: MachineEvent, location: SourceLocation | undefined): void;
  log(text: string, location: SourceLocation | undefined): void;
  /** A line that a guest wrote to its console. */
  console(text: string): void;
}

/** Most characters of console output that a client is shown. */
const MOST_CONSOLE = 1 << 20;
/** How often a note is told, and how many different ones. */
const MOST_REPEATS = 100;
const MOST_NOTES = 10_000;
/** Longest time that a movement keeps the event loop, in milliseconds. */
const SLICE_MS = 10;

export class LiveRun {
  readonly target: DebugTarget;
  readonly debugger: Debugger;
  readonly numbers: Numbers;
  /** The last stop; undefined before the first. */
  stop: Stop | undefined;
  /** Set when the run's end was told to the client. */
  ended = false;
  readonly #listener: RunListener;
  readonly #console = new ConsoleText();
  #consoleLeft = MOST_CONSOLE;
  readonly #notes = new Map<string, number>();
  #view: Inspection;
  #registers: RegisterSnapshot | undefined;
  #registersBefore: RegisterSnapshot | undefined;

  constructor(
    readonly launched: Launched,
    readonly options: LaunchArguments,
    breakpoints: BreakpointTable,
    numbers: Numbers,
    listener: RunListener,
  ) {
    this.target = launched.target;
    this.numbers = numbers;
    this.#listener = listener;
    this.#view = new Inspection(numbers, []);
    let sliceBegan = performance.now();
    let strideBegan = sliceBegan;
    const pacer = new Pacer();
    this.debugger = new Debugger(
      launched.target,
      breakpoints,
      {
        words: eventVocabulary(),
        listingLines,
        peek: (reference, length) => {
          try {
            const bytes = peekBytes(this, parseReference(reference), length);
            return bytes.length === length ? bytes : undefined;
          } catch (error) {
            // A guest that this run does not have: the breakpoint was set for another.
            if (error instanceof InputError) return undefined;
            throw error;
          }
        },
      },
      {
        // Asked after every stride.
        shouldYield: () => {
          const now = performance.now();
          pacer.took(now - strideBegan);
          strideBegan = now;
          return now - sliceBegan > SLICE_MS;
        },
        get strideTicks() {
          return pacer.ticks;
        },
        yieldToHost: async () => {
          await new Promise<void>((resolve) => setImmediate(resolve));
          sliceBegan = strideBegan = performance.now();
        },
        happened: (event, location) => {
          if (event.kind === 'console') this.#tellConsole(this.#console.push(event.guest, event.bytes));
          else if (this.#isNews(event)) listener.happened(event, location);
        },
        log: (text, location) => listener.log(text, location),
      },
    );
  }

  /** What the client may look at now. */
  get view(): Inspection {
    return this.#view;
  }

  get values(): Values {
    return new Values(this.target, this.#view);
  }

  get registers(): RegisterViews {
    return new RegisterViews(this.target.machine, this.#registersBefore, (name, text) => this.assign(name, text));
  }

  /** The registers of a hardware thread whose turn it is not, to be looked at. */
  registersOf(thread: number): RegisterViews {
    const { machine } = this.target;
    const readRegister = (name: string): bigint | undefined =>
      machine.threads.inThread(thread, () => machine.readRegister(name));
    return new RegisterViews({ readRegister, symbols: machine.symbols }, undefined, () => ({
      error: 'Registers can be set of the thread that executes.',
    }));
  }

  /** A movement begins: what was shown is void. */
  moving(): void {
    this.#view = new Inspection(this.numbers, []);
  }

  /** A movement has ended. */
  stopped(stop: Stop): void {
    this.#tellConsole(this.#console.flush());
    this.stop = stop;
    this.#registersBefore = this.#registers;
    this.#registers = registerSnapshot(this.target.machine);
    this.renew();
  }

  /** Software that runs may be refused the same call again and again: one sentence is told so many times. */
  #isNews(event: MachineEvent): boolean {
    if (event.kind !== 'output' || event.category !== 'note') return true;
    const times = (this.#notes.get(event.text) ?? 0) + 1;
    if (times > MOST_REPEATS || (times === 1 && this.#notes.size === MOST_NOTES)) return false;
    this.#notes.set(event.text, times);
    if (times === MOST_REPEATS) this.#listener.console(`... and so on: ${event.text}`);
    return times < MOST_REPEATS;
  }

  /** Lines of the guests' consoles; which guest's, where there are several. */
  #tellConsole(lines: readonly ConsoleLine[]): void {
    const named = this.target.machine.config.guests.length > 1;
    for (const { guest, text } of lines) {
      if (this.#consoleLeft <= 0) return;
      this.#consoleLeft -= text.length + 1;
      this.#listener.console(named ? `${guest}: ${text}` : text);
      if (this.#consoleLeft <= 0) this.#listener.console('... more console output is not shown');
    }
  }

  /** Values changed without a movement: what was shown is void. */
  renew(): void {
    const frames = this.target.frames();
    this.#view = new Inspection(this.numbers, frames.length === 0 ? this.#lastFrames() : this.#atFailure(frames));
  }

  /** The stack of a run that has failed, where it failed: at an instruction of the statement perhaps. */
  #atFailure(frames: readonly Frame[]): readonly Frame[] {
    const { outcome } = this.target;
    const location = outcome && outcome.kind !== 'passed' ? outcome.failure.location : undefined;
    return location ? frames.map((frame, i) => (i === 0 ? { ...frame, location } : frame)) : frames;
  }

  /** What a run that is over shows in place of its stack: that of the failure, or the end of the scenario's text. */
  #lastFrames(): readonly Frame[] {
    const { outcome } = this.target;
    if (!outcome) return [];
    if (outcome.kind !== 'passed') return outcome.failure.stack;
    const { name, end } = this.launched;
    return [{ kind: 'script', name: `${name} — passed`, ...(end && { location: end }) }];
  }

  /** Sets a variable or register; part of the run from this tick on. */
  assign(name: string, text: string, frame?: number): EvaluateResult {
    const result = this.target.assign(name, text, frame);
    if (!('error' in result)) this.debugger.changed();
    return result;
  }

  evaluate(text: string, frame?: number): EvaluateResult {
    if (text.length > LONGEST_EXPRESSION)
      return { error: `An expression has at most ${LONGEST_EXPRESSION} characters.` };
    return this.target.evaluate(text, frame);
  }

  async dispose(): Promise<void> {
    this.ended = true;
    await this.debugger.dispose();
    await this.launched.dispose();
  }
}

const LONGEST_EXPRESSION = 100_000;

/** @throws InputError when an evaluation failed */
export function valueOf(result: EvaluateResult): Exclude<EvaluateResult, { error: string }>['value'] {
  if ('error' in result) throw new InputError('not-evaluated', result.error);
  return result.value;
}
