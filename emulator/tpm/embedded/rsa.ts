/**
 * RSA with numbers of any length: key generation, the two primitives, the paddings of TPM 2.0 (Part 1, annex B;
 * PKCS #1 v2.2, RFC 8017). Random bytes come from the caller, so that the same source gives the same key.
 */

import { concat, equalBytes } from '../../common/bytes';
import { digestBytes, hash, u32 } from './crypto';

/** Gives so many random bytes. */
export type RandomBytes = (count: number) => Uint8Array;

/** Public exponent of a template that names none (Part 2, 12.2.3.5). */
export const DEFAULT_EXPONENT = 65537;

export interface RsaPublicKey {
  readonly n: bigint;
  readonly e: bigint;
}

/** A key pair, with what the Chinese remainder theorem needs (RFC 8017, 3.2). */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly p: bigint;
  readonly q: bigint;
  readonly dP: bigint;
  readonly dQ: bigint;
  readonly qInv: bigint;
}

/** Number of big-endian bytes. */
export function bytesToNumber(bytes: Uint8Array): bigint {
  let text = '0x0';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return BigInt(text);
}

/** Big-endian bytes of a number that fits. */
export function numberToFixedBytes(value: bigint, length: number): Uint8Array<ArrayBuffer> {
  const digits = value.toString(16).padStart(2 * length, '0');
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

const WINDOW = 4;

/** base to the exponent, modulo: from the left, four bits of the exponent at a time. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (exponent === 0n) return 1n % modulus;
  const powers = [1n % modulus];
  for (let i = 1; i < 1 << WINDOW; i++) powers.push(((powers[i - 1] ?? 1n) * base) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < WINDOW; i++) result = (result * result) % modulus;
    const value = Number.parseInt(digit, 16);
    if (value !== 0) result = (result * (powers[value] ?? 1n)) % modulus;
  }
  return result;
}

/** Inverse modulo, or undefined when there is none (extended Euclid). */
export function modInverse(value: bigint, modulus: bigint): bigint | undefined {
  let [r0, r1] = [modulus, ((value % modulus) + modulus) % modulus];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return r0 === 1n ? ((t0 % modulus) + modulus) % modulus : undefined;
}

const SIEVE_LIMIT = 0x1_0000;

/** Odd primes below the limit (sieve of Eratosthenes). */
function smallPrimes(): number[] {
  const composite = new Uint8Array(SIEVE_LIMIT);
  const primes: number[] = [];
  for (let n = 3; n < SIEVE_LIMIT; n += 2) {
    if (composite[n]) continue;
    primes.push(n);
    for (let multiple = n * n; multiple < SIEVE_LIMIT; multiple += 2 * n) composite[multiple] = 1;
  }
  return primes;
}

let primes: readonly number[] | undefined;

/** Whether a number of at most 32 bits is prime. */
export function isSmallPrime(value: number): boolean {
  if (value < 3 || value % 2 === 0) return value === 2;
  primes ??= smallPrimes();
  return primes.every((prime) => prime * prime > value || value % prime !== 0);
}

/** Rounds of the test for primes of 512 bits and more (FIPS 186-4, table C.3: error below 2^-100). */
const ROUNDS = 7;

/** Miller-Rabin (FIPS 186-4, C.3.1). A first round to base 2 finds nearly all composites. */
function isProbablePrime(n: bigint, random: RandomBytes): boolean {
  const even = n - 1n;
  const zeros = even.toString(2).length - even.toString(2).replace(/0+$/, '').length;
  const odd = even >> BigInt(zeros);
  const bytes = Math.ceil(bitLength(n) / 8);
  for (let round = 0; round < ROUNDS; round++) {
    const base = round === 0 ? 2n : 2n + (bytesToNumber(random(bytes)) % (n - 3n));
    let x = modPow(base, odd, n);
    if (x === 1n || x === even) continue;
    let found = false;
    for (let i = 1; i < zeros && !found; i++) {
      x = (x * x) % n;
      found = x === even;
    }
    if (!found) return false;
  }
  return true;
}

/** Odd numbers looked at from one random start on. */
const SEGMENT = 4096;

/** A prime of exactly so many bits, the highest two of them set, with p - 1 and the exponent coprime. */
function generatePrime(bits: number, e: bigint, random: RandomBytes): bigint {
  const small = (primes ??= smallPrimes());
  for (;;) {
    const start = bytesToNumber(random(bits / 8)) | (3n << BigInt(bits - 2)) | 1n;
    const composite = new Uint8Array(SEGMENT);
    for (const prime of small) {
      // The first i with start + 2i divisible by the prime.
      const rest = Number(start % BigInt(prime));
      const first = rest === 0 ? 0 : (prime - rest) % 2 === 0 ? (prime - rest) / 2 : (2 * prime - rest) / 2;
      for (let i = first; i < SEGMENT; i += prime) composite[i] = 1;
    }
    for (let i = 0; i < SEGMENT; i++) {
      if (composite[i]) continue;
      const candidate = start + BigInt(2 * i);
      if (candidate >> BigInt(bits) !== 0n) break;
      if ((candidate - 1n) % e !== 0n && isProbablePrime(candidate, random)) return candidate;
    }
  }
}

/**
 * Makes a key pair.
 *
 * @param bits length of the modulus, a multiple of 16
 * @param e a prime
 */
export function generateKey(bits: number, e: number, random: RandomBytes): RsaPrivateKey {
  const exponent = BigInt(e);
  const p = generatePrime(bits / 2, exponent, random);
  for (;;) {
    const q = generatePrime(bits / 2, exponent, random);
    const distance = p > q ? p - q : q - p;
    // FIPS 186-4, B.3.3: the primes differ in their highest 100 bits.
    const key = bitLength(distance) > bits / 2 - 100 ? privateKeyOf(p * q, exponent, p) : undefined;
    if (key) return key;
  }
}

/** The key pair of a modulus and one of its primes; undefined when they do not belong together. */
export function privateKeyOf(n: bigint, e: bigint, p: bigint): RsaPrivateKey | undefined {
  if (p <= 1n || n % p !== 0n) return undefined;
  const q = n / p;
  const dP = modInverse(e, p - 1n);
  const dQ = q > 1n ? modInverse(e, q - 1n) : undefined;
  const qInv = modInverse(q, p);
  return dP === undefined || dQ === undefined || qInv === undefined ? undefined : { n, e, p, q, dP, dQ, qInv };
}

/** RSAEP (RFC 8017, 5.1.1). The message is below the modulus. */
export function rsaPublic({ n, e }: RsaPublicKey, message: bigint): bigint {
  return modPow(message, e, n);
}

/** RSADP (RFC 8017, 5.1.2). The message is below the modulus. */
export function rsaPrivate({ p, q, dP, dQ, qInv }: RsaPrivateKey, message: bigint): bigint {
  const m1 = modPow(message % p, dP, p);
  const m2 = modPow(message % q, dQ, q);
  const h = ((((m1 - m2) * qInv) % p) + p) % p;
  return m2 + q * h;
}

/** MGF1 (RFC 8017, B.2.1), xor'ed to the bytes. */
function masked(hashAlgorithm: number, seed: Uint8Array, bytes: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let counter = 0; counter * digestBytes(hashAlgorithm) < bytes.length; counter++) {
    blocks.push(hash(hashAlgorithm, seed, u32(counter)));
  }
  const mask = concat(...blocks);
  return bytes.map((byte, i) => byte ^ (mask[i] ?? 0));
}

