import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disassemble } from '../../emulator/isa/disassembler';
import { deviations } from '../qemu/compare';
import { DIFFERENCES, explains } from '../qemu/differences';
import { EmulatedMachine } from '../qemu/emulated';
import { FLOAT_ROWS, floatCase } from '../qemu/float-cases';
import { changed } from '../qemu/float-vectors';
import { PROBLEM_LITTLE } from '../qemu/modes';
import { caseAddress } from '../qemu/record';

const ADDRESS = caseAddress(0);
const machine = new EmulatedMachine(PROBLEM_LITTLE);

/** Lines of the vectors by the name of the row. */
const vectors = new Map<string, string[]>();
let lines: string[] = [];
for (const line of readFileSync('test/vectors/isa/float.txt', 'utf8').split('\n').slice(1)) {
  if (line.startsWith('# ')) vectors.set(line.slice(2), (lines = []));
  else if (line !== '') lines.push(line);
}

describe('as qemu-ppc64le, but for the explained differences', () => {
  it('has every floating-point row', () => {
    expect([...vectors.keys()]).toEqual(FLOAT_ROWS.map((row) => row.name));
    expect(FLOAT_ROWS.length).toBeGreaterThan(290);
  });

  it.each(FLOAT_ROWS.map((row) => [row.name, row] as const))('%s', (name, row) => {
    for (const line of vectors.get(name) ?? []) {
      const [text = '', seed = '', ...list] = line.split(' ');
      const { word, record } = floatCase(row, Number(seed));
      expect(word.toString(16).padStart(8, '0')).toBe(text);
      const before = record.slice();
      const qemu = changed(before, list);
      // The vectors say which signal came; its address is that of the only instruction.
      let possible: typeof DIFFERENCES = [];
      const outcome = machine.run([word], ADDRESS, new Map([[ADDRESS + 4, 0]]), record, (_, cpu) => {
        possible = DIFFERENCES.filter(({ rows, when }) => rows.test(name) && (when?.({ word, cpu }) ?? true));
        return true;
      });
      expect(outcome).toBe('done');
      const found = deviations(before, record, qemu, PROBLEM_LITTLE).filter(
        (deviation) => deviation.name !== 'fault' && !explains(possible, deviation),
      );
      expect([disassemble(word, 0n).text, ...found]).toEqual([disassemble(word, 0n).text]);
    }
  });
});
