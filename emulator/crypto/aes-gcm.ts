/** AES-GCM (NIST SP 800-38D) with the tag beside the ciphertext, and nonces of any length. */

import { gcm } from '@noble/ciphers/aes.js';
import { concat } from '../common/bytes';

export const GCM_TAG_BYTES = 16;

export interface Sealed {
  readonly ciphertext: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** @param key 16, 24 or 32 bytes */
export function gcmSeal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Sealed {
  const sealed = gcm(key, nonce).encrypt(plaintext);
  // The tag is a copy: whoever keeps it must not keep the ciphertext with it.
  return { ciphertext: sealed.subarray(0, -GCM_TAG_BYTES), tag: sealed.slice(-GCM_TAG_BYTES) };
}

/** The plaintext; undefined when the tag does not fit: another key or nonce, or altered bytes. */
export function gcmOpen(key: Uint8Array, nonce: Uint8Array, { ciphertext, tag }: Sealed): Uint8Array | undefined {
  if (nonce.length < MIN_NONCE_BYTES || tag.length !== GCM_TAG_BYTES) return undefined;
  try {
    return gcm(key, nonce).decrypt(concat(ciphertext, tag));
  } catch {
    return undefined;
  }
}

/** The shortest nonce that the library takes; the standard allows one bit. */
const MIN_NONCE_BYTES = 8;
