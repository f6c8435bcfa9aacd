/**
 * AES-128-GCM (NIST SP 800-38D) without additional data: what the firmware uses (open-power/ultravisor,
 * core/page_encrypt.c). This is the implementation that runs anywhere.
 */

import { gcm } from '@noble/ciphers/aes.js';
import { concat } from '../../common/bytes';
import { type PageCipher, pageCipher } from './page-cipher';

export const PORTABLE_GCM: PageCipher = pageCipher('AES-128-GCM', {
  seal(key, iv, page) {
    const sealed = gcm(key, iv).encrypt(page);
    // The tag is a copy: whoever keeps it must not keep the page's bytes with it.
    return { ciphertext: sealed.subarray(0, page.length), tag: sealed.slice(page.length) };
  },
  open(key, iv, ciphertext, tag) {
    const sealed = concat(ciphertext, tag);
    try {
      return gcm(key, iv).decrypt(sealed);
    } catch {
      // The lengths are right, so what is left to throw about is the tag.
      return undefined;
    }
  },
});
