import { describe, expect, it } from 'vitest';
import { INTERRUPTS, interruptAt, interruptNamed } from '../../emulator/isa/interrupts';
import { CORE_REGISTERS, MSR_BIT, PRIVILEGE_STATES, privilegeState, registerBits } from '../../emulator/isa/registers';
import { SPRN, SPRS, sprByName, sprByNumber } from '../../emulator/isa/sprs';

const all = [...CORE_REGISTERS, ...SPRS];

describe('registers', () => {
  it('have unique names and documentation', () => {
    const names = all.map(({ name }) => name.toLowerCase());
    // cr0 to cr7 are also fields of CR.
    expect(new Set(names).size).toBe(names.length);
    expect(all.filter(({ doc }) => doc.trim() === '')).toEqual([]);
  });
  it.each(all.filter(({ fields }) => fields.length > 0).map((row) => [row.name, row] as const))(
    'fields of %s lie in it and do not overlap',
    (_, row) => {
      const bits = row.fields.flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (__, i) => first + i),
      );
      expect(new Set(bits).size).toBe(bits.length);
      expect(bits.every((bit) => bit >= 0 && bit < row.bits)).toBe(true);
      expect(new Set(row.fields.map(({ name }) => name)).size).toBe(row.fields.length);
    },
  );
  it('have unique numbers, also those that the machine names', () => {
    expect(new Set(SPRS.map(({ number }) => number)).size).toBe(SPRS.length);
    for (const number of Object.values(SPRN)) expect(sprByNumber(number)).toBeDefined();
    for (const { storage } of SPRS) expect(sprByNumber(storage)).toBeDefined();
    expect(sprByName('urmor')?.number).toBe(505);
  });
  it('refuses a line that names no bit', () => {
    expect(() => registerBits('SF 64-bit mode')).toThrow('does not say');
  });
});

describe('MSR', () => {
  // Masks of ultravisor.rst, skiboot and Linux.
  it.each([
    ['SF', 0x8000000000000000n],
    ['HV', 0x1000000000000000n],
    ['S', 0x400000n],
    ['EE', 0x8000n],
    ['PR', 0x4000n],
    ['ME', 0x1000n],
    ['IR', 0x20n],
    ['DR', 0x10n],
    ['RI', 2n],
    ['LE', 1n],
  ] as const)('%s is %s', (name, mask) => expect(MSR_BIT[name]).toBe(mask));

  it('has eight privilege states', () => {
    expect(PRIVILEGE_STATES).toHaveLength(8);
    for (const state of PRIVILEGE_STATES) {
      const msr = (state.s ? MSR_BIT.S : 0n) | (state.hv ? MSR_BIT.HV : 0n) | (state.pr ? MSR_BIT.PR : 0n);
      expect(privilegeState(msr)).toBe(state);
    }
  });
});

describe('interrupts', () => {
  it('have unique vectors and names', () => {
    for (const key of ['vector', 'name', 'abbreviation'] as const) {
      expect(new Set(INTERRUPTS.map((row) => row[key])).size).toBe(INTERRUPTS.length);
    }
    expect(INTERRUPTS.filter(({ doc }) => doc.trim() === '')).toEqual([]);
  });
  it('are found by vector, name and abbreviation', () => {
    expect(interruptAt(0xe40)).toBe(interruptNamed('heai'));
    expect(interruptNamed('hypervisor emulation assistance')).toBe(interruptNamed('HEAI'));
    expect(() => interruptAt(0x123)).toThrow('no interrupt');
  });
});
