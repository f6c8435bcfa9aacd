/**
 * How models of firmware run: coroutines that stop between the lines of a listing.
 *
 * A routine yields a `line` before it does what the line says, and a `tpm` request when it needs the TPM. Between two
 * yields it may read and write registers and memory through its context; nothing else in the machine runs meanwhile.
 */

import type { NamedValue } from '../common/frames';
import type { Value } from '../common/values';
import type { CallInfo, Profile } from '../common/machine';
import type { Listing } from './listing';

/** What the TPM proxy asks of its back end. */
export type TpmRequest =
  { readonly op: 'open' } | { readonly op: 'transmit'; readonly command: Uint8Array } | { readonly op: 'close' };

/** The back end's answer; `error` is a sentence for the user. */
export interface TpmAnswer {
  readonly response?: Uint8Array;
  readonly error?: string;
}

export type FirmwareYield =
  { readonly kind: 'line'; readonly label: string } | { readonly kind: 'tpm'; readonly request: TpmRequest };

/** Resumed with an answer after a `tpm` yield, with undefined after a `line`. */
export type Coroutine<Result> = Generator<FirmwareYield, Result, TpmAnswer | undefined>;

/** About to do what the line with this label says. */
export function* line(label: string): Coroutine<void> {
  yield { kind: 'line', label };
}

/** Asks the TPM; the coroutine goes on with its answer. */
export function* askTpm(request: TpmRequest): Coroutine<TpmAnswer> {
  const answer = yield { kind: 'tpm', request };
  return answer ?? { error: 'the TPM gave no answer' };
}

/** The partition's memory as the hypervisor and its user space reach it: by guest physical address. */
export interface GuestMemory {
  /** Whether all of the range is memory of the guest. */
  contains(gpa: bigint, length: bigint): boolean;
  /** A copy of the bytes; the range must be contained. */
  read(gpa: bigint, length: number): Uint8Array;
  write(gpa: bigint, bytes: Uint8Array): void;
}

/** State of the hypervisor and its user space, plain data. */
export interface HypervisorState {
  /** The TPM proxy has its back end open. */
  tpmOpen: boolean;
  /** Process tables by partition number, as the second doubleword of a partition table entry has them. */
  processTables: readonly (readonly [lpid: number, table: bigint])[];
}

/** What a routine sees of the machine. */
export interface FirmwareContext {
  readonly profile: Profile;
  readonly call: CallInfo;
  readonly hypervisor: HypervisorState;
  /** Which back end the TPM proxy has. */
  readonly tpm: 'none' | 'embedded' | 'external';
  readonly memory: GuestMemory;
  /** General purpose register as the caller left it, unsigned. */
  gpr(number: number): bigint;
  setGpr(number: number, value: bigint): void;
  /** Shows a value as a local of the frame. */
  local(name: string, value: Value, doc?: string): void;
  /** The calling partition's addresses are translated by this process table; undefined: they are real addresses. */
  registerProcessTable(table: bigint | undefined): void;
  /** Bytes on the console of the partition that called. */
  console(bytes: Uint8Array): void;
  /** A line for the user about why something was refused or what real firmware would do. */
  note(text: string): void;
  warn(text: string): void;
  /** A note that the back end outside the machine is to blame. */
  blame(text: string): void;
}

/** A routine that serves one call; its result goes to r3. */
export interface Routine {
  readonly listing: Listing;
  run(context: FirmwareContext): Coroutine<bigint>;
}

/** A routine at work: its position and what it shows. */
export interface FirmwareFrame {
  readonly routine: Routine;
  readonly call: CallInfo;
  readonly coroutine: Coroutine<bigint>;
  label: string;
  locals: NamedValue[];
}
