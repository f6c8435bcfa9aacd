/** What the ultravisor keeps: secure VMs, their memory slots, pages and keys; the partition table; secure memory. */
import { HmacDrbg } from '../../common/drbg';
import type { RealMemory } from '../../common/machine-api';
import type { MemorySlot } from '../hypervisor/state';
import type { PageCipher, PageIvState } from '../page-crypto';
import { PAGE_BYTES, type PageState } from '../page-states';
import { SecureMemory } from './secure-memory';

/** A page of a secure VM. */
export interface GuestPage {
  state: PageState;
  /** Real address of its secure memory. */
  secure: bigint | undefined;
  /** Real address of the normal page that is mapped while it is shared. */
  normal: bigint | undefined;
  /** What opens its ciphertext, while it is paged out. */
  sealed: { readonly iv: Uint8Array; readonly tag: Uint8Array } | undefined;
  /** The hypervisor gave it while the VM was becoming secure, or the ultravisor made it: it is not paged in again. */
  arrived: boolean;
}

/** `active`: becoming secure; `abort`: it could not. */
export type SvmState = 'active' | 'secure' | 'abort';

/** A secure VM. */
export interface Svm {
  readonly lpid: number;
  state: SvmState;
  readonly slots: MemorySlot[];
  /** By guest frame number; those that are absent are SECURE and zero. */
  readonly pages: Map<number, GuestPage>;
  /** Guest frame numbers with secure memory, the one that came first first. */
  readonly resident: Set<number>;
  /** Key of its pages, made at the first page-out. */
  key: Uint8Array | undefined;
  iv: PageIvState | undefined;
}

/** Most slots of a VM (open-power/ultravisor). */
export const MAX_SLOTS = 512;
/** Most partitions: entries of the partition table. */
export const MAX_LPID = 4095;

export interface UltravisorParts {
  readonly seed: string;
  readonly secureBytes: number;
  readonly memory: RealMemory;
  readonly cipher: PageCipher;
  /** Whether a page has the code of a scenario's statements, which must stay where it is. */
  readonly isPinned: (lpid: number, gfn: number) => boolean;
}

export class Ultravisor {
  readonly svms = new Map<number, Svm>();
  /** Entries that the hypervisor has written with UV_WRITE_PATE. */
  readonly pates = new Map<number, readonly [dw0: bigint, dw1: bigint]>();
  readonly secureMemory: SecureMemory;
  readonly cipher: PageCipher;
  drbg: HmacDrbg;
  /** Counts changes of what is mapped where. */
  mappings = 0;

  constructor(private readonly parts: UltravisorParts) {
    // The last page is the code area of the ultravisor's own statements.
    this.secureMemory = new SecureMemory(parts.secureBytes, 1);
    this.cipher = parts.cipher;
    this.drbg = HmacDrbg.fromSeed(parts.seed, 'ultravisor');
  }

  isPinned(lpid: number, gfn: number): boolean {
    return this.parts.isPinned(lpid, gfn);
  }

  reset(): void {
    this.svms.clear();
    this.pates.clear();
    this.secureMemory.reset();
    this.drbg = HmacDrbg.fromSeed(this.parts.seed, 'ultravisor');
    this.mappings++;
  }

  /** Begins a VM's way to secure mode; undefined when there is one already. */
  create(lpid: number): Svm | undefined {
    if (this.svms.has(lpid)) return undefined;
    const svm: Svm = {
      lpid,
      state: 'active',
      slots: [],
      pages: new Map(),
      resident: new Set(),
      key: undefined,
      iv: undefined,
    };
    this.svms.set(lpid, svm);
    return svm;
  }

  /** Releases everything of a VM; its memory is zeroed. */
  remove(svm: Svm): void {
    for (const gfn of svm.pages.keys()) this.forget(svm, gfn);
    this.svms.delete(svm.lpid);
    this.mappings++;
  }

  page(svm: Svm, gfn: number): GuestPage {
    const known = svm.pages.get(gfn);
    if (known) return known;
    const page: GuestPage = {
      state: 'SECURE',
      secure: undefined,
      normal: undefined,
      sealed: undefined,
      arrived: false,
    };
    svm.pages.set(gfn, page);
    return page;
  }

  /** State of a page, without making anything of it. */
  stateOf(svm: Svm, gfn: number): PageState {
    return svm.pages.get(gfn)?.state ?? 'SECURE';
  }

  /** Gives a page secure memory, zeroed; false when there is none. */
  back(svm: Svm, gfn: number): boolean {
    const page = this.page(svm, gfn);
    if (page.secure !== undefined) return true;
    const ra = this.secureMemory.take();
    if (ra === undefined) return false;
    page.secure = ra;
    svm.resident.add(gfn);
    this.parts.memory.write(ra, new Uint8Array(PAGE_BYTES));
    this.mappings++;
    return true;
  }

  /** Takes a page's secure memory away, zeroed. */
  unback(svm: Svm, gfn: number): void {
    const page = svm.pages.get(gfn);
    if (page?.secure === undefined) return;
    this.parts.memory.write(page.secure, new Uint8Array(PAGE_BYTES));
    this.secureMemory.give(page.secure);
    page.secure = undefined;
    svm.resident.delete(gfn);
    this.mappings++;
  }

  private forget(svm: Svm, gfn: number): void {
    this.unback(svm, gfn);
    svm.pages.delete(gfn);
    this.mappings++;
  }

  /** Removes a slot with its pages. */
  dropSlot(svm: Svm, slot: MemorySlot): void {
    for (const gfn of [...svm.pages.keys()]) {
      if (gfn >= slot.start && gfn < slot.start + slot.pages) this.forget(svm, gfn);
    }
    svm.slots.splice(svm.slots.indexOf(slot), 1);
  }

  slotOf(svm: Svm, gfn: number): MemorySlot | undefined {
    return svm.slots.find(({ start, pages }) => gfn >= start && gfn < start + pages);
  }

  /**
   * Real address behind a guest real address of a secure VM.
   *
   * @param fetch instructions come from secure memory only
   * @returns undefined where nothing is mapped
   */
  translate(svm: Svm, gpa: bigint, fetch: boolean): bigint | undefined {
    const page = svm.pages.get(Number(gpa / BigInt(PAGE_BYTES)));
    const offset = gpa % BigInt(PAGE_BYTES);
    if (page?.state === 'SECURE' || page?.state === 'PSEUDO_SHARED') return add(page.secure, offset);
    return page?.state === 'SHARED' && !fetch ? add(page.normal, offset) : undefined;
  }

  /** State as plain data, for hashing. */
  plain(): unknown {
    return [[...this.svms.values()], [...this.pates], this.secureMemory.freePages, this.drbg.save()];
  }
}

const add = (base: bigint | undefined, offset: bigint): bigint | undefined =>
  base === undefined ? undefined : base + offset;
