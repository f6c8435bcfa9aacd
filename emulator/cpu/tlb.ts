/**
 * The software TLB: translations where generated code finds them (layout in state.ts).
 *
 * Entries are of 4 KiB, whatever the page's size. They lie in banks, and a bank belongs to a state: what besides the address
 * decides what an access may do, the security state among it. A change of process, partition or privilege chooses another
 * bank and flushes nothing; the bank that was used longest ago makes room.
 *
 * A data entry has a tag for loads and one for stores, so that the first store to a page comes to the host and is noticed.
 */
import * as state from './state';
import type { MappedRange } from './table-watch';

/** The state to which a bank belongs. */
export interface BankKey {
  /** Relocation is on. */
  readonly relocate: boolean;
  readonly hv: boolean;
  readonly pr: boolean;
  readonly secure: boolean;
  readonly lpid: number;
  readonly pid: number;
  /** The partition translates by radix trees. */
  readonly radix: boolean;
  /** What storage keys deny, three bits. */
  readonly keys: number;
}

interface Bank {
  /** Privilege, relocation and keys as bits; negative when the bank belongs to no state. */
  mode: number;
  lpid: number;
  pid: number;
  /** When it was chosen last, in choices. */
  chosen: number;
  /** Whether it may have entries. */
  filled: boolean;
  /** Another number for every state that it has belonged to. */
  space: number;
}

const MODE = { relocate: 1, hv: 2, pr: 4, secure: 8, radix: 16, keys: 32 } as const;

function modeOf(key: BankKey): number {
  const flags =
    (key.relocate ? MODE.relocate : 0) |
    (key.hv ? MODE.hv : 0) |
    (key.pr ? MODE.pr : 0) |
    (key.secure ? MODE.secure : 0) |
    (key.radix ? MODE.radix : 0);
  // Keys concern privileged software with relocation on.
  return key.relocate && !key.pr ? flags | (key.keys * MODE.keys) : flags;
}

/** Banks of one kind. */
class Banks {
  private readonly banks = Array.from({ length: state.BANKS }, (): Bank => ({
    mode: -1,
    lpid: 0,
    pid: 0,
    chosen: 0,
    // Memory begins with zeros, which would be entries.
    filled: true,
    space: 0,
  }));
  private spaces = 0;
  /** Number of the state that was chosen last. */
  space = 0;
  private choices = 0;
  /** Byte offset of the bank that was chosen last. */
  current: number;

  constructor(
    private readonly u8: Uint8Array,
    private readonly first: number,
    private readonly bankBytes: number,
    private readonly entryBytes: number,
  ) {
    this.current = first;
  }

  choose(key: BankKey): number {
    const mode = modeOf(key);
    const pid = key.relocate ? key.pid : 0;
    let oldest = 0;
    for (let i = 0; i < this.banks.length; i++) {
      const bank = this.banks[i];
      if (bank?.mode === mode && bank.lpid === key.lpid && bank.pid === pid) return this.take(i);
      if ((bank?.chosen ?? 0) < (this.banks[oldest]?.chosen ?? 0)) oldest = i;
    }
    const bank = this.banks[oldest];
    if (bank) {
      this.clear(oldest);
      Object.assign(bank, { mode, lpid: key.lpid, pid, space: ++this.spaces });
    }
    return this.take(oldest);
  }

  private take(index: number): number {
    const bank = this.banks[index];
    if (bank) {
      bank.chosen = ++this.choices;
      this.space = bank.space;
      // Who chooses a bank is going to fill it.
      bank.filled = true;
    }
    this.current = this.first + index * this.bankBytes;
    return this.current;
  }

  private clear(index: number): void {
    const bank = this.banks[index];
    if (bank?.filled !== true) return;
    const start = this.first + index * this.bankBytes;
    this.u8.fill(0xff, start, start + this.bankBytes);
    // The current bank goes on being filled.
    bank.filled = start === this.current;
  }

  /** Forgets the banks that match. */
  flush(matches: (bank: Readonly<Bank>) => boolean): void {
    this.banks.forEach((bank, i) => {
      if (matches(bank)) this.clear(i);
    });
  }

  /** Forgets a range of 2^shift bytes in the banks that match, whatever the high half of its address. */
  flushRange(lo: number, shift: number, matches: (bank: Readonly<Bank>) => boolean): void {
    const count = 2 ** (shift - PAGE_SHIFT);
    const entries = this.bankBytes / this.entryBytes;
    if (count >= entries) return this.flush(matches);
    const from = (lo >>> PAGE_SHIFT) & (entries - 1) & -count;
    this.banks.forEach((bank, i) => {
      if (!bank.filled || !matches(bank)) return;
      const start = this.first + i * this.bankBytes + from * this.entryBytes;
      this.u8.fill(0xff, start, start + count * this.entryBytes);
    });
  }
}

