/** Views of the registers: general purpose, floating-point and vector ones, and the special ones with their bits by name. */

import { hexNumber } from '../../emulator/common/bytes';
import { type MachineApi, symbolText } from '../../emulator/common/machine-api';
import { CORE_REGISTERS, bitValue, privilegeState, type RegisterRow } from '../../emulator/isa/registers';
import { SPRS, type SprRow } from '../../emulator/isa/sprs';
import type { EvaluateResult } from '../../emulator/timeline/replayable';
import { ELEMENT_VIEWS, doubleBits, doubleText, elementViews, halvesOf } from './vector-text';
import { listed, type Container, type Format, type Shown } from './inspection';

/** Values of all registers at a stop, to show what changed since. */
export type RegisterSnapshot = ReadonlyMap<string, bigint>;

const GPRS = CORE_REGISTERS.filter((row) => /^r[0-9]+$/.test(row.name));
const FPRS = CORE_REGISTERS.filter((row) => /^f[0-9]+$/.test(row.name));
const VSRS = CORE_REGISTERS.filter((row) => /^vs[0-9]+$/.test(row.name));
const CR_FIELDS = new Map(CORE_REGISTERS.filter((row) => /^cr[0-7]$/.test(row.name)).map((row) => [row.name, row]));

/** Registers that stand in the first rank of the view; the others are one level down. */
const FIRST = (
  'NIA MSR CR LR CTR XER SRR0 SRR1 HSRR0 HSRR1 USRR0 USRR1 DAR DSISR HDAR HDSISR HEIR ASDR LPCR LPIDR SMFCTRL PTCR URMOR ' +
  'SPRG0 SPRG1 SPRG2 SPRG3 HSPRG0 HSPRG1 USPRG0 USPRG1 TB DEC PVR'
).split(' ');

/** Registers with addresses of instructions, which are shown with the symbol there. */
const CODE_ADDRESSES: ReadonlySet<string> = new Set(['NIA', 'LR', 'CTR', 'SRR0', 'HSRR0', 'USRR0']);

const ROWS = new Map<string, RegisterRow>([...CORE_REGISTERS, ...SPRS].map((row) => [row.name, row]));
const OTHERS = SPRS.filter(
  (row: SprRow) => row.storage === row.number && row.read !== undefined && !FIRST.includes(row.name),
).map((row) => row.name);

/** The rows of those names that the tables have. */
function rowsOf(names: readonly string[]): readonly RegisterRow[] {
  return names.flatMap((name) => ROWS.get(name) ?? []);
}

