/** Opening what an ESM blob seals: the master key with a private key, digests and files with the master key. */

import { sha256 } from '@noble/hashes/sha2.js';
import { equalBytes, toHex } from '../../common/bytes';
import { InputError } from '../../common/errors';
import { gcmOpen } from '../../crypto/aes-gcm';
import type { RsaPrivateKey, RsaPublicKey } from '../../crypto/rsa';
import { oaepDecrypt } from '../../crypto/rsa-padding';
import { publicKeyPem } from '../../crypto/rsa-keys';
import type { EsmBlob, EsmLockbox, EsmSealed } from './blob';
import { type EsmDigests, readDigests } from './digests';

/** Bytes of the master key, which encrypts digests and files. */
export const SYMKEY_BYTES = 32;

export interface OpenedLockbox {
  readonly lockbox: EsmLockbox;
  /** The master key, 32 bytes. */
  readonly symkey: Uint8Array;
}

/** The fingerprint of a public key as lockboxes have it: SHA-256 of its file, `PUBLIC KEY` in PEM with a newline. */
export function fingerprintOf(key: RsaPublicKey): Uint8Array {
  return sha256(new TextEncoder().encode(publicKeyPem(key)));
}

/**
 * Opens a lockbox.
 *
 * @param name of the lockbox; without it, the one with the key's fingerprint
 * @throws InputError `esm-no-lockbox`: there is none of that name; `esm-not-authorized`: none has the key's fingerprint;
 *   `esm-wrong-key`: it has the fingerprint of another key, and this one does not open it; `esm-altered`
 */
export function openLockbox(blob: EsmBlob, key: RsaPrivateKey, name?: string): OpenedLockbox {
  const fingerprint = fingerprintOf(key);
  const lockbox = name === undefined ? authorized(blob, fingerprint) : named(blob, name);
  const symkey = oaepDecrypt(key, lockbox.encryptedSymkey);
  if (symkey?.length === SYMKEY_BYTES) return { lockbox, symkey };
  if (!equalBytes(lockbox.fingerprint, fingerprint)) {
    const text = `The key does not open ${lockbox.name}, which is for the key with fingerprint ${toHex(lockbox.fingerprint)}.`;
    throw new InputError('esm-wrong-key', text);
  }
  const text = `The encrypted-symkey of ${lockbox.name} was altered: the key with its fingerprint does not open it.`;
  throw new InputError('esm-altered', text);
}

function named(blob: EsmBlob, name: string): EsmLockbox {
  const lockbox = blob.lockboxes.find((each) => each.name === name);
  if (lockbox) return lockbox;
  const names = blob.lockboxes.map((each) => each.name).join(', ');
  throw new InputError('esm-no-lockbox', `The ESM blob has no ${name}; it has: ${names}.`);
}

function authorized(blob: EsmBlob, fingerprint: Uint8Array): EsmLockbox {
  const lockbox = blob.lockboxes.find((each) => equalBytes(each.fingerprint, fingerprint));
  if (lockbox) return lockbox;
  const known = blob.lockboxes.map((each) => `${each.name} (${toHex(each.fingerprint).slice(0, 16)}...)`).join(', ');
  const text =
    `No lockbox is for this key, whose fingerprint is ${toHex(fingerprint)}; the ESM blob has ${known}. ` +
    'Take another key, or name the lockbox when its public key was written in another way.';
  throw new InputError('esm-not-authorized', text);
}

/**
 * Opens digests or a file.
 *
 * @param what names it in the message: `file rootd`
 * @throws InputError `esm-altered`: the tag does not fit, because of another master key or altered iv, mac or ciphertext
 */
export function openSealed(sealed: EsmSealed, symkey: Uint8Array, what: string): Uint8Array {
  const plaintext = gcmOpen(symkey, sealed.iv, { ciphertext: sealed.ciphertext, tag: sealed.mac });
  if (plaintext) return plaintext;
  const text = `The ${what} of the ESM blob cannot be opened: iv, mac or ciphertext was altered, or it is of another master key.`;
  throw new InputError('esm-altered', text);
}

/**
 * The digests of the guest's software.
 *
 * @throws InputError `esm-no-digests`, `esm-altered`, `esm-bad-digests`
 */
export function openDigests(blob: EsmBlob, symkey: Uint8Array): EsmDigests {
  if (!blob.digests) {
    throw new InputError('esm-no-digests', 'The ESM blob has no digests: nobody measured the guest for it.');
  }
  return readDigests(openSealed(blob.digests, symkey, 'digests'));
}

/** The contents of a file. @throws InputError `esm-no-file`, `esm-altered` */
export function extractFile(blob: EsmBlob, symkey: Uint8Array, name: string): Uint8Array {
  const file = blob.files.find((each) => each.name === name);
  if (!file) throw noFile(blob, name);
  return openSealed(file, symkey, `file ${name}`);
}

export function noFile(blob: EsmBlob, name: string): InputError {
  const names = blob.files.map((each) => each.name).join(', ');
  return new InputError('esm-no-file', `The ESM blob has no file '${name}'; it has ${names || 'none'}.`);
}
