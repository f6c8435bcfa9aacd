/**
 * RSA (RFC 8017, PKCS #1 v2.2) over bigints: what runs in browsers, is deterministic, and is fast
 * enough for a key a boot (some milliseconds for 2048 bits).
 *
 * It is for an emulator: its time depends on the key. Do not decrypt for strangers with a key that matters.
 */

import { InputError } from '../common/errors';

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
 * @param d the private exponent, which nothing else needs
 * @throws InputError `bad-key`
 */
export function checkedPrivateKey(key: RsaPrivateKey, d: bigint): RsaPrivateKey {
  checkedPublicKey(key);
  const { n, e, p, q, dP, dQ, qInv } = key;
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
    if (digit !== '0') result = (result * (powers[Number.parseInt(digit, 16)] ?? 1n)) % modulus;
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

/** The key pair of a modulus and one of its primes; undefined when they do not belong together. */
export function privateKeyOf(n: bigint, e: bigint, p: bigint): RsaPrivateKey | undefined {
  if (p <= 1n || n % p !== 0n) return undefined;
  const q = n / p;
  const dP = modInverse(e, p - 1n);
  const dQ = q > 1n ? modInverse(e, q - 1n) : undefined;
  const qInv = modInverse(q, p);
  return dP === undefined || dQ === undefined || qInv === undefined ? undefined : { n, e, p, q, dP, dQ, qInv };
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
