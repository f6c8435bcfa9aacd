/**
 * AES-128-IAPM: the integrity-aware parallelizable mode of C. S. Jutla ("Encryption Modes with Almost Free Message
 * Integrity", EUROCRYPT 2001), which ultravisor.rst names for pages of a secure VM.
 *
 * With masks S0, S1, ..., any two of which are independent:
 *
 *     Ci  = AES(K1, Pi xor Si) xor Si                          for each of the n blocks
 *     tag = AES(K1, (P1 xor ... xor Pn) xor Sn+1) xor S0
 *
 * The paper leaves open how masks and the second key come about; docs/iapm.md says what this project does and why.
 * All blocks are independent, so that AES sees the whole page, the checksum behind it, in one call.
 */

import { concat } from '../../common/bytes';
import { PAGE_BYTES } from '../page-states';
import { BLOCK_BYTES, IV_BYTES, type PageCipher, TAG_BYTES, pageCipher } from './page-cipher';

/**
 * AES-128 on each block by itself (ECB): whole blocks in, as many bytes out in a new array that begins at a multiple of 4
 * bytes of its buffer. The input is not changed.
 */
export interface Aes128Blocks {
  encrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array<ArrayBuffer>;
  decrypt(key: Uint8Array, blocks: Uint8Array): Uint8Array<ArrayBuffer>;
}

/** IAPM over an implementation of AES. */
export function iapm(aes: Aes128Blocks): PageCipher {
  return pageCipher('AES-128-IAPM', {
    seal(key, iv, page) {
      const n = page.length / BLOCK_BYTES;
      const masks = makeMasks(aes, key, iv, n);
      const plain = concat(page, new Uint8Array(TAG_BYTES));
      plain.set(checksum(plain), page.length);
      whiten(plain, masks, n + 1);
      const sealed = aes.encrypt(key, plain);
      whiten(sealed, masks, 0);
      return { ciphertext: sealed.subarray(0, page.length), tag: sealed.slice(page.length) };
    },
    open(key, iv, ciphertext, tag) {
      const n = ciphertext.length / BLOCK_BYTES;
      const masks = makeMasks(aes, key, iv, n);
      const sealed = concat(ciphertext, tag);
      whiten(sealed, masks, 0);
      const plain = aes.decrypt(key, sealed);
      whiten(plain, masks, n + 1);
      // The last block is the checksum of those before it, so that all together give 0.
      return checksum(plain).every((byte) => byte === 0) ? plain.subarray(0, ciphertext.length) : undefined;
    },
  });
}

const WORDS = BLOCK_BYTES / 4;

/** Encrypted under K1 this is K2. No block of a page meets it but by chance: they are masked. */
const MASK_KEY_LABEL = new TextEncoder().encode('PEF IAPM mask K2');

/** Powers of x that the numbers of masks, up to n + 1 for the longest page, have as bits. */
const POWERS = Math.floor(Math.log2(PAGE_BYTES / BLOCK_BYTES + 1)) + 1;

/**
 * S0 to Sn+1, as words in the order of bytes in memory: Si = A xor g(i) B in GF(2^128), where A and B are the IV,
 * extended by 0 and 1, under K2, and g(i) is the i-th word of the Gray code, one bit of which changes a step.
 */
function makeMasks(aes: Aes128Blocks, key: Uint8Array, iv: Uint8Array, n: number): Uint32Array {
  const seeds = new Uint8Array(2 * BLOCK_BYTES);
  seeds.set(iv);
  seeds.set(iv, BLOCK_BYTES);
  new DataView(seeds.buffer).setUint32(BLOCK_BYTES + IV_BYTES, 1);
  const ab = aes.encrypt(aes.encrypt(key, MASK_KEY_LABEL), seeds);
  const powers = multiplesByPowers(ab.subarray(BLOCK_BYTES));

  const masks = new Uint32Array((n + 2) * WORDS);
  let [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = wordsOf(ab);
  for (let i = 0; i <= n + 1; i++) {
    masks[i * WORDS] = s0;
    masks[i * WORDS + 1] = s1;
    masks[i * WORDS + 2] = s2;
    masks[i * WORDS + 3] = s3;
    const next = i + 1;
    const power = (31 - Math.clz32(next & -next)) * WORDS;
    s0 ^= powers[power] ?? 0;
    s1 ^= powers[power + 1] ?? 0;
    s2 ^= powers[power + 2] ?? 0;
    s3 ^= powers[power + 3] ?? 0;
  }
  return masks;
}

/** B, x B, x^2 B, ... in GF(2^128) modulo x^128 + x^7 + x^2 + x + 1, the first bit of a block being that of x^127. */
function multiplesByPowers(b: Uint8Array): Uint32Array {
  const bytes = new Uint8Array(POWERS * BLOCK_BYTES);
  bytes.set(b);
  for (let at = BLOCK_BYTES; at < bytes.length; at += BLOCK_BYTES) {
    let carry = ((bytes[at - BLOCK_BYTES] ?? 0) & 0x80) === 0 ? 0 : 0x87;
    for (let i = at + BLOCK_BYTES - 1; i >= at; i--) {
      const byte = bytes[i - BLOCK_BYTES] ?? 0;
      bytes[i] = (byte << 1) ^ carry;
      carry = byte >> 7;
    }
  }
  return wordsOf(bytes);
}

/** Masks block i with Si, i from 1, and the one behind the page with S`last`. */
function whiten(blocks: Uint8Array<ArrayBuffer>, masks: Uint32Array, last: number): void {
  const words = wordsOf(blocks);
  const end = words.length - WORDS;
  for (let w = 0; w < end; w++) words[w] = (words[w] ?? 0) ^ (masks[w + WORDS] ?? 0);
  for (let w = 0; w < WORDS; w++) words[end + w] = (words[end + w] ?? 0) ^ (masks[last * WORDS + w] ?? 0);
}

/** All blocks xored. */
function checksum(blocks: Uint8Array<ArrayBuffer>): Uint8Array {
  const words = wordsOf(blocks);
  const sum = new Uint32Array(WORDS);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let w = 0; w < words.length; w += WORDS) {
    a ^= words[w] ?? 0;
    b ^= words[w + 1] ?? 0;
    c ^= words[w + 2] ?? 0;
    d ^= words[w + 3] ?? 0;
  }
  sum.set([a, b, c, d]);
  return new Uint8Array(sum.buffer);
}

/** Blocks as words of the host's byte order: to xor them, which order that is does not matter. */
function wordsOf(blocks: Uint8Array<ArrayBuffer>): Uint32Array {
  return new Uint32Array(blocks.buffer, blocks.byteOffset, blocks.length / 4);
}
