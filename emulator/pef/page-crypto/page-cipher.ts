/**
 * What secure pages look like outside of secure memory: encrypted, with a tag that shows whether they came back as they
 * went.
 *
 * UV_PAGE_OUT seals a page into normal memory; key, IV and tag stay in secure memory until UV_PAGE_IN opens it. There are
 * two modes, because the firmware uses another one than the document says (ultravisor.rst: IAPM; open-power/ultravisor,
 * core/page_encrypt.c: GCM).
 */

import { PAGE_BYTES } from '../page-states';

/** A block of AES. */
export const BLOCK_BYTES = 16;
export const KEY_BYTES = 16;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

export type PageCipherName = 'AES-128-GCM' | 'AES-128-IAPM';

/** What leaves secure memory (the ciphertext, as long as the page), and what does not (the tag). */
export interface SealedPage {
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** Encryption with integrity, one page at a time. All implementations of a mode give the same bytes. */
export interface PageCipher {
  readonly name: PageCipherName;

  /**
   * @param key 16 bytes
   * @param iv 12 bytes, never used before with this key
   * @param page whole blocks, up to 64 KiB; not changed
   * @returns new arrays: as many bytes of ciphertext, 16 of tag
   * @throws RangeError for other lengths (a mistake in this project)
   */
  seal(key: Uint8Array, iv: Uint8Array, page: Uint8Array): SealedPage;

  /**
   * The page; undefined when ciphertext or tag, of whatever length, are not what `seal` gave for this key and IV.
   *
   * @param key 16 bytes
   * @param iv 12 bytes
   * @throws RangeError for a key or IV of another length (a mistake in this project)
   */
  open(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array): Uint8Array | undefined;
}

/** An implementation of both modes. */
export type PageCiphers = { readonly [Name in PageCipherName]: PageCipher };

/** The mode whose `seal` and `open` need not look at lengths. */
export function pageCipher(name: PageCipherName, mode: Pick<PageCipher, 'seal' | 'open'>): PageCipher {
  const check = (key: Uint8Array, iv: Uint8Array): void => {
    if (key.length !== KEY_BYTES) throw new RangeError(`${name} has keys of ${KEY_BYTES} bytes, not ${key.length}.`);
    if (iv.length !== IV_BYTES) throw new RangeError(`${name} has IVs of ${IV_BYTES} bytes, not ${iv.length}.`);
  };
  return {
    name,
    seal(key, iv, page) {
      check(key, iv);
      if (!isPage(page)) throw new RangeError(`${name} seals whole blocks up to 64 KiB, not ${page.length} bytes.`);
      return mode.seal(key, iv, page);
    },
    open(key, iv, ciphertext, tag) {
      check(key, iv);
      // The hypervisor gives these: what cannot come from `seal` is refused like what does not.
      return isPage(ciphertext) && tag.length === TAG_BYTES ? mode.open(key, iv, ciphertext, tag) : undefined;
    },
  };
}

function isPage({ length }: Uint8Array): boolean {
  return length > 0 && length <= PAGE_BYTES && length % BLOCK_BYTES === 0;
}
