/** The machine as script and debugger use it. */

import type { Frame } from './frames';
import type { Activity, ActivityResult, Actor, ImageSymbol, MachineConfig, MachineEvent } from './machine';

/** Real memory, without any check of who looks. */
export interface RealMemory {
  contains(ra: bigint, length: number): boolean;
  /** A copy of bytes that are contained. */
  read(ra: bigint, length: number): Uint8Array;
  write(ra: bigint, bytes: Uint8Array): void;
}

/**
 * How far one `step` may run: `line` stops at every line of source, also of `asm` blocks; `statement` runs the
 * instructions of `asm` blocks in long strides that end before code breakpoints; `event` passes over all lines, for
 * running without looking. All of them end at events.
 */
export type StepDetail = 'line' | 'statement' | 'event';

/** A symbol of an image with the addresses at which software arrives at it. */
export interface PlacedSymbol extends Pick<ImageSymbol, 'name' | 'address' | 'size' | 'type'> {
  readonly places: readonly bigint[];
  /** It is one of the actor's own image. */
  readonly own: boolean;
}

/** A place in an image. */
export interface SymbolOffset {
  readonly name: string;
  /** In bytes. */
  readonly offset: bigint;
}

/** `main` or `main+0x10`; undefined for no place. */
export function symbolText(at: SymbolOffset | undefined): string | undefined {
  return at && (at.offset === 0n ? at.name : `${at.name}+0x${at.offset.toString(16)}`);
}

/** Names of places in the guests' images, as an actor sees them. */
export interface ActorSymbols {
  /** What of the actor's own image is at an effective address. */
  at(address: bigint): SymbolOffset | undefined;
  /** The symbol of this name, of the actor's image or, when it has none, of the first guest that has it. */
  named(name: string): PlacedSymbol | undefined;
  /** Symbols whose names begin so, in any case. */
  beginning(prefix: string, limit: number): readonly PlacedSymbol[];
}

/** Those of a machine without images. */
export const NO_SYMBOLS: ActorSymbols = { at: () => undefined, named: () => undefined, beginning: () => [] };

/** The hardware threads of the processor. */
export interface ThreadsApi {
  readonly count: number;
  /** The thread whose registers are shown: that which executes, 0 while no software runs. */
  readonly current: number;
  /** Whether a thread executes instructions, and has not stopped. */
  executes(thread: number): boolean;
  /** Calls a function that looks at registers and memory as those of another thread. Changes nothing by itself. */
  inThread<T>(thread: number, then: () => T): T;
  /**
   * Starts a thread other than 0 at an address, in the state of the acting software. It executes during runs.
   *
   * @throws InputError `unknown-thread`
   */
  start(thread: number, address: bigint): void;
}

/**
 * The machine as the scenario's executor uses it.
 *
 * The script is the outermost driver. It enters an actor, begins an activity and steps the machine until it is idle
 * again; then it takes the result. Registers are those of the current actor.
 */
export interface MachineApi {
  readonly config: MachineConfig;
  readonly memory: RealMemory;
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
  readonly threads: ThreadsApi;
  service(signal?: AbortSignal): Promise<void>;
  readonly canReplay: boolean;
  /** Frames of the machine (not of the script), innermost first. */
  frames(): readonly Frame[];
  /** Any register of the table of registers, by name and case-insensitive (`r3`, `cr0`, `MSR.S`, `SRR0`); undefined for no such name. */
  readRegister(name: string): bigint | undefined;
  /** Sets a register as the debugger does, without privilege checks; false for no such name. */
  writeRegister(name: string, value: bigint): boolean;
  /** Byte order in which the current actor loads and fetches, also while firmware works for it in its own. */
  readonly endian: 'little' | 'big';
  /** Bytes as the current actor would load them; undefined where it may not or there is no memory. Changes nothing. */
  peek(address: bigint, length: number): Uint8Array | undefined;
  /** Real address behind a guest physical address, or undefined. */
  ra(guest: string, gpa: bigint): bigint | undefined;
  /** Symbols for the current actor. */
  readonly symbols: ActorSymbols;
  /** The address behind the instruction at NIA when that calls a function (a branch with LK = 1). */
  readonly returnAddress: bigint | undefined;
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
