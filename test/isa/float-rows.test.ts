import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mnemonicForm } from '../../emulator/isa/mnemonics';
import { FLOAT_ROWS } from '../qemu/float-cases';

const [, binary = '', decimal = ''] = readFileSync('test/vectors/isa/float-mnemonics.txt', 'utf8').split(/^#.*\n/m);
const names = (text: string): string[] => text.split(/\s+/).filter((name) => name !== '');

describe('the floating-point instructions of POWER9', () => {
  it('are all there', () => {
    expect(names(binary).length).toBeGreaterThan(360);
    expect(names(binary).filter((name) => mnemonicForm(name) === undefined)).toEqual([]);
  });

  it('are all rows', () => {
    const known = new Set(names(binary).map((name) => mnemonicForm(name)?.row.name));
    expect(FLOAT_ROWS.filter((row) => !known.has(row.name)).map((row) => row.name)).toEqual([]);
  });

  it('are without those of decimal floating point, which the machine lacks', () => {
    expect(names(decimal).length).toBeGreaterThanOrEqual(90);
    expect(names(decimal).filter((name) => mnemonicForm(name) !== undefined)).toEqual([]);
  });
});
