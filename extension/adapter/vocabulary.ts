/** The names of events, from the tables, as the debugger wants them; and words for completion in the console. */

import { INTERRUPTS } from '../../emulator/isa/interrupts';
import { CORE_REGISTERS } from '../../emulator/isa/registers';
import { SPRS } from '../../emulator/isa/sprs';
import { CALLS } from '../../emulator/pef/calls';
import { CALL_VALUES } from '../../emulator/pef/codes';
import type { EventVocabulary } from '../../emulator/timeline/events';
import { tpmCommands, tpmConstants } from '../../emulator/tpm/tables/index';

export function eventVocabulary(): EventVocabulary {
  return { calls: CALLS, tpmCommands: tpmCommands(), interrupts: INTERRUPTS };
}

export interface Word {
  readonly name: string;
  readonly doc: string;
  readonly kind: 'register' | 'constant' | 'field';
}

const REGISTERS = [...CORE_REGISTERS, ...SPRS];

/** Registers and constants of the language. */
export function* words(): Generator<Word> {
  for (const { name, doc } of REGISTERS) yield { name, doc, kind: 'register' };
  for (const { name, doc } of CALL_VALUES.values()) yield { name, doc, kind: 'constant' };
  for (const { name, doc } of tpmConstants()) yield { name, doc, kind: 'constant' };
}

/** Fields of a register, by its name in any case. */
export function fieldsOf(register: string): readonly Word[] {
  const wanted = register.toLowerCase();
  const row = REGISTERS.find((each) => each.name.toLowerCase() === wanted);
  return (row?.fields ?? []).map(({ name, doc }) => ({ name, doc, kind: 'field' }));
}
