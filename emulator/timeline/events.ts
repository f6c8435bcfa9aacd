/**
 * Naming what happens in the machine, for breakpoints: `UV_ESM`, `0xEF10`, `TPM2_GetRandom`, `0xC00`, `HEAI`.
 *
 * The names come from the tables of calls, TPM commands and interrupts, which this folder does not import; whoever makes
 * a debugger hands their rows in.
 */

import type { MachineEvent } from '../common/machine';
import { didYouMean, nearest } from '../common/nearest';

export interface EventVocabulary {
  readonly calls: readonly { readonly lev: 1 | 2; readonly number: number; readonly name: string }[];
  readonly tpmCommands: readonly { readonly code: number; readonly name: string }[];
  readonly interrupts: readonly { readonly vector: number; readonly name: string; readonly abbreviation: string }[];
}

/** A set of events that one name stands for. */
export interface EventMatcher {
  /** In words, for the user: `hypercall H_TPM_COMM (0xef10)`. */
  readonly description: string;
  matches(event: MachineEvent): boolean;
}

/** A class of events that can be stopped at as a whole. */
export type EventClass = 'ultracalls' | 'hypercalls' | 'interrupts' | 'msr' | 'pages' | 'tpm' | 'failures';

interface ClassRow {
  readonly name: EventClass;
  readonly label: string;
  readonly doc: string;
  readonly byDefault: boolean;
  /** `failures` is no event of the machine: the debugger asks the outcome of the run. */
  matches(event: MachineEvent): boolean;
}

// prettier-ignore
export const EVENT_CLASSES: readonly ClassRow[] = [
  { name: 'ultracalls', label: 'Ultracalls', byDefault: false, doc: 'Stop when an ultracall (sc 2) arrives at the ultravisor.',
    matches: (event) => event.kind === 'call' && event.call.lev === 2 },
  { name: 'hypercalls', label: 'Hypercalls', byDefault: false, doc: 'Stop when a hypercall (sc 1) arrives at the hypervisor or the ultravisor.',
    matches: (event) => event.kind === 'call' && event.call.lev === 1 },
  { name: 'interrupts', label: 'Interrupts', byDefault: false, doc: 'Stop when an interrupt is taken.',
    matches: (event) => event.kind === 'interrupt' },
  { name: 'msr', label: 'MSR changes', byDefault: false, doc: 'Stop when the machine state register changes: S, HV, PR and the other bits.',
    matches: (event) => event.kind === 'msr' },
  { name: 'pages', label: 'Page states', byDefault: false, doc: 'Stop when a page of a guest changes its state, at the ultravisor or at the hypervisor.',
    matches: (event) => event.kind === 'page' },
  { name: 'tpm', label: 'TPM commands', byDefault: false, doc: 'Stop when a command reaches the TPM.',
    matches: (event) => event.kind === 'tpm command' },
  { name: 'failures', label: 'Failures', byDefault: true, doc: 'Stop where an expectation fails, a result is unexpected or an interrupt is not caught.',
    matches: () => false },
];

/** The command code in a TPM command's header (TPM 2.0 Part 1, "Command Header"), or undefined for a stump. */
export function tpmCommandCode(bytes: Uint8Array): number | undefined {
  if (bytes.length < 10) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(6);
}

const hex = (value: number | bigint) => '0x' + value.toString(16);

function numberMatcher(value: bigint, words: EventVocabulary): EventMatcher {
  const known = [
    ...words.calls
      .filter((row) => BigInt(row.number) === value)
      .map((row) => `${row.lev === 2 ? 'ultracall' : 'hypercall'} ${row.name}`),
    ...words.interrupts.filter((row) => BigInt(row.vector) === value).map((row) => `interrupt ${row.name}`),
  ];
  return {
    description: `${known.length > 0 ? known.join(', ') : 'call'} (${hex(value)})`,
    matches: (event) =>
      (event.kind === 'call' && event.call.number === value) ||
      (event.kind === 'interrupt' && BigInt(event.interrupt.vector) === value),
  };
}

/** What a name stands for, or undefined. Case does not matter. A number is a call's number or an interrupt's vector. */
export function eventNamed(text: string, words: EventVocabulary): EventMatcher | undefined {
  const name = text.trim();
  if (/^(0x[0-9a-f]{1,16}|[0-9]{1,19})$/i.test(name)) return numberMatcher(BigInt(name), words);
  const lower = name.toLowerCase();
  const call = words.calls.find((row) => row.name.toLowerCase() === lower);
  if (call) {
    const number = BigInt(call.number);
    return {
      description: `${call.lev === 2 ? 'ultracall' : 'hypercall'} ${call.name} (${hex(number)})`,
      matches: (event) => event.kind === 'call' && event.call.lev === call.lev && event.call.number === number,
    };
  }
  const plain = lower.replace(/^tpm_cc_/, 'tpm2_');
  const command = words.tpmCommands.find((row) => row.name.toLowerCase().replace(/^tpm_cc_/, 'tpm2_') === plain);
  if (command) {
    return {
      description: `TPM command ${command.name} (${hex(command.code)})`,
      matches: (event) => event.kind === 'tpm command' && tpmCommandCode(event.bytes) === command.code,
    };
  }
  const interrupt = words.interrupts.find(
    (row) => row.name.toLowerCase() === lower || row.abbreviation.toLowerCase() === lower,
  );
  if (interrupt) {
    return {
      description: `interrupt ${interrupt.name} (${hex(interrupt.vector)})`,
      matches: (event) => event.kind === 'interrupt' && event.interrupt.vector === interrupt.vector,
    };
  }
  return undefined;
}

/** Every name that `eventNamed` takes, for completion. */
export function eventNames(words: EventVocabulary): readonly string[] {
  return [
    ...words.calls.map((row) => row.name),
    ...words.tpmCommands.map((row) => row.name),
    ...words.interrupts.flatMap((row) => (row.abbreviation ? [row.name, row.abbreviation] : [row.name])),
  ];
}

/** A sentence about a name that stands for nothing, with the nearest that does. */
export function unknownEvent(text: string, words: EventVocabulary): string {
  const hint = didYouMean(nearest(text.trim(), eventNames(words)));
  return `No ultracall, hypercall, interrupt, TPM command or symbol is named '${text.trim().slice(0, 80)}'${hint}`;
}

/** An event in words. */
export function eventText(event: MachineEvent): string {
  switch (event.kind) {
    case 'call': {
      const kind = event.call.lev === 2 ? 'Ultracall' : 'Hypercall';
      return `${kind} ${event.call.name ?? hex(event.call.number)} by ${event.call.caller}`;
    }
    case 'call return':
      return `${event.call.name ?? hex(event.call.number)} returns ${hex(event.result)}`;
    case 'interrupt':
      return `${event.interrupt.name} interrupt (${hex(event.interrupt.vector)}): ${event.interrupt.detail}`;
    case 'msr':
      return `MSR changes from ${hex(event.from)} to ${hex(event.to)}`;
    case 'tpm command':
      return `TPM command of ${event.bytes.length} bytes`;
    case 'tpm response':
      return `TPM response of ${event.bytes.length} bytes`;
    case 'output':
      return event.text;
    case 'page':
      return `Page ${hex(event.gfn)} of ${event.guest} is ${event.to} (${event.side}; it was ${event.from})`;
    case 'console':
      return `Console output of ${event.guest}`;
    case 'scenario':
      return `Scenario ${event.name}`;
  }
}
