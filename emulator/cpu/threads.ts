/**
 * The threads of a core. One of them has its registers in the memory that generated code uses; those of the others are
 * put away. They take turns of a fixed number of instructions, so that a run is the same every time.
 *
 * After power-on only thread 0 executes. The others are as after `stop`: a System Reset or a directed hypervisor doorbell
 * starts them at the System Reset vector, or the program around the CPU puts them somewhere (`wakeThread`).
 */
import { InputError } from '../common/errors';
import { MAX_THREADS } from '../common/machine';
import { RANDOM, RESERVATION } from '../isa/semantics';
import { SPRN, sprMask } from '../isa/sprs';
import type { PhysicalMemory } from '../memory/physical';
import type { InterruptRequest } from './entry';
import { CpuPending, PSSCR_EC } from './pending';
import type { CpuState } from './registers';
import * as state from './state';

/** Instructions of a turn. */
export const TURN_INSTRUCTIONS = 10_000;

/** A thread's registers lie below this offset. */
const THREAD_BYTES = state.SPR + state.SPR_BYTES;
const { SLOT } = state;

/** Registers that the threads of a core share (Book III 2.8 and the facts of POWER9). */
const SHARED: readonly number[] = [
  ...[SPRN.DPDES, SPRN.DHDES, SPRN.TB, SPRN.PVR, SPRN.HRMOR, SPRN.URMOR, SPRN.PTCR, SPRN.SMFCTRL, SPRN.HID],
  ...[SLOT.slept, SLOT.ultravisorDoorbells, SLOT.turn, SLOT.thread, RANDOM],
];
/** What translations depend on that the banks of the TLB are not told. */
const FLUSHING: readonly number[] = [SPRN.CIABR, SPRN.DAWR0, SPRN.DAWRX0];
const LPCR_HDEE = sprMask('LPCR', 'HDEE');

/** What the CPU does next: execute, enter an interrupt, or nothing ever again. */
export type Attention =
  | { readonly kind: 'execute' }
  | { readonly kind: 'interrupt'; readonly request: InterruptRequest }
  | { readonly kind: 'still'; readonly detail: string };

const EXECUTE: Attention = { kind: 'execute' };

/** A core; `Cpu` adds execution. */
export abstract class CpuThreads extends CpuPending {
  /** Only the thread in place executes, and its turn does not end. */
  alone = false;
  /** Registers of the threads that are put away; the one in place has no meaning here. */
  private readonly away: DataView<ArrayBuffer>[];

