/**
 * AES-128-GCM (NIST SP 800-38D) without additional data: what the firmware uses (open-power/ultravisor,
 * core/page_encrypt.c). This is the implementation that runs anywhere.
 */

import { gcmOpen, gcmSeal } from '../../crypto/aes-gcm';
import { type PageCipher, pageCipher } from './page-cipher';

export const PORTABLE_GCM: PageCipher = pageCipher('AES-128-GCM', {
  seal: gcmSeal,
  open: (key, iv, ciphertext, tag) => gcmOpen(key, iv, { ciphertext, tag }),
});
