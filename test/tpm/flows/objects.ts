/** Flows of objects: loading, RSA encryption, NV memory, objects from outside, lockout. */

import { concat, fromHex } from '../../../emulator/common/bytes';
import type { FieldValues } from '../../../emulator/tpm/codec';
import { attributes, oaepEncrypt } from '../client';
import { AES_128_CFB, DECRYPT, NO_SCHEME, OAEP_SHA256, rsa, SEALED, STORAGE, creation, keyedHash } from '../templates';
import {
  type Flow,
  NOTHING,
  PASSWORD,
  WRONG,
  primary,
  child,
  decrypt,
  flushAll,
  FREE,
  D,
  S,
  R,
  FIXED,
  RSASSA,
  HMAC,
} from './shared';

export const objects: Flow = async (tpm) => {
  await tpm.run('TPM2_ReadPublic', { objectHandle: 0x8000_0000 });
  await tpm.run('TPM2_ReadPublic', { objectHandle: 0x8000_0003 });
  await tpm.run('TPM2_ReadPublic', { objectHandle: 0x8100_0000 });
  await tpm.run('TPM2_ReadPublic', { objectHandle: 0x8180_0000 });
  const parent = await primary(tpm);
  await tpm.must('TPM2_ReadPublic', { objectHandle: parent.objectHandle });
  const key = await child(tpm, parent.objectHandle, DECRYPT, PASSWORD);
  await tpm.must('TPM2_ReadPublic', { objectHandle: key.objectHandle });
  const cipherText = oaepEncrypt(key.outPublic, fromHex('0102'));
  await tpm.run('TPM2_RSA_Decrypt', decrypt(key.objectHandle, cipherText), [{ password: PASSWORD }]);
  await tpm.run('TPM2_RSA_Decrypt', decrypt(key.objectHandle, cipherText), [
    { password: concat(PASSWORD, NOTHING, fromHex('00')) },
  ]);
  await tpm.run('TPM2_RSA_Decrypt', decrypt(key.objectHandle, cipherText), [{ password: WRONG }]);
  await tpm.run('TPM2_RSA_Decrypt', decrypt(key.objectHandle, cipherText), [{}]);
  await tpm.run('TPM2_RSA_Decrypt', decrypt(key.objectHandle, cipherText), []);
  await tpm.run('TPM2_RSA_Decrypt', decrypt(parent.objectHandle, cipherText));
  const load = { parentHandle: parent.objectHandle, inPrivate: key.outPrivate, inPublic: key.outPublic };
  await tpm.run('TPM2_Load', { ...load, parentHandle: key.objectHandle }, [{ password: PASSWORD }]);
  await tpm.run('TPM2_Load', { ...load, inPrivate: NOTHING });
  const broken = new Uint8Array(key.outPrivate);
  broken[60]! ^= 1;
  await tpm.run('TPM2_Load', { ...load, inPrivate: broken });
  await tpm.run('TPM2_Load', { ...load, inPrivate: broken.slice(0, 1) });
  await tpm.run('TPM2_Load', { ...load, inPrivate: broken.slice(0, 20) });
  await tpm.run('TPM2_Load', { ...load, inPublic: { ...key.outPublic, authPolicy: new Uint8Array(32) } });
  await tpm.must('TPM2_Load', load);
  await tpm.run('TPM2_Load', load);
  await tpm.run('TPM2_Create', { parentHandle: parent.objectHandle, ...creation(DECRYPT) });
  await tpm.run('TPM2_CreatePrimary', { primaryHandle: 'TPM_RH_OWNER', ...creation(DECRYPT) });
  await tpm.run('TPM2_Create', { parentHandle: key.objectHandle, ...creation(DECRYPT) }, [{ password: PASSWORD }]);
  await flushAll(tpm);
  await tpm.run('TPM2_CreatePrimary', { primaryHandle: 'TPM_RH_LOCKOUT', ...creation(DECRYPT) });
  for (const hierarchy of ['TPM_RH_PLATFORM', 'TPM_RH_ENDORSEMENT', 'TPM_RH_NULL']) {
    const { objectHandle } = await primary(tpm, STORAGE, hierarchy);
    await tpm.must('TPM2_ReadPublic', { objectHandle });
    await tpm.must('TPM2_Create', { parentHandle: objectHandle, ...creation(SEALED, PASSWORD, fromHex('00')) });
    await tpm.flush(objectHandle);
  }
};

