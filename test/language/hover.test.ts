import { describe, expect, it } from 'vitest';
import { INTERRUPTS } from '../../emulator/isa/interrupts';
import { CALLS } from '../../emulator/pef/calls';
import { CALL_VALUES } from '../../emulator/pef/codes';
import { CONSTANTS, registerWords } from '../../emulator/scenario/vocabulary';
import { tpmCommands } from '../../emulator/tpm/tables';
import { KEYWORDS } from '../../extension/language/keywords';
import { hover, hoverAt, open } from './helpers';

/** Hovers over each word of a text with many statements: one document for a whole table. */
async function hovers(words: readonly string[], statement: (word: string) => string): Promise<Map<string, string>> {
  const lines = words.map(statement);
  const document = await open(`scenario "s" {\n${lines.join('\n')}\n}`);
  const text = document.textDocument.getText();
  const found = new Map<string, string>();
  let from = 0;
  for (const [i, word] of words.entries()) {
    const line = text.indexOf(lines[i]!, from);
    from = line + lines[i]!.length;
    found.set(word, await hoverAt(document, line + lines[i]!.lastIndexOf(word) + 1));
  }
  return found;
}

describe('hover knows every name of the tables', () => {
  it('ultracalls and hypercalls: summary, number, parameters, results, source', async () => {
    const rows = CALLS.map((row) => row.name);
    const found = await hovers(
      rows,
      (name) => `${CALLS.find((row) => row.name === name)?.lev === 2 ? 'ultracall' : 'hypercall'} ${name}()`,
    );
    for (const row of CALLS) {
      const text = found.get(row.name)!;
      expect(text, row.name).toContain(row.summary);
      expect(text, row.name).toContain(`0x${row.number.toString(16)}`);
      expect(text, row.name).toContain(row.source);
      for (const parameter of row.parameters) expect(text, row.name).toContain(`\`${parameter.name}\``);
      for (const [code, when] of Object.entries(row.returns)) {
        expect(text, row.name).toContain(`\`${code}\``);
        expect(text, row.name).toContain(when);
      }
    }
  });

  it('result codes and parameter values, with their value', async () => {
    const found = await hovers([...CALL_VALUES.keys()], (name) => `print ${name}`);
    for (const row of CALL_VALUES.values()) {
      expect(found.get(row.name), row.name).toContain(row.doc);
      expect(found.get(row.name), row.name).toContain(`${row.name} = `);
      if (row.value < 0n) expect(found.get(row.name)).toContain(String(row.value));
    }
  });

  it('TPM constants', async () => {
    const found = await hovers([...CONSTANTS.keys()], (name) => `print ${name}`);
    for (const { name, doc } of CONSTANTS.values()) expect(found.get(name), name).toContain(doc);
  });

  it('TPM commands, with their fields', async () => {
    const found = await hovers(
      tpmCommands().map(({ name }) => name),
      (name) => `send ${name}()`,
    );
    for (const { name, doc, parameters } of tpmCommands()) {
      expect(found.get(name), name).toContain(doc);
      for (const parameter of parameters) expect(found.get(name), name).toContain(`\`${parameter.name}\``);
    }
  });

  it('registers, with their bits', async () => {
    const rows = [...registerWords()];
    const found = await hovers(
      rows.map(({ name }) => name),
      (name) => `print ${name}`,
    );
    for (const { name, row } of rows) {
      expect(found.get(name), name).toContain(row.doc);
      for (const bit of row.fields) expect(found.get(name), name).toContain(`\`${bit.name}\``);
    }
  });

  it('each bit of each register', async () => {
    for (const { name, row } of registerWords()) {
      if (row.fields.length === 0) continue;
      const document = await open(
        `scenario "s" {\n${row.fields.map((bit) => `print ${name}.${bit.name}`).join('\n')}\n}`,
      );
      const text = document.textDocument.getText();
      for (const bit of row.fields) {
        const found = await hoverAt(document, text.indexOf(`${name}.${bit.name}\n`) + name.length + 1);
        expect(found, `${name}.${bit.name}`).toContain(bit.doc);
        expect(found).toContain(bit.first === bit.last ? `Bit ${bit.first}` : `Bits ${bit.first}`);
      }
    }
  });

  it('interrupts', async () => {
    const found = await hovers(
      INTERRUPTS.map((row) => row.abbreviation),
      (name) => `expect interrupt ${name} { }`,
    );
    for (const row of INTERRUPTS) expect(found.get(row.abbreviation), row.abbreviation).toContain(row.doc);
  });
});

describe('hover', () => {
  it.each<[what: string, text: string, expected: string[]]>([
    ['a number in all bases', 'const X = 0x1|0', ['0x10', '16', '0b1_0000']],
    ['a size', 'const X = 6|4 KiB', ['65536', '0x10000']],
    ['a number as a value of MSR', 'const X = 0x90000000004|01000', ['MSR', 'SF', 'HV', 'S']],
    ['a negative number as a result', 'const X = 0xffff_ffff_ffff_fff|c', ['-4', 'U_PARAMETER', 'H_PARAMETER']],
    ['a variable', 'scenario "s" { let size = 4 KiB\n print si|ze }', ['let size = 4 KiB']],
    ['a constant', 'const BUFFER = 0x1000\nscenario "s" { print BU|FFER }', ['const BUFFER = 0x1000']],
    ['a parameter', 'procedure f(gpa) { print g|pa }', ['parameter gpa']],
    ['a procedure', 'procedure fill(a, b) { print a }\nscenario "s" { fi|ll(1, 2) }', ['procedure fill(a, b)']],
    ['a guest', 'guest svm1 { lpid 3 }\nscenario "s" { as sv|m1 { } }', ['lpid 3']],
    [
      'a parameter of a call',
      'scenario "s" { ultracall UV_ESM(esm_blob_addr: 1, f|dt: 2) }',
      ['flattened device tree', 'r5'],
    ],
    ['a field of a TPM command', 'scenario "s" { send TPM2_GetRandom(bytes|Requested: 2) }', ['UINT16']],
    ['a function', 'scenario "s" { print sha|256(hex "00") }', ['SHA-256']],
    ['a mnemonic', 'scenario "s" { asm {\n ad|di r3, r3, 1\n } }', ['addi', 'Power ISA']],
    ['an extended mnemonic', 'scenario "s" { asm {\n l|i r3, 1\n } }', ['Stands for']],
    ['a register of an instruction', 'scenario "s" { asm {\n add r3, r|4, r5\n } }', ['General Purpose Register 4']],
    ['a keyword', 'scenario "s" { exp|ect 1 }', ['Fails the scenario']],
  ])('%s', async (_what, text, expected) => {
    const found = await hover(text);
    for (const part of expected) expect(found).toContain(part);
  });

  it.each([
    ['comments', 'scenario "s" { // exp|ect\n }'],
    ['texts', 'scenario "s" { print "UV_|ESM" }'],
    ['assembler comments', 'scenario "s" { asm {\n nop # ad|di\n } }'],
    ['unknown names', 'scenario "s" { print no|thing }'],
    ['places without a word', 'scenario "s" { |\n }'],
  ])('says nothing over %s', async (_what, text) => {
    expect(await hover(text)).toBe('');
  });

  it('documents every word of the language', () => {
    for (const { word, doc, form } of KEYWORDS) {
      expect(doc, word).not.toBe('');
      expect(form, word).toContain(word);
    }
  });
});
