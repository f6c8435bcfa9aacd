/** Two CPUs that do the same, for tests of the translator against the interpreter. */
import { expect } from 'vitest';
import { Cpu } from '../../emulator/cpu/cpu';
import { assemble } from '../../emulator/isa/assembler';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { CODE, LE } from './helpers';

/** One of them translates, one only interprets. */
export class Pair {
  readonly cpus: readonly [Cpu, Cpu];

  constructor(msr: bigint) {
    const cpu = (interpretOnly: boolean): Cpu => {
      const made = new Cpu(new PhysicalMemory(1 << 18, 1 << 16), 1, { interpretOnly });
      made.partitionScope = { translate: (_lpid, gpa) => gpa };
      made.msr = msr;
      if (made.code) Object.assign(made.code, { pace: 0, hotCountdown: 20 });
      return made;
    };
    this.cpus = [cpu(false), cpu(true)];
  }

  each(action: (cpu: Cpu) => void): void {
    this.cpus.forEach(action);
  }
  load(text: string, at = CODE): void {
    this.each((cpu) => {
      const { bytes, errors } = assemble(text, at, { endian: (cpu.msr & LE) !== 0n ? 'little' : 'big' });
      expect(errors).toEqual([]);
      cpu.memory.write(at, bytes);
    });
  }
  /** Begins at an address with registers that are easy to tell apart; r1 and r2 point to memory. */
  begin(at = CODE, ctr = 400n): void {
    this.each((cpu) => {
      for (let n = 0; n < 32; n++) cpu.setGpr(n, BigInt(n) * 0x0123_4567_89ab_cdefn);
      for (let n = 0; n < 64; n++) cpu.setVsr(n, BigInt(n + 1) * 0x0123_4567_89ab_cdef_0fed_cba9_8765_4321n);
      cpu.setGpr(1, 0x8000n);
      cpu.setGpr(2, 0x9000n);
      cpu.ctr = ctr;
      cpu.nia = at;
    });
  }
  /** Runs both for as many instructions; answers why they stopped, which is the same. */
  run(instructions: number): string {
    const [exit, other] = this.cpus.map((cpu) => cpu.run(instructions));
    expect(exit).toEqual(other);
    return exit!.reason;
  }
  /** Runs both for as many instructions and over the ones that are interrupted. */
  runThrough(instructions: number): void {
    this.each((cpu) => {
      const { msr } = cpu;
      for (let left = instructions; left > 0;) {
        const exit = cpu.run(left);
        left -= Math.max(1, exit.executed);
        if (exit.reason !== 'interrupt') continue;
        cpu.msr = msr;
        cpu.nia = exit.interrupt.cia + 4n;
      }
    });
  }
  /** Whether both are in the same state. Texts, because their difference is easy to read. */
  expectSame(what: string): void {
    const [state, other] = this.cpus.map((cpu) => Buffer.from(cpu.stateBytes()));
    if (!state!.equals(other!))
      expect(`${what}\n${describeState(this.cpus[0])}`).toBe(`${what}\n${describeState(this.cpus[1])}`);
    const [memory, otherMemory] = this.cpus.map((cpu) => Buffer.from(cpu.memory.read(0n, 1 << 18)));
    expect(memory!.equals(otherMemory!), `memory after ${what}`).toBe(true);
  }
  get regions(): number {
    return this.cpus[0].code!.statistics.regions;
  }
}

function describeState(cpu: Cpu): string {
  const gprs = Array.from({ length: 32 }, (_, n) => `r${n}=${cpu.gpr(n).toString(16)}`).join(' ');
  const rest = [cpu.nia, cpu.msr, cpu.cr, cpu.lr, cpu.ctr, cpu.xer].map((value) => value.toString(16)).join(' ');
  return `${gprs}\nnia msr cr lr ctr xer ${rest} instructions ${cpu.instructions}`;
}

/** A sequence of numbers by a seed: below n. */
export function numbers(seed: number): (n: number) => number {
  let x = (seed * 2654435761) >>> 0 || 1;
  return (n) => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x % n;
  };
}
