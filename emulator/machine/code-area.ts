/** The actor's own code in its memory: the snippets that statements execute, and `asm` blocks. */

import type { Actor, MachineConfig } from '../common/machine';
import type { Cpu } from '../cpu/cpu';
import type { PhysicalMemory } from '../memory/physical';
import { instructionWord } from './instructions';
import type { Ultravisor } from '../pef/ultravisor/state';
import { PAGE_64K, type PlacedGuest, SNIPPETS, type SnippetName, asmBase, codeArea, guestNamed } from './layout';
import type { Partitions } from './partitions';

export class CodeArea {
  /** Effective address of the area. */
  readonly #area: bigint;

  constructor(
    actor: Actor,
    config: MachineConfig,
    guests: readonly PlacedGuest[],
    private readonly memory: PhysicalMemory,
    /** Real address behind an effective one of the area. */
    private readonly real: (address: bigint) => bigint,
  ) {
    this.#area = codeArea(actor, config, guests);
  }

  /** Effective address of offset 0 of `asm` blocks. */
  get asmBase(): bigint {
    return asmBase(this.#area);
  }

  /** Where `asm` blocks go when they end. */
  get end(): bigint {
    return this.#area + BigInt(SNIPPETS.end.offset);
  }

  /**
   * Effective address of a snippet. It is written each time, in the byte order of the moment: software may have changed
   * either.
   */
  snippet(name: SnippetName, endian: 'little' | 'big'): bigint {
    const { offset, word } = SNIPPETS[name];
    const address = this.#area + BigInt(offset);
    this.#write(address, word, endian);
    return address;
  }

  /** Puts an `asm` block in its place, with a branch to `end` behind it; answers where it begins. */
  place(offset: number, image: Uint8Array, endian: 'little' | 'big'): bigint {
    const start = this.asmBase + BigInt(offset);
    this.memory.write(this.real(start), image);
    const behind = (start + BigInt(image.length) + 3n) & ~3n;
    this.#write(behind, instructionWord(`b 0x${this.end.toString(16)}`, behind), endian);
    return start;
  }

  #write(address: bigint, word: number, endian: 'little' | 'big'): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, word, endian === 'little');
    this.memory.write(this.real(address), bytes);
  }
}

export interface CodeAreaParts {
  readonly config: MachineConfig;
  readonly guests: readonly PlacedGuest[];
  readonly memory: PhysicalMemory;
  readonly ultravisor: Ultravisor;
  readonly partitions: Partitions;
  readonly cpu: Pick<Cpu, 'flushTlb'>;
}

/** The code areas of all actors. */
export class CodeAreas {
  constructor(private readonly parts: CodeAreaParts) {}

  of(actor: Actor): CodeArea {
    const { config, guests, memory } = this.parts;
    return new CodeArea(actor, config, guests, memory, (address) => this.real(actor, address));
  }

  /**
   * Real address in an actor's code area. A secure VM has it in secure memory, from where the hypervisor does not take it
   * (`hasCodeArea`): the software of a scenario's statements is always there.
   */
  private real(actor: Actor, address: bigint): bigint {
    if (actor.kind !== 'guest') return address;
    const { guests, ultravisor, partitions, cpu } = this.parts;
    const { lpid, base } = guestNamed(guests, actor.guest);
    const svm = ultravisor.svms.get(lpid);
    if (svm?.state === 'secure' && ultravisor.translate(svm, address, true) === undefined) {
      ultravisor.back(svm, Number(address / PAGE_64K));
      cpu.flushTlb();
    }
    return partitions.ra(actor.guest, address) ?? base + address;
  }
}

/** Whether a page of a partition has the code area of a guest: its last one. */
export function hasCodeArea(guests: readonly PlacedGuest[], lpid: number, gfn: number): boolean {
  const guest = guests.find((each) => each.lpid === lpid);
  return guest !== undefined && BigInt(gfn + 1) * PAGE_64K === BigInt(guest.memoryBytes);
}
