/**
 * Which public areas there can be: attributes and schemes that fit together (Part 1, 25 to 27; Part 2, 8.3.3), in the
 * order of the reference implementation (Part 4 Object_spt). Functions give a response code, or undefined.
 */

import { constantValue } from '../tables/index';
import { digestBytes } from './crypto';
import {
  ALG_KEYEDHASH,
  ALG_NULL,
  ALG_SYMCIPHER,
  has,
  keyedHashScheme,
  rsaParameters,
  symmetricOf,
  type PublicArea,
  type SymmetricDefinition,
} from './public-area';
import type { TpmObject } from './state';

const ALG_HMAC = constantValue('TPM_ALG_HMAC');
const ALG_XOR = constantValue('TPM_ALG_XOR');
const SIGN_SCHEMES = ['TPM_ALG_RSASSA', 'TPM_ALG_RSAPSS'].map(constantValue);
const DECRYPT_SCHEMES = ['TPM_ALG_RSAES', 'TPM_ALG_OAEP'].map(constantValue);
const CIPHER_MODES = ['CTR', 'OFB', 'CBC', 'CFB', 'ECB', 'NULL'].map((mode) => constantValue(`TPM_ALG_${mode}`));

/** Template of a new object; `dataBytes` is how much secret data the caller gives. */
export function checkTemplate(
  parent: TpmObject | undefined,
  template: PublicArea,
  dataBytes: number,
): string | undefined {
  const byTpm = has(template, 'sensitiveDataOrigin');
  if (!byTpm && dataBytes === 0) return 'TPM_RC_ATTRIBUTES';
  if (parent && byTpm && dataBytes !== 0) return 'TPM_RC_ATTRIBUTES';
  return checkOrigin(template) ?? checkAttributes(parent, template);
}

/** Who may make the secret part: of an RSA key only the TPM. */
function checkOrigin(template: PublicArea): string | undefined {
  const byTpm = has(template, 'sensitiveDataOrigin');
  const isData = !has(template, 'sign') && !has(template, 'decrypt');
  if (template.type === ALG_KEYEDHASH && isData && byTpm) return 'TPM_RC_ATTRIBUTES';
  if (template.type !== ALG_KEYEDHASH && template.type !== ALG_SYMCIPHER)
    return byTpm ? undefined : 'TPM_RC_ATTRIBUTES';
  const isFixed = has(template, 'fixedParent') || has(template, 'fixedTPM');
  return has(template, 'restricted') && !byTpm && isFixed ? 'TPM_RC_ATTRIBUTES' : undefined;
}

/** Attributes of a public area under its parent; undefined is a hierarchy. */
export function checkAttributes(parent: TpmObject | undefined, area: PublicArea): string | undefined {
  if (area.nameAlg === ALG_NULL) return 'TPM_RC_HASH';
  if (area.authPolicy.length !== 0 && area.authPolicy.length !== digestBytes(area.nameAlg)) return 'TPM_RC_SIZE';
  const parentArea = parent?.publicArea;
  if (!parentArea || has(parentArea, 'fixedTPM')) {
    if (has(area, 'fixedParent') !== has(area, 'fixedTPM')) return 'TPM_RC_ATTRIBUTES';
  } else if (has(area, 'fixedTPM')) {
    return 'TPM_RC_ATTRIBUTES';
  }
  if (has(area, 'sign') === has(area, 'decrypt')) {
    if (has(area, 'restricted')) return 'TPM_RC_ATTRIBUTES';
    if (area.type !== ALG_KEYEDHASH && !has(area, 'sign')) return 'TPM_RC_ATTRIBUTES';
  }
  if (has(area, 'fixedTPM') && has(area, 'encryptedDuplication')) return 'TPM_RC_ATTRIBUTES';
  if (parentArea && !has(parentArea, 'fixedTPM')) {
    if (has(area, 'encryptedDuplication') !== has(parentArea, 'encryptedDuplication')) return 'TPM_RC_ATTRIBUTES';
  }
  return checkScheme(parent, area);
}

/** Scheme and cipher of a public area. */
export function checkScheme(parent: TpmObject | undefined, area: PublicArea): string | undefined {
  const rc =
    area.type === ALG_SYMCIPHER
      ? checkCipher(area)
      : area.type === ALG_KEYEDHASH
        ? checkKeyedHash(area)
        : checkRsaScheme(area);
  return rc ?? checkStorage(parent, area);
}

function checkCipher(area: PublicArea): string | undefined {
  const mode = symmetricOf(area)?.mode ?? ALG_NULL;
  return has(area, 'decrypt') && !CIPHER_MODES.includes(mode) ? 'TPM_RC_SCHEME' : undefined;
}

function checkKeyedHash(area: PublicArea): string | undefined {
  const { scheme, details } = keyedHashScheme(area) ?? { scheme: ALG_NULL };
  if (has(area, 'sign') === has(area, 'decrypt')) return scheme === ALG_NULL ? undefined : 'TPM_RC_SCHEME';
  if (has(area, 'sign')) return scheme === ALG_HMAC ? undefined : 'TPM_RC_SCHEME';
  if (scheme !== ALG_XOR) return 'TPM_RC_SCHEME';
  if (!has(area, 'restricted')) return undefined;
  if (details?.kdf !== constantValue('TPM_ALG_KDF1_SP800_108')) return 'TPM_RC_SCHEME';
  return digestBytes(details.hashAlg ?? ALG_NULL) === 0 ? 'TPM_RC_HASH' : undefined;
}

function checkRsaScheme(area: PublicArea): string | undefined {
  const { scheme, details } = rsaParameters(area)?.scheme ?? { scheme: ALG_NULL };
  const [sign, decrypt, restricted] = [has(area, 'sign'), has(area, 'decrypt'), has(area, 'restricted')];
  if (sign === decrypt) {
    if (scheme !== ALG_NULL) return 'TPM_RC_SCHEME';
  } else if (sign) {
    if (SIGN_SCHEMES.includes(scheme)) {
      if (details?.hashAlg === ALG_NULL) return 'TPM_RC_SCHEME';
    } else if (restricted || scheme !== ALG_NULL) return 'TPM_RC_SCHEME';
  } else if (scheme !== ALG_NULL && (restricted || !DECRYPT_SCHEMES.includes(scheme))) {
    return 'TPM_RC_SCHEME';
  }
  if (restricted && decrypt) return undefined;
  return symmetricOf(area)?.algorithm === ALG_NULL ? undefined : 'TPM_RC_SYMMETRIC';
}

/** A storage key has a cipher, and one that stays with its parent has the parent's hash and cipher. */
function checkStorage(parent: TpmObject | undefined, area: PublicArea): string | undefined {
  const symmetric = symmetricOf(area);
  if (!symmetric || !has(area, 'restricted') || !has(area, 'decrypt')) return undefined;
  if (symmetric.algorithm === ALG_NULL) return 'TPM_RC_SYMMETRIC';
  if (!parent || !has(area, 'fixedParent')) return undefined;
  if (area.nameAlg !== parent.publicArea.nameAlg) return 'TPM_RC_HASH';
  return isSameCipher(symmetric, symmetricOf(parent.publicArea)) ? undefined : 'TPM_RC_SYMMETRIC';
}

function isSameCipher(a: SymmetricDefinition, b: SymmetricDefinition | undefined): boolean {
  return a.algorithm === b?.algorithm && a.keyBits === b.keyBits && a.mode === b.mode;
}
