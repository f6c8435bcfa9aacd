/**
 * Physical memory: normal memory from real address 0, secure memory from real address 2^48 (real-address bit 15).
 *
 * Both lie in one WebAssembly.Memory behind the area that the CPU keeps for its state. Nothing is touched before it is
 * used, so a large memory costs address space only.
 */
import { InputError } from '../common/errors';

/** Real address of the first byte of secure memory: bit 15 (ultravisor: secure_ra_bit). */
export const SECURE_BASE = 1n << 48n;
/** Bytes at the start of the WebAssembly memory that belong to the CPU's state. */
export const RESERVED_BYTES = 4 << 20;
/** Most bytes of normal and secure memory together: what one WebAssembly memory can surely hold. */
export const MEMORY_LIMIT_BYTES = 3.5 * 2 ** 30;
/** Sizes are multiples of this. */
export const MEMORY_UNIT_BYTES = 1 << 16;
/** Granule of the record of changed memory. */
export const DIRTY_PAGE_BYTES = 4096;

/** Why a page is watched: code was translated from it, addresses are by tables in it, or there is a copy of it with stops. */
export type WatchReason = 'code' | 'tables' | 'stops';
const WATCH_BITS: Readonly<Record<WatchReason, number>> = { code: 1, tables: 2, stops: 4 };
type WriteListener = (hostOffset: number, length: number) => void;

const WASM_PAGE = 1 << 16;
const SECURE_BASE_HI = Number(SECURE_BASE >> 32n);

export class PhysicalMemory {
  readonly memory: WebAssembly.Memory;
  /** All bytes of the WebAssembly memory; real address n of normal memory is at `hostOffset(n)`. */
  readonly u8: Uint8Array<ArrayBuffer>;
  /** One byte for each page of RAM: 1 when it may differ from zero. */
  private readonly dirty: Uint8Array;
  /** The pages whose byte is 1, in no order: what `reset` has to visit. */
  private changed: number[] = [];
  private readonly dirtyListeners: (() => void)[] = [];
  /** One byte for each page of RAM: a bit for each reason to watch it. */
  private readonly watched: Uint8Array;
  private readonly writeListeners: Record<
    'before' | 'after',
    { readonly bit: number; readonly listener: WriteListener }[]
  > = { before: [], after: [] };

  /**
   * @param normalBytes size of normal memory, a multiple of 64 KiB
   * @param secureBytes size of secure memory, a multiple of 64 KiB, may be 0
   * @throws InputError `bad-memory-size`, `memory-too-large`, `memory-unavailable`
   */
  constructor(
    readonly normalBytes: number,
    readonly secureBytes: number,
  ) {
    const total = normalBytes + secureBytes;
    if (total > MEMORY_LIMIT_BYTES) {
      throw new InputError(
        'memory-too-large',
        `Normal and secure memory together are ${total} bytes; the limit is 3.5 GiB (${MEMORY_LIMIT_BYTES} bytes).`,
      );
    }
    for (const [name, bytes] of [
      ['normal', normalBytes],
      ['secure', secureBytes],
    ] as const) {
      if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes % MEMORY_UNIT_BYTES !== 0) {
        throw new InputError('bad-memory-size', `The size of ${name} memory, ${bytes}, must be a multiple of 64 KiB.`);
      }
    }
    if (normalBytes === 0) throw new InputError('bad-memory-size', 'Normal memory must have at least 64 KiB.');
    const pages = (RESERVED_BYTES + total) / WASM_PAGE;
    try {
      this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch (cause) {
      throw new InputError(
        'memory-unavailable',
        `This computer does not give ${total} bytes of memory; choose smaller normal and secure memory.`,
        { cause },
      );
    }
    this.u8 = new Uint8Array(this.memory.buffer);
    this.dirty = new Uint8Array(total / DIRTY_PAGE_BYTES);
    this.watched = new Uint8Array(total / DIRTY_PAGE_BYTES);
  }

  /** Whether all bytes of the range exist and lie in one kind of memory. */
  contains(ra: bigint, length: number): boolean {
    if (length < 0) return false;
    if (ra >= SECURE_BASE) return ra - SECURE_BASE + BigInt(length) <= BigInt(this.secureBytes);
    return ra >= 0n && ra + BigInt(length) <= BigInt(this.normalBytes);
  }

  /** Whether a real address has the bit of secure memory, existing or not. */
  isSecure(ra: bigint): boolean {
    return (ra & SECURE_BASE) !== 0n;
  }

  /** Index in `u8` of a real address, or undefined where there is no memory. */
  hostOffset(ra: bigint): number | undefined {
    if (!this.contains(ra, 1)) return undefined;
    if (ra >= SECURE_BASE) return RESERVED_BYTES + this.normalBytes + Number(ra - SECURE_BASE);
    return RESERVED_BYTES + Number(ra);
  }

