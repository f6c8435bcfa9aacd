/** Secure memory as the ultravisor gives it out: pages of 64 KiB. */
import { SECURE_BASE } from '../../memory/physical';
import { PAGE_BYTES } from '../page-states';

export class SecureMemory {
  /** Indices of pages that are free, the next one last. */
  private free: number[] = [];

  /**
   * @param bytes of secure memory
   * @param reserved pages at its end that are not given out: the ultravisor's own
   */
  constructor(
    private readonly bytes: number,
    private readonly reserved: number,
  ) {
    this.reset();
  }

  reset(): void {
    const pages = Math.max(0, Math.floor(this.bytes / PAGE_BYTES) - this.reserved);
    this.free = Array.from({ length: pages }, (_, i) => pages - 1 - i);
  }

  get freePages(): number {
    return this.free.length;
  }

  /** Takes a page: its real address; undefined when there is none. */
  take(): bigint | undefined {
    const index = this.free.pop();
    return index === undefined ? undefined : addressOf(index);
  }

  /** Gives a page back. */
  give(ra: bigint): void {
    this.free.push(Number(ra - SECURE_BASE) / PAGE_BYTES);
  }
}

const addressOf = (index: number): bigint => SECURE_BASE + BigInt(index) * BigInt(PAGE_BYTES);
