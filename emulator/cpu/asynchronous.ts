/**
 * Asynchronous interrupts: which exceptions exist, which are enabled in which state, and which comes first (Book III
 * 6.4.2, 6.5, 6.8; power saving: 3.3.2).
 *
 * The order of the rows is the order of priority. The ISA orders System Reset, Machine Check and Hypervisor Maintenance
 * and leaves the rest to the processor; here the more privileged receiver comes first.
 */
import { type InterruptAbbreviation, VECTOR } from '../isa/interrupts';
import { sprMask } from '../isa/sprs';
import type { InterruptRequest } from './entry';
import { SIGNAL } from './state';

/** What exceptions depend on, as numbers that are cheap to test. */
export interface AsynchronousState {
  /** MSR bits. */
  readonly ee: boolean;
  readonly hv: boolean;
  readonly pr: boolean;
  readonly s: boolean;
  /** Low word of LPCR. */
  readonly lpcr: number;
  /** Bits of SIGNAL in state.ts. */
  readonly signals: number;
  /** The decrementers are negative. */
  readonly dec: boolean;
  readonly hdec: boolean;
  /** A message of its kind has come for this thread. */
  readonly doorbell: boolean;
  readonly hypervisorDoorbell: boolean;
  readonly ultravisorDoorbell: boolean;
  /** HMER and HMEER have a bit in common. */
  readonly maintenance: boolean;
  /** Low word of MMCR0. */
  readonly mmcr0: number;
}

const low = (register: string, field: string): number => Number(BigInt.asIntN(32, sprMask(register, field)));
const LPCR = {
  MER: low('LPCR', 'MER'),
  HEIC: low('LPCR', 'HEIC'),
  LPES: low('LPCR', 'LPES'),
  HVICE: low('LPCR', 'HVICE'),
  HDICE: low('LPCR', 'HDICE'),
  PDEE: low('LPCR', 'PDEE'),
  HDEE: low('LPCR', 'HDEE'),
  EEE: low('LPCR', 'EEE'),
  DEE: low('LPCR', 'DEE'),
  OEE: low('LPCR', 'OEE'),
} as const;
/** MMCR0 bits 56 (an alert has occurred) and 43 (alerts are event-based exceptions). */
const MMCR0_PMAO = 1 << 7;
const MMCR0_EBE = 1 << 20;

/** Who does not run at the hypervisor's level cannot keep its interrupts off. */
const hypervisorEnabled = (x: AsynchronousState): boolean => x.ee || !x.hv;
const enabled = (x: AsynchronousState): boolean => x.ee;

export interface AsynchronousRow {
  readonly interrupt: InterruptAbbreviation;
  readonly name: string;
  readonly exists: (x: AsynchronousState) => boolean;
  readonly enabled: (x: AsynchronousState) => boolean;
  /** Whether it ends `stop` with PSSCR.EC = 1; `hvee` is LPCR.HVEE. */
  readonly wakes: (x: AsynchronousState, hvee: boolean) => boolean;
  /** SRR1 bits 42:45 of the System Reset interrupt that ends `stop` (Linux, asm/reg.h). */
  readonly wakeReason: number;
  /** What the request has besides the vector. */
  readonly request?: Partial<InterruptRequest>;
}

const never = (): boolean => false;

