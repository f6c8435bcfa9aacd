/**
 * A debugger over one run: go, step, stop and go back, by lines, instructions and events.
 *
 * One movement at a time; each is a promise of the stop that ends it. Long movements run in slices and let their host
 * work in between; `pause` ends any of them where it is, `cancel` a search backwards where it began.
 */

import { InputError } from '../common/errors';
import type { SourceLocation } from '../common/frames';
import type { StepDetail } from '../common/machine-api';
import type { MachineEvent } from '../common/machine';
import type { BreakpointTable, Hit, HitReason, Surroundings } from './breakpoints';
import { beginsLine, depthOf, positionOf, type Position } from './position';
import type { DebugTarget, RunOutcome } from './replayable';
import { LineStarts, afterCall, caller, isSoftware, returned, stepIn, stepOut, stepOver } from './stepping';
import type { ReturnPlace, StepEnd, StepUnit } from './stepping';
import { Timeline, type Pace, type Stride } from './timeline';

/** `end`: the run is over, and the user wants to look at it before it is `finished`. */
export type StopReason = HitReason | 'step' | 'entry' | 'pause' | 'goto' | 'end' | 'finished';

export interface Stop {
  readonly reason: StopReason;
  /** A few words for the user. */
  readonly description: string;
  /** Ids of the breakpoints that were hit. */
  readonly breakpoints: readonly number[];
  /** The event that was stopped at, when it was one. */
  readonly event?: MachineEvent;
  /** Set when the run is over: with reason `exception` at a failure that the user wants to see, `end`, or `finished`. */
  readonly outcome?: RunOutcome;
}

/** What the debugger asks of whoever runs it. */
export interface DebuggerHost {
  /** True when some milliseconds have passed since the last `yieldToHost`. */
  shouldYield(): boolean;
  yieldToHost(): Promise<void>;
  /** Ticks to run before the next look (pacer.ts). */
  readonly strideTicks: number;
  /** An event of the run, once: not when its tick is executed again. */
  happened(event: MachineEvent, location: SourceLocation | undefined): void;
  /** The text of a log message. */
  log(text: string, location: SourceLocation | undefined): void;
}

/** One movement under way. */
class Movement implements Pace {
  stopRequested = false;
  cancelled = false;
  readonly stopped: Promise<void>;
  #settle: () => void = () => undefined;

  constructor(
    readonly origin: number,
    private readonly host: DebuggerHost,
  ) {
    this.stopped = new Promise((settle) => (this.#settle = settle));
  }

  shouldYield(): boolean {
    return this.host.shouldYield();
  }

  yieldToHost(): Promise<void> {
    return this.host.yieldToHost();
  }

  get strideTicks(): number {
    return this.host.strideTicks;
  }

  stop(): void {
    this.stopRequested = true;
    this.#settle();
  }
}

type See = (before: Position | undefined, now: Position, stride: Stride) => void;

const NO_ADDRESSES: ReadonlySet<bigint> = new Set();

const START = 'Start of the recording';
const END = 'End of the scenario';

/** How far before a point a search backwards looks closely first, in ticks, and how much further each next time. */
const FIRST_WINDOW = 4096;
const WINDOW_GROWTH = 32;

export class Debugger {
  readonly timeline: Timeline;
  #movement: Movement | undefined;
  /** Tick at which the hit counts are right; undefined when they must be counted anew. */
  #countedTo: number | undefined = 0;
  /** Version of the breakpoints that were counted. */
  #countedVersion = 0;
  /** Whether the arrival at the present tick was checked already. */
  #started = false;
  #stopOnEnd = false;
  /** Address of an instruction at which a step ends. */
  #target: bigint | undefined;

  constructor(
    readonly target: DebugTarget,
    readonly breakpoints: BreakpointTable,
    surroundings: Omit<Surroundings, 'target'>,
    private readonly host: DebuggerHost,
  ) {
    this.timeline = new Timeline(target);
    breakpoints.attach({ ...surroundings, target });
  }

  get running(): boolean {
    return this.#movement !== undefined;
  }

  /**
   * To the first line, or as far as `continue` goes.
   *
   * @param options.stopOnEnd whoever arrives at the end stops there, as a step always does
   */
  start(options: { readonly stopOnEntry: boolean; readonly stopOnEnd?: boolean }): Promise<Stop> {
    this.#stopOnEnd = options.stopOnEnd === true;
    if (!options.stopOnEntry) return this.continue();
    return this.#move(async (movement) => {
      this.#started = true;
      const now = positionOf(this.target);
      if (beginsLine(undefined, now)) return stopFor('entry', 'Entry');
      const stop = await this.#forward(movement, beginsLine);
      return stop.reason === 'step' ? stopFor('entry', 'Entry') : stop;
    });
  }

