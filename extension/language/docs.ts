/** What is known of every name, as Markdown for hover and completion. All of it comes from the tables. */

import { s64 } from '../../emulator/common/bytes';
import { INTERRUPTS } from '../../emulator/isa/interrupts';
import type { InterruptRow } from '../../emulator/isa/interrupts';
import { instructionDocs } from '../../emulator/isa/docs';
import type { InstructionDoc } from '../../emulator/isa/docs';
import { MSR_ROW, bitValue } from '../../emulator/isa/registers';
import { sprByName } from '../../emulator/isa/sprs';
import { CALLS } from '../../emulator/pef/calls';
import type { CallRow } from '../../emulator/pef/calls';
import { CALL_VALUES } from '../../emulator/pef/codes';
import type { FunctionRow } from '../../emulator/scenario/functions';
import { CONSTANTS } from '../../emulator/scenario/vocabulary';
import type { ConstantWord, RegisterWord } from '../../emulator/scenario/vocabulary';
import { commandFields } from '../../emulator/tpm/tables';
import type { CommandRow } from '../../emulator/tpm/tables/notation';
import type { KeywordRow } from './keywords';

const code = (text: string) => `\`\`\`pef\n${text}\n\`\`\``;
const paragraphs = (...parts: readonly (string | undefined)[]) =>
  parts.filter((part) => part !== undefined && part !== '').join('\n\n');