  /** The same for an address in two halves of 32 bits; negative where there is no memory. */
  offsetAt(hi: number, lo: number): number {
    if (hi === 0) return lo < this.normalBytes ? RESERVED_BYTES + lo : -1;
    return hi === SECURE_BASE_HI && lo < this.secureBytes ? RESERVED_BYTES + this.normalBytes + lo : -1;
  }

  private range(ra: bigint, length: number): number {
    const offset = this.hostOffset(ra);
    if (offset === undefined || !this.contains(ra, length)) {
      if (length === 0) return RESERVED_BYTES;
      throw new InputError('no-memory', `There is no memory at real address 0x${ra.toString(16)} (${length} bytes).`);
    }
    return offset;
  }

  /**
   * A copy of bytes.
   *
   * @throws InputError `no-memory` when a byte does not exist
   */
  read(ra: bigint, length: number): Uint8Array<ArrayBuffer> {
    const offset = this.range(ra, length);
    return this.u8.slice(offset, offset + length);
  }

  /**
   * Writes bytes, whoever may see them: what a device or firmware does.
   *
   * @throws InputError `no-memory` when a byte does not exist
   */
  write(ra: bigint, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const offset = this.range(ra, bytes.length);
    this.tellWrite(offset, bytes.length, 'before');
    this.u8.set(bytes, offset);
    this.tellWrite(offset, bytes.length, 'after');
    const last = this.pageOf(offset + bytes.length - 1);
    for (let page = this.pageOf(offset); page <= last; page++) this.markPage(page);
  }

  private tellWrite(offset: number, length: number, when: 'before' | 'after'): void {
    const last = this.pageOf(offset + length - 1);
    for (let page = this.pageOf(offset); page <= last; page++) {
      const reasons = this.watched[page] ?? 0;
      if (reasons === 0) continue;
      const start = Math.max(offset, RESERVED_BYTES + page * DIRTY_PAGE_BYTES);
      const end = Math.min(offset + length, RESERVED_BYTES + (page + 1) * DIRTY_PAGE_BYTES);
      for (const { bit, listener } of this.writeListeners[when])
        if ((reasons & bit) !== 0) listener(start, end - start);
    }
  }

  /** Whether somebody is told of writes to the page of this index in `u8`. */
  isWatched(hostOffset: number): boolean {
    return this.watched[this.pageOf(hostOffset)] !== 0;
  }
  /** Begins or ends telling of writes to the page of this index in `u8`, for a reason. */
  watch(hostOffset: number, reason: WatchReason, on: boolean): void {
    const page = this.pageOf(hostOffset);
    const others = (this.watched[page] ?? 0) & ~WATCH_BITS[reason];
    this.watched[page] = on ? others | WATCH_BITS[reason] : others;
  }
  /** Calls back before or after a write to a page that is watched for this reason: index in `u8` and bytes, in one page. */
  onWatchedWrite(reason: WatchReason, listener: WriteListener, when: 'before' | 'after' = 'before'): void {
    this.writeListeners[when].push({ bit: WATCH_BITS[reason], listener });
  }

  private markPage(page: number): void {
    if (this.dirty[page] === 1) return;
    this.dirty[page] = 1;
    this.changed.push(page);
  }

  private pageOf(hostOffset: number): number {
    return Math.floor((hostOffset - RESERVED_BYTES) / DIRTY_PAGE_BYTES);
  }

  /** Notes that bytes of one page will be written: the CPU's store path, before its first store to a page. */
  markDirty(hostOffset: number, length: number): void {
    this.markPage(this.pageOf(hostOffset));
    if (this.isWatched(hostOffset)) this.tellWrite(hostOffset, length, 'before');
  }

  /** Notes that they have been written. */
  stored(hostOffset: number, length: number): void {
    if (this.isWatched(hostOffset)) this.tellWrite(hostOffset, length, 'after');
  }

  /** Real addresses of the pages that may differ from zero, ascending, normal before secure. */
  dirtyPages(): bigint[] {
    return this.changed.toSorted((a, b) => a - b).map((page) => this.addressOfPage(page));
  }

  private addressOfPage(page: number): bigint {
    const offset = page * DIRTY_PAGE_BYTES;
    return offset < this.normalBytes ? BigInt(offset) : SECURE_BASE + BigInt(offset - this.normalBytes);
  }

  /** All memory zero again. Only what was written costs time. */
  reset(): void {
    for (const page of this.changed) {
      const offset = RESERVED_BYTES + page * DIRTY_PAGE_BYTES;
      this.tellWrite(offset, DIRTY_PAGE_BYTES, 'before');
      this.u8.fill(0, offset, offset + DIRTY_PAGE_BYTES);
      this.tellWrite(offset, DIRTY_PAGE_BYTES, 'after');
      this.dirty[page] = 0;
    }
    this.changed = [];
    for (const listener of this.dirtyListeners) listener();
  }

  /** Calls back when the record of dirty pages is cleared, so that first stores are noticed again. */
  onDirtyCleared(listener: () => void): void {
    this.dirtyListeners.push(listener);
  }
}
