/**
 * The guests' own software: images in their memory, the registers in which they begin, their symbols.
 *
 * Registers at the entry are those of a kernel that is entered with a flattened device tree (Linux
 * arch/powerpc/kernel/head_64.S: r3 device tree, r4 its own address, r5 zero), of which there is none yet, so r3 is 0.
 * What else is set lets a bare C function be an image: a stack, its TOC, its own address as the second ABI wants it, and
 * an address to return to, at which a run ends.
 */

import type { ActorSymbols, PlacedSymbol } from '../common/machine-api';
import type { Actor, GuestConfig, ImageSymbol, MachineConfig } from '../common/machine';
import { SymbolTable } from '../image/symbols';
import type { PhysicalMemory } from '../memory/physical';
import { SNIPPETS, codeArea } from './layout';
import type { PlacedGuest } from './layout';

/** Bytes that a function without a frame of its own may use below and above the stack pointer (both ABIs: 288, 112). */
const STACK_HEADROOM = 512n;

/** The registers that an image begins with; the others are as after power-on. */
export interface EntryState {
  readonly nia: bigint;
  readonly lr: bigint;
  readonly gprs: readonly (readonly [number: number, value: bigint])[];
}

/** How a guest's image begins; undefined for a guest without one. */
export function entryState(guest: PlacedGuest, config: MachineConfig): EntryState | undefined {
  const { image } = guest;
  if (!image) return undefined;
  const area = codeArea({ kind: 'guest', guest: guest.name, user: false }, config, [guest]);
  return {
    nia: image.entry,
    lr: area + BigInt(SNIPPETS.end.offset),
    gprs: [
      [1, guest.tpmBuffer - STACK_HEADROOM],
      [2, image.toc ?? 0n],
      [4, image.start],
      [12, image.entry],
    ],
  };
}

/** Puts all images into memory that is otherwise zero. */
export function loadImages(guests: readonly PlacedGuest[], memory: PhysicalMemory): void {
  for (const { image, initrd, base } of guests) {
    for (const part of [...(image?.parts ?? []), ...(initrd ? [initrd] : [])]) {
      memory.write(base + part.address, part.bytes);
    }
  }
}

/** The symbols of all guests, asked for from where an actor stands. */
export class GuestSymbols {
  readonly #tables: ReadonlyMap<string, SymbolTable>;

  constructor(guests: readonly GuestConfig[]) {
    this.#tables = new Map(
      guests.flatMap(({ name, image }) => (image ? [[name, new SymbolTable(image)] as const] : [])),
    );
  }

  tableOf(actor: Actor): SymbolTable | undefined {
    return actor.kind === 'guest' ? this.#tables.get(actor.guest) : undefined;
  }

  /** Names mean the actor's own symbols first, then those of the guests in their order. */
  of(actor: Actor): ActorSymbols {
    const own = this.tableOf(actor);
    const others = [...this.#tables.values()].filter((table) => table !== own);
    const tables = own ? [own, ...others] : others;
    return {
      at: (address) => {
        const found = own?.at(address);
        return found && { name: found.symbol.name, offset: found.offset };
      },
      named: (name) => {
        for (const table of tables) {
          const symbol = table.named(name);
          if (symbol) return placed(table, symbol, table === own);
        }
        return undefined;
      },
      beginning: (prefix, limit) => {
        const [table] = tables;
        return table?.beginning(prefix, limit).map((symbol) => placed(table, symbol, table === own)) ?? [];
      },
    };
  }
}

function placed(table: SymbolTable, symbol: ImageSymbol, own: boolean): PlacedSymbol {
  const { name, address, size, type } = symbol;
  return { name, address, size, type, places: table.places(symbol), own };
}
