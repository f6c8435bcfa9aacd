/** Encryption with integrity of pages that the ultravisor pages out. */

import { ecb } from '@noble/ciphers/aes.js';
import { PORTABLE_GCM } from './gcm';
import { iapm } from './iapm';
import type { PageCiphers } from './page-cipher';

export { type Aes128Blocks, iapm } from './iapm';
export { type PageIvState, firstPageIv, nextPageIv } from './iv';
export {
  IV_BYTES,
  KEY_BYTES,
  type PageCipher,
  type PageCipherName,
  type PageCiphers,
  type SealedPage,
  TAG_BYTES,
  pageCipher,
} from './page-cipher';

/** Both modes in plain JavaScript, for when the program around the machine has nothing faster. */
export const PORTABLE_PAGE_CIPHERS: PageCiphers = {
  'AES-128-GCM': PORTABLE_GCM,
  'AES-128-IAPM': iapm({
    encrypt: (key, blocks) => ecb(key, { disablePadding: true }).encrypt(blocks),
    decrypt: (key, blocks) => ecb(key, { disablePadding: true }).decrypt(blocks),
  }),
};
