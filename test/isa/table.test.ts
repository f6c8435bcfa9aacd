import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleLine } from '../../emulator/isa/assembler';
import { disassemble } from '../../emulator/isa/disassembler';
import { aliasErrors, ALIASES } from '../../emulator/isa/extended';
import { deposit, extract, FIELDS, fieldRange } from '../../emulator/isa/fields';
import type { Stmt } from '../../emulator/isa/ir';
import { type InstructionRow, insn, parsePattern, section, tableErrors } from '../../emulator/isa/row';
import { INSTRUCTIONS, rowOf } from '../../emulator/isa/table';

const nothing = (): void => {
  // a row without meaning
};

describe('the table of instructions', () => {
  it('has no duplicate, overlap or row without documentation', () => {
    expect(tableErrors(INSTRUCTIONS)).toEqual([]);
    expect(INSTRUCTIONS.length).toBeGreaterThan(180);
  });

  it.each([
    [
      'two rows of one name',
      ['nop1', '011000 RS RA UI', 'one'],
      ['nop1', '011001 RS RA UI', 'two'],
      'nop1 is a name of two rows.',
    ],
    [
      'a form with the name of another row',
      ['x', '011111 RT RA RB 0000000000 Rc', 'one'],
      ['x.', '011001 RS RA UI', 'two'],
      'x. is a name of two rows.',
    ],
    [
      'overlapping patterns',
      ['a', '0110 ////////// ////////// ////////', 'one'],
      ['b', '01100 ///////// ////////// ////////', 'two'],
      'a and b overlap.',
    ],
    ['a row without doc', ['a', '011000 RS RA UI', ' '], ['b', '011001 RS RA UI', 'two'], 'a has no doc line.'],
  ] as const)('refuses %s', (_, first, second, error) => {
    const rows = [first, second].map(([name, pattern, doc]) => insn(name, pattern, '', doc, nothing));
    expect(tableErrors(section('Book I', rows))).toContain(error);
  });

  it.each([
    ['011000 RS RA', 'has 16 bits'],
    ['011000 RA RS UI', 'does not lie at bit 6'],
    ['011110 RS RA SH6 MB6 000 0 Rc', 'lacks a part'],
    ['011000 RS RA XX', 'no instruction field XX'],
  ])('refuses the pattern %s', (pattern, message) => {
    expect(() => parsePattern(pattern)).toThrow(message);
  });

  it('refuses meaning with a field that the pattern has not', () => {
    const [row] = section('x', [insn('a', '011000 RS RA UI', '', 'doc', (s) => s.RT.set(0))]);
    expect(() => row?.program).toThrow('row of a');
  });

  it('calls functions without a result last, where the host may look up', () => {
    const endsWithCall = (list: readonly Stmt[]): boolean =>
      list.every((stmt, i) => {
        const last = i === list.length - 1;
        if (stmt.k === 'apply' && stmt.id === undefined) return last;
        const inside = stmt.k === 'if' ? [...stmt.then, ...stmt.else] : [];
        const calls = inside.some((each) => each.k === 'apply' && each.id === undefined);
        return stmt.k !== 'if' || ((last || !calls) && endsWithCall(stmt.then) && endsWithCall(stmt.else));
      });
    for (const { name, program } of INSTRUCTIONS) expect(endsWithCall(program), name).toBe(true);
  });

  it('has a meaning in every row', () => {
    for (const { program, localCount } of INSTRUCTIONS)
      expect([Array.isArray(program), localCount >= 0]).toEqual([true, true]);
  });

  it('has no wrong extended mnemonic', () => {
    expect(aliasErrors(ALIASES)).toEqual([]);
    const first = ALIASES.slice(0, 1);
    expect(aliasErrors([...first, ...first])).toEqual(['nop is there twice.']);
  });
});

describe('fields', () => {
  it.each([...FIELDS.values()].map((field) => [field.name, field] as const))('%s keeps what is put in', (_, field) => {
    const { min, max, step } = fieldRange(field);
    fc.assert(
      fc.property(fc.integer({ min: min / step, max: max / step }), (n) => {
        expect(extract(field, deposit(field, n * step))).toBe(n * step);
      }),
      { numRuns: 50 },
    );
  });
});

/** A word of a row with random operands. */
const wordOf = (row: InstructionRow) =>
  fc.integer({ min: 0, max: 0xffffffff }).map((random) => {
    const operandBits = ~(row.mask | row.reserved);
    return ((random & operandBits) | row.value) >>> 0;
  });

describe('every row', () => {
  it.each(INSTRUCTIONS.map((row) => [row.name, row] as const))('%s assembles from its disassembly', (_, row) => {
    fc.assert(
      fc.property(wordOf(row), fc.bigInt({ min: 0n, max: 1n << 20n }), (word, place) => {
        const address = place * 4n;
        expect(rowOf(word)).toBe(row);
        const { text, row: found } = disassemble(word, address);
        expect(found).toBe(row);
        // GNU as makes the faster instruction of an mtcrf with one field.
        const same = /^mtcrf (1|2|4|8|16|32|64|128),/.test(text) ? (word | 0x100000) >>> 0 : word;
        expect([text, assembleLine(text, address)]).toEqual([text, { word: same }]);
      }),
      { numRuns: 40 },
    );
  });
});

it('disassembles any word', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (word) => {
      const { text, mnemonic } = disassemble(word, 0x1000n);
      expect(text.startsWith(mnemonic)).toBe(true);
      const same = /^mtcrf (1|2|4|8|16|32|64|128),/.test(text) ? (word | 0x100000) >>> 0 : word;
      expect(assembleLine(text, 0x1000n)).toEqual({ word: same });
    }),
    { numRuns: 5000 },
  );
});
