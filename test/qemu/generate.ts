/**
 * Makes cases: single instructions of every row, and short programs, with registers and memory before them.
 *
 * Everything follows from the rows: which fields there are, which registers an address is made of, which are written.
 */
import { type Field, deposit } from '../../emulator/isa/fields';
import { MSR_BIT } from '../../emulator/isa/registers';
import type { InstructionRow } from '../../emulator/isa/row';
import { type Mode, SPR_NUMBERS } from './modes';
import { type Random, integer, vectorDoubleword } from './random';
import {
  AT,
  EXITS,
  EXIT_WORDS,
  LOW_EXIT_BASE,
  LOW_EXITS,
  PLACE,
  RECORD_BYTES,
  SLOT_BYTES,
  WINDOW_BYTES,
  caseAddress,
} from './record';
import { type RowFacts, factsOf } from './rows';

/** A case before it is run. */
export interface Case {
  readonly rows: readonly InstructionRow[];
  readonly words: readonly number[];
  readonly address: number;
  /** Numbers of the exits by address. */
  readonly exits: ReadonlyMap<number, number>;
  readonly record: Uint8Array;
}

/** SPRs that problem state has and both machines keep. */
const SPRS = [1, 8, 9, 256, 815];
/** Those of 32 bits. */
const WORD_SPRS: ReadonlySet<number> = new Set([SPR_NUMBERS.DSISR, SPR_NUMBERS.HDSISR]);
const { SF, FP, VEC, VSX, FE0, FE1, RI } = MSR_BIT;
/** What is off in some cases. */
const MSR_CHOICES = [SF, SF, FP, VEC, VSX, FP | VEC | VSX, FE0 | FE1];
/** What mtmsr and mtmsrd may change here: nothing that turns translation or interrupts on. */
const MSR_CHANGES = [FP, VEC, VSX, FE0, FE1, RI, FP | VSX, VEC | RI, 0n];
const CENTRE = BigInt(PLACE.window + WINDOW_BYTES / 2);
const MASK = (1n << 64n) - 1n;

/** Registers of a case while it is made. */
class Registers {
  readonly gpr: bigint[];
  constructor(random: Random) {
    this.gpr = Array.from({ length: 32 }, () => integer(random));
  }
}

export class Generator {
  constructor(
    private readonly random: Random,
    private readonly mode: Mode,
  ) {}

  /** One instruction of a row in slot n. */
  single(row: InstructionRow, n: number): Case {
    const { random } = this;
    const registers = new Registers(random);
    const facts = factsOf(row);
    const address = caseAddress(n);
    const values = this.fields(row);
    if (facts.memory && random.chance(0.93)) this.aim(facts, values, registers);
    if (/^mtmsrd?$/.test(row.name)) {
      set(values, 'RS', 3 + random.below(29));
      registers.gpr[get(values, 'RS') ?? 0] = this.mode.msr ^ random.pick(MSR_CHANGES);
    }
    const exit = this.target(address, 1, random.below(EXITS));
    if (facts.branches) this.aimBranch(values, address, exit);
    return this.finish([row], [encode(row, values)], n, registers, exit);
  }

  /** Some instructions that run into one another, with branches, loops and addresses that lie in the window. */
  program(rows: readonly InstructionRow[], n: number): Case {
    const { random } = this;
    const registers = new Registers(random);
    const address = caseAddress(n);
    const chosen = Array.from({ length: 2 + random.below(9) }, () => random.pick(rows));
    const bases = [1 + random.below(10), 11 + random.below(10)];
    const index = 21 + random.below(10);
    for (const base of bases) registers.gpr[base] = CENTRE + BigInt(random.below(128) - 64);
    registers.gpr[index] = BigInt(random.below(5) * 8);
    const words = chosen.map((row, i) => {
      const facts = factsOf(row);
      const values = this.fields(row);
      for (const field of row.fields) {
        if (field.kind !== 'gpr') continue;
        const kept = [...bases, index].includes(values.get(field) ?? 0);
        if (kept && facts.writes.has(field.name)) values.set(field, 0);
      }
      if (facts.memory) {
        set(values, 'RA', random.pick(bases));
        set(values, 'RB', index);
        this.displace(values, random.below(17) - 8);
      }
      if (facts.branches) {
        const back = random.chance(0.2);
        const to = back ? random.below(i + 1) : i + 1 + random.below(chosen.length - i + EXITS - 1);
        const at = to < chosen.length ? address + 4 * to : this.target(address, chosen.length, to - chosen.length);
        // Backwards only while CTR counts down.
        if (back) set(values, 'BO', 16);
        this.aimBranch(values, address + 4 * i, at);
      }
      return encode(row, values);
    });
    const exit = this.target(address, words.length, random.below(EXITS));
    return this.finish(chosen, words, n, registers, exit, BigInt(random.below(5)));
  }