/** Text inside of a table cell. */
const cell = (text: string) => text.replaceAll('|', '\\|');

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string | undefined {
  if (rows.length === 0) return undefined;
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

const hex = (value: bigint | number) => `0x${value.toString(16)}`;

/** `UV_ESM(esm_blob_addr, fdt)` */
export function callSignature(row: CallRow): string {
  return `${row.name}(${row.parameters.map(({ name }) => name).join(', ')})`;
}

export const callWord = (row: CallRow) => (row.lev === 2 ? 'ultracall' : 'hypercall');

export function callDoc(row: CallRow): string {
  const parameters = row.parameters.map(({ name, bits, doc }, i) => [
    `r${i + 4}`,
    `\`${name}\``,
    bits ? `${doc}; ${bits} bits` : doc,
  ]);
  const outputs = row.outputs.map(({ register, name, doc }) => [`r${register}`, `\`${name}\``, doc]);
  const results = Object.entries(row.returns).map(([name, when]) => [
    `\`${name}\``,
    String(CALL_VALUES.get(name)?.value ?? ''),
    when,
  ]);
  return paragraphs(
    code(`${callWord(row)} ${callSignature(row)}`),
    row.summary,
    `Number ${hex(row.number)}. Caller: ${row.caller}.`,
    table(['', 'argument', ''], parameters),
    table(['', 'output', ''], outputs),
    table(['result', '', 'when'], results),
    `_${row.source}_`,
  );
}

export function constantDoc(word: ConstantWord): string {
  const signed = s64(word.value);
  const value =
    signed < 0n
      ? `${signed} (${hex(word.value)})`
      : word.value < 10n
        ? `${word.value}`
        : `${hex(word.value)} (${word.value})`;
  const listed = word.family === 'U' || word.family === 'H' ? CALLS.filter((row) => word.name in row.returns) : [];
  const some = listed.slice(0, 12).map((row) => `- \`${row.name}\`: ${row.returns[word.name] ?? ''}`);
  if (listed.length > some.length) some.push(`- and ${listed.length - some.length} more`);
  return paragraphs(
    code(`${word.name} = ${value}`),
    word.doc,
    `_${word.kind}_`,
    some.length > 0 ? some.join('\n') : undefined,
  );
}

export function registerDoc({ name, row }: RegisterWord): string {
  const spr = sprByName(name);
  const access = (who: string | undefined) => who ?? 'nobody';
  return paragraphs(
    code(name),
    row.doc,
    spr && `SPR ${spr.number}, ${spr.bits} bits. Read: ${access(spr.read)}; write: ${access(spr.write)}.`,
    table(
      ['bit', '', ''],
      row.fields.map((bit) => [
        bit.first === bit.last ? `${bit.first}` : `${bit.first}:${bit.last}`,
        `\`${bit.name}\``,
        bit.doc,
      ]),
    ),
  );
}

export function bitDoc({ name, row }: RegisterWord, bit: string): string | undefined {
  const field = row.fields.find((known) => known.name === bit);
  if (!field) return undefined;
  const bits = field.first === field.last ? `Bit ${field.first}` : `Bits ${field.first} to ${field.last}`;
  return paragraphs(
    code(`${name}.${bit}`),
    field.doc,
    `${bits} of ${name}, counted from the most significant: ${row.doc}`,
  );
}

export function commandSignature(row: CommandRow): string {
  return `${row.name}(${commandFields(row)
    .map(({ name }) => name)
    .join(', ')})`;
}

export function commandDoc(row: CommandRow): string {
  const fields = commandFields(row).map(({ name, type, doc }) => [`\`${name}\``, type, doc]);
  const answers = [...row.responseHandles, ...row.responseParameters].map(({ name, type, doc }) => [
    `\`${name}\``,
    type,
    doc,
  ]);
  return paragraphs(
    code(`send ${commandSignature(row)}`),
    row.doc,
    `Code ${hex(row.code)}.`,
    table(['field', 'type', ''], fields),
    table(['response', 'type', ''], answers),
    `_TPM 2.0 ${row.source}_`,
  );
}

export function interruptDoc(row: InterruptRow): string {
  const saves = row.saves === 'LR, CTR' ? 'LR and CTR' : `${row.saves}0 and ${row.saves}1`;
  return paragraphs(
    code(`${row.abbreviation}: ${row.name}`),
    row.doc,
    `Vector ${hex(row.vector)}; saves to ${saves}; taken by ${TAKEN_BY[row.level]}.`,
  );
}

const TAKEN_BY: Readonly<Record<InterruptRow['level'], string>> = {
  hypervisor: 'the hypervisor, or the ultravisor when MSR.S is 1',
  system: 'the operating system of the guest, or who runs with MSR.HV = 1',
  LPES: 'the hypervisor with HSRR0 and HSRR1, or the operating system when LPCR.LPES is 1',
};

/** The row of an interrupt by abbreviation or name, for hover. */
export function interruptRow(name: string): InterruptRow | undefined {
  const wanted = name.toLowerCase();
  return INTERRUPTS.find((row) => row.abbreviation.toLowerCase() === wanted || row.name.toLowerCase() === wanted);
}

export function functionDoc(row: FunctionRow): string {
  const parameters = row.parameters.map(({ name, doc }) => [`\`${name}\``, doc]);
  return paragraphs(
    code(`${row.name}(${row.parameters.map(({ name }) => name).join(', ')})`),
    row.doc,
    table(['argument', ''], parameters),
  );
}

export function keywordDoc(row: KeywordRow): string {
  return paragraphs(code(row.form), row.doc);
}

const mnemonics: ReadonlyMap<string, InstructionDoc> = new Map(
  [...instructionDocs()].reverse().map((doc) => [doc.mnemonic, doc]),
);

/** Every mnemonic of the assembler. */
export function mnemonicWords(): Iterable<InstructionDoc> {
  return mnemonics.values();
}

export function mnemonicDoc(mnemonic: string): string | undefined {
  const doc = mnemonics.get(mnemonic.toLowerCase());
  if (!doc) return undefined;
  const stands = doc.standsFor === undefined ? undefined : `Stands for \`${doc.standsFor}\`.`;
  return paragraphs(`\`\`\`\n${doc.mnemonic} ${doc.operands}\n\`\`\``, doc.doc, stands, `_${doc.section}_`);
}

/** A number in the ways in which it is read, and what it would be as a value of MSR. */
export function numberDoc(value: bigint): string {
  const signed = s64(value);
  const binary = value.toString(2).replace(/\B(?=(?:[01]{4})+$)/g, '_');
  const msr = MSR_ROW.fields.filter((bit) => bitValue(MSR_ROW, bit, value) !== 0n).map(({ name }) => name);
  const codes = [...CONSTANTS.values()]
    .filter((word) => word.value === value && word.family !== undefined && value > 15n)
    .map(({ name }) => name);
  return paragraphs(
    code(`${hex(value)}\n${value}\n0b${binary}`),
    signed < 0n ? `As a signed number: ${signed}.` : undefined,
    codes.length > 0 ? `As a result: ${codes.join(', ')}.` : undefined,
    value >= 1n << 12n && msr.length > 0 ? `As MSR: ${msr.join(', ')}.` : undefined,
  );
}
