/** Templates of objects for tests. */

import type { FieldValues } from '../../emulator/tpm/codec';
import { attributes } from './client';

const NULL = { algorithm: 'TPM_ALG_NULL' };
export const AES_128_CFB = { algorithm: 'TPM_ALG_AES', keyBits: 128, mode: 'TPM_ALG_CFB' };
export const NO_SCHEME = { scheme: 'TPM_ALG_NULL' };
export const OAEP_SHA256 = { scheme: 'TPM_ALG_OAEP', details: { hashAlg: 'TPM_ALG_SHA256' } };
const NOTHING: Uint8Array = new Uint8Array();

const FIXED = ['fixedTPM', 'fixedParent', 'sensitiveDataOrigin', 'noDA'];

export interface RsaTemplate {
  readonly objectAttributes: number;
  readonly authPolicy?: Uint8Array;
  readonly symmetric?: FieldValues;
  readonly scheme?: FieldValues;
  readonly keyBits?: number;
  readonly exponent?: number;
  readonly nameAlg?: string;
  readonly unique?: Uint8Array;
}

export function rsa(template: RsaTemplate): FieldValues {
  const { objectAttributes, authPolicy = NOTHING, symmetric = NULL, scheme = NO_SCHEME } = template;
  const { keyBits = 2048, exponent = 0, nameAlg = 'TPM_ALG_SHA256', unique = NOTHING } = template;
  return {
    type: 'TPM_ALG_RSA',
    nameAlg,
    objectAttributes,
    authPolicy,
    parameters: { symmetric, scheme, keyBits, exponent },
    unique,
  };
}

/** A storage key, used by password. */
export const STORAGE = rsa({
  objectAttributes: attributes(...FIXED, 'userWithAuth', 'restricted', 'decrypt'),
  symmetric: AES_128_CFB,
});

/** A key that decrypts. */
export const DECRYPT = rsa({ objectAttributes: attributes(...FIXED, 'userWithAuth', 'decrypt') });

export function keyedHash(
  objectAttributes: number,
  scheme: FieldValues = NO_SCHEME,
  authPolicy = NOTHING,
): FieldValues {
  return {
    type: 'TPM_ALG_KEYEDHASH',
    nameAlg: 'TPM_ALG_SHA256',
    objectAttributes,
    authPolicy,
    parameters: { scheme },
    unique: NOTHING,
  };
}

/** Sealed data. */
export const SEALED = keyedHash(attributes('fixedTPM', 'fixedParent', 'noDA', 'userWithAuth'));

export function symCipher(objectAttributes: number, sym: FieldValues = AES_128_CFB): FieldValues {
  return {
    type: 'TPM_ALG_SYMCIPHER',
    nameAlg: 'TPM_ALG_SHA256',
    objectAttributes,
    authPolicy: NOTHING,
    parameters: { sym },
    unique: NOTHING,
  };
}

export const creation = (inPublic: FieldValues, userAuth = NOTHING, data = NOTHING): FieldValues => ({
  inSensitive: { userAuth, data },
  inPublic,
  outsideInfo: NOTHING,
  creationPCR: [],
});
