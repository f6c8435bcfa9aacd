/** The actor's own code in its memory: the snippets that statements execute, and `asm` blocks. */

import type { Actor, MachineConfig } from '../common/machine';
import type { PhysicalMemory } from '../memory/physical';
import { instructionWord } from './instructions';
import { type PlacedGuest, SNIPPETS, type SnippetName, asmBase, codeArea } from './layout';

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
