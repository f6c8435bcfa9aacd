/** The breakpoints that the CPU has. */

import type { Cpu } from '../cpu/cpu';

export class ArmedBreakpoints {
  #armed: ReadonlySet<bigint> = new Set();

  constructor(private readonly cpu: Pick<Cpu, 'setBreakpoints'>) {}

  /** Tells the CPU its breakpoints, when they are not the ones that it has: it has to translate anew then. */
  arm(addresses: readonly bigint[]): void {
    const wanted = new Set(addresses);
    if (wanted.size === this.#armed.size && [...wanted].every((address) => this.#armed.has(address))) return;
    this.#armed = wanted;
    this.cpu.setBreakpoints(this.#armed);
  }
}
