/** The secret parts of objects: making them, and whether they fit their public areas (Part 1, 27; Part 4 CryptUtil). */

import { bytesToNumber, concat, equalBytes, numberToBytes } from '../../common/bytes';
import { type RsaPrivateKey, type RsaPublicKey, privateKeyOf } from '../../crypto/rsa';
import { type RandomBytes, generateKey, isSmallPrime } from '../../crypto/rsa-generation';
import { digestBytes, hash, hashBlockBytes, hmac } from './crypto';
import {
  ALG_NULL,
  ALG_RSA,
  ALG_SYMCIPHER,
  DEFAULT_EXPONENT,
  has,
  keyedHashScheme,
  rsaParameters,
  symmetricOf,
  type PublicArea,
  type RsaParameters,
  type SensitiveArea,
} from './public-area';
import type { TpmObject } from './state';

export interface KeySource {
  readonly random: RandomBytes;
  /** Mixes secrets into the source before the seed of the object is made; for primary objects only. */
  readonly stir?: () => void;
}

export interface NewKey {
  readonly publicArea: PublicArea;
  readonly sensitive: SensitiveArea;
}

function exponentOf({ exponent }: RsaParameters): number {
  return exponent === 0 ? DEFAULT_EXPONENT : exponent;
}

/**
 * Makes the secret part of a template that was checked: gives both areas, or a response code.
 *
 * @param data the caller's secret data; what the TPM is to make itself is not taken from it
 */
export function createKey(
  template: PublicArea,
  authValue: Uint8Array,
  data: Uint8Array,
  { random, stir }: KeySource,
): NewKey | string {
  const given = has(template, 'sensitiveDataOrigin') ? new Uint8Array() : data;
  const secret =
    template.type === ALG_RSA ? newRsaSecret(template, random) : newSymmetricSecret(template, given, random);
  if (typeof secret === 'string') return secret;
  stir?.();
  const seed = random(digestBytes(template.nameAlg));
  // Only storage keys and symmetric objects keep a seed.
  const keepsSeed = template.type !== ALG_RSA || (!has(template, 'sign') && has(template, 'restricted'));
  const sensitive: SensitiveArea = {
    sensitiveType: template.type,
    authValue,
    seedValue: keepsSeed ? seed : new Uint8Array(),
    sensitive: secret.sensitive,
  };
  const unique = secret.unique ?? symmetricUnique(template, sensitive);
  return { publicArea: { ...template, unique }, sensitive };
}

interface Secret {
  readonly sensitive: Uint8Array;
  /** Undefined when it follows from secret and seed. */
  readonly unique?: Uint8Array;
}

function newRsaSecret(template: PublicArea, random: RandomBytes): Secret | string {
  const parameters = rsaParameters(template);
  if (!parameters) return 'TPM_RC_TYPE';
  const e = exponentOf(parameters);
  if (e < DEFAULT_EXPONENT || (e !== DEFAULT_EXPONENT && !isSmallPrime(e))) return 'TPM_RC_RANGE';
  const { keyBits } = parameters;
  const key = generateKey(keyBits, e, random);
  return { sensitive: numberToBytes(key.p, keyBits / 16), unique: numberToBytes(key.n, keyBits / 8) };
}

function newSymmetricSecret(template: PublicArea, given: Uint8Array, random: RandomBytes): Secret | string {
  if (template.type === ALG_SYMCIPHER) {
    const bytes = (symmetricOf(template)?.keyBits ?? 0) / 8;
    if (given.length === 0) return { sensitive: random(bytes) };
    return given.length === bytes ? { sensitive: given } : 'TPM_RC_KEY_SIZE';
  }
  const scheme = keyedHashScheme(template);
  const algorithm = scheme?.details?.hashAlg ?? template.nameAlg;
  if (given.length === 0) return { sensitive: random(digestBytes(algorithm)) };
  const isKey = has(template, 'decrypt') || has(template, 'sign');
  return isKey && given.length > hashBlockBytes(algorithm) ? 'TPM_RC_SIZE' : { sensitive: given };
}

/** `unique` of a symmetric object: it follows from seed and secret (Part 1, 27.5.3). */
function symmetricUnique(area: PublicArea, { seedValue, sensitive }: SensitiveArea): Uint8Array {
  return has(area, 'restricted') && has(area, 'decrypt')
    ? hmac(area.nameAlg, seedValue, sensitive)
    : hash(area.nameAlg, seedValue, sensitive);
}

/** A response code and whether the public or the secret area is to blame; `neither` gets no number. */
export interface KeyFault {
  readonly rc: string;
  readonly blame: 'public' | 'sensitive' | 'neither';
}

