/** What a machine is configured with, does and reports: the words that machine, firmware models, script and debugger share. */
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
  /** Software that is in its memory at power-on, and where it begins. */
  readonly image?: GuestImage;
  readonly initrd?: ImagePart;
  /** Command line for the image's device tree. */
  readonly bootargs?: string;
}

/** Bytes at a guest physical address; the rest of `memBytes` is zero. */
export interface ImagePart {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly memBytes: bigint;
}

/** An image with its place in a guest's memory. */
export interface GuestImage {
  /** The file, as the scenario names it. */
  readonly name: string;
  readonly parts: readonly ImagePart[];
  /** Lowest guest physical address. */
  readonly start: bigint;
  /** Guest physical address of the first instruction. */
  readonly entry: bigint;
  /** r2 at the entry, when a function descriptor has it. */
  readonly toc: bigint | undefined;
  readonly symbols: readonly ImageSymbol[];
  /** Ranges that were linked to other addresses (`linked`) than they are loaded at (`loaded`). */
  readonly moved: readonly { readonly linked: bigint; readonly loaded: bigint; readonly bytes: bigint }[];
}

export interface ImageSymbol {
  readonly name: string;
  /** Effective address as the software was linked; of a function, its global entry point. */
  readonly address: bigint;
  /** In bytes; 0 when it is not known. */
  readonly size: bigint;
  readonly type: 'function' | 'object' | 'label' | 'absolute';
  readonly binding: 'local' | 'global' | 'weak';
  /** Distance of the local entry point, in bytes: calls inside of the image go there. */
  readonly localEntry: number;
}

export interface MachineConfig {
  readonly profile: Profile;
  readonly normalBytes: number;
  readonly secureBytes: number;
  readonly seed: string;
  /** Hardware threads of the processor, 1 to 8; 1 where it is left out. */
  readonly threads?: number;
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
  /** An `asm` block, assembled for either byte order: placed at the actor's code area + offset, run to its end. */
  | { readonly kind: 'code'; readonly offset: number; readonly little: Uint8Array; readonly big: Uint8Array }
  /**
   * The actor's own software, from its NIA on, for so many instructions, or until it arrives at one of the addresses in
   * `until`, or at the end of the actor's code area, where a program returns to. Interrupts to its own level are its own
   * business. With `calls` a call or an interrupt ends it too. Result: the number of instructions.
   */
  | {
      readonly kind: 'run';
      readonly instructions: number;
      readonly until?: readonly bigint[];
      readonly calls?: boolean;
    };

export type ActivityResult =
  | { readonly kind: 'done'; readonly value?: bigint; readonly bytes?: Uint8Array }
  /** An interrupt that no firmware model takes reached the scripted software. */
  | { readonly kind: 'interrupt'; readonly interrupt: InterruptInfo }
  /** The processor will never execute an instruction again. */
  | { readonly kind: 'stuck'; readonly detail: string };

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
  | {
      readonly kind: 'output';
      readonly category: 'print' | 'note' | 'warning';
      readonly text: string;
      /** The reason is a back end outside the machine that failed, not what the software asked. */
      readonly backEnd?: true;
    }
  /** A page of a guest changed its state, as the ultravisor or the hypervisor sees it. */
  | {
      readonly kind: 'page';
      readonly side: 'ultravisor' | 'hypervisor';
      readonly guest: string;
      /** Guest frame number: its address divided by 64 KiB. */
      readonly gfn: number;
      readonly from: string;
      readonly to: string;
    }
  /** A guest wrote to its console. */
  | { readonly kind: 'console'; readonly guest: string; readonly bytes: Uint8Array }
  /** A scenario began. */
  | { readonly kind: 'scenario'; readonly name: string };

export interface CallInfo {
  readonly lev: 1 | 2;
  readonly number: bigint;
  /** Name of the call's row, when it has one. */
  readonly name: string | undefined;
  /** r4.. as far as the row has parameters (all of r4..r12 without a row). */
  readonly args: readonly bigint[];
  /** Who called, in the words of the privilege table: `svm1, Privileged(OS)`. */
  readonly caller: string;
}

/** Most hardware threads of a processor. */
export const MAX_THREADS = 8;

/** Room for `asm` blocks in an actor's code area, in bytes. */
export const CODE_AREA_BYTES = 56 * 1024;

/** Bytes at the end of a guest's memory kept for its scripted software: the TPM buffer and the code area. */
export const GUEST_RESERVED_BYTES = 128 * 1024;

/** Bytes of normal memory kept for the hypervisor's own code area, below the top. */
export const HOST_RESERVED_BYTES = 1024 * 1024;

/** An actor in the words of the scenario language. */
export function actorName(actor: Actor): string {
  if (actor.kind !== 'guest') return actor.kind;
  return actor.user ? `${actor.guest} user` : actor.guest;
}