export const asymmetric: Flow = async (tpm) => {
  const parent = await primary(tpm);
  const any = await child(tpm, parent.objectHandle, DECRYPT);
  const oaep = await child(tpm, parent.objectHandle, rsa({ objectAttributes: FREE + D, scheme: OAEP_SHA256 }));
  const schemes: FieldValues[] = [
    NO_SCHEME,
    OAEP_SHA256,
    { scheme: 'TPM_ALG_OAEP', details: { hashAlg: 'TPM_ALG_SHA1' } },
    { scheme: 'TPM_ALG_RSAES' },
    { scheme: 'TPM_ALG_RSASSA', details: { hashAlg: 'TPM_ALG_SHA256' } },
  ];
  for (const key of [any, oaep, parent]) {
    const keyHandle = key.objectHandle;
    for (const inScheme of schemes) {
      for (const label of [NOTHING, fromHex('6c00'), fromHex('6c')]) {
        const { fields } = await tpm.run('TPM2_RSA_Encrypt', {
          keyHandle,
          message: fromHex('010203'),
          inScheme,
          label,
        });
        const cipherText = fields.outData ?? new Uint8Array(256).fill(1);
        await tpm.run('TPM2_RSA_Decrypt', { keyHandle, cipherText, inScheme, label });
      }
    }
  }
  const wrong = oaepEncrypt(oaep.outPublic, fromHex('01'), 'label');
  await tpm.run('TPM2_RSA_Decrypt', decrypt(oaep.objectHandle, wrong));
  await tpm.run('TPM2_RSA_Decrypt', { ...decrypt(oaep.objectHandle, wrong), label: Buffer.from('label\0') });
  await tpm.run('TPM2_RSA_Decrypt', decrypt(oaep.objectHandle, new Uint8Array(256).fill(0xff)));
  await tpm.run('TPM2_RSA_Encrypt', {
    keyHandle: oaep.objectHandle,
    message: new Uint8Array(191),
    inScheme: NO_SCHEME,
    label: NOTHING,
  });
  const sizes = [0, 1, 255, 257, 384, 385, 512];
  for (const size of sizes) await tpm.run('TPM2_RSA_Decrypt', decrypt(any.objectHandle, new Uint8Array(size)));
  for (const size of [0, 1, 256]) {
    await tpm.run('TPM2_RSA_Encrypt', {
      keyHandle: any.objectHandle,
      message: new Uint8Array(size),
      inScheme: NO_SCHEME,
      label: NOTHING,
    });
  }
  await tpm.flush(oaep.objectHandle);
  const sealed = await child(tpm, parent.objectHandle, SEALED, NOTHING, fromHex('0102'));
  await tpm.run('TPM2_RSA_Decrypt', decrypt(sealed.objectHandle, new Uint8Array(256)));
  await tpm.run('TPM2_RSA_Encrypt', {
    keyHandle: sealed.objectHandle,
    message: NOTHING,
    inScheme: NO_SCHEME,
    label: NOTHING,
  });
  await tpm.must('TPM2_Unseal', { itemHandle: sealed.objectHandle });
  await tpm.run('TPM2_Unseal', { itemHandle: any.objectHandle });
};

export const persistent: Flow = async (tpm) => {
  const owned = await primary(tpm);
  const ofPlatform = await primary(tpm, STORAGE, 'TPM_RH_PLATFORM');
  const ofNull = await primary(tpm, STORAGE, 'TPM_RH_NULL');
  const evict = async (auth: string, objectHandle: number, persistentHandle: number): Promise<void> => {
    await tpm.run('TPM2_EvictControl', { auth, objectHandle, persistentHandle });
  };
  for (const auth of ['TPM_RH_OWNER', 'TPM_RH_PLATFORM', 'TPM_RH_ENDORSEMENT']) {
    for (const object of [owned, ofPlatform, ofNull]) {
      for (const handle of [0x8100_0001, 0x8180_0001, 0x8000_0000]) await evict(auth, object.objectHandle, handle);
    }
  }
  // A persistent object needs a slot while it is used.
  await tpm.run('TPM2_ReadPublic', { objectHandle: 0x8100_0001 });
  await tpm.flush(ofNull.objectHandle);
  await tpm.must('TPM2_ReadPublic', { objectHandle: 0x8100_0001 });
  await tpm.must('TPM2_ReadPublic', { objectHandle: 0x8180_0001 });
  const load = { parentHandle: 0x8100_0001, ...creation(DECRYPT) };
  const made = await tpm.run('TPM2_Create', load);
  await tpm.flush(ofPlatform.objectHandle);
  const { outPrivate, outPublic } = await tpm.must('TPM2_Create', load);
  await tpm.must('TPM2_Load', { parentHandle: 0x8100_0001, inPrivate: outPrivate, inPublic: outPublic });
  await evict('TPM_RH_OWNER', 0x8100_0001, 0x8100_0002);
  await evict('TPM_RH_PLATFORM', 0x8100_0001, 0x8100_0001);
  await evict('TPM_RH_OWNER', 0x8100_0001, 0x8100_0001);
  await evict('TPM_RH_OWNER', 0x8180_0001, 0x8180_0001);
  await evict('TPM_RH_PLATFORM', 0x8180_0001, 0x8180_0001);
  await tpm.run('TPM2_ReadPublic', { objectHandle: 0x8100_0001 });
  await tpm.run('TPM2_ReadPublic', { objectHandle: 0x8180_0001 });
  if (made.code === 0) throw new Error('there was a slot too many');
};

