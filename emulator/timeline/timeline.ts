/**
 * Moving along a run, in both directions.
 *
 * A mark is a tick: the run's state is a function of it, so marks are totally ordered and nothing else has to be kept.
 * Going back is re-execution from the nearest earlier state at hand (`nearestBefore`), fed by the run's own log of
 * outside answers. The frontier is the furthest tick reached; what happens before it has been seen already.
 */

import type { StepDetail } from '../common/machine-api';
import type { MachineEvent } from '../common/machine';
import type { Replayable } from './replayable';

/** How a long movement lets its host breathe and be stopped. */
export interface Pace {
  /** True when it is time to let the host's event loop run. */
  shouldYield(): boolean;
  yieldToHost(): Promise<void>;
  /** Ticks of the next stride: what is over in some milliseconds. */
  readonly strideTicks: number;
  /** True when somebody wants the movement to end where it is. */
  readonly stopRequested: boolean;
  /** Settles when `stopRequested` becomes true; lets a wait for an outside answer end early. */
  readonly stopped: Promise<void>;
}

/** What one stride gave. */
export interface Stride {
  readonly events: readonly MachineEvent[];
  /** False while ticks are executed again that the user has seen before. */
  readonly fresh: boolean;
}

/** A change from outside, made at a tick; re-execution makes it there again. */
interface Edit {
  readonly tick: number;
  readonly apply: () => void;
}

export type CallReturn = Extract<MachineEvent, { readonly kind: 'call return' }>;

interface Service {
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export class Timeline {
  #frontier: number;
  #service: Service | undefined;
  #edits: Edit[] = [];
  #lastReturn: CallReturn | undefined;

  constructor(readonly target: Replayable) {
    this.#frontier = target.tick;
  }

  /** The mark of the present state. */
  get tick(): number {
    return this.target.tick;
  }

  /** The furthest tick reached in this history. */
  get frontier(): number {
    return this.#frontier;
  }

  isFinished(): boolean {
    return this.target.status === 'finished';
  }

  /** The last call that had returned at this tick. */
  get lastReturn(): CallReturn | undefined {
    return this.#lastReturn;
  }

  /** Whether an outside answer must come before the next stride. */
  get mustWait(): boolean {
    return this.target.status === 'waiting' && !this.target.canReplay;
  }

  /** At least one and at most `maxTicks` ticks; never across the frontier, so that all of it is fresh or none. */
  step(maxTicks: number, detail: StepDetail = 'line'): Stride {
    const before = this.target.tick;
    const fresh = before >= this.#frontier;
    const known = fresh ? maxTicks : Math.min(maxTicks, this.#frontier - before);
    const edits = this.#edits.filter((edit) => edit.tick > before).map((edit) => edit.tick - before);
    const events = this.target.step(Math.min(known, ...edits), detail);
    this.#applyEdits();
    for (const event of events) if (event.kind === 'call return') this.#lastReturn = event;
    this.#frontier = Math.max(this.#frontier, this.target.tick);
    return { events, fresh };
  }

  /**
   * Waits for the outside answer, or until the pace is stopped. A stop leaves the request to the back end alone: it goes
   * on, and the next wait takes it up, so pausing changes nothing.
   */
  async wait(pace: Pace): Promise<void> {
    if (!this.#service) {
      const abort = new AbortController();
      const service: Service = { abort, done: this.target.service(abort.signal) };
      this.#service = service;
      const forget = () => {
        if (this.#service === service) this.#service = undefined;
      };
      void service.done.then(forget, forget);
    }
    await Promise.race([this.#service.done, pace.stopped]);
    // A run that waits again at once must not keep the host from its events.
    if (this.mustWait) await pace.yieldToHost();
  }

  /** Ends a wait that is under way, if any, and what the back end does for it. */
  async abandonWait(): Promise<void> {
    const service = this.#service;
    if (!service) return;
    this.#service = undefined;
    service.abort.abort();
    await service.done;
  }

  /**
   * Moves to a tick by re-execution. A tick beyond the frontier is reached by running on.
   *
   * @returns whether it arrived: a stopped pace or the end of the run can come first
   */
  async goto(tick: number, pace: Pace): Promise<boolean> {
    if (tick < this.tick) await this.nearestBefore(tick);
    while (this.tick < tick) {
      if (this.isFinished() || pace.stopRequested) return false;
      if (this.mustWait) await this.wait(pace);
      else this.step(Math.min(pace.strideTicks, tick - this.tick), 'event');
      if (pace.shouldYield()) await pace.yieldToHost();
    }
    return true;
  }

  /** Restores the nearest state at or before a tick: the start of the run. */
  async nearestBefore(_tick: number): Promise<void> {
    await this.abandonWait();
    this.target.reset();
    this.#lastReturn = undefined;
    this.#applyEdits();
  }

  /** Changes the present state by `apply`, which must do the same whenever this tick is reached again. */
  edit(apply: () => void): void {
    this.changed();
    this.#edits.push({ tick: this.tick, apply });
    apply();
  }

  /** The present state was changed from outside: what was ahead is no longer this history. */
  changed(): void {
    this.#frontier = this.tick;
    this.#edits = this.#edits.filter((edit) => edit.tick <= this.tick);
  }

  #applyEdits(): void {
    for (const edit of this.#edits) if (edit.tick === this.tick) edit.apply();
  }
}
