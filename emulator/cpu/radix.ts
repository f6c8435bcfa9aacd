/**
 * Radix trees (Book III 5.7.11): the formats of their entries, and the walk from a root to a leaf.
 *
 * Doublewords are handled as two unsigned halves: a walk reads up to 24 of them, and BigInt would cost more than the
 * reading. `Hi` is bits 0:31 in the manual's numbering, `Lo` bits 32:63.
 */

/** Fields of directory and page table entries, and of the roots in partition and process table entries. */
export const ENTRY = {
  /** Bits of the high half. */
  valid: 0x8000_0000,
  leaf: 0x4000_0000,
  /** Real page number, bits 7:51 of a leaf. */
  rpnHi: 0x01ff_ffff,
  rpnLo: 0xffff_f000,
  /** Next level's base, bits 4:55 of a directory entry or root; its size, bits 59:63: log2 of the number of entries. */
  baseHi: 0x0fff_ffff,
  baseLo: 0xffff_ff00,
  size: 0x1f,
  reference: 0x100,
  change: 0x80,
  /** Attributes, bits 58:59. */
  attributes: 0x30,
  /** Caching inhibited: the first bit of the attributes. */
  inhibited: 0x20,
  nonIdempotent: 0x20,
  /** Encoded access authority, bits 60:63. */
  privileged: 0x8,
  read: 0x4,
  readWrite: 0x2,
  execute: 0x1,
} as const;

/** Names of the attributes by bits 58:59. */
export const ATTRIBUTES = ['normal', 'strong access order', 'non-idempotent I/O', 'tolerant I/O'] as const;

/**
 * What the POWER9 walks: trees for 52 bits, with these sizes of tables by level (POWER9 User's Manual 4.10.4.1, as
 * QEMU's mmu-radix64.c has it). Leaves are pages of 1 GiB at level 1, 2 MiB at level 2, and 64 KiB or 4 KiB at level 3.
 */
export const TREE_BITS = 52;
const LEVEL_SIZES: readonly (readonly number[])[] = [[13], [9], [9], [5, 9]];
/** The first level whose entries may be leaves. */
const FIRST_LEAF_LEVEL = 1;

/** Number of address bits that a tree translates: 31 + RTS, whose parts are bits 1:2 and 56:58 of the root. */
export function treeBits(rootHi: number, rootLo: number): number {
  return 31 + (((rootHi >>> 26) & 0x18) | ((rootLo >>> 5) & 7));
}

/** Why a walk found no leaf. `refused`: a table could not be read, and who reads knows why. */
export type WalkFailure = 'no translation' | 'unsupported' | 'refused';

/** A tree's walk. One object serves many walks; its fields are the results of the last one. */
export class RadixWalk {
  /** The entry that was read last: the leaf when the walk succeeded. */
  hi = 0;
  lo = 0;
  /** log2 of the page size of the leaf. */
  shift = 0;

  /** @param read reads the entry at an address into `hi` and `lo` of the walk; false refuses */
  constructor(private readonly read: (walk: RadixWalk, hi: number, lo: number, level: number) => boolean) {}

  /**
   * Walks from a root, the first doubleword of a partition or process table entry. Address bits above the tree's are
   * the caller's matter.
   */
  run(rootHi: number, rootLo: number, addressHi: number, addressLo: number): WalkFailure | undefined {
    if (treeBits(rootHi, rootLo) !== TREE_BITS) return 'unsupported';
    let left = TREE_BITS;
    let baseHi = rootHi & ENTRY.baseHi;
    let baseLo = rootLo & ENTRY.baseLo;
    let size = rootLo & ENTRY.size;
    for (let level = 0; level < LEVEL_SIZES.length; level++) {
      if (LEVEL_SIZES[level]?.includes(size) !== true) return 'unsupported';
      left -= size;
      this.shift = left;
      // A table is aligned to its size; low bits of its address are ignored.
      const offset = bits(addressHi, addressLo, left, size) << 3;
      const entryLo = (baseLo & -(8 << size)) | offset;
      if (!this.read(this, baseHi, entryLo >>> 0, level)) return 'refused';
      if ((this.hi & ENTRY.valid) === 0) return 'no translation';
      if ((this.hi & ENTRY.leaf) !== 0) return level < FIRST_LEAF_LEVEL ? 'unsupported' : undefined;
      baseHi = this.hi & ENTRY.baseHi;
      baseLo = this.lo & ENTRY.baseLo;
      size = this.lo & ENTRY.size;
    }
    return 'unsupported';
  }

  /** High half of the address that the leaf gives: pages are never larger than 4 GiB. */
  get pageHi(): number {
    return this.hi & ENTRY.rpnHi;
  }
  /** Low half of the address that the leaf gives for the low half of an address in its page. */
  pageLo(addressLo: number): number {
    const mask = (1 << this.shift) - 1;
    return ((this.lo & ENTRY.rpnLo & ~mask) | (addressLo & mask)) >>> 0;
  }
}

/** `count` bits (at most 13) of a doubleword from bit `shift` counted from the right, which is at least 12. */
function bits(hi: number, lo: number, shift: number, count: number): number {
  const value = shift >= 32 ? hi >>> (shift - 32) : (lo >>> shift) | (hi << (32 - shift));
  return value & ((1 << count) - 1);
}
