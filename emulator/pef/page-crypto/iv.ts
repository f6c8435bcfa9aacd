/**
 * Initialization vectors of sealed pages, as the firmware makes them (open-power/ultravisor, core/page_encrypt.c): the
 * deterministic construction of NIST SP 800-38D, 8.2.1.
 *
 * An IV is 4 random bytes that stay, and a counter of 8 bytes, big-endian, that goes up by 1 with each page. Behind the
 * counter's last value the fixed bytes are drawn anew.
 */

import type { HmacDrbg } from '../../common/drbg';
import { IV_BYTES } from './page-cipher';

const FIXED_BYTES = 4;
const LAST_COUNTER = 0xffff_ffff_ffff_ffffn;

/** What the next IV is made of. Plain data, one for each key. */
export interface PageIvState {
  /** 4 bytes. */
  readonly fixed: Uint8Array;
  /** 64 bits, unsigned. */
  readonly counter: bigint;
}

/** The state before a key's first page. Takes 4 bytes of the generator. */
export function firstPageIv(drbg: HmacDrbg): PageIvState {
  return { fixed: drbg.generate(FIXED_BYTES), counter: 0n };
}

/** The IV of one page, 12 bytes, and the state for the page after it. Takes 4 bytes of the generator every 2^64 pages. */
export function nextPageIv(
  { fixed, counter }: PageIvState,
  drbg: HmacDrbg,
): { readonly iv: Uint8Array<ArrayBuffer>; readonly next: PageIvState } {
  const iv = new Uint8Array(IV_BYTES);
  iv.set(fixed);
  new DataView(iv.buffer).setBigUint64(FIXED_BYTES, counter);
  return { iv, next: counter === LAST_COUNTER ? firstPageIv(drbg) : { fixed, counter: counter + 1n } };
}