/** Objects whose wrong authorizations count: a retry first, then the lockout. */
export const lockout: Flow = async (tpm) => {
  const storage = await primary(
    tpm,
    rsa({ objectAttributes: FREE - attributes('noDA') + D + R + FIXED, symmetric: AES_128_CFB }),
  );
  const create = { parentHandle: storage.objectHandle, ...creation(SEALED, PASSWORD, fromHex('01')) };
  await tpm.run('TPM2_Create', create);
  await tpm.run('TPM2_Create', create);
  const session = await tpm.startSession('TPM_SE_HMAC', { bind: { handle: storage.objectHandle, authValue: NOTHING } });
  await tpm.run('TPM2_Create', create, [{ session }]);
  await tpm.run('TPM2_Create', create, [{ session, authValue: WRONG, includeAuth: true }]);
  const free = await tpm.startSession('TPM_SE_HMAC');
  await tpm.run('TPM2_Create', create, [{ session: free }]);
  await tpm.run('TPM2_Create', create, [{ session: free, authValue: WRONG }]);
  await tpm.run('TPM2_GetRandom', { bytesRequested: 1 }, [{ session, encrypt: true }]);
  for (let i = 0; i < 3; i++) await tpm.run('TPM2_Create', create, [{ password: WRONG }]);
  await tpm.run('TPM2_Create', create);
  await tpm.run('TPM2_Create', create, [{ session }]);
  await tpm.run('TPM2_GetRandom', { bytesRequested: 1 }, [{ session, encrypt: true }]);
  await tpm.run('TPM2_GetRandom', { bytesRequested: 1 }, [{ session: free, encrypt: true }]);
};

export const outside: Flow = async (tpm) => {
  const storage = await primary(tpm);
  const made = await child(tpm, storage.objectHandle, rsa({ objectAttributes: FREE + D, scheme: OAEP_SHA256 }));
  const inPublic = made.outPublic;
  const hierarchies = ['TPM_RH_OWNER', 'TPM_RH_NULL', 'TPM_RH_LOCKOUT'];
  const load = async (fields: FieldValues): Promise<void> => {
    const { fields: found } = await tpm.run('TPM2_LoadExternal', {
      inPrivate: NOTHING,
      inPublic,
      hierarchy: 'TPM_RH_NULL',
      ...fields,
    });
    if (found.objectHandle !== undefined) {
      await tpm.run('TPM2_ReadPublic', { objectHandle: found.objectHandle });
      await tpm.flush(found.objectHandle);
    }
  };
  for (const hierarchy of hierarchies) await load({ hierarchy });
  const publics: FieldValues[] = [
    { ...inPublic, unique: new Uint8Array(255) },
    { ...inPublic, unique: new Uint8Array(256) },
    { ...inPublic, nameAlg: 'TPM_ALG_NULL' },
    {
      ...inPublic,
      parameters: { symmetric: { algorithm: 'TPM_ALG_NULL' }, scheme: RSASSA, keyBits: 2048, exponent: 0 },
    },
    {
      ...inPublic,
      parameters: { symmetric: { algorithm: 'TPM_ALG_NULL' }, scheme: NO_SCHEME, keyBits: 2048, exponent: 3 },
    },
    { ...keyedHash(FREE + S, HMAC), unique: new Uint8Array(32) },
    { ...keyedHash(FREE + S, HMAC), unique: new Uint8Array(31) },
  ];
  for (const changed of publics) await load({ inPublic: changed });
  const secret = {
    sensitiveType: 'TPM_ALG_RSA',
    authValue: NOTHING,
    seedValue: NOTHING,
    sensitive: new Uint8Array(128).fill(0xff),
  };
  for (const [change, more] of [
    [{}, {}],
    [{ sensitive: new Uint8Array(127) }, {}],
    [{ authValue: new Uint8Array(33) }, {}],
    [{ seedValue: new Uint8Array(33) }, {}],
    [{ sensitiveType: 'TPM_ALG_KEYEDHASH' }, {}],
    [{}, { hierarchy: 'TPM_RH_OWNER' }],
    [{}, { inPublic: { ...inPublic, objectAttributes: FREE + D + FIXED } }],
    [{}, { inPublic: { ...inPublic, objectAttributes: FREE + D + R } }],
  ] as FieldValues[][]) {
    await load({ inPrivate: { ...secret, ...change }, ...more });
  }
  const sealed = { ...keyedHash(attributes('userWithAuth'), NO_SCHEME), unique: new Uint8Array(32) };
  const data = { sensitiveType: 'TPM_ALG_KEYEDHASH', authValue: NOTHING, seedValue: NOTHING, sensitive: fromHex('01') };
  await load({ inPublic: sealed, inPrivate: data });
  await load({ inPublic: sealed, inPrivate: { ...data, seedValue: new Uint8Array(32) } });
};
