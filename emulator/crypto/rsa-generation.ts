/** Making RSA keys. Random bytes come from the caller, so that the same source gives the same key. */

import { bytesToNumber } from '../common/bytes';
import { type RsaPrivateKey, modPow, privateKeyOf } from './rsa';

/** Gives so many random bytes. */
export type RandomBytes = (count: number) => Uint8Array;

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
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