// prettier-ignore
export const ASYNCHRONOUS: readonly AsynchronousRow[] = [
  { interrupt: 'SRESET', name: 'system reset', wakeReason: 0b0100,
    exists: (x) => (x.signals & SIGNAL.systemReset) !== 0, enabled: () => true, wakes: () => true },
  { interrupt: 'HMI', name: 'hypervisor maintenance', wakeReason: 0b1010,
    exists: (x) => x.maintenance, enabled: hypervisorEnabled, wakes: (x) => (x.lpcr & LPCR.OEE) !== 0 },
  { interrupt: 'HDBELL', name: 'directed ultravisor doorbell', wakeReason: 0b0011, request: { level: 'ultravisor' },
    exists: (x) => x.ultravisorDoorbell, enabled: (x) => x.ee || !(x.hv && x.s), wakes: (x) => (x.lpcr & LPCR.HDEE) !== 0 },
  { interrupt: 'HDEC', name: 'hypervisor decrementer', wakeReason: 0,
    exists: (x) => x.hdec && (x.signals & SIGNAL.hdecTaken) === 0 && (x.lpcr & LPCR.HDICE) !== 0,
    enabled: hypervisorEnabled, wakes: never },
  { interrupt: 'HVI', name: 'hypervisor virtualization', wakeReason: 0b1001,
    exists: (x) => (x.signals & SIGNAL.virtualization) !== 0 && (x.lpcr & LPCR.HVICE) !== 0,
    enabled: hypervisorEnabled, wakes: (_, hvee) => hvee },
  { interrupt: 'EXT', name: 'external', wakeReason: 0b1000,
    exists: (x) => (x.signals & SIGNAL.external) !== 0,
    enabled: (x) => externalEnabled(x), wakes: (x) => (x.lpcr & LPCR.EEE) !== 0 },
  // The hypervisor wants one to be taken as soon as its guest takes external interrupts.
  { interrupt: 'EXT', name: 'mediated external', wakeReason: 0b1000,
    exists: (x) => (x.lpcr & LPCR.MER) !== 0, enabled: (x) => x.ee && (!x.hv || x.pr), wakes: never },
  { interrupt: 'HDBELL', name: 'directed hypervisor doorbell', wakeReason: 0b0011,
    exists: (x) => x.hypervisorDoorbell, enabled: hypervisorEnabled, wakes: (x) => (x.lpcr & LPCR.HDEE) !== 0 },
  { interrupt: 'PM', name: 'performance monitor', wakeReason: 0,
    exists: (x) => (x.mmcr0 & (MMCR0_PMAO | MMCR0_EBE)) === MMCR0_PMAO, enabled, wakes: never },
  { interrupt: 'DEC', name: 'decrementer', wakeReason: 0b0110,
    exists: (x) => x.dec, enabled, wakes: (x) => (x.lpcr & LPCR.DEE) !== 0 },
  { interrupt: 'DBELL', name: 'directed privileged doorbell', wakeReason: 0b0101,
    exists: (x) => x.doorbell, enabled, wakes: (x) => (x.lpcr & LPCR.PDEE) !== 0 },
];

/** A direct external interrupt: with LPES = 0 the hypervisor's; HEIC keeps it away from the hypervisor itself. */
function externalEnabled(x: AsynchronousState): boolean {
  if ((x.lpcr & LPCR.HEIC) !== 0 && x.hv && !x.pr) return false;
  return x.ee || ((x.lpcr & LPCR.LPES) === 0 && !x.hv);
}

/** The interrupt that is to be taken now, or undefined. */
export function nextInterrupt(x: AsynchronousState): AsynchronousRow | undefined {
  return ASYNCHRONOUS.find((row) => row.exists(x) && row.enabled(x));
}

/** Whether an exception exists, enabled or not. */
export function anyException(x: AsynchronousState): boolean {
  return ASYNCHRONOUS.some((row) => row.exists(x));
}

/** The exception that ends `stop` with PSSCR.EC = 1, or undefined. */
export function nextWakeUp(x: AsynchronousState, hvee: boolean): AsynchronousRow | undefined {
  return ASYNCHRONOUS.find((row) => row.exists(x) && row.wakes(x, hvee));
}

/** The request for a row's interrupt. */
export function asynchronousRequest(row: AsynchronousRow): InterruptRequest {
  return { vector: VECTOR[row.interrupt], detail: row.name, ...row.request };
}

/** System Reset at the end of `stop`: SRR1 says why, and that no state was lost (bits 46:47). */
export function wakeUpRequest(row: AsynchronousRow): InterruptRequest {
  const status = (BigInt(row.wakeReason) << 18n) | (1n << 16n);
  return { vector: VECTOR.SRESET, status, detail: `wake-up: ${row.name}` };
}
