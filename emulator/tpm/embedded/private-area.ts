/** Secret areas outside of the TPM: encrypted to a parent, or for duplication (Part 1, 22 and 23.3). */

import { concat, equalBytes } from '../../common/bytes';
import type { RandomBytes } from '../../crypto/rsa-generation';
import { encodeType } from '../codec/index';
import { sized, takeDigest, takeSized } from './context-data';
import { AES_BLOCK_BYTES, aesCfb, digestBytes, hash, hmac, kdfa, padded } from './crypto';
import {
  asFields,
  decodeSensitive,
  symmetricOf,
  type PublicArea,
  type SensitiveArea,
  type SymmetricDefinition,
} from './public-area';
import type { TpmObject } from './state';

const NOTHING = new Uint8Array();
const ZERO_IV = new Uint8Array(AES_BLOCK_BYTES);

/** Keys of the outer wrap: cipher and integrity come from a seed, the cipher's from the name too. */
interface Protection {
  readonly hashAlg: number;
  readonly key: Uint8Array;
  readonly hmacKey: Uint8Array;
}

function protectionOf(parent: PublicArea, seed: Uint8Array, name: Uint8Array): Protection {
  const { nameAlg } = parent;
  const keyBits = symmetricOf(parent)?.keyBits ?? 128;
  return {
    hashAlg: nameAlg,
    key: kdfa(nameAlg, seed, 'STORAGE', name, NOTHING, keyBits),
    hmacKey: kdfa(nameAlg, seed, 'INTEGRITY', NOTHING, NOTHING, 8 * digestBytes(nameAlg)),
  };
}

/** The secret area as it is encrypted; the authorization value takes as many bytes as a digest. */
function marshal(sensitive: SensitiveArea, nameAlg: number): Uint8Array<ArrayBuffer> {
  const authValue = padded(sensitive.authValue, digestBytes(nameAlg));
  return sized(encodeType('TPMT_SENSITIVE', asFields({ ...sensitive, authValue })));
}

/** TPM2B_PRIVATE of an object under its parent. */
export function wrapPrivate(
  sensitive: SensitiveArea,
  name: Uint8Array,
  nameAlg: number,
  parent: TpmObject,
  random: RandomBytes,
): Uint8Array<ArrayBuffer> {
  const seed = parent.sensitive?.seedValue ?? NOTHING;
  const { hashAlg, key, hmacKey } = protectionOf(parent.publicArea, seed, name);
  const iv = random(AES_BLOCK_BYTES);
  const encrypted = concat(sized(iv), aesCfb('encrypt', key, iv, marshal(sensitive, nameAlg)));
  return concat(sized(hmac(hashAlg, hmacKey, encrypted, name)), encrypted);
}

/** Opens a TPM2B_PRIVATE: the secret area, or a response code. */
export function unwrapPrivate(blob: Uint8Array, name: Uint8Array, parent: TpmObject): SensitiveArea | string {
  const protection = protectionOf(parent.publicArea, parent.sensitive?.seedValue ?? NOTHING, name);
  const encrypted = checkIntegrity(blob, name, protection);
  if (typeof encrypted === 'string') return encrypted;
  const [iv, data] = takeSized(encrypted) ?? [];
  if (!iv || !data) return 'TPM_RC_INSUFFICIENT';
  if (iv.length !== AES_BLOCK_BYTES) return 'TPM_RC_VALUE';
  return decodeSensitive(aesCfb('decrypt', protection.key, iv, data)) ?? 'TPM_RC_SENSITIVE';
}

/** What follows the integrity value, when that is right. */
function checkIntegrity(blob: Uint8Array, name: Uint8Array, { hashAlg, hmacKey }: Protection): Uint8Array | string {
  const taken = takeDigest(blob);
  if (typeof taken === 'string') return taken;
  const [integrity, rest] = taken;
  return equalBytes(integrity, hmac(hashAlg, hmacKey, rest, name)) ? rest : 'TPM_RC_INTEGRITY';
}

/**
 * Opens what TPM2_Duplicate or a user made for TPM2_Import: the secret area, or a response code.
 *
 * @param seed of the outer wrap; empty for none
 * @param innerKey of the inner wrap, whose cipher is `symmetric`
 */
export function openDuplicate(
  blob: Uint8Array,
  name: Uint8Array,
  nameAlg: number,
  parent: TpmObject,
  seed: Uint8Array,
  symmetric: SymmetricDefinition | undefined,
  innerKey: Uint8Array,
): SensitiveArea | string {
  let data = blob;
  if (seed.length > 0) {
    const protection = protectionOf(parent.publicArea, seed, name);
    const encrypted = checkIntegrity(data, name, protection);
    if (typeof encrypted === 'string') return encrypted;
    data = aesCfb('decrypt', protection.key, ZERO_IV, encrypted);
  }
  if (symmetric) {
    const taken = takeDigest(aesCfb('decrypt', innerKey, ZERO_IV, data));
    if (typeof taken === 'string') return taken;
    const [integrity, rest] = taken;
    if (!equalBytes(integrity, hash(nameAlg, rest, name))) return 'TPM_RC_INTEGRITY';
    data = rest;
  }
  return decodeSensitive(data) ?? 'TPM_RC_SIZE';
}

/**
 * What TPM2_Import takes: the secret area encrypted with an inner key, then with the keys of a seed (Part 1, 23.3).
 *
 * @param seed as the new parent gets it in inSymSeed; empty for no outer encryption
 * @param innerKey of AES in CFB mode; empty for no inner encryption
 */
export function wrapDuplicate(
  sensitive: SensitiveArea,
  name: Uint8Array,
  nameAlg: number,
  parent: PublicArea,
  seed: Uint8Array,
  innerKey: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const secret = marshal(sensitive, nameAlg);
  const inner =
    innerKey.length === 0
      ? secret
      : aesCfb('encrypt', innerKey, ZERO_IV, concat(sized(hash(nameAlg, secret, name)), secret));
  if (seed.length === 0) return inner;
  const { hashAlg, key, hmacKey } = protectionOf(parent, seed, name);
  const encrypted = aesCfb('encrypt', key, ZERO_IV, inner);
  return concat(sized(hmac(hashAlg, hmacKey, encrypted, name)), encrypted);
}
