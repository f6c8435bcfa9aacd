/** Builds partition tables, process tables and radix trees in memory, as the manual draws them (Book III 5.7). */
import type { PhysicalMemory } from '../../emulator/memory/physical';

export const VALID = 1n << 63n;
export const LEAF = 1n << 62n;
export const R = 0x100n;
export const C = 0x80n;
/** Encoded access authority. */
export const PRIV = 8n;
export const READ = 4n;
export const WRITE = 2n;
export const EXEC = 1n;
/** Everything permitted to everybody, and recorded. */
export const ALL = R | C | READ | WRITE | EXEC;
/** RTS of 52 bits: 21 = 0b10_101 in bits 1:2 and 56:58. */
export const RTS52 = (2n << 61n) | (5n << 5n);

/** log2 of the page sizes. */
export const KB4 = 12;
export const KB64 = 16;
export const MB2 = 21;
export const GB1 = 30;

/** Sizes of the tables on the way to a page, as POWER9 has them. */
const WAY: Readonly<Record<number, readonly number[]>> = {
  [KB4]: [13, 9, 9, 9],
  [KB64]: [13, 9, 9, 5],
  [MB2]: [13, 9, 9],
  [GB1]: [13, 9],
};

/** Memory as the tables' owner addresses it: 0 for real addresses, the place of its memory for a guest. */
export class Tables {
  private free: bigint;

  /** @param start where tables may lie, by the owner's addresses */
  constructor(
    private readonly memory: PhysicalMemory,
    start: bigint,
    private readonly base = 0n,
  ) {
    this.free = start;
  }

  /** Room for a table of 2^size doublewords, aligned to its size. */
  room(size: number): bigint {
    const bytes = 8n << BigInt(size);
    const at = (this.free + bytes - 1n) & -bytes;
    this.free = at + bytes;
    return at;
  }

  write(address: bigint, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value));
    this.memory.write(this.base + address, bytes);
  }

  read(address: bigint): bigint {
    return new DataView(this.memory.read(this.base + address, 8).buffer).getBigUint64(0);
  }

  /** An empty tree: its root doubleword, as partition and process table entries have it. */
  tree(): bigint {
    return RTS52 | this.room(13) | 13n;
  }

  /** Address of the entry for an address at the end of a way, making the directories that lead there. */
  entry(root: bigint, address: bigint, way: readonly number[]): bigint {
    let table = root & 0x0fff_ffff_ffff_ff00n;
    let left = 52;
    for (const [level, size] of way.entries()) {
      left -= size;
      const index = (address >> BigInt(left)) & ((1n << BigInt(size)) - 1n);
      const at = table + 8n * index;
      const next = way[level + 1];
      if (next === undefined) return at;
      if ((this.read(at) & VALID) === 0n) this.write(at, VALID | this.room(next) | BigInt(next));
      table = this.read(at) & 0x0fff_ffff_ffff_ff00n;
    }
    throw new Error('A way has an end.');
  }

  /** Maps the page of an address. Answers with the address of its entry. */
  map(root: bigint, address: bigint, page: bigint, bits = ALL, shift = KB4): bigint {
    const at = this.entry(root, address, WAY[shift] ?? []);
    this.write(at, VALID | LEAF | (page & -(1n << BigInt(shift))) | bits);
    return at;
  }
}
