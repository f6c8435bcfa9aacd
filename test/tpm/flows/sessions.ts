/** Flows of sessions: starting them, HMACs, encrypted parameters. */

import { fromHex } from '../../../emulator/common/bytes';
import type { FieldValues } from '../../../emulator/tpm/codec';
import { oaepEncrypt, type Auth, type ClientSession, type TpmClient } from '../client';
import { AES_128_CFB, DECRYPT, SEALED } from '../templates';
import { type Flow, NOTHING, PASSWORD, WRONG, primary, child, decrypt, flushAll } from './shared';

export const sessions: Flow = async (tpm) => {
  const storage = await primary(tpm);
  const key = await child(tpm, storage.objectHandle, DECRYPT, PASSWORD);
  const cipherText = oaepEncrypt(key.outPublic, fromHex('000102030405'));
  const use = decrypt(key.objectHandle, cipherText);
  const saltKey = { handle: storage.objectHandle, area: storage.outPublic };
  const bind = { handle: key.objectHandle, authValue: PASSWORD };
  const variants = [
    {},
    { saltKey },
    { bind },
    { saltKey, bind },
    { cipher: 'xor' as const },
    { cipher: 'none' as const },
    { keyBits: 256, bind },
    { hash: 'TPM_ALG_SHA1', saltKey },
    { hash: 'TPM_ALG_SHA384' },
    { hash: 'TPM_ALG_SHA512', cipher: 'xor' as const, saltKey },
  ];
  for (const variant of variants) {
    const session = await tpm.startSession('TPM_SE_HMAC', variant);
    const auth: Auth = { session, authValue: PASSWORD };
    await tpm.run('TPM2_RSA_Decrypt', use, [auth]);
    await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, encrypt: true }]);
    await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, decrypt: true }]);
    await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, decrypt: true, encrypt: true }]);
    await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, tamper: (hmac) => hmac.map((byte) => byte ^ 1) }]);
    await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, authValue: WRONG, includeAuth: true }]);
    await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, tamper: () => NOTHING }]);
    await tpm.run('TPM2_GetRandom', { bytesRequested: 8 }, [{ session, encrypt: true }]);
    await tpm.run('TPM2_GetRandom', { bytesRequested: 8 }, [{ session, audit: true }]);
    await tpm.run('TPM2_GetRandom', { bytesRequested: 8 }, [{ session }]);
    await tpm.run('TPM2_GetRandom', { bytesRequested: 8 }, [{ session, decrypt: true }]);
    await tpm.run('TPM2_StirRandom', { inData: fromHex('0102') }, [{ session, decrypt: true, audit: true }]);
    await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, end: true }]);
    await tpm.run('TPM2_RSA_Decrypt', use, [auth]);
    await tpm.flush(session.handle);
  }
  await tpm.flush(storage.objectHandle);
  const [first, second, third] = [
    await tpm.startSession('TPM_SE_HMAC'),
    await tpm.startSession('TPM_SE_HMAC', { bind }),
    await tpm.startSession('TPM_SE_HMAC', { cipher: 'xor' }),
  ] as [ClientSession, ClientSession, ClientSession];
  await tpm.run('TPM2_StartAuthSession', sessionFields(tpm));
  const a: Auth = { session: first, authValue: PASSWORD };
  const three: (readonly Auth[])[] = [
    [a, { session: second, encrypt: true }, { session: third, decrypt: true }],
    [a, { session: second, encrypt: true, decrypt: true }, { session: third, audit: true }],
    [
      { ...a, encrypt: true },
      { session: second, decrypt: true },
    ],
    [{ password: PASSWORD }, { session: second, encrypt: true, decrypt: true }],
    [{ password: PASSWORD }, { session: first, encrypt: true }, { session: second, encrypt: true }],
    [{ password: PASSWORD }, { session: first, decrypt: true }, { session: second, decrypt: true }],
    [{ password: PASSWORD }, { session: first, audit: true }, { session: second, audit: true }],
    [{ password: PASSWORD }, { session: first, encrypt: true }, { session: first, decrypt: true }],
    [{ password: PASSWORD }, { session: first }],
    [{ password: PASSWORD }, { password: PASSWORD }],
    [
      { session: second, authValue: PASSWORD },
      { session: first, encrypt: true },
    ],
    [a, { session: second, encrypt: true, tamper: (hmac) => hmac.map((byte) => byte ^ 1) }],
  ];
  for (const auths of three) await tpm.run('TPM2_RSA_Decrypt', use, auths);
  await flushAll(tpm);
};

