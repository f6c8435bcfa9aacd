/** What a machine is configured with, does and reports: the words that machine, firmware models, script and debugger share. */
import type { Frame } from './frames';

export type Profile = 'spec' | 'shipped';

/** Which TPM a scenario's machine block asks for. */
export type TpmChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'embedded' }
  | { readonly kind: 'swtpm' | 'mssim' | 'device'; readonly address: string };

export interface GuestConfig {
  readonly name: string;
  readonly lpid: number;
  /** Size of the guest's memory in bytes; a multiple of 64 KiB, at least 1 MiB. */
  readonly memoryBytes: number;
  readonly endian: 'little' | 'big';
}

export interface MachineConfig {
  readonly profile: Profile;
  readonly normalBytes: number;
  readonly secureBytes: number;
  readonly seed: string;
  readonly tpm: TpmChoice;
  readonly guests: readonly GuestConfig[];
}

/** Who acts: the MSR state in which a scenario's statements execute. */
export type Actor =
  | { readonly kind: 'guest'; readonly guest: string; readonly user: boolean }
  | { readonly kind: 'hypervisor' }
  | { readonly kind: 'host user' }
  | { readonly kind: 'ultravisor' };

/** Something that an actor's software does by executing instructions. */
export type Activity =
  /** `sc 1` (lev 1) or `sc 2` (lev 2) with r3 = number and r4.. = args. Result: r3 as value. */
  | { readonly kind: 'call'; readonly lev: 1 | 2; readonly number: bigint; readonly args: readonly bigint[] }
  /** One load. Result: the value, zero-extended. */
  | { readonly kind: 'load'; readonly width: 1 | 2 | 4 | 8; readonly address: bigint }
  | { readonly kind: 'store'; readonly width: 1 | 2 | 4 | 8; readonly address: bigint; readonly value: bigint }
  /** Many loads. Result: the bytes. */
  | { readonly kind: 'load bytes'; readonly address: bigint; readonly length: number }
  | { readonly kind: 'store bytes'; readonly address: bigint; readonly bytes: Uint8Array }
  /** A TPM command through H_TPM_COMM and the actor's TPM buffer. Result: the response's bytes, or the H_ code. */
  | { readonly kind: 'send'; readonly command: Uint8Array }
  /** An `asm` block: big-endian words, placed at the actor's code area + offset in its byte order, run to their end. */
  | { readonly kind: 'code'; readonly offset: number; readonly code: Uint8Array; readonly id: number };

export type ActivityResult =
  | { readonly kind: 'done'; readonly value?: bigint; readonly bytes?: Uint8Array }
  /** An interrupt that no firmware model takes reached the scripted software. */
  | { readonly kind: 'interrupt'; readonly interrupt: InterruptInfo };

export interface InterruptInfo {
  /** Vector offset, for instance 0xC00. */
  readonly vector: number;
  /** Name of the table of interrupts, for instance `Hypervisor Emulation Assistance`. */
  readonly name: string;
  /** Effective address of the instruction. */
  readonly address: bigint;
  /** Level entered. */
  readonly level: 'guest' | 'hypervisor' | 'ultravisor';
  /** The reason in words, for instance `secure memory accessed with MSR[S]=0`. */
  readonly detail: string;
}

/** What happened in a tick, for event breakpoints, traces and views. */
export type MachineEvent =
  | { readonly kind: 'call'; readonly call: CallInfo }
  | { readonly kind: 'call return'; readonly call: CallInfo; readonly result: bigint; readonly r4: bigint }
  | { readonly kind: 'interrupt'; readonly interrupt: InterruptInfo }
  | { readonly kind: 'msr'; readonly from: bigint; readonly to: bigint }
  | { readonly kind: 'tpm command'; readonly bytes: Uint8Array }
  | { readonly kind: 'tpm response'; readonly bytes: Uint8Array; readonly command: Uint8Array }
  /** Text for the terminal or the debug console: `print`, notes of the machine. */
  | { readonly kind: 'output'; readonly category: 'print' | 'note' | 'warning'; readonly text: string }
  /** A scenario began. */
  | { readonly kind: 'scenario'; readonly name: string };

export interface CallInfo {
  readonly lev: 1 | 2;
  readonly number: bigint;
  /** Name of the call's row, when it has one. */
  readonly name: string | undefined;
  /** r4.. as far as the row has parameters (all of r4..r12 without a row). */
  readonly args: readonly bigint[];
  /** Who called, in the words of the privilege table: `guest svm1, privileged`. */
  readonly caller: string;
}

/** A view of memory: who looks. Every read is a peek without side effects. */
export type MemoryView = { readonly kind: 'real' } | { readonly kind: 'guest'; readonly guest: string };

/**
 * How far one `step` may run: `line` stops at every line of source, also of `asm` blocks; `event` runs instructions in
 * long strides until something happens, for running without looking.
 */
export type StepDetail = 'line' | 'event';

/**
 * The machine as the scenario's executor uses it.
 *
 * The script is the outermost driver. It enters an actor, begins an activity and steps the machine until it is idle
 * again; then it takes the result. Registers are those of the current actor.
 */
export interface MachineApi {
  readonly config: MachineConfig;
  /** The innermost actor entered; a machine starts as its first guest's supervisor. */
  readonly actor: Actor;
  enter(actor: Actor): void;
  /** Undoes the last `enter`. */
  leave(): void;
  begin(activity: Activity): void;
  /** `idle`: no activity, or its result is ready; `waiting`: an outside answer is needed first. */
  readonly state: 'idle' | 'running' | 'waiting';
  /** One tick of the innermost part, or up to `maxTicks` instructions where nothing can be seen between them. */
  step(maxTicks: number, detail?: StepDetail): { readonly ticks: number; readonly events: readonly MachineEvent[] };
  /** Addresses of instructions before which `step` stops also with detail `event`. */
  setCodeBreakpoints(addresses: ReadonlySet<bigint>): void;
  takeResult(): ActivityResult;
  service(signal?: AbortSignal): Promise<void>;
  readonly canReplay: boolean;
  /** Frames of the machine (not of the script), innermost first. */
  frames(): readonly Frame[];
  /** Any register of the table of registers, by name and case-insensitive (`r3`, `cr0`, `MSR.S`, `SRR0`); undefined for no such name. */
  readRegister(name: string): bigint | undefined;
  /** Sets a register as the debugger does, without privilege checks; false for no such name. */
  writeRegister(name: string, value: bigint): boolean;
  /** Bytes as the current actor would load them; undefined where it may not or there is no memory. Changes nothing. */
  peek(address: bigint, length: number): Uint8Array | undefined;
  /** Real address behind a guest physical address, or undefined. */
  ra(guest: string, gpa: bigint): bigint | undefined;
  /** Where the current actor's `asm` code is placed: effective address of offset 0. */
  codeBase(): bigint;
  /** Sets bytes as the debugger does, without access checks; false where there is no memory. */
  poke(address: bigint, bytes: Uint8Array): boolean;
  /** The last TPM exchange of the run, also an unfinished one. */
  readonly exchange: { readonly command: Uint8Array; readonly response?: Uint8Array } | undefined;
  /** Back to the state after construction; recorded inputs stay. */
  reset(): void;
  /** Feeds every part of the state, in a fixed order, to a hash. */
  hashInto(update: (bytes: Uint8Array) => void): void;
}

/** Offset limits of the actor's code area for `asm` blocks, in bytes. */
export const CODE_AREA_BYTES = 56 * 1024;
