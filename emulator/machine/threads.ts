/**
 * The machine's hardware threads. The script acts on thread 0, whose registers it sees. The others execute only while
 * software runs (`run`), in turn with thread 0; between runs they stand still where they are.
 */

import { InputError } from '../common/errors';
import type { ThreadsApi } from '../common/machine-api';
import type { Cpu, CpuExit } from '../cpu/cpu';

export class MachineThreads implements ThreadsApi {
  readonly #cpu: Cpu;
  /** Whose turn it was when the last run ended. */
  #turn = 0;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.reset();
  }

  reset(): void {
    this.#turn = 0;
    this.#cpu.alone = true;
  }

  get count(): number {
    return this.#cpu.threads;
  }

  get current(): number {
    return this.#cpu.thread;
  }

  executes(thread: number): boolean {
    return this.#cpu.executes(thread);
  }

  inThread<T>(thread: number, then: () => T): T {
    return this.#cpu.inThread(thread, then);
  }

  /** Software runs: all threads take turns. */
  beginRun(): void {
    this.#cpu.alone = false;
    this.#cpu.select(this.#turn);
  }

  endRun(): void {
    this.#turn = this.#cpu.thread;
    this.#cpu.select(0);
    this.#cpu.alone = true;
  }

  /** With the registers of the acting software, but for its number in r3. */
  start(thread: number, address: bigint): void {
    const { threads } = this.#cpu;
    if (thread < 1 || thread >= threads) {
      const which = threads === 1 ? 'The machine has only thread 0' : `Threads 1 to ${threads - 1} can be started`;
      throw new InputError('unknown-thread', `${which}, not ${thread}; the machine's cpu setting has their number.`);
    }
    this.#cpu.startThread(thread, address);
  }

  /** Another thread than 0 that arrives at the end of its software stops there, and the run goes on. */
  arrived(exit: CpuExit, end: bigint): void {
    if (exit.reason !== 'breakpoint' || this.#cpu.thread === 0 || this.#cpu.nia !== end) return;
    this.#cpu.stopThread();
    this.#cpu.select(0);
  }

  /** What the CPU's state does not have, as plain data. */
  state(): unknown {
    return [this.#turn, this.#cpu.alone];
  }
}
