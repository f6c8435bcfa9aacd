import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INTERRUPTS } from '../../emulator/isa/interrupts';
import { REFERENCE_KINDS, describeName, referenceNames, referencePage } from '../../emulator/isa/reference';
import { CORE_REGISTERS } from '../../emulator/isa/registers';
import { SPRS } from '../../emulator/isa/sprs';
import { INSTRUCTIONS } from '../../emulator/isa/table';

describe('describeName', () => {
  it('knows every mnemonic, register and interrupt', () => {
    const unknown = referenceNames().filter((name) => describeName(name).length === 0);
    expect(unknown).toEqual([]);
  });

  it('tells an instruction by any of its forms, and what is short for it', () => {
    const [text = ''] = describeName('addo.');
    expect(text).toContain('add: Add');
    expect(text).toContain('Power ISA 3.0B Book I 3.3.9');
    expect(describeName('li')).toEqual(describeName('addi'));
    expect(describeName('addi')[0]).toContain('li RT,SI = addi');
  });

  it('tells who may use a register, and its fields', () => {
    const [text = ''] = describeName('smfctrl');
    expect(text).toContain('number     511');
    expect(text).toContain('the ultravisor');
    expect(text).toMatch(/0 +E +the secure memory facility/);
  });

  it.each(['0xe40', 'e40', 'heai', 'Hypervisor Emulation Assistance'])('finds an interrupt by %s', (name) => {
    expect(describeName(name)[0]).toContain('vector     0xe40');
  });

  it('knows nothing else', () => {
    expect(describeName('nonsense')).toEqual([]);
  });
});

describe('referencePage', () => {
  it.each(REFERENCE_KINDS)('is what stands in docs/reference, which npm run generate writes: %s', (kind) => {
    expect(readFileSync(`docs/reference/${kind}.md`, 'utf8')).toBe(referencePage(kind));
  });

  it.each(REFERENCE_KINDS)('has a line for each row: %s', (kind) => {
    const rows = { instructions: INSTRUCTIONS, registers: [...CORE_REGISTERS, ...SPRS], interrupts: INTERRUPTS }[kind];
    const page = referencePage(kind);
    for (const row of rows) expect(page).toContain(row.doc.replaceAll('|', '\\|'));
    const lines = page.split('\n').filter((line) => line.startsWith('|') && !line.includes('| --- |'));
    const heads = page.split('\n').filter((line) => line.includes('| --- |')).length;
    expect(lines.length - heads).toBe(rows.length);
  });
});
