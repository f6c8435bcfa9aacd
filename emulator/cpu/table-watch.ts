/**
 * Writes to the tables from which translations were made.
 *
 * The ISA lets software see old translations until tlbie, the machine does not: a write to an entry that translations may
 * come from ends these. What a program sees then does not depend on what happens to be in the TLB, and so not on
 * breakpoints or on where a run was interrupted, and going back by executing again leads to the same state; and tlbie has
 * nothing to do. It costs little: entries that are not in use can be written freely, and where a table belongs to one process
 * at one place, only what the entry maps is forgotten.
 */
import type { PhysicalMemory } from '../memory/physical';
import { ENTRY } from './radix';

/** What kind of entry was read: in a tree it says itself whether it is in use. */
export type TableKind = 'tree' | 'partition or process table';

/** Which addresses an entry of a process-scoped tree maps. */
export interface MappedRange {
  readonly lpid: number;
  readonly pid: number;
  /** Low half of an address in it, and log2 of its bytes. */
  readonly eaLo: number;
  readonly shift: number;
}

const PAGE_BYTES = 4096;
const PAGE_SHIFT = 12;
/** The smallest tables. What the entries of so many bytes map lies side by side. */
const PIECE_SHIFT = 8;
const ENTRY_SHIFT = 3;
/** Ranges of more bytes are not told from one another by the low halves of their addresses. */
const LARGEST_RANGE_SHIFT = 30;
/** Not watched; writes to entries in use count; all writes count. */
const KIND = { none: 0, tree: 1, always: 2 } as const;

export class TableWatch {
  /** Watched pages by their index in memory. */
  private pages: number[] = [];
  /** What each page of memory is watched for. */
  private readonly kinds: Uint8Array;
  /** What the first entry of a piece of a table maps, where all walks agree. */
  private readonly origins = new Map<number, MappedRange | 'several'>();
  private readonly view: DataView;

  /**
   * @param protect makes stores to a page come to the host
   * @param changed ends the translations of a range, or all
   */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly protect: (page: number) => void,
    private readonly changed: (range: MappedRange | 'everything') => void,
  ) {
    this.view = new DataView(memory.memory.buffer);
    this.kinds = new Uint8Array(memory.u8.length / PAGE_BYTES);
    memory.onWatchedWrite('tables', (offset, length) => {
      for (let at = offset - (offset % 8); at < offset + length; at += 8) this.entryChanges(at);
    });
  }

  /**
   * An entry was read for a translation.
   *
   * @param host its index in memory
   * @param range what it maps, when it is a process-scoped tree's
   */
  used(host: number, kind: TableKind, range?: MappedRange): void {
    if (kind === 'tree') this.noteOrigin(host, range);
    const page = host >>> PAGE_SHIFT;
    const wanted = kind === 'tree' ? KIND.tree : KIND.always;
    const known = this.kinds[page] ?? KIND.always;
    if (known >= wanted) return;
    this.kinds[page] = wanted;
    if (known !== KIND.none) return;
    this.pages.push(page);
    this.memory.watch(page * PAGE_BYTES, 'tables', true);
    this.protect(page * PAGE_BYTES);
  }

  private noteOrigin(host: number, range: MappedRange | undefined): void {
    const piece = host >>> PIECE_SHIFT;
    const known = this.origins.get(piece);
    if (known === 'several') return;
    if (!range || range.shift > LARGEST_RANGE_SHIFT) {
      this.origins.set(piece, 'several');
      return;
    }
    const { lpid, pid, shift } = range;
    const eaLo = (((range.eaLo >>> shift) - placeInPiece(host)) << shift) >>> 0;
    if (!known) this.origins.set(piece, { lpid, pid, shift, eaLo });
    else if (known.lpid !== lpid || known.pid !== pid || known.shift !== shift || known.eaLo !== eaLo)
      this.origins.set(piece, 'several');
  }

  /** There are no translations any more. */
  forget(): void {
    for (const page of this.pages) {
      this.memory.watch(page * PAGE_BYTES, 'tables', false);
      this.kinds[page] = KIND.none;
    }
    this.pages = [];
    this.origins.clear();
  }

  /** An entry is about to change: ends what may come from it. */
  private entryChanges(at: number): void {
    const kind = this.kinds[at >>> PAGE_SHIFT];
    if (kind === KIND.none || (kind === KIND.tree && !this.isInUse(at))) return;
    const origin = kind === KIND.tree ? this.origins.get(at >>> PIECE_SHIFT) : 'several';
    // Without an origin no walk has come to the piece.
    if (!origin) return;
    if (origin === 'several') {
      this.changed('everything');
      return;
    }
    this.changed({ ...origin, eaLo: (origin.eaLo + placeInPiece(at) * 2 ** origin.shift) >>> 0 });
  }

  /** Nothing was done by a leaf that is not recorded as referenced. */
  private isInUse(at: number): boolean {
    const hi = this.view.getUint32(at);
    if ((hi & ENTRY.valid) === 0) return false;
    return (hi & ENTRY.leaf) === 0 || (this.view.getUint32(at + 4) & ENTRY.reference) !== 0;
  }
}

/** Number of an entry in its piece. */
const placeInPiece = (host: number): number => (host & (2 ** PIECE_SHIFT - 1)) >>> ENTRY_SHIFT;
