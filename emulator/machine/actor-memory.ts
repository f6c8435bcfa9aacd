/**
 * Memory as the actor at work reaches it, for looking and for changes by the debugger.
 *
 * While firmware runs for the actor the CPU is in the firmware's state: what counts then is the state of the instruction
 * that called it.
 */

import type { Actor } from '../common/machine';
import type { Cpu } from '../cpu/cpu';
import { MSR_BIT as MSR } from '../isa/registers';
import type { PhysicalMemory } from '../memory/physical';
import type { Partitions } from './partitions';

export interface ActorMemoryParts {
  readonly cpu: Cpu;
  readonly memory: PhysicalMemory;
  readonly partitions: Partitions;
  readonly actor: () => Actor;
  /** MSR of the software that firmware works for; undefined while none is at work. */
  readonly callerMsr: () => bigint | undefined;
}

export class ActorMemory {
  readonly #parts: ActorMemoryParts;

  constructor(parts: ActorMemoryParts) {
    this.#parts = parts;
  }

  /** Bytes as the actor would load them; undefined where it may not or there is no memory. Changes nothing. */
  peek(address: bigint, length: number): Uint8Array | undefined {
    const { cpu, memory, callerMsr } = this.#parts;
    const msr = callerMsr();
    if (msr === undefined) return cpu.peek(address, length);
    if ((msr & MSR.HV) === 0n && (msr & MSR.DR) !== 0n) return this.#withMsr(msr, () => cpu.peek(address, length));
    const first = this.#real(address);
    const last = this.#real(address + BigInt(Math.max(length, 1) - 1));
    return first === undefined || last === undefined ? undefined : memory.read(first, length);
  }

  /** Sets bytes without access checks; false where there is no memory. */
  poke(address: bigint, bytes: Uint8Array): boolean {
    const places = Array.from(bytes, (_, i) => this.#real(BigInt.asUintN(64, address + BigInt(i))));
    if (places.includes(undefined)) return false;
    places.forEach((ra, i) => {
      if (ra !== undefined) this.#parts.memory.write(ra, bytes.subarray(i, i + 1));
    });
    return true;
  }

  /** What there is to see in another state of the CPU. */
  #withMsr<T>(msr: bigint, look: () => T): T {
    const { cpu } = this.#parts;
    const now = cpu.msr;
    cpu.msr = msr;
    try {
      return look();
    } finally {
      cpu.msr = now;
    }
  }

  /** Real address that the actor reaches at an effective address; undefined where it may not or there is no memory. */
  #real(address: bigint): bigint | undefined {
    const { cpu, memory, partitions, actor, callerMsr } = this.#parts;
    if (callerMsr() !== undefined) return partitions.reach(actor(), address);
    const place = cpu.translate(address, 'load');
    return 'ra' in place && memory.contains(place.ra, 1) ? place.ra : undefined;
  }
}
