import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mnemonicForm } from '../../emulator/isa/mnemonics';

const lines = (name: string): string[] => readFileSync(`test/vectors/isa/${name}.txt`, 'utf8').split('\n');

/** Mnemonics that binutils has for POWER9, without floating-point arithmetic. */
const mnemonics = lines('vector-mnemonics')
  .filter((line) => !line.startsWith('#'))
  .flatMap((line) => line.split(' '))
  .filter((name) => name !== '');

/** Rows that are compared with the manual alone (cpu/vector-manual): QEMU 7.2 errs in them. */
const BY_THE_MANUAL = ['bcdus.', 'vrldmi'];

describe('the vector instructions of POWER9', () => {
  it('are all there', () => {
    expect(mnemonics.length).toBeGreaterThan(350);
    expect(mnemonics.filter((name) => mnemonicForm(name) === undefined)).toEqual([]);
  });

  it('are all compared with another machine', () => {
    const rows = new Set(mnemonics.map((name) => mnemonicForm(name)?.row.name));
    const compared = new Set(lines('vector-little-endian').map((line) => line.replace(/^# /, '')));
    expect([...rows].filter((name) => name !== undefined && !compared.has(name))).toEqual(BY_THE_MANUAL);
  });
});