  /** MSR of a case: in system mode now and then without a facility, or in 32-bit mode. */
  private msr(): bigint {
    const { random, mode } = this;
    if (mode.privilege === 'problem' || random.chance(0.7)) return mode.msr;
    return mode.msr & ~random.pick(MSR_CHOICES);
  }

  /** The pair through which a case is entered has its address and MSR. */
  private spr(number: number, msr: bigint, n: number): bigint {
    const { random, mode } = this;
    const hypervisor = mode.privilege === 'hypervisor';
    if (number === (hypervisor ? SPR_NUMBERS.HSRR0 : SPR_NUMBERS.SRR0)) return BigInt(PLACE.slots + n * SLOT_BYTES);
    if (number === (hypervisor ? SPR_NUMBERS.HSRR1 : SPR_NUMBERS.SRR1)) return msr;
    if (number === SPR_NUMBERS.SRR0) return random.u64() & ~3n;
    return WORD_SPRS.has(number) ? BigInt(random.u32()) : integer(random);
  }

  /** Values for all fields of a row. */
  private fields(row: InstructionRow): Map<Field, number> {
    const { random } = this;
    const values = new Map<Field, number>();
    for (const field of row.fields) {
      const other = [...values].find(([each]) => each.kind === field.kind && field.kind === 'gpr');
      const value =
        other && random.chance(0.1) ? other[1] : random.chance(0.2) ? random.pick([0, 1, -1]) : random.u32();
      values.set(field, value & (2 ** field.width - 1));
    }
    if (row.fields.some((field) => field.name === 'SPR')) set(values, 'SPR', random.pick([...SPRS, ...this.mode.sprs]));
    return values;
  }

  /** Gives the registers of an address values such that it lies in the window. */
  private aim(facts: RowFacts, values: Map<Field, number>, { gpr }: Registers): void {
    const { random } = this;
    const near = random.chance(0.6) ? 16 * (random.below(8) - 4) : random.below(128) - 64;
    const at = CENTRE + BigInt(near);
    const ra = get(values, 'RA');
    const rb = get(values, 'RB');
    if (ra === undefined) return;
    if (rb === undefined || !facts.memory?.indexed) {
      if (ra === 0 && random.chance(0.9)) set(values, 'RA', 1 + random.below(31));
      gpr[get(values, 'RA') ?? 0] = (at - BigInt(displacement(values))) & MASK;
      // The length of load and store with length is in the high byte.
      if (rb !== undefined && rb !== get(values, 'RA')) {
        gpr[rb] = (BigInt(random.below(20)) << 56n) | BigInt(random.below(256));
      }
      return;
    }
    if (ra === 0) gpr[rb] = at;
    else if (ra === rb) gpr[ra] = at >> 1n;
    else {
      gpr[ra] = random.chance(0.5) ? (gpr[ra] ?? 0n) : at - BigInt(random.below(64));
      gpr[rb] = (at - (gpr[ra] ?? 0n)) & MASK;
    }
  }

  private displace(values: Map<Field, number>, units: number): void {
    for (const field of values.keys()) {
      if (field.kind === 'displacement')
        values.set(field, (units * 2 ** Math.max(field.parts[0]?.[2] ?? 0, 0)) & (2 ** field.width - 1));
    }
  }

  /** Address of an exit of a case with so many words. */
  private target(address: number, words: number, exit: number): number {
    return address + 4 * (words + EXIT_WORDS * exit);
  }

