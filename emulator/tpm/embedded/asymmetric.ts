/** TPM2_RSA_Encrypt and TPM2_RSA_Decrypt (Part 3, 14), and secrets that callers encrypt to a key (Part 1, annex B.10). */

import { bytesToNumber, numberToBytes } from '../../common/bytes';
import { rsaPrivate, rsaPublic } from '../../crypto/rsa';
import type { RandomBytes } from '../../crypto/rsa-generation';
import { oaepDecode, oaepEncode, rsaesDecode, rsaesEncode } from '../../crypto/rsa-padding';
import { constantValue } from '../tables/index';
import { plainValue } from '../codec/index';
import { digestBytes, hashFunction, labelBytes } from './crypto';
import type { CommandContext, Handlers } from './dispatch';
import { rsaKeyPair, rsaPublicKey } from './keys';
import { ALG_NULL, ALG_RSA, has, rsaParameters, type Scheme } from './public-area';
import type { TpmObject } from './state';

const ALG_OAEP = constantValue('TPM_ALG_OAEP');
const ALG_RSAES = constantValue('TPM_ALG_RSAES');

/** Encrypts with the scheme: the encrypted bytes, or a response code. */
export function rsaEncrypt(
  key: TpmObject,
  scheme: Scheme,
  label: Uint8Array,
  message: Uint8Array,
  random: RandomBytes,
): Uint8Array<ArrayBuffer> | string {
  const publicKey = rsaPublicKey(key);
  if (!publicKey) return 'TPM_RC_KEY';
  const { length } = key.publicArea.unique;
  const encoded = encode(scheme, label, message, length, random);
  if (encoded === undefined) return 'TPM_RC_VALUE';
  if (typeof encoded === 'string') return encoded;
  const number = bytesToNumber(encoded);
  return number < publicKey.n ? numberToBytes(rsaPublic(publicKey, number), length) : 'TPM_RC_VALUE';
}

function encode(
  { scheme, details }: Scheme,
  label: Uint8Array,
  message: Uint8Array,
  length: number,
  random: RandomBytes,
): Uint8Array | string | undefined {
  switch (scheme) {
    case ALG_NULL:
      return message;
    case ALG_RSAES:
      return rsaesEncode(message, length, random);
    case ALG_OAEP:
      return oaepEncode(hashFunction(details?.hashAlg ?? ALG_NULL), label, message, length, random);
    default:
      return 'TPM_RC_SCHEME';
  }
}

/** Decrypts with the scheme: the message, or a response code; wrong padding is TPM_RC_VALUE. */
export function rsaDecrypt(
  { publicArea, sensitive }: TpmObject,
  { scheme, details }: Scheme,
  label: Uint8Array,
  cipherText: Uint8Array,
): Uint8Array<ArrayBuffer> | string {
  const { length } = publicArea.unique;
  if (cipherText.length !== length) return 'TPM_RC_SIZE';
  const pair = sensitive && rsaKeyPair(publicArea, sensitive);
  if (!pair) return 'TPM_RC_BINDING';
  const number = bytesToNumber(cipherText);
  if (number >= pair.n) return 'TPM_RC_SIZE';
  const encoded = numberToBytes(rsaPrivate(pair, number), length);
  switch (scheme) {
    case ALG_NULL:
      return encoded;
    case ALG_RSAES:
      return rsaesDecode(encoded) ?? 'TPM_RC_VALUE';
    case ALG_OAEP:
      return oaepDecode(hashFunction(details?.hashAlg ?? ALG_NULL), label, encoded) ?? 'TPM_RC_VALUE';
    default:
      return 'TPM_RC_SCHEME';
  }
}

/** A secret that was encrypted to a key for a purpose, such as `SECRET`: its bytes, or a response code. */
export function decryptSecret(key: TpmObject, purpose: string, encrypted: Uint8Array): Uint8Array | string {
  const { nameAlg } = key.publicArea;
  const own = rsaParameters(key.publicArea)?.scheme;
  if (!own) return 'TPM_RC_KEY';
  const scheme = own.scheme === ALG_NULL ? { scheme: ALG_OAEP, details: { hashAlg: nameAlg } } : own;
  const most = digestBytes(scheme.details?.hashAlg ?? ALG_NULL);
  if (scheme.scheme !== ALG_OAEP || most === 0) return 'TPM_RC_SCHEME';
  const secret = rsaDecrypt(key, scheme, labelBytes(purpose), encrypted);
  return typeof secret !== 'string' && secret.length > most ? 'TPM_RC_VALUE' : secret;
}

/** The scheme to use: the key's own and the command's must not contradict each other (Part 3, 14.2.1, table 40). */
function selectScheme(key: TpmObject, given: Scheme): Scheme | undefined {
  const own = rsaParameters(key.publicArea)?.scheme;
  if (!own || own.scheme === ALG_NULL) return given;
  if (given.scheme === ALG_NULL) return own;
  return own.scheme === given.scheme && own.details?.hashAlg === given.details?.hashAlg ? given : undefined;
}

interface RsaUse {
  readonly key: TpmObject;
  readonly scheme: Scheme;
  readonly label: Uint8Array;
}

/** What both commands check; `decrypts` asks for a key that is not restricted. */
function checkUse(context: CommandContext, decrypts: boolean): RsaUse | ReturnType<CommandContext['refuse']> {
  const key = context.object('keyHandle');
  if (key?.publicArea.type !== ALG_RSA) return context.refuse('TPM_RC_KEY', 'keyHandle');
  if (!has(key.publicArea, 'decrypt') || (decrypts && has(key.publicArea, 'restricted'))) {
    return context.refuse('TPM_RC_ATTRIBUTES', 'keyHandle');
  }
  const label = context.bytes('label');
  if (label.length > 0 && label.at(-1) !== 0) return context.refuse('TPM_RC_VALUE', 'label');
  const given = context.node('inScheme');
  const scheme = given && selectScheme(key, plainValue(given) as unknown as Scheme);
  return scheme ? { key, scheme, label } : context.refuse('TPM_RC_SCHEME', 'inScheme');
}

function encryptCommand(context: CommandContext): ReturnType<Handlers[string]> {
  const use = checkUse(context, false);
  if ('rc' in use) return use;
  const random: RandomBytes = (count) => context.drbg.generate(count);
  const outData = rsaEncrypt(use.key, use.scheme, use.label, context.bytes('message'), random);
  return typeof outData === 'string' ? context.refuse(outData) : { outData };
}

function decryptCommand(context: CommandContext): ReturnType<Handlers[string]> {
  const use = checkUse(context, true);
  if ('rc' in use) return use;
  const message = rsaDecrypt(use.key, use.scheme, use.label, context.bytes('cipherText'));
  return typeof message === 'string' ? context.refuse(message) : { message };
}

export const ASYMMETRIC_HANDLERS: Handlers = { TPM2_RSA_Encrypt: encryptCommand, TPM2_RSA_Decrypt: decryptCommand };
