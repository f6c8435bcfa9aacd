/**
 * RSA with the padding OAEP (RFC 8017, PKCS #1 v2.2) over bigints: what runs in browsers, is deterministic, and is fast
 * enough for a key a boot (some milliseconds for 2048 bits).
 *
 * It is for an emulator: its time depends on the key. Do not decrypt for strangers with a key that matters.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equalBytes, fromHex, toHex } from '../common/bytes';
import { InputError } from '../common/errors';

export interface RsaPublicKey {
  readonly n: bigint;
  readonly e: bigint;
}

/** A key pair, with what the Chinese remainder theorem needs (RFC 8017, 3.2). */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dP: bigint;
  readonly dQ: bigint;
  readonly qInv: bigint;
}

/** Lengths of a modulus in bits: other keys are refused before any arithmetic. */
const BITS = { min: 1024, max: 8192 } as const;
/** The exponent bounds the work of the public operation. */
const MAX_EXPONENT = 1n << 64n;

/** Length of the modulus in bytes (k of RFC 8017). */
export function modulusBytes({ n }: RsaPublicKey): number {
  return Math.ceil(n.toString(2).length / 8);
}

/**
 * The key, when its numbers can be a key's.
 *
 * @throws InputError `bad-key`
 */
export function checkedPublicKey(key: RsaPublicKey): RsaPublicKey {
  const bits = key.n.toString(2).length;
  if (bits < BITS.min || bits > BITS.max) {
    throw new InputError('bad-key', `The RSA key has ${bits} bits; it must have ${BITS.min} to ${BITS.max}.`);
  }
  if (key.n % 2n === 0n || key.e < 3n || key.e % 2n === 0n || key.e >= MAX_EXPONENT) {
    throw new InputError('bad-key', 'The RSA key is damaged: its modulus and public exponent cannot be a key.');
  }
  return key;
}

/**
 * The same for a key pair: its numbers must belong together. Whether p and q are primes is not tested.
 *
 * @throws InputError `bad-key`
 */
export function checkedPrivateKey(key: RsaPrivateKey): RsaPrivateKey {
  checkedPublicKey(key);
  const { n, e, d, p, q, dP, dQ, qInv } = key;
  const together =
    p > 2n &&
    q > 2n &&
    p * q === n &&
    d < n &&
    dP === d % (p - 1n) &&
    dQ === d % (q - 1n) &&
    (e * dP) % (p - 1n) === 1n &&
    (e * dQ) % (q - 1n) === 1n &&
    qInv < p &&
    (q * qInv) % p === 1n;
  if (!together) throw new InputError('bad-key', 'The RSA private key is damaged: its numbers do not belong together.');
  return key;
}

/** base to the exponent, modulo: from the left, four bits of the exponent at a time. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n % modulus];
  for (let i = 1; i < 16; i++) powers.push(((powers[i - 1] ?? 1n) * base) % modulus);
  let result = 1n % modulus;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i++) result = (result * result) % modulus;
    result = (result * (powers[Number.parseInt(digit, 16)] ?? 1n)) % modulus;
  }
  return result;
}

/** RSAEP (RFC 8017, 5.1.1); the message is below the modulus. */
export function rsaPublic({ n, e }: RsaPublicKey, message: bigint): bigint {
  return modPow(message, e, n);
}

/** RSADP (RFC 8017, 5.1.2); the message is below the modulus. */
export function rsaPrivate({ p, q, dP, dQ, qInv }: RsaPrivateKey, message: bigint): bigint {
  const m1 = modPow(message % p, dP, p);
  const m2 = modPow(message % q, dQ, q);
  const h = ((((m1 - m2) * qInv) % p) + p) % p;
  return m2 + q * h;
}

/** Bytes of a seed: the digest's. */
export const OAEP_SEED_BYTES = 32;
/** Hash of the empty label. */
const LABEL_HASH = sha256(new Uint8Array());

/**
 * RSAES-OAEP with SHA-256, MGF1-SHA-256 and an empty label (RFC 8017, 7.1.1).
 *
 * @param seed 32 random bytes
 * @returns as many bytes as the modulus has
 * @throws InputError `rsa-too-long` when the message does not fit
 */
export function oaepEncrypt(key: RsaPublicKey, message: Uint8Array, seed: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = modulusBytes(key);
  const zeros = length - message.length - 2 * OAEP_SEED_BYTES - 2;
  if (zeros < 0) {
    throw new InputError('rsa-too-long', `${message.length} bytes are too many for an RSA key of ${8 * length} bits.`);
  }
  const data = concat(LABEL_HASH, new Uint8Array(zeros), Uint8Array.of(1), message);
  const maskedData = masked(seed, data);
  const encoded = concat(Uint8Array.of(0), masked(maskedData, seed), maskedData);
  return toBytes(rsaPublic(key, toNumber(encoded)), length);
}

/**
 * RSAES-OAEP decryption (RFC 8017, 7.1.2).
 *
 * @returns undefined when the bytes are not encrypted for this key, or were altered; RFC 8017 wants no more said
 */
export function oaepDecrypt(key: RsaPrivateKey, ciphertext: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const length = modulusBytes(key);
  if (ciphertext.length !== length) return undefined;
  const number = toNumber(ciphertext);
  if (number >= key.n) return undefined;
  const encoded = toBytes(rsaPrivate(key, number), length);
  const maskedData = encoded.subarray(1 + OAEP_SEED_BYTES);
  const seed = masked(maskedData, encoded.subarray(1, 1 + OAEP_SEED_BYTES));
  const data = masked(seed, maskedData);
  const one = data.findIndex((byte, i) => i >= OAEP_SEED_BYTES && byte !== 0);
  const good = encoded[0] === 0 && equalBytes(data.subarray(0, OAEP_SEED_BYTES), LABEL_HASH) && data[one] === 1;
  return good ? data.slice(one + 1) : undefined;
}

/** The bytes, xor'ed with MGF1 of the seed (RFC 8017, B.2.1). */
function masked(seed: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length);
  for (let start = 0, counter = 0; start < bytes.length; start += LABEL_HASH.length, counter++) {
    const mask = sha256(concat(seed, toBytes(BigInt(counter), 4)));
    for (let i = 0; i < mask.length && start + i < bytes.length; i++) {
      result[start + i] = (bytes[start + i] ?? 0) ^ (mask[i] ?? 0);
    }
  }
  return result;
}

/** The number of big-endian bytes (OS2IP). */
export function toNumber(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** Big-endian bytes of a number that fits (I2OSP). */
export function toBytes(value: bigint, length: number): Uint8Array<ArrayBuffer> {
  return fromHex(value.toString(16).padStart(2 * length, '0'));
}
