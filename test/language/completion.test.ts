import { describe, expect, it } from 'vitest';
import { INTERRUPTS } from '../../emulator/isa/interrupts';
import { instructionDocs } from '../../emulator/isa/docs';
import { CALLS, HYPERCALLS, ULTRACALLS } from '../../emulator/pef/calls';
import { HYPERCALL_CODES, ULTRACALL_CODES } from '../../emulator/pef/codes';
import { CONSTANTS, registerWords } from '../../emulator/scenario/vocabulary';
import { tpmCommands } from '../../emulator/tpm/tables';
import { complete } from './helpers';

const inScenario = (statement: string) => `scenario "s" { as vm {\n${statement}\n} }`;
const labels = async (text: string, others?: Record<string, string>) =>
  (await complete(text, others)).map(({ label }) => label);

/** The Markdown of an item. */
function docOf(item: { documentation?: unknown } | undefined): string {
  const documentation = item?.documentation as { value?: string } | undefined;
  return documentation?.value ?? '';
}

describe('the tables are complete in completion', () => {
  it.each([
    ['ultracall', ULTRACALLS],
    ['hypercall', HYPERCALLS],
  ] as const)('every %s, with a snippet of its arguments and its documentation', async (word, rows) => {
    const items = await complete(inScenario(`${word} |`));
    expect(items).toHaveLength(rows.length);
    for (const row of rows) {
      const item = items.find(({ label }) => label === row.name);
      expect(item?.insertText, row.name).toBe(
        `${row.name}(${row.parameters.map(({ name }, i) => `${name}: \${${i + 1}}`).join(', ')})`,
      );
      expect(docOf(item), row.name).toContain(row.summary);
      expect(docOf(item), row.name).toContain(row.source);
    }
  });

  it('every result after ->, those of the row first with their meaning', async () => {
    for (const row of CALLS) {
      const args = row.parameters.map(() => '0').join(', ');
      const word = row.lev === 2 ? 'ultracall' : 'hypercall';
      const items = await complete(inScenario(`${word} ${row.name}(${args}) -> |`));
      for (const code of row.lev === 2 ? ULTRACALL_CODES : HYPERCALL_CODES) {
        const item = items.find(({ label }) => label === code.name);
        expect(docOf(item), code.name).toContain(code.doc);
        const listed = row.returns[code.name];
        expect(item?.sortText?.startsWith('0'), `${row.name} -> ${code.name}`).toBe(listed !== undefined);
        if (listed !== undefined) expect(item?.detail).toBe(listed);
      }
    }
  });

  it('every register where an expression begins', async () => {
    const items = await complete(inScenario('expect |'));
    for (const { name, row } of registerWords()) {
      expect(docOf(items.find(({ label }) => label === name)), name).toContain(row.doc);
    }
  });

  it('every bit of every register after its name and a dot', async () => {
    for (const { name, row } of registerWords()) {
      if (row.fields.length === 0) continue;
      const items = await complete(inScenario(`expect ${name}.|`));
      expect(items.map(({ label }) => label)).toEqual(row.fields.map((bit) => bit.name));
      for (const bit of row.fields) expect(docOf(items.find(({ label }) => label === bit.name))).toContain(bit.doc);
    }
  });

  it('every constant where an expression begins', async () => {
    const items = new Map((await complete(inScenario('let x = |'))).map((item) => [item.label, item]));
    for (const { name, doc } of CONSTANTS.values()) expect(docOf(items.get(name)), name).toContain(doc);
  });

  it('every TPM command after send', async () => {
    const items = await complete(inScenario('send |'));
    for (const row of tpmCommands())
      expect(docOf(items.find(({ label }) => label === row.name)), row.name).toContain(row.doc);
  });

  it('every interrupt after expect interrupt', async () => {
    const items = await complete(inScenario('expect interrupt |'));
    for (const row of INTERRUPTS)
      expect(docOf(items.find(({ label }) => label === row.abbreviation))).toContain(row.doc);
  });

  it('every mnemonic at the start of an instruction', async () => {
    const items = new Map((await complete(inScenario('asm {\n  |\n}'))).map((item) => [item.label, item]));
    for (const { mnemonic } of instructionDocs()) expect(docOf(items.get(mnemonic)), mnemonic).not.toBe('');
  });
});

