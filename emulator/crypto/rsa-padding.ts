/** The paddings of RSA (RFC 8017, PKCS #1 v2.2): OAEP with MGF1 of the same hash, and v1.5. */

import { sha256 } from '@noble/hashes/sha2.js';
import type { CHash } from '@noble/hashes/utils.js';
import { bytesToNumber, concat, equalBytes, numberToBytes } from '../common/bytes';
import { InputError } from '../common/errors';
import { type RsaPrivateKey, type RsaPublicKey, modulusBytes, rsaPrivate, rsaPublic } from './rsa';
import type { RandomBytes } from './rsa-generation';

/** The bytes, xor'ed with MGF1 of the seed (RFC 8017, B.2.1). */
function masked(hash: CHash, seed: Uint8Array, bytes: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0n; Number(counter) * hash.outputLen < bytes.length; counter++) {
    blocks.push(hash(concat(seed, numberToBytes(counter, 4))));
  }
  const mask = concat(...blocks);
  return bytes.map((byte, i) => byte ^ (mask[i] ?? 0));
}

/** EME-OAEP encoding (RFC 8017, 7.1.1) for a modulus of `length` bytes; undefined when the message is too long. */
export function oaepEncode(
  hash: CHash,
  label: Uint8Array,
  message: Uint8Array,
  length: number,
  random: RandomBytes,
): Uint8Array<ArrayBuffer> | undefined {
  const zeros = length - message.length - 2 * hash.outputLen - 2;
  if (zeros < 0) return undefined;
  const data = concat(hash(label), new Uint8Array(zeros), Uint8Array.of(1), message);
  const seed = random(hash.outputLen);
  const maskedData = masked(hash, seed, data);
  return concat(Uint8Array.of(0), masked(hash, maskedData, seed), maskedData);
}

/** EME-OAEP decoding; undefined when the bytes are no such encoding. */
export function oaepDecode(hash: CHash, label: Uint8Array, encoded: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const { outputLen } = hash;
  if (encoded.length < 2 * outputLen + 2 || encoded[0] !== 0) return undefined;
  const maskedData = encoded.slice(1 + outputLen);
  const seed = masked(hash, maskedData, encoded.slice(1, 1 + outputLen));
  const data = masked(hash, seed, maskedData);
  if (!equalBytes(data.subarray(0, outputLen), hash(label))) return undefined;
  const one = data.findIndex((byte, i) => i >= outputLen && byte !== 0);
  return data[one] === 1 ? new Uint8Array(data.slice(one + 1)) : undefined;
}

const NO_LABEL = new Uint8Array();

/**
 * RSAES-OAEP with SHA-256, MGF1-SHA-256 and an empty label (RFC 8017, 7.1.1).
 *
 * @returns as many bytes as the modulus has
 * @throws InputError `rsa-too-long` when the message does not fit
 */
export function oaepEncrypt(key: RsaPublicKey, message: Uint8Array, random: RandomBytes): Uint8Array<ArrayBuffer> {
  const length = modulusBytes(key);
  const encoded = oaepEncode(sha256, NO_LABEL, message, length, random);
  if (encoded) return numberToBytes(rsaPublic(key, bytesToNumber(encoded)), length);
  throw new InputError('rsa-too-long', `${message.length} bytes are too many for an RSA key of ${8 * length} bits.`);
}

/**
 * RSAES-OAEP decryption (RFC 8017, 7.1.2).
 *
 * @returns undefined when the bytes are not encrypted for this key, or were altered; RFC 8017 wants no more said
 */
export function oaepDecrypt(key: RsaPrivateKey, ciphertext: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const length = modulusBytes(key);
  const number = bytesToNumber(ciphertext);
  if (ciphertext.length !== length || number >= key.n) return undefined;
  return oaepDecode(sha256, NO_LABEL, numberToBytes(rsaPrivate(key, number), length));
}

/** EME-PKCS1-v1_5 encoding (RFC 8017, 7.2.1); undefined when the message is too long. */
export function rsaesEncode(
  message: Uint8Array,
  length: number,
  random: RandomBytes,
): Uint8Array<ArrayBuffer> | undefined {
  const padding = length - message.length - 3;
  if (padding < 8) return undefined;
  const filler = random(padding).map((byte) => (byte === 0 ? 0x55 : byte));
  return concat(Uint8Array.of(0, 2), filler, Uint8Array.of(0), message);
}

/** EME-PKCS1-v1_5 decoding; undefined when the bytes are no such encoding. */
export function rsaesDecode(encoded: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (encoded[0] !== 0 || encoded[1] !== 2) return undefined;
  const end = encoded.indexOf(0, 2);
  return end < 10 ? undefined : new Uint8Array(encoded.slice(end + 1));
}
