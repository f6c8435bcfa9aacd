/** What the machine's firmware and the ultravisor do. */

import { fromHex } from '../../../emulator/common/bytes';
import type { FieldValues } from '../../../emulator/tpm/codec';
import { attributes, oaepEncrypt, type Auth, type TpmClient } from '../client';
import { NO_SCHEME, OAEP_SHA256, rsa, STORAGE, creation } from '../templates';
import { type Flow, NOTHING, WRONG, primary, decrypt, pcrs } from './shared';

export const ULTRAVISOR_POLICIES = {
  a: fromHex('8dbd2aa10f701b1eda230fa8a38803d342f3b48c2ffcbed56c04674c79dff00f'),
  b: fromHex('9795d78f53de94401899cc2d5ba76007b3d4dad85bf95cabeeba04d0f98b502e'),
  either: fromHex('e86c7354251aa8e6ce27fddc541946f48120ff95c3d7a4d343f463321bd3e55c'),
};

const WRAPPING = rsa({
  objectAttributes: attributes('decrypt', 'sensitiveDataOrigin', 'noDA', 'encryptedDuplication'),
  authPolicy: ULTRAVISOR_POLICIES.either,
  scheme: OAEP_SHA256,
});

/** What the ultravisor needs to know of the wrapping key. */
export interface WrappingKey {
  readonly handle: number;
  readonly password: Uint8Array;
  readonly policyA: Uint8Array;
  readonly policyB: Uint8Array;
}

/** The ultravisor opens the key of an ESM blob (open-power ultravisor, uv/tssuv.c): the message, or a response code. */
export async function ultravisorDecrypt(
  tpm: TpmClient,
  { handle, password, policyA, policyB }: WrappingKey,
  cipherText: Uint8Array,
  skip?: string,
): Promise<Uint8Array | string> {
  await tpm.must('TPM2_ReadPublic', { objectHandle: handle });
  const session = await tpm.startSession('TPM_SE_POLICY');
  const policySession = session.handle;
  const steps: [string, FieldValues][] = [
    ['TPM2_PolicyCommandCode', { code: 'TPM_CC_RSA_Decrypt' }],
    ['TPM2_PolicyAuthValue', {}],
    ['TPM2_PolicyOR', { pHashList: [policyA, policyB] }],
  ];
  for (const [name, fields] of steps) if (name !== skip) await tpm.run(name, { policySession, ...fields });
  const auth: Auth = { session, authValue: password, includeAuth: skip !== 'TPM2_PolicyAuthValue', encrypt: true };
  const { rc, fields } = await tpm.run('TPM2_RSA_Decrypt', decrypt(handle, cipherText, NO_SCHEME), [auth]);
  await tpm.flush(session.handle);
  return fields.message ?? rc;
}

/** The whole flow: firmware sets the key up, the ultravisor uses it, and some who may not try. */
export const ultravisor: Flow = async (tpm) => {
  const [parentHandle, handle] = [0x8180_0000, 0x8180_0001];
  const policy = { policyA: ULTRAVISOR_POLICIES.a, policyB: ULTRAVISOR_POLICIES.b };
  const persist = async (objectHandle: number, persistentHandle: number): Promise<void> => {
    await tpm.run('TPM2_EvictControl', { auth: 'TPM_RH_PLATFORM', objectHandle, persistentHandle });
  };
  const install = async (inPrivate: Uint8Array, inPublic: FieldValues): Promise<void> => {
    const loaded = await tpm.must('TPM2_Load', { parentHandle, inPrivate, inPublic });
    await persist(loaded.objectHandle, handle);
    await tpm.flush(loaded.objectHandle);
  };
  const parent = await primary(tpm, STORAGE, 'TPM_RH_PLATFORM');
  await persist(parent.objectHandle, parentHandle);
  await tpm.flush(parent.objectHandle);
  await tpm.must('TPM2_ReadPublic', { objectHandle: parentHandle });
  const key = await tpm.must('TPM2_Create', { parentHandle, ...creation(WRAPPING) });
  await install(key.outPrivate, key.outPublic);

  await tpm.must('TPM2_ReadPublic', { objectHandle: handle });
  const newPassword = async (password: Uint8Array): Promise<void> => {
    const session = await tpm.startSession('TPM_SE_POLICY', { cipher: 'none' });
    const policySession = session.handle;
    await tpm.run('TPM2_PolicyCommandCode', { policySession, code: 'TPM_CC_ObjectChangeAuth' });
    await tpm.run('TPM2_PolicyPCR', { policySession, pcrDigest: NOTHING, pcrs: pcrs('000001') });
    await tpm.run('TPM2_PolicyOR', { policySession, pHashList: [policy.policyA, policy.policyB] });
    const change = { objectHandle: handle, parentHandle, newAuth: password };
    const { fields } = await tpm.run('TPM2_ObjectChangeAuth', change, [{ session }]);
    if (fields.outPrivate) {
      await persist(handle, handle);
      await install(fields.outPrivate, key.outPublic);
    }
    await tpm.flush(session.handle);
  };
  const password = new Uint8Array(16).fill(7);
  await newPassword(password);
  const cipherText = oaepEncrypt(key.outPublic, new Uint8Array(32).fill(9));
  const wrapping = { handle, password, ...policy };
  await ultravisorDecrypt(tpm, wrapping, cipherText);
  await ultravisorDecrypt(tpm, { ...wrapping, password: WRONG }, cipherText);
  await ultravisorDecrypt(tpm, { ...wrapping, policyB: new Uint8Array(32) }, cipherText);
  await ultravisorDecrypt(tpm, wrapping, new Uint8Array(256).fill(1));
  await ultravisorDecrypt(tpm, wrapping, cipherText.slice(1));
  for (const skip of ['TPM2_PolicyCommandCode', 'TPM2_PolicyAuthValue', 'TPM2_PolicyOR']) {
    await ultravisorDecrypt(tpm, wrapping, cipherText, skip);
  }
  await tpm.run('TPM2_RSA_Decrypt', decrypt(handle, cipherText, NO_SCHEME), [{ password }]);
  await tpm.must('TPM2_PCR_Extend', {
    pcrHandle: 16,
    digests: [{ hashAlg: 'TPM_ALG_SHA256', digest: new Uint8Array(32) }],
  });
  await newPassword(new Uint8Array(16).fill(8));
  await ultravisorDecrypt(tpm, wrapping, cipherText);
};
