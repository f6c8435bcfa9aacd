/** The symbols of an image, by name and by address: for breakpoints, the call stack, and names in disassembly. */

import type { GuestImage, ImageSymbol } from '../common/machine';

/** A symbol and a place in it. */
export interface SymbolicAddress {
  readonly symbol: ImageSymbol;
  /** Distance from the symbol, in bytes. */
  readonly offset: bigint;
}

/** A distance above which a symbol without a size says nothing about an address. */
const FARTHEST = 0x10000n;

const RANK = { global: 0, weak: 1, local: 2 } as const;
const TYPE_RANK = { function: 0, object: 1, label: 2, absolute: 3 } as const;

/** Which of two symbols at one address names it better: functions before labels, global ones before local ones. */
function byRank(a: ImageSymbol, b: ImageSymbol): number {
  const order = TYPE_RANK[a.type] - TYPE_RANK[b.type] || RANK[a.binding] - RANK[b.binding];
  return order || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

export class SymbolTable {
  readonly #image: GuestImage;
  #byName: ReadonlyMap<string, ImageSymbol> | undefined;
  #byAddress: readonly ImageSymbol[] | undefined;

  /** The tables are made when they are first asked for. */
  constructor(image: GuestImage) {
    this.#image = image;
  }

  /** The symbol of a name; of several (local ones of several files) the global one, then the first. */
  named(name: string): ImageSymbol | undefined {
    this.#byName ??= this.#names();
    return this.#byName.get(name);
  }

  /** Names that begin with a prefix in any case, in the order of the file, no more than `limit`. */
  beginning(prefix: string, limit: number): readonly ImageSymbol[] {
    const found: ImageSymbol[] = [];
    const lower = prefix.toLowerCase();
    for (const symbol of this.#image.symbols) {
      if (found.length >= limit) break;
      if (symbol.name.toLowerCase().startsWith(lower)) found.push(symbol);
    }
    return found;
  }

  /**
   * What is at an effective address: the symbol that it lies in, or, without sizes, the nearest one before it.
   * Addresses are as linked or as loaded.
   */
  at(address: bigint): SymbolicAddress | undefined {
    return this.#at(address) ?? this.#at(this.#linked(address) ?? address);
  }

  /**
   * Effective addresses at which software arrives at a symbol: calls inside of an image go to the local entry point, to
   * which the global one leads; as linked, and as loaded while translation is off.
   */
  places(symbol: ImageSymbol): readonly bigint[] {
    const local = symbol.address + BigInt(symbol.localEntry);
    const moved = this.#image.moved.find(({ linked, bytes }) => local >= linked && local - linked < bytes);
    return moved ? [local, local - moved.linked + moved.loaded] : [local];
  }

  /** First address of a symbol at either place of the image that an address belongs to. */
  start(symbol: ImageSymbol, address: bigint): bigint {
    const linked = this.#at(address) ? undefined : this.#linked(address);
    return linked === undefined ? symbol.address : symbol.address + address - linked;
  }

  /** The address that a loaded address was linked to, when they differ. */
  #linked(address: bigint): bigint | undefined {
    const range = this.#image.moved.find(({ loaded, bytes }) => address >= loaded && address - loaded < bytes);
    return range && address - range.loaded + range.linked;
  }

  #at(address: bigint): SymbolicAddress | undefined {
    const ordered = (this.#byAddress ??= this.#addresses());
    let low = 0;
    let high = ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ordered[middle]?.address ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    // The symbol that contains the address; labels inside of functions have no size and stand back.
    let near: SymbolicAddress | undefined;
    for (let i = low - 1; i >= 0 && i >= low - NESTED; i--) {
      const symbol = ordered[i];
      if (!symbol) break;
      const offset = address - symbol.address;
      if (offset < symbol.size) return { symbol, offset };
      if (symbol.size === 0n && offset < FARTHEST) near ??= { symbol, offset };
    }
    return near;
  }

  #names(): ReadonlyMap<string, ImageSymbol> {
    const names = new Map<string, ImageSymbol>();
    for (const symbol of this.#image.symbols) {
      const known = names.get(symbol.name);
      if (!known || RANK[symbol.binding] < RANK[known.binding]) names.set(symbol.name, symbol);
    }
    return names;
  }

  /** Ascending; of several at one address only the best name. */
  #addresses(): readonly ImageSymbol[] {
    const ordered = this.#image.symbols
      .filter(({ type }) => type !== 'absolute')
      .toSorted((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : byRank(a, b)));
    return ordered.filter((symbol, i) => symbol.address !== ordered[i - 1]?.address);
  }
}

/** How many symbols before an address are asked whether they contain it: labels inside of functions. */
const NESTED = 64;
