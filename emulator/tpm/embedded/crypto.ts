/**
 * Hashes, key derivation and symmetric encryption as TPM 2.0 uses them (Part 1, 11.4). All of it runs in browsers: the
 * primitives are those of @noble.
 */

import { cfb } from '@noble/ciphers/aes.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { CHash } from '@noble/hashes/utils.js';
import { concat, numberToBytes } from '../../common/bytes';
import { constantValue } from '../tables/index';

const HASHES: ReadonlyMap<number, CHash> = new Map<number, CHash>([
  [constantValue('TPM_ALG_SHA1'), sha1],
  [constantValue('TPM_ALG_SHA256'), sha256],
  [constantValue('TPM_ALG_SHA384'), sha384],
  [constantValue('TPM_ALG_SHA512'), sha512],
]);

/** No hash: TPM_ALG_NULL. */
export const NO_HASH = constantValue('TPM_ALG_NULL');

/** The hash of an algorithm that this TPM has. @throws Error for others (a mistake in this project) */
export function hashFunction(algorithm: number): CHash {
  const found = HASHES.get(algorithm);
  if (!found) throw new Error(`no hash ${algorithm}`);
  return found;
}

/** Bytes of a digest; 0 for TPM_ALG_NULL and for hashes that this TPM does not have. */
export function digestBytes(algorithm: number): number {
  return HASHES.get(algorithm)?.outputLen ?? 0;
}

/** Bytes of a block of the hash: the longest key that HMAC takes as it is. */
export function hashBlockBytes(algorithm: number): number {
  return HASHES.get(algorithm)?.blockLen ?? 0;
}

/** The digest of all parts, one after the other. */
export function hash(algorithm: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hashFunction(algorithm)(concat(...parts)));
}

/** HMAC (FIPS 198-1) of all parts. */
export function hmac(algorithm: number, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(nobleHmac(hashFunction(algorithm), key, concat(...parts)));
}

const ASCII = new TextEncoder();

/** A label as KDFa and OAEP take it: its characters and a zero byte. */
export function labelBytes(label: string): Uint8Array<ArrayBuffer> {
  return concat(ASCII.encode(label), Uint8Array.of(0));
}

/**
 * KDFa: SP 800-108 in counter mode with HMAC (Part 1, 11.4.10.2).
 *
 * @param label without its zero byte
 * @param bits length of the key; the highest bits of an incomplete first byte are cleared
 */
export function kdfa(
  algorithm: number,
  key: Uint8Array,
  label: string,
  contextU: Uint8Array,
  contextV: Uint8Array,
  bits: number,
): Uint8Array<ArrayBuffer> {
  const bytes = Math.ceil(bits / 8);
  const fixed = concat(labelBytes(label), contextU, contextV, u32(bits));
  const blocks: Uint8Array[] = [];
  for (let counter = 1; (counter - 1) * digestBytes(algorithm) < bytes; counter++) {
    blocks.push(hmac(algorithm, key, u32(counter), fixed));
  }
  const derived = concat(...blocks).slice(0, bytes);
  if (bits % 8 !== 0) derived[0] = (derived[0] ?? 0) & ((1 << (bits % 8)) - 1);
  return derived;
}

export function u16(value: number): Uint8Array<ArrayBuffer> {
  return numberToBytes(BigInt(value), 2);
}

export function u32(value: number): Uint8Array<ArrayBuffer> {
  return numberToBytes(BigInt(value), 4);
}

/** XOR obfuscation (Part 1, 11.4.7.3): the data and a key stream of KDFa. Applied twice, it gives the data again. */
export function xorObfuscation(
  algorithm: number,
  key: Uint8Array,
  contextU: Uint8Array,
  contextV: Uint8Array,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const mask = kdfa(algorithm, key, 'XOR', contextU, contextV, 8 * data.length);
  return new Uint8Array(data.map((byte, i) => byte ^ (mask[i] ?? 0)));
}

/** AES block, and so the initial value of CFB. */
export const AES_BLOCK_BYTES = 16;

/** AES in CFB mode of whole blocks (SP 800-38A, 6.3, CFB128); the last block may be short. */
export function aesCfb(
  direction: 'encrypt' | 'decrypt',
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (data.length === 0) return new Uint8Array();
  // Copies: the cipher asks for aligned bytes that nobody else changes.
  return new Uint8Array(cfb(new Uint8Array(key), new Uint8Array(iv))[direction](new Uint8Array(data)));
}

/** Bytes without zeros at their end: how authorization values are compared (Part 1, 19.4.2). */
export function withoutTrailingZeros(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return new Uint8Array(bytes.slice(0, end));
}

/** Bytes filled up with zeros at their end. */
export function padded(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  return concat(bytes, new Uint8Array(Math.max(0, length - bytes.length)));
}
