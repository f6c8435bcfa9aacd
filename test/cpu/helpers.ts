/** A CPU with small memory, and programs as text. */
import { expect } from 'vitest';
import { Cpu, type CpuExit } from '../../emulator/cpu/cpu';
import { assemble } from '../../emulator/isa/assembler';
import { MSR_BIT } from '../../emulator/isa/registers';
import { PhysicalMemory } from '../../emulator/memory/physical';

export const { SF, HV, S, PR, LE, ME, IR, DR } = MSR_BIT;
export const SECURE = 1n << 48n;
/** Where programs lie. */
export const CODE = 0x1000n;

export interface Setup {
  readonly msr?: bigint;
  readonly endian?: 'little' | 'big';
  readonly at?: bigint;
}

/** A CPU in hypervisor state, guests' addresses being real ones. */
export function newCpu(msr = SF | HV | LE): Cpu {
  const cpu = new Cpu(new PhysicalMemory(1 << 20, 1 << 17));
  cpu.partitionScope = { translate: (_lpid, gpa) => gpa };
  cpu.msr = msr;
  return cpu;
}

/** Puts a program into memory, in the byte order of MSR, and NIA at it. */
export function load(cpu: Cpu, text: string, at = CODE): void {
  const { bytes, errors } = assemble(text, at, { endian: (cpu.msr & LE) !== 0n ? 'little' : 'big' });
  expect(errors).toEqual([]);
  cpu.memory.write(at, bytes);
  cpu.nia = at;
}

/** Loads a program and runs as many instructions. */
export function run(cpu: Cpu, text: string, instructions: number): CpuExit {
  load(cpu, text);
  return cpu.run(instructions);
}

/** The interrupt of an exit; fails when there was none. */
export function interruptOf(exit: CpuExit) {
  if (exit.reason !== 'interrupt') throw new Error(`The CPU stopped with '${exit.reason}' instead of an interrupt.`);
  return exit.interrupt;
}