  /** @param threads 1 to 8; another number is an InputError */
  constructor(
    memory: PhysicalMemory,
    readonly threads: number,
  ) {
    super(memory);
    if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
      throw new InputError('bad-threads', `A core has 1 to ${MAX_THREADS} threads, not ${threads}.`);
    }
    this.away = Array.from({ length: threads }, () => new DataView(new ArrayBuffer(THREAD_BYTES)));
  }

  /** The thread whose registers are in place: that which executes, unless `inThread` shows another one. */
  get thread(): number {
    return this.view.getUint32(state.SPR + 8 * SLOT.thread, true);
  }

  private get turnLeft(): number {
    return this.view.getUint32(state.SPR + 8 * SLOT.turn, true);
  }
  private set turnLeft(instructions: number) {
    this.view.setUint32(state.SPR + 8 * SLOT.turn, instructions, true);
  }

  /** With the registers of thread 0 as after power-on in place: those of all. */
  protected resetThreads(): void {
    const signals = this.loadSpr(SLOT.signals);
    this.turnLeft = TURN_INSTRUCTIONS;
    for (let thread = this.threads - 1; thread >= 0; thread--) {
      this.storeSpr(SPRN.PIR, BigInt(thread));
      this.storeSpr(SPRN.TIR, BigInt(thread));
      const stopped = thread > 0;
      this.storeSpr(SLOT.signals, stopped ? signals | BigInt(state.SIGNAL.stopped) : signals);
      this.storeSpr(SPRN.PSSCR, stopped ? BigInt(PSSCR_EC) : 0n);
      this.storeSpr(SPRN.LPCR, stopped ? LPCR_HDEE : 0n);
      this.putAway(thread);
    }
  }

  private putAway(thread: number): void {
    const to = this.away[thread];
    if (to) new Uint8Array(to.buffer).set(this.u8.subarray(0, THREAD_BYTES));
  }

  protected override threadView(thread: number): DataView {
    const view = thread === this.thread ? this.view : this.away[thread];
    if (!view) throw new RangeError(`there is no thread ${thread}`);
    return view;
  }

  /** Puts a thread's registers in place. */
  private switchTo(thread: number): void {
    const from = this.thread;
    const to = this.away[thread];
    if (thread === from || !to) return;
    this.putAway(from);
    for (const slot of SHARED) to.setBigUint64(state.SPR + 8 * slot, this.loadSpr(slot), true);
    const before = FLUSHING.map((slot) => this.loadSpr(slot));
    this.u8.set(new Uint8Array(to.buffer));
    this.view.setUint32(state.SPR + 8 * SLOT.thread, thread, true);
    this.stateReplaced();
    if (FLUSHING.some((slot, i) => before[i] !== this.loadSpr(slot))) this.flushTlb();
  }

  /** Calls a function with the registers of a thread in place: what looks at them or sets them does so for that thread. */
  inThread<T>(thread: number, then: () => T): T {
    const before = this.thread;
    this.switchTo(thread);
    try {
      return then();
    } finally {
      this.switchTo(before);
    }
  }

  /** Puts a thread's registers in place, so that its turn comes next. */
  select(thread: number): void {
    this.switchTo(thread);
  }

  /**
   * Starts a thread that is put away: with a copy of the registers in place, its number in r3, the other GPRs 0, at an
   * address.
   */
  startThread(thread: number, nia: bigint): void {
    const to = this.away[thread];
    if (!to || thread === this.thread) throw new RangeError(`thread ${thread} cannot be started`);
    this.putAway(thread);
    new Uint8Array(to.buffer).fill(0, state.GPR, state.ZERO);
    to.setBigUint64(state.GPR + 8 * 3, BigInt(thread), true);
    to.setBigUint64(state.NIA, nia & ~3n, true);
    const own: readonly (readonly [slot: number, value: number])[] = [
      [SPRN.PIR, thread],
      [SPRN.TIR, thread],
      [SPRN.PSSCR, 0],
      [SLOT.signals, 0],
      [RESERVATION, 0],
    ];
    for (const [slot, value] of own) to.setBigUint64(state.SPR + 8 * slot, BigInt(value), true);
  }

  /** Stops the thread in place until a System Reset or a hypervisor doorbell. */
  stopThread(): void {
    this.storeSpr(SPRN.PSSCR, BigInt(PSSCR_EC));
    this.storeSpr(SPRN.LPCR, this.loadSpr(SPRN.LPCR) | LPCR_HDEE);
    this.setSignals(this.view, this.signalsOf(this.view) | state.SIGNAL.stopped);
  }

  /** Lets a stopped thread execute from its NIA. */
  wakeThread(thread: number): void {
    const view = this.threadView(thread);
    this.setSignals(view, this.signalsOf(view) & ~(state.SIGNAL.stopped | state.SIGNAL.waiting));
  }

  /** Whether a thread executes instructions, and does not wait in `stop` or `wait`. */
  executes(thread: number): boolean {
    return !this.isStopped(this.threadView(thread));
  }

  // -- turns ----------------------------------------------------------------------------------------------------

  /**
   * Finds the thread whose turn it is and what it does. When all are stopped, time passes to the first event that ends
   * that.
   */
  protected attend(): Attention {
    if (this.turnLeft === 0 && this.takesTurns) this.nextTurn((this.thread + 1) % this.threads);
    const stopped = this.isStopped(this.view);
    const thread = stopped ? (this.runnable() ?? this.sleep()) : this.thread;
    if (thread === undefined) return { kind: 'still', detail: this.whyStill() };
    if (thread !== this.thread) this.nextTurn(thread);
    if (stopped && this.isStopped(this.view)) {
      const request = this.wakeUp(thread);
      if (request) return { kind: 'interrupt', request };
    }
    const request = this.takeAsynchronous(thread);
    return request ? { kind: 'interrupt', request } : EXECUTE;
  }

  /** A reservation does not outlive a turn: no other thread's store has to be compared with it. */
  private nextTurn(thread: number): void {
    if (thread !== this.thread) this.storeSpr(RESERVATION, 0n);
    this.switchTo(thread);
    this.turnLeft = TURN_INSTRUCTIONS;
  }

  /** The next thread in turn, from the one in place on, that executes or wakes up. */
  private runnable(): number | undefined {
    for (const thread of this.inTurn()) {
      const view = this.threadView(thread);
      if (!this.isStopped(view) || this.wakes(view, thread)) return thread;
    }
    return undefined;
  }

  /** The threads that may execute, from the one in place on. */
  private inTurn(): number[] {
    const { thread, threads } = this;
    return Array.from({ length: this.takesTurns ? threads : 1 }, (_, i) => (thread + i) % threads);
  }

  private get takesTurns(): boolean {
    return this.threads > 1 && !this.alone;
  }

  /** Lets time pass; answers with the thread that wakes up then. */
  private sleep(): number | undefined {
    let first = Infinity;
    for (const thread of this.inTurn()) {
      first = Math.min(first, this.wakeUpTime(this.threadView(thread), thread));
    }
    if (first === Infinity) return undefined;
    this.slept += first - this.time;
    return this.runnable();
  }

  private whyStill(): string {
    return !this.takesTurns
      ? 'the thread has stopped, and no event that could wake it up will come'
      : 'all threads have stopped, and no event that could wake one up will come';
  }

  /** Instructions that may be executed before `attend` has to be asked again. */
  protected attentionWithin(): number {
    const event = this.instructionsToEvent(this.thread);
    return this.takesTurns ? Math.min(event, this.turnLeft) : event;
  }

  /** Instructions of the current turn were executed. */
  protected spend(instructions: number): void {
    if (this.takesTurns) this.turnLeft = Math.max(0, this.turnLeft - instructions);
  }

  // -- state as data --------------------------------------------------------------------------------------------

  override save(): CpuState {
    const others = this.others().map((view) => new Uint8Array(view.buffer.slice(0)));
    return { ...super.save(), threads: others };
  }

  override restore(saved: CpuState): void {
    super.restore(saved);
    this.others().forEach((view, i) => {
      const bytes = saved.threads?.[i];
      if (bytes) new Uint8Array(view.buffer).set(bytes);
    });
  }

  /** Registers of the threads that are put away, by number. */
  private others(): DataView<ArrayBuffer>[] {
    return this.away.filter((_, thread) => thread !== this.thread);
  }

  override stateBytes(): Uint8Array<ArrayBuffer> {
    const own = super.stateBytes();
    if (this.threads === 1) return own;
    const bytes = new Uint8Array(own.length + (this.threads - 1) * THREAD_BYTES);
    bytes.set(own);
    this.others().forEach((view, i) => {
      const other = new Uint8Array(view.buffer).slice();
      // Where generated code was when the thread was put away is no state of it, nor what all threads share.
      other.fill(0, state.FETCH_BASE, state.CORE_BYTES);
      for (const slot of SHARED) other.fill(0, state.SPR + 8 * slot, state.SPR + 8 * slot + 8);
      bytes.set(other, own.length + i * THREAD_BYTES);
    });
    return bytes;
  }
}
