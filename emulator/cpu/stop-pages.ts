/**
 * Copies of pages in which the CPU has to stop: instructions come from the copy, and at each address of a stop it has a
 * word that is no instruction. So the rest of the page runs at full speed, and software never sees the difference.
 */
import type { PhysicalMemory } from '../memory/physical';
import * as state from './state';

/** A copy: which page in memory it is of, and the offsets of its stops. */
interface StopPage {
  readonly host: number;
  readonly copy: number;
  readonly stops: readonly number[];
}

export class StopPages {
  private readonly pages = new Map<string, StopPage>();

  constructor(private readonly memory: PhysicalMemory) {
    memory.onWatchedWrite('stops', (offset, length) => this.written(offset, length), 'after');
  }

  /**
   * Where instructions of a page come from that has stops.
   *
   * @param ea of the page
   * @param host where the page lies in memory
   * @param stops addresses in the page, at least one
   * @returns undefined when there are too many such pages
   */
  copyOf(ea: bigint, host: number, stops: readonly bigint[]): number | undefined {
    const key = `${ea} ${host}`;
    const known = this.pages.get(key);
    if (known) return known.copy;
    if (this.pages.size === state.STOP_PAGES) return undefined;
    const page: StopPage = {
      host,
      copy: state.STOP_PAGE_COPIES + this.pages.size * state.PAGE_BYTES,
      stops: stops.map((address) => Number(address % BigInt(state.PAGE_BYTES))),
    };
    this.pages.set(key, page);
    this.memory.watch(host, 'stops', true);
    this.refresh(page, host, state.PAGE_BYTES);
    return page.copy;
  }

  /** Other stops hold from now on. */
  clear(): void {
    for (const { host } of this.pages.values()) this.memory.watch(host, 'stops', false);
    this.pages.clear();
  }

  private written(offset: number, length: number): void {
    const host = offset - (offset % state.PAGE_BYTES);
    for (const page of this.pages.values()) if (page.host === host) this.refresh(page, offset, length);
  }

  private refresh({ host, copy, stops }: StopPage, offset: number, length: number): void {
    const { u8 } = this.memory;
    u8.copyWithin(copy + offset - host, offset, offset + length);
    for (const stop of stops) u8.fill(0, copy + stop, copy + stop + 4);
  }
}
