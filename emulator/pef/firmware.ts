/**
 * How models of firmware run: coroutines that stop between the lines of a listing.
 *
 * A routine yields a `line` before it does what the line says, a `tpm` request when it needs the TPM, and a `call` when it
 * calls the firmware of another level. Between two yields it may read and write registers and memory through its context;
 * nothing else in the machine runs meanwhile.
 */

import type { NamedValue } from '../common/frames';
import type { CallInfo, InterruptInfo, Profile } from '../common/machine';
import type { RealMemory } from '../common/machine-api';
import type { Value } from '../common/values';
import { callNamed } from './calls';
import type { HypervisorState } from './hypervisor/state';
import type { Listing } from './listing';
import type { Ultravisor } from './ultravisor/state';

/** What the TPM proxy asks of its back end. */
export type TpmRequest =
  { readonly op: 'open' } | { readonly op: 'transmit'; readonly command: Uint8Array } | { readonly op: 'close' };

/** The back end's answer; `error` is a sentence for the user. */
export interface TpmAnswer {
  readonly response?: Uint8Array;
  readonly error?: string;
}

/** A call that firmware makes: of the ultravisor to the hypervisor (lev 1), of the hypervisor to the ultravisor (lev 2). */
export interface CallRequest {
  readonly lev: 1 | 2;
  readonly number: bigint;
  /** r4 and the following registers. */
  readonly args: readonly bigint[];
}

export interface CallAnswer {
  /** r3, signed. */
  readonly result: bigint;
  /** r4 to r12. */
  readonly outputs: readonly bigint[];
}

export type FirmwareYield =
  | { readonly kind: 'line'; readonly label: string }
  | { readonly kind: 'tpm'; readonly request: TpmRequest }
  | { readonly kind: 'call'; readonly request: CallRequest };

/** Resumed with an answer after a `tpm` or `call` yield, with undefined after a `line`. */
export type Coroutine<Result> = Generator<FirmwareYield, Result, TpmAnswer | CallAnswer | undefined>;

/** About to do what the line with this label says. */
export function* line(label: string): Coroutine<void> {
  yield { kind: 'line', label };
}

/** Asks the TPM; the coroutine goes on with its answer. */
export function* askTpm(request: TpmRequest): Coroutine<TpmAnswer> {
  const answer = yield { kind: 'tpm', request };
  return answer && !('result' in answer) ? answer : { error: 'the TPM gave no answer' };
}

/** Makes a call by its name; the coroutine goes on with its result. */
export function* makeCall(name: string, ...args: readonly bigint[]): Coroutine<CallAnswer> {
  const row = callNamed(name);
  if (!row) throw new RangeError(`no call is named ${name}`);
  return yield* forwardCall({ lev: row.lev, number: BigInt(row.number), args });
}

/** The same for any number. */
export function* forwardCall(request: CallRequest): Coroutine<CallAnswer> {
  const answer = yield { kind: 'call', request };
  if (!answer || !('result' in answer)) throw new RangeError('a call was not answered');
  return answer;
}

/** The partition's memory as the hypervisor and its user space reach it: by guest physical address. */
export interface GuestMemory {
  /** Whether all of the range is memory of the guest. */
  contains(gpa: bigint, length: bigint): boolean;
  /** A copy of the bytes; the range must be contained. */
  read(gpa: bigint, length: number): Uint8Array;
  write(gpa: bigint, bytes: Uint8Array): void;
}

/** What every routine sees of the machine. */
export interface FirmwareBase {
  readonly profile: Profile;
  readonly hypervisor: HypervisorState;
  readonly ultravisor: Ultravisor;
  /** Number of the partition that the CPU was in (LPIDR). */
  readonly lpid: number;
  /** MSR of the caller, or of the interrupted software. */
  readonly callerMsr: bigint;
  /** Which back end the TPM proxy has. */
  readonly tpm: 'none' | 'embedded' | 'external';
  readonly memory: GuestMemory;
  readonly real: RealMemory;
  /** General purpose register as the caller left it, unsigned. */
  gpr(number: number): bigint;
  setGpr(number: number, value: bigint): void;
  /** A special purpose register by its name: what its owner sees. */
  spr(name: string): bigint;
  setSpr(name: string, value: bigint): void;
  /** Shows a value as a local of the frame. */
  local(name: string, value: Value, doc?: string): void;
  /** The calling partition's addresses are translated by this process table; undefined: they are real addresses. */
  registerProcessTable(table: bigint | undefined): void;
  /** Bytes on the console of the partition that called. */
  console(bytes: Uint8Array): void;
  /** A page changed its state, on this side: for breakpoints and traces. */
  pageChanged(side: 'ultravisor' | 'hypervisor', lpid: number, gfn: number, from: string, to: string): void;
  /** A line for the user about why something was refused or what real firmware would do. */
  note(text: string): void;
  warn(text: string): void;
  /** A note that the back end outside the machine is to blame. */
  blame(text: string): void;
}

export interface FirmwareContext extends FirmwareBase {
  readonly call: CallInfo;
}

export interface InterruptContext extends FirmwareBase {
  readonly interrupt: InterruptInfo;
}

/** How a routine ends: its result goes to r3 behind the call, or what it says. */
export type Outcome =
  | bigint
  /** The instruction that was interrupted is executed again. */
  | { readonly kind: 'retry' }
  /** The caller goes on elsewhere; `result` is what a scenario sees of the call. */
  | {
      readonly kind: 'enter';
      readonly nia: bigint;
      readonly msr: bigint;
      readonly registers: readonly (readonly [number: number, value: bigint])[];
      readonly result: bigint;
    }
  | GivenUp;

/** The software that runs has to deal with the interrupt, or the machine stops for good. */
export interface GivenUp {
  readonly kind: 'deliver' | 'stop';
  readonly detail: string;
}

/** A routine that serves one call. */
export interface Routine {
  readonly listing: Listing;
  run(context: FirmwareContext): Coroutine<Outcome>;
}

/** A routine that serves an interrupt of a secure VM. */
export interface InterruptRoutine {
  readonly listing: Listing;
  run(context: InterruptContext): Coroutine<Outcome>;
}

/** A routine at work: its position and what it shows. */
export interface FirmwareFrame {
  readonly listing: Listing;
  /** The call that it serves, when it is one. */
  readonly call: CallInfo | undefined;
  readonly coroutine: Coroutine<Outcome>;
  label: string;
  locals: NamedValue[];
}