const PAGE_SHIFT = Math.log2(state.PAGE_BYTES);
const PAGE_MASK = -state.PAGE_BYTES;

export class Tlb {
  private readonly fetches: Banks;
  private readonly data: Banks;
  private readonly i32: Int32Array;

  /** By page of memory: 1 when there may be a translation for stores to it. */
  private readonly storable: Uint8Array;

  constructor(u8: Uint8Array<ArrayBuffer>) {
    this.i32 = new Int32Array(u8.buffer);
    this.storable = new Uint8Array(u8.length / state.PAGE_BYTES);
    this.fetches = new Banks(u8, state.FETCH_TLB, state.FETCH_BANK_BYTES, state.FETCH_ENTRY_BYTES);
    this.data = new Banks(u8, state.DATA_TLB, state.DATA_BANK_BYTES, state.DATA_ENTRY_BYTES);
  }

  /** Generated code takes fetches from the bank of this state. */
  useForFetches(key: BankKey): void {
    this.i32[state.FETCH_BANK / 4] = this.fetches.choose(key);
  }
  /** Generated code takes loads and stores from the bank of this state. */
  useForData(key: BankKey): void {
    this.i32[state.DATA_BANK / 4] = this.data.choose(key);
  }

  /** A number for the state of `useForFetches`: as long as its bank is not given to another state. */
  get fetchSpace(): number {
    return this.fetches.space;
  }

  /** Forgets the translations for stores to a page; `page` is where it lies. */
  forgetStoresTo(page: number): void {
    if (this.storable[page / state.PAGE_BYTES] === 0) return;
    this.storable[page / state.PAGE_BYTES] = 0;
    const { i32 } = this;
    const end = (state.DATA_TLB + state.BANKS * state.DATA_BANK_BYTES) / 4;
    for (let at = state.DATA_TLB / 4; at < end; at += state.DATA_ENTRY_BYTES / 4) {
      const tag = i32[at + 2] ?? -1;
      if ((((i32[at + 4] ?? 0) + tag) | 0) === (page | 0)) i32[at + 2] = i32[at + 3] = -1;
    }
  }

  /** @param host where the byte at the address lies */
  addFetch(eaHi: number, eaLo: number, host: number): void {
    const { i32 } = this;
    const index = (eaLo >>> PAGE_SHIFT) & (state.FETCH_ENTRIES - 1);
    const at = (this.fetches.current + index * state.FETCH_ENTRY_BYTES) / 4;
    i32[at] = eaLo & PAGE_MASK;
    i32[at + 1] = eaHi;
    i32[at + 2] = host - eaLo;
  }

  addData(eaHi: number, eaLo: number, host: number, access: 'load' | 'store'): void {
    const { i32 } = this;
    const index = (eaLo >>> PAGE_SHIFT) & (state.DATA_ENTRIES - 1);
    const at = (this.data.current + index * state.DATA_ENTRY_BYTES) / 4;
    const [own, other] = access === 'load' ? [at, at + 2] : [at + 2, at];
    if (access === 'store') this.storable[host >>> PAGE_SHIFT] = 1;
    const tag = eaLo & PAGE_MASK;
    i32[own] = tag;
    i32[own + 1] = eaHi;
    // The entry has one address for both: the other tag may stay only for the same page.
    if (i32[other] !== tag || i32[other + 1] !== (eaHi | 0)) i32[other] = i32[other + 1] = -1;
    i32[at + 4] = host - eaLo;
  }

  /** Forgets everything. */
  flush(): void {
    this.fetches.flush(() => true);
    this.data.flush(() => true);
  }

  /** Forgets at least the translations of a range. */
  forgetRange({ lpid, pid, eaLo, shift }: MappedRange): void {
    const matches = (bank: Readonly<Bank>): boolean => {
      if ((bank.mode & MODE.relocate) === 0) return false;
      // In hypervisor state two quadrants belong to partition 0; process 0 is in every bank, in two quadrants.
      const partition = bank.lpid === lpid || (lpid === 0 && (bank.mode & MODE.hv) !== 0);
      return partition && (pid === 0 || pid === bank.pid);
    };
    this.fetches.flushRange(eaLo, shift, matches);
    this.data.flushRange(eaLo, shift, matches);
  }
}
