/** What flows have in common. A flow runs on any TPM and expects nothing: its answers are compared. */

import { fromHex } from '../../../emulator/common/bytes';
import type { FieldValues } from '../../../emulator/tpm/codec';
import { attributes, type Fields, type TpmClient } from '../client';
import { OAEP_SHA256, STORAGE, creation } from '../templates';

export type Flow = (tpm: TpmClient) => Promise<void>;

export const NOTHING: Uint8Array = new Uint8Array();
export const PASSWORD: Uint8Array = fromHex('70617373');
export const WRONG = fromHex('77726f6e67');

export async function primary(
  tpm: TpmClient,
  template: FieldValues = STORAGE,
  hierarchy = 'TPM_RH_OWNER',
): Promise<Fields> {
  return tpm.must('TPM2_CreatePrimary', { primaryHandle: hierarchy, ...creation(template) });
}

/** A loaded child, with its public area. */
export async function child(
  tpm: TpmClient,
  parentHandle: number,
  template: FieldValues,
  userAuth = NOTHING,
  data = NOTHING,
): Promise<Fields> {
  const { outPrivate, outPublic } = await tpm.must('TPM2_Create', {
    parentHandle,
    ...creation(template, userAuth, data),
  });
  const loaded = await tpm.must('TPM2_Load', { parentHandle, inPrivate: outPrivate, inPublic: outPublic });
  return { ...loaded, outPrivate, outPublic };
}

export const decrypt = (
  keyHandle: number,
  cipherText: Uint8Array,
  inScheme: FieldValues = OAEP_SHA256,
): FieldValues => ({
  keyHandle,
  cipherText,
  inScheme,
  label: NOTHING,
});

/** Frees what a flow can have left in slots. */
export async function flushAll(tpm: TpmClient): Promise<void> {
  for (let slot = 0; slot < 3; slot++) {
    await tpm.flush(0x8000_0000 + slot);
    await tpm.flush(0x0200_0000 + slot);
    await tpm.flush(0x0300_0000 + slot);
  }
}

export const SIGN = attributes('fixedTPM', 'fixedParent', 'sensitiveDataOrigin', 'noDA', 'userWithAuth', 'sign');
export const FREE = attributes('sensitiveDataOrigin', 'noDA', 'userWithAuth');
export const D = attributes('decrypt');
export const S = attributes('sign');
export const R = attributes('restricted');
export const FIXED = attributes('fixedTPM', 'fixedParent');
export const DUPLICATION = attributes('encryptedDuplication');
export const RSASSA = { scheme: 'TPM_ALG_RSASSA', details: { hashAlg: 'TPM_ALG_SHA256' } };
export const HMAC = { scheme: 'TPM_ALG_HMAC', details: { hashAlg: 'TPM_ALG_SHA256' } };
export const XOR = { scheme: 'TPM_ALG_XOR', details: { hashAlg: 'TPM_ALG_SHA256', kdf: 'TPM_ALG_KDF1_SP800_108' } };

export const pcrs = (bytes: string, hash = 'TPM_ALG_SHA256'): FieldValues[] => [{ hash, pcrSelect: fromHex(bytes) }];