/**
 * EME-OAEP encoding (RFC 8017, 7.1.1) for a modulus of `length` bytes; MGF1 has the same hash. Undefined when the
 * message is too long.
 *
 * @param label with its zero byte, as the TPM takes it (Part 1, B.4)
 */
export function oaepEncode(
  hashAlgorithm: number,
  label: Uint8Array,
  message: Uint8Array,
  length: number,
  random: RandomBytes,
): Uint8Array<ArrayBuffer> | undefined {
  const digest = digestBytes(hashAlgorithm);
  const zeros = length - message.length - 2 * digest - 2;
  if (zeros < 0) return undefined;
  const data = concat(hash(hashAlgorithm, label), new Uint8Array(zeros), Uint8Array.of(1), message);
  const seed = random(digest);
  const maskedData = masked(hashAlgorithm, seed, data);
  return concat(Uint8Array.of(0), masked(hashAlgorithm, maskedData, seed), maskedData);
}

/** EME-OAEP decoding; undefined when the bytes are no such encoding. */
export function oaepDecode(
  hashAlgorithm: number,
  label: Uint8Array,
  encoded: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const digest = digestBytes(hashAlgorithm);
  if (encoded.length < 2 * digest + 2 || encoded[0] !== 0) return undefined;
  const maskedData = encoded.slice(1 + digest);
  const seed = masked(hashAlgorithm, maskedData, encoded.slice(1, 1 + digest));
  const data = masked(hashAlgorithm, seed, maskedData);
  if (!equalBytes(data.slice(0, digest), hash(hashAlgorithm, label))) return undefined;
  let at = digest;
  while (at < data.length && data[at] === 0) at++;
  return data[at] === 1 ? new Uint8Array(data.slice(at + 1)) : undefined;
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
