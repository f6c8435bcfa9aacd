/**
 * Where things stand in the machine's memory, and where each actor's own code is.
 *
 * Guests lie at the top of normal memory, in the order of the configuration from the top downwards, so that low real
 * addresses are free for scenarios. The last 64 KiB of an actor's memory are its code area: a page of one-instruction
 * snippets, then room for `asm` blocks. The 64 KiB below it in a guest are its TPM buffer.
 */

import { InputError } from '../common/errors';
import {
  type Actor,
  GUEST_RESERVED_BYTES,
  type GuestConfig,
  HOST_RESERVED_BYTES,
  type MachineConfig,
} from '../common/machine';
import { SECURE_BASE } from '../memory/physical';
import { PAGE_BYTES } from '../pef/page-states';
import { instructionWord } from './instructions';

export const PAGE_64K = BigInt(PAGE_BYTES);
/** Offset of the room for `asm` blocks in a code area. */
const ASM_OFFSET = 0x2000n;

/** Snippets at the start of a code area: offset and instruction. */
export const SNIPPETS = {
  /** `asm` blocks branch here when they end. */
  end: { offset: 0x000, word: instructionWord('b .') },
  sc1: { offset: 0x1000, word: instructionWord('sc 1') },
  sc2: { offset: 0x1008, word: instructionWord('sc 2') },
  urfid: { offset: 0x1010, word: instructionWord('urfid') },
  load1: { offset: 0x1018, word: instructionWord('lbz r3,0(r4)') },
  load2: { offset: 0x1020, word: instructionWord('lhz r3,0(r4)') },
  load4: { offset: 0x1028, word: instructionWord('lwz r3,0(r4)') },
  load8: { offset: 0x1030, word: instructionWord('ld r3,0(r4)') },
  store1: { offset: 0x1038, word: instructionWord('stb r3,0(r4)') },
  store2: { offset: 0x1040, word: instructionWord('sth r3,0(r4)') },
  store4: { offset: 0x1048, word: instructionWord('stw r3,0(r4)') },
  store8: { offset: 0x1050, word: instructionWord('std r3,0(r4)') },
} as const;

export type SnippetName = keyof typeof SNIPPETS;

export interface PlacedGuest extends GuestConfig {
  /** Real address of guest physical address 0. */
  readonly base: bigint;
  /** Guest physical address of the TPM buffer: 4 KiB for the command, 4 KiB for the response. */
  readonly tpmBuffer: bigint;
}

/** Real addresses of the guests. @throws InputError `guests-too-large` when they do not fit */
export function placeGuests(config: MachineConfig): readonly PlacedGuest[] {
  let top = BigInt(config.normalBytes) - BigInt(HOST_RESERVED_BYTES);
  return config.guests.map((guest) => {
    const size = BigInt(guest.memoryBytes);
    top -= size;
    if (top < 0n) {
      throw new InputError(
        'guests-too-large',
        `The guests need more than the normal memory of ${config.normalBytes} bytes less 1 MiB; enlarge "normal memory" or make guest ${guest.name} smaller.`,
      );
    }
    return { ...guest, base: top, tpmBuffer: size - BigInt(GUEST_RESERVED_BYTES) };
  });
}

/** Effective address of an actor's code area. */
export function codeArea(actor: Actor, config: MachineConfig, guests: readonly PlacedGuest[]): bigint {
  if (actor.kind === 'guest') return BigInt(guestNamed(guests, actor.guest).memoryBytes) - PAGE_64K;
  if (actor.kind === 'ultravisor') return SECURE_BASE + BigInt(config.secureBytes) - PAGE_64K;
  return BigInt(config.normalBytes) - PAGE_64K;
}

/** Effective address of offset 0 of an actor's `asm` code. */
export function asmBase(area: bigint): bigint {
  return area + ASM_OFFSET;
}

/** @throws InputError `unknown-guest` */
export function guestNamed(guests: readonly PlacedGuest[], name: string): PlacedGuest {
  const guest = guests.find((each) => each.name === name);
  if (!guest) throw new InputError('unknown-guest', `There is no guest named ${name} in this machine.`);
  return guest;
}

/** Where an actor's TPM buffer is: `address` as the actor stores to it, `gpa` as it names it in the call. */
export interface TpmBuffer {
  readonly address: bigint;
  readonly gpa: bigint;
}

/** The actor's TPM buffer; those who are no guest use the first guest's. @throws InputError `no-guest`, `unknown-guest` */
export function tpmBuffer(actor: Actor, guests: readonly PlacedGuest[]): TpmBuffer {
  const guest = actor.kind === 'guest' ? guestNamed(guests, actor.guest) : guests[0];
  if (!guest) throw new InputError('no-guest', 'A machine needs at least one guest.');
  const gpa = guest.tpmBuffer;
  return { gpa, address: actor.kind === 'guest' ? gpa : guest.base + gpa };
}