  /** To the next breakpoint, or the end. */
  continue(): Promise<Stop> {
    return this.#move((movement) => this.#forward(movement));
  }

  /** To the end, whatever breakpoints there are. */
  runToEnd(): Promise<Stop> {
    return this.#move((movement) => this.#forward(movement, undefined, false));
  }

  stepIn(unit: StepUnit): Promise<Stop> {
    return this.#move((movement) => {
      const own = this.#unit(unit);
      return this.#forward(movement, stepIn(own), true, own);
    });
  }

  stepOver(unit: StepUnit): Promise<Stop> {
    return this.#move((movement) => {
      const own = this.#unit(unit);
      const start = positionOf(this.target);
      const back = own === 'instruction' ? afterCall(start, this.target.machine.returnAddress) : undefined;
      if (back) return this.#runTo(movement, back);
      return this.#forward(movement, stepOver(start, own), true, own);
    });
  }

  stepOut(unit: StepUnit): Promise<Stop> {
    return this.#move((movement) => {
      const start = positionOf(this.target);
      const back = caller(start);
      return back ? this.#runTo(movement, back) : this.#forward(movement, stepOut(start, unit), true, unit);
    });
  }

  /** Software without source has no lines: a step is an instruction there. */
  #unit(unit: StepUnit): StepUnit {
    return isSoftware(positionOf(this.target).frames[0]) ? 'instruction' : unit;
  }

  /** Runs until a function goes on at an address, at full speed. */
  async #runTo(movement: Movement, place: ReturnPlace): Promise<Stop> {
    this.#target = place.address;
    try {
      return await this.#forward(movement, returned(place));
    } finally {
      this.#target = undefined;
    }
  }

  /** By instruction: one tick back. By line: to the last line begun before this point, here or further out. */
  stepBack(unit: StepUnit): Promise<Stop> {
    return this.#move(async (movement) => {
      const origin = this.timeline.tick;
      if (this.#unit(unit) === 'instruction') {
        return this.#arrive(movement, Math.max(0, origin - 1), stopFor('step', origin === 0 ? START : 'Step back'));
      }
      // After its last line a run has no frame; that line was in the outermost.
      const depth = Math.max(1, depthOf(positionOf(this.target)));
      const tick = await this.#searchBack(
        movement,
        origin,
        () => {
          const starts = new LineStarts();
          return {
            see: (before, now) => {
              if (now.tick < origin) starts.see(before, now);
            },
            found: () => starts.lastUpTo(depth),
          };
        },
        'line',
      );
      if (tick === 'stopped') return this.#interrupted(movement);
      if (tick === undefined) return this.#toStart(movement, origin, 'step');
      return this.#arrive(movement, tick, stopFor('step', 'Step back'));
    });
  }

  /** Back to the last breakpoint hit before this point, or to the start. */
  reverseContinue(): Promise<Stop> {
    return this.#move(async (movement) => {
      const origin = this.timeline.tick;
      const found = await this.#searchBack(movement, origin, () => {
        let last: { tick: number; hit: Hit; hits: ReadonlyMap<number, number> } | undefined;
        return {
          see: (before, now, stride) => {
            if (now.tick >= origin) return;
            const hit = this.breakpoints.check({ before, now, events: stride.events });
            if (hit) last = { tick: now.tick, hit, hits: this.breakpoints.hits() };
          },
          found: () => last,
        };
      });
      if (found === 'stopped') return this.#interrupted(movement);
      if (!found) return this.#toStart(movement, origin, 'goto');
      const { tick, hit, hits } = found;
      const stop = await this.#arrive(movement, tick, ofHit(hit));
      if (this.timeline.tick === tick && this.breakpoints.countsHits) {
        this.breakpoints.setHits(hits);
        this.#countedTo = tick;
        this.#countedVersion = this.breakpoints.version;
      }
      return stop;
    });
  }

  /** To any tick, by re-execution or by running on. Breakpoints do not stop it. */
  goto(tick: number): Promise<Stop> {
    return this.#move((movement) => this.#arrive(movement, tick, stopFor('goto', `Tick ${tick}`)));
  }

  /** Ends the movement under way where it is. Does nothing when there is none. */
  pause(): void {
    this.#movement?.stop();
  }

  /** Ends a search backwards and returns to where it began; ends other movements where they are. */
  cancel(): void {
    if (!this.#movement) return;
    this.#movement.cancelled = true;
    this.#movement.stop();
  }

  /** Ends everything, also what a back end does for the run. The debugger cannot be used afterwards. */
  async dispose(): Promise<void> {
    this.pause();
    await this.timeline.abandonWait();
  }

  /** Tells that the user changed the present state, by what the run itself repeats. */
  changed(): void {
    this.timeline.changed();
    this.breakpoints.rebase();
  }

  /** Changes the present state; going over this tick again makes the same change. */
  edit(apply: () => void): void {
    this.timeline.edit(apply);
    this.breakpoints.rebase();
  }

  async #move(how: (movement: Movement) => Promise<Stop>): Promise<Stop> {
    if (this.#movement) throw new InputError('running', 'The scenario is running; pause it first.');
    const movement = new Movement(this.timeline.tick, this.host);
    this.#movement = movement;
    try {
      return await how(movement);
    } finally {
      this.#movement = undefined;
    }
  }

  /** Runs on until a breakpoint, the end of the step, the end of the run, or a pause. */
  async #forward(movement: Movement, ends?: StepEnd, heed = true, unit: StepUnit = 'line'): Promise<Stop> {
    const { target, timeline, breakpoints } = this;
    if (timeline.isFinished()) return this.#finished(false);
    if (heed && !(await this.#countHits(movement))) return this.#interrupted(movement);
    breakpoints.rebase();
    const looks = ends !== undefined || (heed && breakpoints.needsFrames);
    const single = unit === 'instruction' || (heed && breakpoints.needsEveryTick);
    const detail = ends === undefined ? (looks ? 'statement' : 'event') : 'line';
    let before: Position | undefined = positionOf(target);
    if (!this.#started) {
      this.#started = true;
      const hit = heed ? breakpoints.check({ before: undefined, now: before, events: [] }, this.#log) : undefined;
      if (hit) return ofHit(hit);
    }
    for (;;) {
      if (movement.stopRequested) return stopFor('pause', 'Paused');
      if (timeline.mustWait) {
        await timeline.wait(movement);
        continue;
      }
      const { events, fresh } = this.#stride(single ? 1 : movement.strideTicks, detail, before);
      const now: Position = looks ? positionOf(target) : { tick: timeline.tick, frames: [] };
      if (fresh && events.length > 0) this.#tell(events);
      const hit = heed ? this.#check(before, now, events) : undefined;
      if (timeline.isFinished()) return this.#finished(heed, ends !== undefined || this.#stopOnEnd);
      if (hit) return ofHit(hit);
      if (ends?.(before, now)) return stopFor('step', 'Step');
      before = now;
      if (movement.shouldYield()) await movement.yieldToHost();
    }
  }

  /**
   * One stride. Code stops before the instructions that breakpoints and steps name; code of a block besides only where a
   * line breakpoint lies when nobody looks at every line.
   */
  #stride(maxTicks: number, detail: StepDetail, at: Position): Stride {
    const { target, timeline, breakpoints } = this;
    if (detail === 'event' || at.frames[0]?.kind !== 'code') return timeline.step(maxTicks, detail);
    const addresses = new Set(breakpoints.codeAddresses());
    if (this.#target !== undefined) addresses.add(this.#target);
    if (detail === 'statement') {
      if (!target.codeAddresses) detail = 'line';
      for (const { path, line } of breakpoints.fileLines()) {
        for (const address of target.codeAddresses?.(path, line) ?? []) addresses.add(address);
      }
    }
    target.machine.setCodeBreakpoints(addresses);
    try {
      return timeline.step(maxTicks, detail);
    } finally {
      target.machine.setCodeBreakpoints(NO_ADDRESSES);
    }
  }

  readonly #log = (text: string, at: SourceLocation | undefined): void => this.host.log(text, at);

  #check(before: Position, now: Position, events: readonly MachineEvent[]): Hit | undefined {
    const hit = this.breakpoints.check({ before, now, events }, this.#log);
    this.#countedTo = now.tick;
    return hit;
  }

  #tell(events: readonly MachineEvent[]): void {
    const location = this.target.frames().find((frame) => frame.kind === 'script')?.location;
    for (const event of events) this.host.happened(event, location);
  }

  /**
   * The last of something before a tick. What is near is found without looking closely at all the run: the windows in
   * front of the tick grow until there is one in them. Hit counts need the whole run.
   */
  async #searchBack<Found>(
    movement: Movement,
    origin: number,
    pass: () => { readonly see: See; readonly found: () => Found | undefined },
    detail: StepDetail = 'statement',
  ): Promise<Found | undefined | 'stopped'> {
    for (let ticks = FIRST_WINDOW; ; ticks *= WINDOW_GROWTH) {
      const from = this.breakpoints.countsHits ? 0 : Math.max(0, origin - ticks);
      const { see, found } = pass();
      if (!(await this.#replay(movement, from, origin, see, detail))) return 'stopped';
      const result = found();
      if (result !== undefined || from === 0) return result;
    }
  }

  /** Executes the run again, and a part of it under the eyes of `see`: after every stride, and at the start itself. */
  async #replay(
    movement: Movement,
    from: number,
    end: number,
    see: See,
    detail: StepDetail = 'statement',
  ): Promise<boolean> {
    const { timeline, breakpoints, target } = this;
    this.#countedTo = undefined;
    if (from === 0 && timeline.tick > 0) await timeline.nearestBefore(0);
    if (!(await timeline.goto(from, movement))) return false;
    if (from === 0) breakpoints.setHits(new Map());
    breakpoints.rebase();
    let before: Position | undefined;
    let now = positionOf(target);
    if (from === 0) see(before, now, { events: [], fresh: false });
    while (timeline.tick < end) {
      if (movement.stopRequested) return false;
      if (timeline.mustWait) {
        await timeline.wait(movement);
        continue;
      }
      const stride = breakpoints.needsEveryTick ? 1 : movement.strideTicks;
      const taken = this.#stride(Math.min(stride, end - timeline.tick), detail, now);
      before = now;
      now = positionOf(target);
      see(before, now, taken);
      if (movement.shouldYield()) await movement.yieldToHost();
    }
    return true;
  }

  /** Makes the hit counts right for the present tick, by counting from the start when they are not. */
  async #countHits(movement: Movement): Promise<boolean> {
    const { breakpoints, timeline } = this;
    const tick = timeline.tick;
    const counted = this.#countedTo === tick && this.#countedVersion === breakpoints.version;
    if (counted || tick === 0 || !breakpoints.countsHits) {
      this.#countedVersion = breakpoints.version;
      if (tick === 0) breakpoints.setHits(new Map());
      return true;
    }
    const whole = await this.#replay(movement, 0, tick, (before, now, stride) => {
      breakpoints.check({ before, now, events: stride.events });
    });
    if (whole) {
      this.#countedTo = tick;
      this.#countedVersion = breakpoints.version;
    }
    return whole;
  }

  /** To the first line of the run, where `start` begins; when that is not behind, to the very start. */
  async #toStart(movement: Movement, origin: number, reason: StopReason): Promise<Stop> {
    const { timeline, target } = this;
    const stop = await this.#arrive(movement, 0, stopFor(reason, START));
    let before: Position | undefined;
    let now = positionOf(target);
    while (!beginsLine(before, now) && timeline.tick < origin && !movement.stopRequested) {
      timeline.step(Math.min(movement.strideTicks, origin - timeline.tick));
      before = now;
      now = positionOf(target);
      if (movement.shouldYield()) await movement.yieldToHost();
    }
    return beginsLine(before, now) ? stop : this.#arrive(movement, 0, stop);
  }

  async #arrive(movement: Movement, tick: number, stop: Stop): Promise<Stop> {
    this.#started = tick > 0 || this.#started;
    if (tick !== this.timeline.tick) this.#countedTo = undefined;
    const there = await this.timeline.goto(tick, movement);
    if (there || !this.timeline.isFinished()) return there ? stop : this.#interrupted(movement);
    return this.#finished(false);
  }

  /** A stop on request: where it is, or, when the search was cancelled, where it began. */
  async #interrupted(movement: Movement): Promise<Stop> {
    if (!movement.cancelled) return stopFor('pause', 'Paused while going back');
    const back = new Movement(movement.origin, this.host);
    this.#movement = back;
    const there = await this.timeline.goto(movement.origin, back);
    return stopFor('pause', there ? 'Cancelled' : 'Paused while going back');
  }

  /**
   * @param heed whether a failure stops as an exception first, so that the user can look around
   * @param look whether the end stops, so that the user can look around
   */
  #finished(heed: boolean, look = false): Stop {
    const outcome = this.target.outcome ?? { kind: 'passed' };
    const end = heed && look ? { ...stopFor('end', END), outcome } : undefined;
    if (outcome.kind === 'passed') return end ?? { ...stopFor('finished', 'Passed'), outcome };
    const { code, message } = outcome.failure;
    const id = heed ? this.breakpoints.failureId() : undefined;
    if (id !== undefined) return { reason: 'exception', description: message, breakpoints: [id], outcome };
    return end ?? { ...stopFor('finished', `${message} (${code})`), outcome };
  }
}

function stopFor(reason: StopReason, description: string): Stop {
  return { reason, description, breakpoints: [] };
}

function ofHit(hit: Hit): Stop {
  return {
    reason: hit.reason,
    description: hit.description,
    breakpoints: hit.ids,
    ...(hit.event && { event: hit.event }),
  };
}
