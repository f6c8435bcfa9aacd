/** The modes for pages that leave secure memory, over Node's cryptography: the same bytes as the portable ones, faster. */

import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Cipheriv, Decipheriv } from 'node:crypto';
import { type PageCiphers, TAG_BYTES, iapm, pageCipher } from '../../emulator/pef/page-crypto';

const GCM = 'aes-128-gcm';
const ECB = 'aes-128-ecb';

/** For `MachineServices.pageCiphers`. */
export function nodePageCiphers(): PageCiphers {
  return {
    'AES-128-GCM': pageCipher('AES-128-GCM', {
      seal(key, iv, page) {
        const cipher = createCipheriv(GCM, key, iv, { authTagLength: TAG_BYTES });
        const ciphertext = plain(cipher.update(page));
        cipher.final();
        return { ciphertext, tag: plain(cipher.getAuthTag()) };
      },
      open(key, iv, ciphertext, tag) {
        const decipher = createDecipheriv(GCM, key, iv, { authTagLength: TAG_BYTES }).setAuthTag(tag);
        const page = plain(decipher.update(ciphertext));
        try {
          decipher.final();
        } catch {
          return undefined;
        }
        return page;
      },
    }),
    'AES-128-IAPM': iapm({
      encrypt: (key, blocks) => unpadded(createCipheriv(ECB, key, null), blocks),
      decrypt: (key, blocks) => unpadded(createDecipheriv(ECB, key, null), blocks),
    }),
  };
}

function unpadded(cipher: Cipheriv | Decipheriv, blocks: Uint8Array): Uint8Array<ArrayBuffer> {
  return plain(cipher.setAutoPadding(false).update(blocks));
}

/** The bytes without the methods of a Buffer, and without a copy. */
function plain(bytes: Buffer<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