export function registerSnapshot(machine: MachineApi): RegisterSnapshot {
  const values = new Map<string, bigint>();
  const files = [...GPRS, ...FPRS, ...VSRS].map((row) => row.name);
  for (const name of [...files, 'FPSCR', 'VSCR', ...FIRST, ...OTHERS]) {
    const value = machine.readRegister(name);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}

/** The privilege state in words: `Secure Privileged(OS)  (S=1 HV=0 PR=0)`. */
export function privilegeText(msr: bigint): string {
  const { name, s, hv, pr } = privilegeState(msr);
  return `${name}  (S=${s} HV=${hv} PR=${pr})`;
}

export class RegisterViews {
  constructor(
    private readonly machine: Pick<MachineApi, 'readRegister' | 'symbols'>,
    /** At the stop before, if there was one. */
    private readonly before: RegisterSnapshot | undefined,
    private readonly assign: (name: string, text: string) => EvaluateResult,
  ) {}

  gprs(): Container {
    return listed((format) => GPRS.flatMap((row) => this.#register(row, format) ?? []), GPRS.length);
  }

  /** FPSCR, and the floating-point registers as numbers. */
  floatingPoint(): Container {
    return listed((format) => [
      ...rowsOf(['FPSCR']).flatMap((row) => this.#register(row, format) ?? []),
      ...FPRS.flatMap((row) => this.#float(row, format) ?? []),
    ]);
  }

  /** VSCR, and the vector-scalar registers, of which each unfolds to its elements. */
  vector(): Container {
    return listed((format) => [
      ...rowsOf(['VSCR']).flatMap((row) => this.#register(row, format) ?? []),
      ...VSRS.flatMap((row) => this.#vector(row, format) ?? []),
    ]);
  }

  special(): Container {
    return listed((format) => {
      const msr = this.machine.readRegister('MSR');
      return [
        ...(msr === undefined ? [] : [this.#privilege(msr)]),
        ...rowsOf(FIRST).flatMap((row) => this.#register(row, format) ?? []),
        {
          name: 'others',
          value: 'the other special purpose registers',
          children: listed((inner) => rowsOf(OTHERS).flatMap((row) => this.#register(row, inner) ?? [])),
        },
      ];
    });
  }

  /** The bits of a register by its name in any case; undefined for one without. */
  bitsOf(name: string): Container | undefined {
    const row = ROWS.get(name) ?? ROWS.get(name.toUpperCase()) ?? ROWS.get(name.toLowerCase());
    if (!row || row.fields.length === 0) return undefined;
    const value = this.machine.readRegister(row.name);
    return value === undefined ? undefined : this.#fields(row, value, this.before?.get(row.name));
  }

  #privilege(msr: bigint): Shown {
    const before = this.before?.get('MSR');
    const [now, was] = [privilegeText(msr), before === undefined ? undefined : privilegeText(before)];
    return {
      name: 'privilege',
      value: was === undefined || was === now ? now : `${now}, was ${was}`,
      type: privilegeState(msr).doc,
    };
  }

  #register(row: RegisterRow, format: Format): Shown | undefined {
    const value = this.machine.readRegister(row.name);
    if (value === undefined) return undefined;
    const digits = row.bits / 4;
    const at = CODE_ADDRESSES.has(row.name) ? symbolText(this.machine.symbols.at(value)) : undefined;
    const write = (number: bigint) => (format.hex === false ? number.toString() : hexNumber(number, digits));
    const named = at === undefined ? write(value) : `${write(value)} <${at}>`;
    const before = this.before?.get(row.name);
    return {
      name: row.name,
      value: before === undefined || before === value ? named : `${named}  (was ${write(before)})`,
      type: row.doc,
      evaluateName: row.name,
      ...(row.fields.length > 0 && { children: this.#fields(row, value, before) }),
      // What a register holds may be an address: its memory can be looked at.
      ...(row.bits === 64 && row.fields.length === 0 && { memoryReference: hexNumber(value) }),
      set: (text) => this.assign(row.name, text),
    };
  }

  #float(row: RegisterRow, format: Format): Shown | undefined {
    const shown = this.#register(row, format);
    const value = this.machine.readRegister(row.name);
    if (!shown || value === undefined) return undefined;
    return {
      ...shown,
      value: `${shown.value}  ${doubleText(value)}`,
      set: (text) => this.assign(row.name, doubleBits(text) ?? text),
    };
  }

  #vector(row: RegisterRow, format: Format): Shown | undefined {
    const shown = this.#register(row, format);
    const value = this.machine.readRegister(row.name);
    if (!shown || value === undefined) return undefined;
    const n = Number(row.name.slice(2));
    const other = n < 32 ? `its left half is f${n}` : `v${n - 32}`;
    const halves = this.#fields(row, value, this.before?.get(row.name));
    const { evaluateName: _, ...rest } = shown;
    return {
      ...rest,
      type: `${row.doc} Also ${other}.`,
      children: listed((inner) => [...halves.list(0, 2, inner), ...elementViews(value)], 2 + ELEMENT_VIEWS),
      // A number of the language has 64 bits: the halves are set one after the other.
      set: (text) => {
        const [high, low] = halvesOf(text);
        const result = this.assign(`${row.name}.hi`, high);
        return 'error' in result ? result : this.assign(`${row.name}.lo`, low);
      },
    };
  }

  #fields(row: RegisterRow, value: bigint, before: bigint | undefined): Container {
    return listed(
      () =>
        row.fields.map((bit): Shown => {
          const now = bitValue(row, bit, value);
          const was = before === undefined ? now : bitValue(row, bit, before);
          const name = row.name === 'CR' ? bit.name : `${row.name}.${bit.name}`;
          const inner = row.name === 'CR' ? CR_FIELDS.get(bit.name) : undefined;
          const number = bit.first === bit.last ? now.toString() : hexNumber(now);
          const change = was === now ? '' : ` (was ${bit.first === bit.last ? was.toString() : hexNumber(was)})`;
          const bits = bit.first === bit.last ? `bit ${bit.first}` : `bits ${bit.first}:${bit.last}`;
          return {
            name: bit.name,
            value: inner ? `${crText(now)}${change}` : `${number}${change}  ${bit.doc}`,
            type: `${bits}: ${bit.doc}`,
            evaluateName: name,
            ...(inner && { children: this.#fields(inner, now, was) }),
            set: (text) => this.assign(name, text),
          };
        }),
      row.fields.length,
    );
  }
}

/** A condition register field by the names of its bits that are one. */
function crText(value: bigint): string {
  const row = CR_FIELDS.get('cr0');
  const set = row?.fields.filter((bit) => bitValue(row, bit, value) === 1n).map((bit) => bit.name) ?? [];
  return set.length > 0 ? `${hexNumber(value)}  ${set.join(' ')}` : hexNumber(value);
}
