/**
 * Every name that a scenario can use, collected from the tables: calls, codes, registers and their bits, interrupts, TPM
 * constants and commands. Checks, completion, hover and evaluation ask here and nowhere else.
 */

import { CALLS } from '../pef/calls';
import { CALL_CONSTANTS, HYPERCALL_CODES, ULTRACALL_CODES } from '../pef/codes';
import { u64 } from '../common/bytes';
import { INTERRUPTS, interruptNamed as interruptRowNamed } from '../isa/interrupts';
import { CORE_REGISTERS } from '../isa/registers';
import type { RegisterRow } from '../isa/registers';
import { SPRS } from '../isa/sprs';
import { tpmConstants } from '../tpm/tables';
import { functionNamed } from './functions';
import type { Expected, ExpectedInterrupt } from './ir';

/** A named number. */
export interface ConstantWord {
  readonly name: string;
  /** Unsigned, 64 bits: as a register shows it. */
  readonly value: bigint;
  readonly doc: string;
  /** Where results of this name come from; missing for names that are no results. */
  readonly family?: Expected['family'];
  /** What it is, in a word or two. */
  readonly kind: string;
}

const callConstants: readonly ConstantWord[] = [
  ...ULTRACALL_CODES.map((row) => ({ ...row, value: u64(row.value), family: 'U' as const, kind: 'ultracall result' })),
  ...HYPERCALL_CODES.map((row) => ({ ...row, value: u64(row.value), family: 'H' as const, kind: 'hypercall result' })),
  ...CALL_CONSTANTS.map((row) => ({ ...row, value: u64(row.value), kind: 'parameter value' })),
];

/** All constants by name; those of the calls first. */
export const CONSTANTS: ReadonlyMap<string, ConstantWord> = (() => {
  const words = new Map(callConstants.map((word) => [word.name, word]));
  for (const { name, value, doc, type } of tpmConstants()) {
    const family = type === 'TPM_RC' ? { family: 'TPM' as const } : {};
    if (!words.has(name)) words.set(name, { name, value: u64(value), doc, kind: type, ...family });
  }
  return words;
})();

/** Names of all ultracalls (2) or hypercalls (1). */
export function callNames(lev: 1 | 2): string[] {
  return CALLS.filter((row) => row.lev === lev).map((row) => row.name);
}

/** Names of the results of one family. */
export function resultNames(family: Expected['family']): string[] {
  return [...CONSTANTS.values()].filter((word) => word.family === family).map((word) => word.name);
}

/** The name of the constant of a kind with this value, or undefined. */
export function constantOf(kind: string, value: bigint): string | undefined {
  for (const word of CONSTANTS.values()) if (word.kind === kind && word.value === value) return word.name;
  return undefined;
}

/** A register as the language names it. */
export interface RegisterWord {
  readonly name: string;
  readonly row: RegisterRow;
  /** Names of its bits and fields. */
  readonly bits: readonly string[];
}

const registers: ReadonlyMap<string, RegisterWord> = (() => {
  const words = new Map<string, RegisterWord>();
  for (const row of [...CORE_REGISTERS, ...SPRS]) {
    const key = row.name.toLowerCase();
    if (!words.has(key)) words.set(key, { name: row.name, row, bits: row.fields.map(({ name }) => name) });
  }
  return words;
})();

/** The register of that name, in any case. */
export function registerNamed(name: string): RegisterWord | undefined {
  return registers.get(name.toLowerCase());
}

/** All registers, in the order of their tables. */
export function registerWords(): Iterable<RegisterWord> {
  return registers.values();
}

export function* registerNames(): Iterable<string> {
  for (const { name } of registers.values()) yield name;
}

/** The interrupt of a name or abbreviation, in any case. */
export function interruptNamed(name: string): ExpectedInterrupt | undefined {
  const row = interruptRowNamed(name);
  return row && { vector: row.vector, name: row.name };
}

/** The interrupt with a vector. */
export function interruptVector(vector: bigint): ExpectedInterrupt | undefined {
  const row = INTERRUPTS.find((known) => BigInt(known.vector) === vector);
  return row && { vector: row.vector, name: row.name };
}

/** Abbreviations and names of all interrupts. */
export function interruptNames(): string[] {
  return INTERRUPTS.flatMap(({ abbreviation, name }) => [abbreviation, name]);
}

/** Whether a name already means something in every scenario, so that no declaration may take it. */
export function isReservedName(name: string): boolean {
  if (name === 'gpr' || registers.has(name.toLowerCase()) || CONSTANTS.has(name)) return true;
  // `page` is only a function where an argument list follows, so it stays free for variables.
  return name !== 'page' && functionNamed(name) !== undefined;
}