export function sessionFields(tpm: TpmClient, change: FieldValues = {}): FieldValues {
  return {
    tpmKey: 'TPM_RH_NULL',
    bind: 'TPM_RH_NULL',
    nonceCaller: tpm.nonce(),
    encryptedSalt: NOTHING,
    sessionType: 'TPM_SE_HMAC',
    symmetric: AES_128_CFB,
    authHash: 'TPM_ALG_SHA256',
    ...change,
  };
}

export const starting: Flow = async (tpm) => {
  const storage = await primary(tpm);
  const sealed = await child(tpm, storage.objectHandle, SEALED, NOTHING, fromHex('01'));
  const { name: _, outPublic } = await tpm.must('TPM2_ReadPublic', { objectHandle: storage.objectHandle });
  const outside = await tpm.must('TPM2_LoadExternal', {
    inPrivate: NOTHING,
    inPublic: outPublic,
    hierarchy: 'TPM_RH_OWNER',
  });
  const salt = oaepEncrypt(outPublic, new Uint8Array(32), 'SECRET');
  const changes: FieldValues[] = [
    { nonceCaller: new Uint8Array(15) },
    { nonceCaller: new Uint8Array(16) },
    { nonceCaller: new Uint8Array(33) },
    { nonceCaller: new Uint8Array(33), authHash: 'TPM_ALG_SHA384' },
    { authHash: 'TPM_ALG_NULL' },
    { authHash: 'TPM_ALG_SM3_256' },
    { sessionType: 2 },
    { sessionType: 'TPM_SE_POLICY' },
    { sessionType: 'TPM_SE_TRIAL' },
    { encryptedSalt: fromHex('00') },
    { tpmKey: storage.objectHandle },
    { tpmKey: storage.objectHandle, encryptedSalt: salt },
    { tpmKey: storage.objectHandle, encryptedSalt: salt.slice(1) },
    { tpmKey: storage.objectHandle, encryptedSalt: oaepEncrypt(outPublic, new Uint8Array(33), 'SECRET') },
    { tpmKey: storage.objectHandle, encryptedSalt: oaepEncrypt(outPublic, new Uint8Array(32), 'OTHER') },
    { tpmKey: storage.objectHandle, encryptedSalt: new Uint8Array(512) },
    { tpmKey: sealed.objectHandle, encryptedSalt: salt },
    { tpmKey: outside.objectHandle, encryptedSalt: salt },
    { tpmKey: 0x8100_0000 },
    { bind: outside.objectHandle },
    { bind: sealed.objectHandle },
    { bind: 'TPM_RH_OWNER' },
    { bind: 'TPM_RH_LOCKOUT' },
    { bind: 4 },
    { bind: 24 },
    { bind: 0x0100_0001 },
    { bind: 0x4000_0010 },
    { bind: 'TPM_RS_PW' },
    { symmetric: { algorithm: 'TPM_ALG_NULL' } },
    { symmetric: { algorithm: 'TPM_ALG_XOR', keyBits: 'TPM_ALG_SHA256' } },
    { symmetric: { algorithm: 'TPM_ALG_XOR', keyBits: 'TPM_ALG_NULL' } },
    { symmetric: { ...AES_128_CFB, mode: 'TPM_ALG_CBC' } },
    { symmetric: { ...AES_128_CFB, mode: 'TPM_ALG_NULL' } },
    { symmetric: { ...AES_128_CFB, keyBits: 192 } },
    { symmetric: { ...AES_128_CFB, algorithm: 'TPM_ALG_SM4' } },
  ];
  for (const change of changes) {
    const { fields } = await tpm.run('TPM2_StartAuthSession', sessionFields(tpm, change));
    if (fields.sessionHandle !== undefined) await tpm.flush(fields.sessionHandle);
  }
  await flushAll(tpm);
};
