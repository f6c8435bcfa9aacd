/**
 * What waits for a CPU: time, signals of devices, messages between threads, and power saving.
 *
 * Nothing here happens by itself: before it executes, the CPU asks `attend` what there is, and executes no further than
 * to the next event (`instructionsToEvent`). So an interrupt comes at the same instruction however a run is divided.
 */
import type { SystemOp } from '../isa/ir';
import { SPRN, sprMask } from '../isa/sprs';
import {
  type AsynchronousRow,
  type AsynchronousState,
  anyException,
  asynchronousRequest,
  nextInterrupt,
  nextWakeUp,
  wakeUpRequest,
} from './asynchronous';
import type { InterruptRequest } from './entry';
import { CpuInterrupts } from './interrupts';
import { messageOf } from './messages';
import * as state from './state';
import { LARGE_BITS, SMALL_BITS, TimerWatch } from './timers';

const { SIGNAL, SLOT } = state;

/** Low or high word of a register, in memory that is little-endian. */
const LOW = state.SPR;
const HIGH = state.SPR + 4;
const MSR_EE = 0x8000;
const MSR_PR = 0x4000;
const MSR_S = 0x40_0000;
const MSR_HV_HIGH = 0x1000_0000;
const LPCR_LD = Number(sprMask('LPCR', 'LD'));
const LPCR_DEE = Number(sprMask('LPCR', 'DEE'));
const LPCR_HVEE_HIGH = Number(sprMask('LPCR', 'HVEE') >> 32n);
/** PSSCR bit 43: LPCR says what ends `stop`. */
export const PSSCR_EC = 1 << 20;

/** Lines and events by which devices and firmware reach a thread. */
export type Signal = 'external' | 'virtualization' | 'systemReset';

/** Two decrementers of a thread. */
class Timers {
  private readonly dec = new TimerWatch();
  private readonly hdec = new TimerWatch();

  decNegativeFrom(view: DataView, time: number): number {
    const large = (view.getUint32(LOW + 8 * SPRN.LPCR, true) & LPCR_LD) !== 0;
    return this.dec.negativeFrom(view, state.SPR + 8 * SPRN.DEC, large ? LARGE_BITS : SMALL_BITS, time);
  }
  hdecNegativeFrom(view: DataView, time: number): number {
    return this.hdec.negativeFrom(view, state.SPR + 8 * SPRN.HDEC, LARGE_BITS, time);
  }
}

/** Registers, memory, services and interrupts of all kinds; `CpuThreads` adds other threads. */
export abstract class CpuPending extends CpuInterrupts {
  private readonly timers: Timers[] = [];

  /** Time in instructions: what the Time Base counts. */
  get time(): number {
    return this.count + this.slept;
  }

  protected signalsOf(view: DataView): number {
    return view.getUint32(LOW + 8 * SLOT.signals, true);
  }
  protected setSignals(view: DataView, signals: number): void {
    view.setUint32(LOW + 8 * SLOT.signals, signals, true);
  }

  private timersOf(thread: number): Timers {
    return (this.timers[thread] ??= new Timers());
  }

  /** Bit of a thread in a register that all threads share. */
  private sharedBit(number: number, thread: number): boolean {
    return ((this.view.getUint32(LOW + 8 * number, true) >>> thread) & 1) !== 0;
  }

  /** What a thread's exceptions depend on. @param own its registers, wherever they are now */
  protected asynchronousState(own: DataView, thread: number): AsynchronousState {
    const { time } = this;
    const msr = own.getUint32(state.MSR, true);
    const timers = this.timersOf(thread);
    const word = (number: number): number => own.getInt32(LOW + 8 * number, true);
    return {
      ee: (msr & MSR_EE) !== 0,
      hv: (own.getUint32(state.MSR + 4, true) & MSR_HV_HIGH) !== 0,
      pr: (msr & MSR_PR) !== 0,
      s: (msr & MSR_S) !== 0,
      lpcr: word(SPRN.LPCR),
      signals: this.signalsOf(own),
      dec: timers.decNegativeFrom(own, time) <= time,
      hdec: timers.hdecNegativeFrom(own, time) <= time,
      doorbell: this.sharedBit(SPRN.DPDES, thread),
      hypervisorDoorbell: this.sharedBit(SPRN.DHDES, thread),
      ultravisorDoorbell: this.sharedBit(SLOT.ultravisorDoorbells, thread),
      maintenance:
        (word(SPRN.HMER) & word(SPRN.HMEER)) !== 0 ||
        (own.getInt32(HIGH + 8 * SPRN.HMER, true) & own.getInt32(HIGH + 8 * SPRN.HMEER, true)) !== 0,
      mmcr0: word(SPRN.MMCR0),
    };
  }

  /** The interrupt that the thread whose registers are in place takes now; its exception ends where the ISA says so. */
  protected takeAsynchronous(thread: number): InterruptRequest | undefined {
    const row = nextInterrupt(this.asynchronousState(this.view, thread));
    if (!row) return undefined;
    this.taken(row, thread);
    return asynchronousRequest(row);
  }