function fault(rc: string, blame: KeyFault['blame']): KeyFault {
  return { rc, blame };
}

/** Whether a secret area can belong to its public area, or what is wrong (Part 3, 12.3; 13.3). */
export function checkKeys(area: PublicArea, sensitive: SensitiveArea | undefined): KeyFault | undefined {
  const digest = digestBytes(area.nameAlg);
  if (sensitive) {
    if (area.type !== sensitive.sensitiveType) return fault('TPM_RC_TYPE', 'sensitive');
    if (digest > 0 && sensitive.authValue.length > digest) return fault('TPM_RC_SIZE', 'sensitive');
  }
  const found = area.type === ALG_RSA ? checkRsa(area, sensitive) : checkSymmetric(area, sensitive, digest);
  if (found) return found;
  if (!sensitive || area.nameAlg === ALG_NULL || !has(area, 'restricted') || !has(area, 'decrypt')) return undefined;
  const { length } = sensitive.seedValue;
  return length < digest / 2 || length > digest ? fault('TPM_RC_SIZE', 'sensitive') : undefined;
}

function checkRsa(area: PublicArea, sensitive: SensitiveArea | undefined): KeyFault | undefined {
  const parameters = rsaParameters(area);
  if (!parameters) return fault('TPM_RC_TYPE', 'public');
  const bytes = parameters.keyBits / 8;
  if (area.unique.length !== bytes || (area.unique[0] ?? 0) < 0x80) return fault('TPM_RC_KEY', 'public');
  if (parameters.exponent !== 0 && parameters.exponent < 7) return fault('TPM_RC_VALUE', 'public');
  if (!sensitive) return undefined;
  const prime = sensitive.sensitive;
  return prime.length * 2 !== bytes || (prime[0] ?? 0) < 0x80 ? fault('TPM_RC_KEY_SIZE', 'sensitive') : undefined;
}

/** Bytes of sealed data that an object may have. */
const MAX_SYM_DATA = 128;

function checkSymmetric(area: PublicArea, sensitive: SensitiveArea | undefined, digest: number): KeyFault | undefined {
  if (!sensitive) return area.unique.length === digest ? undefined : fault('TPM_RC_KEY', 'public');
  const secretBytes = sensitive.sensitive.length;
  if (area.type === ALG_SYMCIPHER) {
    if (secretBytes !== (symmetricOf(area)?.keyBits ?? 0) / 8) return fault('TPM_RC_KEY_SIZE', 'sensitive');
  } else {
    const hashAlg = keyedHashScheme(area)?.details?.hashAlg;
    const most = hashAlg === undefined ? MAX_SYM_DATA : hashBlockBytes(hashAlg);
    if (secretBytes > most) return fault('TPM_RC_KEY_SIZE', 'sensitive');
  }
  if (area.nameAlg === ALG_NULL) return undefined;
  if (sensitive.seedValue.length !== digest) return fault('TPM_RC_KEY_SIZE', 'sensitive');
  return equalBytes(area.unique, symmetricUnique(area, sensitive)) ? undefined : fault('TPM_RC_BINDING', 'neither');
}

/** The public key of an RSA object, or undefined for another one. */
export function rsaPublicKey({ publicArea }: TpmObject): RsaPublicKey | undefined {
  const parameters = rsaParameters(publicArea);
  return parameters && { n: bytesToNumber(publicArea.unique), e: BigInt(exponentOf(parameters)) };
}

/** Key pairs by their secret areas: making one costs two inversions. */
const keyPairs = new WeakMap<SensitiveArea, RsaPrivateKey>();

/** The key pair of an RSA object; undefined when public and secret area do not belong together. */
export function rsaKeyPair(publicArea: PublicArea, sensitive: SensitiveArea): RsaPrivateKey | undefined {
  const known = keyPairs.get(sensitive);
  if (known) return known;
  const parameters = rsaParameters(publicArea);
  if (!parameters) return undefined;
  const e = BigInt(exponentOf(parameters));
  const pair = privateKeyOf(bytesToNumber(publicArea.unique), e, bytesToNumber(sensitive.sensitive));
  if (pair) keyPairs.set(sensitive, pair);
  return pair;
}

/** What a source of primary objects begins with (Part 1, 14.4). */
export const PRIMARY_LABEL = 'Primary Object Creation';

/** Personalization of the generator of a primary object: the template's name and the caller's data. */
export function primaryPersonalization(templateName: Uint8Array, data: Uint8Array): Uint8Array {
  return concat(templateName, data);
}