describe('what is offered depends on the place', () => {
  it.each<[place: string, text: string, offered: string[], not: string[]]>([
    ['an empty file', '|', ['machine', 'guest', 'scenario', 'procedure', 'const', 'use'], ['let', 'r3']],
    ['the machine block', 'machine {\n  |\n}', ['profile', 'cpu', 'normal', 'secure', 'seed', 'tpm'], ['let', 'lpid']],
    ['a guest block', 'guest g {\n  |\n}', ['lpid', 'memory', 'endian'], ['profile', 'let']],
    ['after profile', 'machine { profile | }', ['spec', 'shipped'], ['seed']],
    ['after tpm', 'machine { tpm | }', ['embedded', 'swtpm', 'mssim', 'device', 'none'], ['seed']],
    ['after endian', 'guest g { endian | }', ['little', 'big'], []],
    [
      'the start of a statement',
      inScenario('|'),
      ['ultracall', 'hypercall', 'send', 'expect', 'let', 'asm', 'as'],
      ['machine', 'U_SUCCESS'],
    ],
    [
      'after as',
      'guest svm1 { }\nscenario "s" { as | }',
      ['svm1', 'hypervisor', 'ultravisor', 'host user'],
      ['let', 'vm'],
    ],
    ['after as, without guests', 'scenario "s" { as | }', ['vm'], ['svm1']],
    ['after as and a guest', 'scenario "s" { as vm | }', ['user'], []],
    ['variables before', inScenario('let first = 1\nlet x = |\nlet later = 2'), ['first'], ['later', 'x']],
    ['a loop variable', inScenario('for page in 0..4 { print | }'), ['page'], []],
    ['a parameter', 'procedure f(address) { print | }', ['address'], []],
    ['not the variables of another block', inScenario('if 1 { let inner = 1 }\nprint |'), [], ['inner']],
    [
      'constants and procedures',
      'const SIZE = 4\nprocedure twice(x) { }\nscenario "s" { print | }',
      ['SIZE', 'twice'],
      [],
    ],
    ['functions', inScenario('print |'), ['ra', 'sha256', 'len', 'hex', 'tpm response at'], []],
    ['names of arguments', inScenario('ultracall UV_SHARE_PAGE(|)'), ['gfn:', 'num:', 'r3'], ['let']],
    ['the names of the other arguments', inScenario('ultracall UV_SHARE_PAGE(gfn: 1, |)'), ['num:'], ['gfn:']],
    [
      'values that the parameter names',
      inScenario('hypercall H_TPM_COMM(operation: |)'),
      ['TPM_COMM_OP_EXECUTE'],
      ['in_size:'],
    ],
    [
      'fields of a TPM command',
      inScenario('send TPM2_GetCapability(|)'),
      ['capability:', 'property:', 'propertyCount:'],
      [],
    ],
    [
      'fields of a response',
      inScenario('let r = send TPM2_GetRandom(bytesRequested: 4)\nprint r.|'),
      ['randomBytes', 'responseCode'],
      [],
    ],
    ['a guest in ra()', 'guest svm1 { }\nscenario "s" { print ra(|) }', ['svm1'], []],
    ['widths of a store', inScenario('store |'), ['byte', 'doubleword', 'bytes at'], ['r3']],
    ['registers of an instruction', inScenario('asm {\n  addi |\n}'), ['r3', 'LR'], ['addi']],
    ['nothing in a comment', inScenario('// expect |'), [], ['expect', 'r3']],
    ['nothing in an assembler comment', inScenario('asm {\n  li r3, 1 # |\n}'), [], ['r3', 'addi']],
    ['nothing in a text', inScenario('print "|"'), [], ['r3', 'let']],
    ['nothing where a name is made', inScenario('let |'), [], ['r3', 'let']],
  ])('%s', async (_place, text, offered, not) => {
    const found = await labels(text);
    for (const label of offered) expect(found).toContain(label);
    for (const label of not) expect(found).not.toContain(label);
  });

  it('declarations of used files', async () => {
    const found = await labels('use "common.pef"\nscenario "s" { print | }', {
      'common.pef': 'const PAGES = 4\nprocedure fill(a) { }',
    });
    expect(found).toContain('PAGES');
    expect(found).toContain('fill');
  });

  it('goes on in a text with errors before and behind', async () => {
    expect(await labels('scenario "s" { as { let x = = 3 \n hypercall |\n } ) } guest {')).toContain('H_TPM_COMM');
  });

  it('offers a result after -> whose arguments are still wrong', async () => {
    expect(await labels(inScenario('ultracall UV_ESM(fdt: ) -> |'))).toContain('U_NO_KEY');
  });
});