  /** An interrupt is taken: events end, lines and levels stay. */
  private taken(row: AsynchronousRow, thread: number): void {
    const signals = this.signalsOf(this.view);
    if (row.interrupt === 'SRESET') this.setSignals(this.view, signals & ~SIGNAL.systemReset);
    else if (row.interrupt === 'HDEC') this.setSignals(this.view, signals | SIGNAL.hdecTaken);
    else if (row.interrupt === 'DBELL') this.setShared(SPRN.DPDES, thread, false);
    else if (row.interrupt === 'HDBELL') {
      this.setShared(row.request?.level === 'ultravisor' ? SLOT.ultravisorDoorbells : SPRN.DHDES, thread, false);
    }
  }

  private setShared(number: number, thread: number, on: boolean): void {
    const mask = 1n << BigInt(thread);
    const value = this.loadSpr(number);
    this.storeSpr(number, on ? value | mask : value & ~mask);
  }

  // -- time -----------------------------------------------------------------------------------------------------

  /** Instructions until a decrementer of the thread becomes negative; Infinity when both are. */
  protected instructionsToEvent(thread: number): number {
    const { time } = this;
    const timers = this.timersOf(thread);
    const dec = timers.decNegativeFrom(this.view, time) - time;
    const hdec = timers.hdecNegativeFrom(this.view, time) - time;
    return Math.min(dec > 0 ? dec : Infinity, hdec > 0 ? hdec : Infinity);
  }

  /** The time at which a stopped thread's timer ends `stop`; Infinity when none does. */
  protected wakeUpTime(own: DataView, thread: number): number {
    const { time } = this;
    const timers = this.timersOf(thread);
    const lpcr = own.getUint32(LOW + 8 * SPRN.LPCR, true);
    const anything = this.endsByAnything(own);
    const dec = anything || (lpcr & LPCR_DEE) !== 0 ? timers.decNegativeFrom(own, time) : Infinity;
    const hdec = anything && (lpcr & 1) !== 0 ? timers.hdecNegativeFrom(own, time) : Infinity;
    return Math.min(dec > time ? dec : Infinity, hdec > time ? hdec : Infinity);
  }

  // -- power saving (Book III 3.3.2, Book II 4.6.4) ---------------------------------------------------------------

  private endsByAnything(own: DataView): boolean {
    const waiting = (this.signalsOf(own) & SIGNAL.waiting) !== 0;
    return waiting || (own.getUint32(LOW + 8 * SPRN.PSSCR, true) & PSSCR_EC) === 0;
  }

  protected isStopped(own: DataView): boolean {
    return (this.signalsOf(own) & SIGNAL.stopped) !== 0;
  }

  /** Whether a stopped thread goes on. */
  protected wakes(own: DataView, thread: number): boolean {
    const x = this.asynchronousState(own, thread);
    return this.endsByAnything(own) ? anyException(x) : nextWakeUp(x, this.hvee(own)) !== undefined;
  }

  private hvee(own: DataView): boolean {
    return (own.getUint32(HIGH + 8 * SPRN.LPCR, true) & LPCR_HVEE_HIGH) !== 0;
  }

  /**
   * Ends the stop of the thread whose registers are in place. With PSSCR.EC = 0 it goes on behind the instruction; with
   * EC = 1 by a System Reset interrupt whose SRR1 has the reason.
   */
  protected wakeUp(thread: number): InterruptRequest | undefined {
    const anything = this.endsByAnything(this.view);
    const row = nextWakeUp(this.asynchronousState(this.view, thread), this.hvee(this.view));
    const signals = this.signalsOf(this.view);
    this.setSignals(this.view, signals & ~(SIGNAL.stopped | SIGNAL.waiting));
    if (anything || !row) return undefined;
    if (row.interrupt === 'SRESET') this.taken(row, thread);
    return wakeUpRequest(row);
  }

  private stop(how: number): 'attend' {
    this.setSignals(this.view, this.signalsOf(this.view) | how);
    return 'attend';
  }

  // -- what instructions and devices ask ------------------------------------------------------------------------

  /** The thread whose registers are in place. */
  abstract get thread(): number;
  /** Number of threads. */
  abstract get threads(): number;

  protected override systemOperation(op: SystemOp, a: bigint): bigint | InterruptRequest | 'attend' | undefined {
    if (op === 'stop') return this.stop(SIGNAL.stopped);
    if (op === 'wait') return this.stop(SIGNAL.stopped | SIGNAL.waiting);
    const message = messageOf(op, a, { thread: this.thread, threads: this.threads });
    if (!message) return super.systemOperation(op, a);
    for (const thread of message.to) this.setShared(message.register, thread, message.on);
    return 'attend';
  }

  /** The registers of a thread, wherever they are now. */
  protected abstract threadView(thread: number): DataView;

  /** Raises or lowers a line, or gives an event, of a thread. It is seen before the next instruction. */
  signal(signal: Signal, on: boolean, thread = 0): void {
    const view = this.threadView(thread);
    const before = this.signalsOf(view);
    this.setSignals(view, on ? before | SIGNAL[signal] : before & ~SIGNAL[signal]);
  }
}
