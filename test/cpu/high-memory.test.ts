/** Memory whose place is beyond 2^31, where 32-bit numbers of JavaScript become negative. */
import { describe, expect, it } from 'vitest';
import { Cpu } from '../../emulator/cpu/cpu';
import { assemble } from '../../emulator/isa/assembler';
import { MSR_BIT } from '../../emulator/isa/registers';
import { SPRN, sprMask } from '../../emulator/isa/sprs';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { Tables } from './trees';

const { SF, HV, LE, DR } = MSR_BIT;
const HIGH = 0x8100_0000n;

function highCpu(): Cpu {
  const cpu = new Cpu(new PhysicalMemory(2 ** 31 + 2 ** 26, 1 << 16));
  cpu.msr = SF | HV | LE;
  return cpu;
}

describe('memory above 2 GiB', () => {
  it('is loaded from, stored to and executed', () => {
    const cpu = highCpu();
    cpu.memory.write(HIGH, assemble('std 3,0(4)\n ld 5,0(4)\n addi 5,5,1', HIGH, { endian: 'little' }).bytes);
    cpu.setGpr(3, 41n);
    cpu.setGpr(4, HIGH + 0x2000n);
    cpu.nia = HIGH;
    expect(cpu.run(3).reason).toBe('budget');
    expect(cpu.gpr(5)).toBe(42n);
    expect(cpu.memory.dirtyPages()).toEqual([HIGH, HIGH + 0x2000n]);
  });

  it('shows a change of code that has run often', () => {
    const cpu = highCpu();
    const text = 'loop: addi 3,3,1\n bdnz loop\n stw 6,0(7)\n mtctr 8\n b loop';
    cpu.memory.write(HIGH, assemble(text, HIGH, { endian: 'little' }).bytes);
    cpu.nia = HIGH;
    cpu.ctr = 100_000n;
    cpu.setGpr(6, 0x3863_0064n); // addi 3,3,100
    cpu.setGpr(7, HIGH);
    cpu.setGpr(8, 10n);
    cpu.run(200_000 + 3 + 20);
    expect(cpu.gpr(3)).toBe(100_000n + 1000n);
  });

  it('shows a change of tables that are in use', () => {
    const cpu = highCpu();
    const tables = new Tables(cpu.memory, HIGH);
    const [partition0, program] = [tables.tree(), tables.tree()];
    const [partitionTable, processTable] = [tables.room(9), tables.room(9)];
    tables.write(partitionTable, (1n << 63n) | partition0);
    tables.write(partitionTable + 8n, (1n << 63n) | processTable);
    tables.map(partition0, processTable, processTable);
    tables.write(processTable, program);
    const entry = tables.map(program, 0x1000n, HIGH + 0x10_0000n);
    cpu.memory.write(HIGH + 0x10_0000n, Uint8Array.of(1));
    cpu.memory.write(HIGH + 0x10_1000n, Uint8Array.of(2));
    cpu.memory.write(0x2000n, assemble('ld 3,0(4)\n b 0x2000', 0x2000n, { endian: 'little' }).bytes);
    cpu.setSpr(SPRN.PTCR, partitionTable);
    cpu.setSpr(SPRN.LPCR, sprMask('LPCR', 'UPRT') | sprMask('LPCR', 'HR'));
    cpu.msr |= DR;
    cpu.nia = 0x2000n;
    cpu.setGpr(4, 0x1000n);
    cpu.run(10);
    expect(cpu.gpr(3)).toBe(1n);
    tables.write(entry, tables.read(entry) + 0x1000n);
    cpu.run(2);
    expect(cpu.gpr(3)).toBe(2n);
  });
});