  private aimBranch(values: Map<Field, number>, cia: number, target: number): void {
    const absolute = get(values, 'AA') === 1;
    // Absolute conditional branches reach only low addresses.
    const low = absolute && get(values, 'BD') !== undefined;
    const to = low ? LOW_EXIT_BASE + 4 * EXIT_WORDS * this.random.below(EXITS) : target;
    const value = absolute ? to : to - cia;
    set(values, 'LI', value & 0x3ffffff);
    set(values, 'BD', value & 0xffff);
  }

  private finish(
    rows: readonly InstructionRow[],
    words: readonly number[],
    n: number,
    registers: Registers,
    target: number,
    count?: bigint,
  ): Case {
    const { random, mode } = this;
    const { littleEndian } = mode;
    const address = caseAddress(n);
    const record = new Uint8Array(RECORD_BYTES);
    const view = new DataView(record.buffer);
    const put = (at: number, value: bigint): void => view.setBigUint64(at, value & MASK, littleEndian);
    registers.gpr.forEach((value, r) => put(AT.gpr + 8 * r, value));
    for (let i = 0; i < 128; i++) put(AT.vsr + 8 * i, vectorDoubleword(random));
    put(AT.fpscr, fpscr(random));
    put(AT.vscr + 8, random.pick([0n, 0n, 1n, 0x10000n, 0x10001n]));
    const flags = (BigInt(random.u32()) & 0xe00c0000n) | BigInt(random.below(64));
    put(AT.xer, flags);
    const branches = rows.some((row) => factsOf(row).branches);
    put(AT.lr, branches ? BigInt(target) : integer(random));
    put(AT.ctr, count ?? (branches ? random.pick([0n, 1n, 2n, BigInt(target)]) : integer(random)));
    put(AT.tar, branches ? BigInt(target) : integer(random));
    put(AT.cr, BigInt(random.u32()));
    put(AT.vrsave, BigInt(random.u32()));
    put(AT.msr, this.msr());
    mode.sprs.forEach((number, i) =>
      put(AT.sprs + 8 * i, this.spr(number, view.getBigUint64(AT.msr, littleEndian), n)),
    );
    put(AT.slot, BigInt(PLACE.slots + n * SLOT_BYTES));
    for (let at = 0; at < WINDOW_BYTES; at += 8)
      put(AT.memory + at, random.chance(0.5) ? vectorDoubleword(random) : random.u64());
    return { rows, words, address, exits: exitsOf(address, words.length), record };
  }
}

/** FPSCR as it can be: the summary bits follow from the others; exceptions are not enabled. */
function fpscr(random: Random): bigint {
  const rounding = BigInt(random.below(4)) | (BigInt(random.below(8)) << 32n);
  if (random.chance(0.5)) return rounding;
  const INVALID = 0x01f80700n;
  // FX, OX UX ZX XX, the invalid operations, FR FI, FPRF
  const status = BigInt(random.u32()) & (0x9e000000n | INVALID | 0x0007f000n);
  return rounding | status | ((status & INVALID) === 0n ? 0n : 1n << 29n);
}

/** Where the exits of a case lie, by address. */
function exitsOf(address: number, words: number): Map<number, number> {
  const exits = new Map<number, number>();
  for (let exit = 0; exit < EXITS; exit++) {
    exits.set(address + 4 * (words + EXIT_WORDS * exit), exit);
    exits.set(LOW_EXIT_BASE + 4 * EXIT_WORDS * exit, LOW_EXITS + exit);
  }
  return exits;
}

const named = (values: ReadonlyMap<Field, number>, name: string): Field | undefined =>
  [...values.keys()].find((field) => field.name === name);
function get(values: ReadonlyMap<Field, number>, name: string): number | undefined {
  const field = named(values, name);
  return field && values.get(field);
}
/** Sets a field that the row has. */
function set(values: Map<Field, number>, name: string, value: number): void {
  const field = named(values, name);
  if (field) values.set(field, value);
}
function displacement(values: ReadonlyMap<Field, number>): number {
  for (const [field, value] of values) {
    if (field.kind === 'displacement')
      return ((value & ~(2 ** Math.max(field.parts[0]?.[2] ?? 0, 0) - 1)) << (32 - field.width)) >> (32 - field.width);
  }
  return 0;
}
function encode(row: InstructionRow, values: ReadonlyMap<Field, number>): number {
  let word = row.value;
  for (const [field, value] of values) word |= deposit(field, value);
  return word >>> 0;
}
