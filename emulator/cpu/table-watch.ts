/**
 * Writes to the tables from which translations were made.
 *
 * The ISA lets software see old translations until tlbie, the machine does not: a write to an entry that translations may
 * come from ends them all. What a program sees then does not depend on what happens to be in the TLB, and so not on
 * breakpoints or on where a run was interrupted, and going back by executing again leads to the same state. It costs little:
 * entries that are not in use can be written freely, and software that changes one that is in use invalidates next.
 */
import type { PhysicalMemory } from '../memory/physical';
import { ENTRY } from './radix';

/** What kind of entry was read: in a tree it says itself whether it is in use. */
export type TableKind = 'tree' | 'partition or process table';

const PAGE_BYTES = 4096;
const PAGE_SHIFT = 12;
/** Not watched; writes to entries in use count; all writes count. */
const KIND = { none: 0, tree: 1, always: 2 } as const;

export class TableWatch {
  /** Watched pages by their index in memory. */
  private pages: number[] = [];
  /** What each page of memory is watched for. */
  private readonly kinds: Uint8Array;
  private readonly view: DataView;

  /**
   * @param protect makes stores to a page come to the host
   * @param changed ends all translations
   */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly protect: (page: number) => void,
    changed: () => void,
  ) {
    this.view = new DataView(memory.memory.buffer);
    this.kinds = new Uint8Array(memory.u8.length / PAGE_BYTES);
    memory.onWatchedWrite('tables', (offset, length) => {
      if (this.matters(offset, length)) changed();
    });
  }

  /** An entry was read for a translation. @param host its index in memory */
  used(host: number, kind: TableKind): void {
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

  /** There are no translations any more. */
  forget(): void {
    for (const page of this.pages) {
      this.memory.watch(page * PAGE_BYTES, 'tables', false);
      this.kinds[page] = KIND.none;
    }
    this.pages = [];
  }

  /** Whether translations may come from what a write is about to replace. */
  private matters(offset: number, length: number): boolean {
    if (this.kinds[offset >>> PAGE_SHIFT] === KIND.always) return true;
    for (let at = offset - (offset % 8); at < offset + length; at += 8) {
      const hi = this.view.getUint32(at);
      const leaf = (hi & ENTRY.leaf) !== 0;
      // Nothing was done by a leaf that is not recorded as referenced.
      const usable = !leaf || (this.view.getUint32(at + 4) & ENTRY.reference) !== 0;
      if ((hi & ENTRY.valid) !== 0 && usable) return true;
    }
    return false;
  }
}
