import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disassemble } from '../../emulator/isa/disassembler';
import { MSR_BIT } from '../../emulator/isa/registers';
import { rowOf } from '../../emulator/isa/table';
import { HV, LE, SF, newCpu } from './helpers';
import { MEMORY_BYTES, REGISTERS, type VectorState, changes, isMemory, stateOf } from './vector-cases';

const BASE = 0x8000n;
const cpu = newCpu();
const { FP, VEC, VSX } = MSR_BIT;

/** The state after one instruction. */
function execute(word: number, before: VectorState, memory: boolean, endian: 'little' | 'big'): VectorState {
  before.vsr.forEach((value, i) => cpu.setVsr(REGISTERS[i]!, value));
  before.gpr.forEach((value, i) => cpu.setGpr(3 + i, memory && i === 1 ? value + BASE : value));
  cpu.memory.write(BASE, before.memory);
  cpu.msr = SF | HV | FP | VEC | VSX | (endian === 'little' ? LE : 0n);
  cpu.cr = before.cr;
  cpu.vscr = before.vscr;
  cpu.nia = 0x1000n;
  expect(cpu.execute(word)).toMatchObject({ executed: 1, reason: 'budget' });
  return {
    vsr: REGISTERS.map((n) => cpu.vsr(n)),
    gpr: [3, 4, 5].map((n) => (memory && n === 4 ? cpu.gpr(n) - BASE : cpu.gpr(n))),
    cr: cpu.cr,
    vscr: cpu.vscr,
    memory: cpu.memory.read(BASE, MEMORY_BYTES),
  };
}

/** Lines by instruction: word, seed, changes. */
function vectors(name: string): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  let list: string[] = [];
  for (const line of readFileSync(`test/vectors/isa/${name}.txt`, 'utf8').split('\n').slice(2)) {
    if (line.startsWith('#')) byName.set(line.slice(2), (list = []));
    else if (line !== '') list.push(line);
  }
  return byName;
}

describe.each([
  ['qemu-ppc64le', 'vector-little-endian', 'little', 320],
  ['qemu-ppc64', 'vector-big-endian', 'big', 45],
] as const)('as %s', (_, file, endian, instructions) => {
  const cases = vectors(file);
  it('has cases', () => expect(cases.size).toBeGreaterThanOrEqual(instructions));
  it.each([...cases])('%s', (name, lines) => {
    for (const line of lines) {
      const [text = '', seed = '', ...expected] = line.split(' ');
      const word = parseInt(text, 16);
      const row = rowOf(word)!;
      expect(row.name).toBe(name);
      const before = stateOf(row, word, parseInt(seed, 36));
      const after = execute(word, before, isMemory(row), endian);
      expect([disassemble(word, 0n).text, ...changes(before, after)]).toEqual([
        disassemble(word, 0n).text,
        ...expected,
      ]);
    }
  });
});
