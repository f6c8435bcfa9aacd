/** The tables as text to read: one entry for a name, or all of a kind as a page in Markdown. */
import { usage } from './assembler';
import { ALIASES } from './extended';
import { INTERRUPTS, type InterruptRow } from './interrupts';
import { MNEMONICS } from './mnemonics';
import { CORE_REGISTERS, type RegisterBit, type RegisterRow } from './registers';
import { type InstructionRow, mnemonicsOf } from './row';
import { SPRS, type SprRow } from './sprs';
import { INSTRUCTIONS } from './table';

export const REFERENCE_KINDS = ['instructions', 'registers', 'interrupts'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

const ACCESS = {
  problem: 'problem state',
  privileged: 'privileged state',
  hypervisor: 'the hypervisor',
  ultravisor: 'the ultravisor',
} as const;

/** What the tables say of a mnemonic, register or interrupt (name, abbreviation or vector), in any case; one text for each. */
export function describeName(name: string): string[] {
  const wanted = name.toLowerCase();
  const rows = new Set(MNEMONICS.filter(({ mnemonic }) => mnemonic === wanted).map(({ row }) => row));
  const registers = [...CORE_REGISTERS, ...SPRS].filter((row) => row.name.toLowerCase() === wanted);
  const vector = /^(0x)?([0-9a-f]{3,4})$/.exec(wanted)?.[2];
  const interrupts = INTERRUPTS.filter(
    (row) =>
      [row.name, row.abbreviation].some((word) => word.toLowerCase() === wanted) ||
      (vector !== undefined && row.vector === Number.parseInt(vector, 16)),
  );
  return [...[...rows].map(instructionText), ...registers.map(registerText), ...interrupts.map(interruptText)];
}

/** All names that `describeName` knows, for suggestions. */
export function referenceNames(): string[] {
  return [
    ...MNEMONICS.map(({ mnemonic }) => mnemonic),
    ...[...CORE_REGISTERS, ...SPRS].map(({ name }) => name),
    ...INTERRUPTS.map(({ abbreviation }) => abbreviation),
  ];
}

function instructionText(row: InstructionRow): string {
  const forms = MNEMONICS.filter((form) => form.row === row && !form.alias).map((form) =>
    form.operands.length === 0 ? form.mnemonic : `${form.mnemonic} ${usage(form)}`,
  );
  const aliases = ALIASES.filter((alias) => alias.base === row.name).map((alias) =>
    `${alias.name}${alias.hint} ${alias.operands} = ${alias.target}`.trimEnd(),
  );
  const fields = row.fields.map((field) => `  ${field.name.padEnd(5)}${field.doc}`);
  return lines([
    `${row.name}: ${row.doc}`,
    `  ${row.section}`,
    `  encoding   ${row.pattern}`,
    `  needs      ${row.privilege === 'problem' ? 'nothing' : ACCESS[row.privilege]}`,
    ...titled('forms', forms),
    ...titled('also', aliases),
    ...(fields.length > 0 ? ['  fields', ...fields.map((line) => `  ${line}`)] : []),
  ]);
}

function registerText(row: RegisterRow | SprRow): string {
  const spr = 'number' in row ? [`  number     ${row.number}`, `  access     ${accessText(row)}`] : [];
  return lines([`${row.name}: ${row.doc}`, `  bits       ${row.bits}`, ...spr, ...row.fields.map(fieldText)]);
}

function accessText(row: SprRow): string {
  const reading = row.read === undefined ? 'cannot be read' : `read by ${ACCESS[row.read]}`;
  const writing = row.write === undefined ? 'cannot be written' : `written by ${ACCESS[row.write]}`;
  return `${reading}, ${writing}${row.debug ? '; the ultravisor only while SMFCTRL.D is 1' : ''}`;
}

function bitRange({ first, last }: RegisterBit): string {
  return first === last ? String(first) : `${first}:${last}`;
}

function fieldText(field: RegisterBit): string {
  return `    ${bitRange(field).padEnd(7)}${field.name.padEnd(14)} ${field.doc}`;
}

function interruptText(row: InterruptRow): string {
  return lines([
    `${row.name} (${row.abbreviation}): ${row.doc}`,
    `  vector     0x${row.vector.toString(16)}`,
    `  saves to   ${row.saves}0, ${row.saves}1`,
    `  taken by   ${row.level === 'system' ? 'the operating system, or who runs with MSR.HV' : 'the hypervisor, or with MSR.S the ultravisor'}`,
  ]);
}

function titled(title: string, entries: readonly string[]): string[] {
  return entries.map((entry, i) => `  ${(i === 0 ? title : '').padEnd(11)}${entry}`);
}

function lines(list: readonly string[]): string {
  return list.join('\n');
}

/** All rows of a kind as a page in Markdown, in the order of the tables. */
export function referencePage(kind: ReferenceKind): string {
  const [title, body] = PAGES[kind];
  return `# ${title}\n\nMade from the tables by \`pef isa --page ${kind}\`.\n\n${body()}`;
}

const PAGES: Readonly<Record<ReferenceKind, readonly [title: string, body: () => string]>> = {
  instructions: ['Instructions', instructionsPage],
  registers: ['Registers', registersPage],
  interrupts: [
    'Interrupts',
    () =>
      table(
        ['Vector', 'Name', 'Short', 'Saves to', 'What'],
        INTERRUPTS.map((row) => [
          `0x${row.vector.toString(16)}`,
          row.name,
          row.abbreviation,
          `${row.saves}0/1`,
          row.doc,
        ]),
      ),
  ],
};

function instructionsPage(): string {
  const sections = new Set(INSTRUCTIONS.map((row) => row.section));
  return [...sections]
    .map((section) => {
      const rows = INSTRUCTIONS.filter((row) => row.section === section);
      const entries = rows.map((row) => [
        mnemonicsOf(row)
          .map(({ mnemonic }) => `\`${mnemonic}\``)
          .join(' '),
        row.operands === '' ? '' : `\`${row.operands}\``,
        `\`${row.pattern}\``,
        row.privilege === 'problem' ? '' : row.privilege,
        row.doc,
      ]);
      return `## ${section}\n\n${table(['Mnemonics', 'Operands', 'Encoding', 'Privilege', 'Name'], entries)}`;
    })
    .join('\n');
}

function registersPage(): string {
  const core = CORE_REGISTERS.map((row) => [row.name, '', String(row.bits), '', row.doc + fieldsText(row)]);
  const sprs = SPRS.map((row) => [
    row.name,
    String(row.number),
    String(row.bits),
    accessText(row),
    row.doc + fieldsText(row),
  ]);
  return table(['Name', 'SPR', 'Bits', 'Access', 'What'], [...core, ...sprs]);
}

function fieldsText(row: RegisterRow): string {
  return row.fields.map((field) => `<br>${bitRange(field)} **${field.name}** ${field.doc}`).join('');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return `${[row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n')}\n`;
}
