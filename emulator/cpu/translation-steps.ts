/** A translation as a list of steps, for people who look at one. */
import { ATTRIBUTES, ENTRY, type RadixWalk } from './radix';

/** A table's entry that a translation read. */
export interface TranslationStep {
  readonly table: 'partition table' | 'process table' | 'process-scoped' | 'partition-scoped';
  /** Level in the tree, from 0. */
  readonly level?: number;
  /** Kind of the entry's address. */
  readonly space: 'real' | 'guest real';
  readonly address: bigint;
  /** The entry, of partition and process table entries the doubleword that was used. */
  readonly value: bigint;
  /** What a leaf says. */
  readonly leaf?: Leaf | undefined;
}

export interface Leaf {
  readonly pageBytes: number;
  /** Such as `u r-x`, `s rw-`: programs too or privileged software only, then what is permitted. */
  readonly authority: string;
  readonly reference: boolean;
  readonly change: boolean;
  readonly attributes: (typeof ATTRIBUTES)[number];
}

/** What the entry that a walk read last says, when it is a valid leaf. */
export function leafOf(walk: RadixWalk): Leaf | undefined {
  const { hi, lo } = walk;
  if ((hi & ENTRY.valid) === 0 || (hi & ENTRY.leaf) === 0) return undefined;
  const has = (bit: number): boolean => (lo & bit) !== 0;
  return {
    pageBytes: 2 ** walk.shift,
    authority:
      (has(ENTRY.privileged) ? 's ' : 'u ') +
      (has(ENTRY.read | ENTRY.readWrite) ? 'r' : '-') +
      (has(ENTRY.readWrite) ? 'w' : '-') +
      (has(ENTRY.execute) ? 'x' : '-'),
    reference: has(ENTRY.reference),
    change: has(ENTRY.change),
    attributes: ATTRIBUTES[(lo & ENTRY.attributes) >> 4] ?? 'normal',
  };
}
