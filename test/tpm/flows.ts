/**
 * Sequences of commands for tests, right and wrong ones: a flow runs on any TPM and expects nothing, its answers are
 * compared.
 */

import { concat, fromHex } from '../../emulator/common/bytes';
import type { FieldValues } from '../../emulator/tpm/codec';
import {
  attributes,
  oaepEncrypt,
  shapeOf,
  type Auth,
  type ClientSession,
  type Fields,
  type SavedContext,
  type TpmClient,
} from './client';
import {
  AES_128_CFB,
  creation,
  DECRYPT,
  keyedHash,
  NO_SCHEME,
  OAEP_SHA256,
  rsa,
  SEALED,
  STORAGE,
  symCipher,
} from './templates';

export type Flow = (tpm: TpmClient) => Promise<void>;

const NOTHING: Uint8Array = new Uint8Array();
const PASSWORD: Uint8Array = fromHex('70617373');
const WRONG = fromHex('77726f6e67');

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

const decrypt = (keyHandle: number, cipherText: Uint8Array, inScheme: FieldValues = OAEP_SHA256): FieldValues => ({
  keyHandle,
  cipherText,
  inScheme,
  label: NOTHING,
});

async function flushAll(tpm: TpmClient): Promise<void> {
  for (let slot = 0; slot < 3; slot++) {
    await tpm.flush(0x8000_0000 + slot);
    await tpm.flush(0x0200_0000 + slot);
    await tpm.flush(0x0300_0000 + slot);
  }
}

const SIGN = attributes('fixedTPM', 'fixedParent', 'sensitiveDataOrigin', 'noDA', 'userWithAuth', 'sign');
const FREE = attributes('sensitiveDataOrigin', 'noDA', 'userWithAuth');
const D = attributes('decrypt');
const S = attributes('sign');
const R = attributes('restricted');
const FIXED = attributes('fixedTPM', 'fixedParent');
const DUPLICATION = attributes('encryptedDuplication');
const RSASSA = { scheme: 'TPM_ALG_RSASSA', details: { hashAlg: 'TPM_ALG_SHA256' } };
const HMAC = { scheme: 'TPM_ALG_HMAC', details: { hashAlg: 'TPM_ALG_SHA256' } };
const XOR = { scheme: 'TPM_ALG_XOR', details: { hashAlg: 'TPM_ALG_SHA256', kdf: 'TPM_ALG_KDF1_SP800_108' } };

/** Templates with the data that the caller gives. */
const TEMPLATES: readonly (readonly [FieldValues, Uint8Array])[] = [
  ...[
    DECRYPT,
    STORAGE,
    rsa({ objectAttributes: SIGN }),
    rsa({ objectAttributes: SIGN, scheme: RSASSA }),
    rsa({ objectAttributes: SIGN + R, scheme: RSASSA }),
    rsa({ objectAttributes: SIGN + R }),
    rsa({ objectAttributes: SIGN, scheme: OAEP_SHA256 }),
    rsa({ objectAttributes: SIGN + D }),
    rsa({ objectAttributes: SIGN + D, scheme: RSASSA }),
    rsa({ objectAttributes: SIGN + D + R }),
    rsa({ objectAttributes: FREE + FIXED }),
    rsa({ objectAttributes: FREE + D }),
    rsa({ objectAttributes: FREE + D + DUPLICATION, scheme: OAEP_SHA256 }),
    rsa({ objectAttributes: FREE + D + FIXED + DUPLICATION }),
    rsa({ objectAttributes: FREE + D + attributes('fixedTPM') }),
    rsa({ objectAttributes: FREE + D + attributes('fixedParent') }),
    rsa({ objectAttributes: FREE + D + FIXED, symmetric: AES_128_CFB }),
    rsa({ objectAttributes: FREE + D + R + FIXED }),
    rsa({ objectAttributes: FREE + D + R + FIXED, symmetric: AES_128_CFB, scheme: OAEP_SHA256 }),
    rsa({ objectAttributes: FREE + D + R + FIXED, symmetric: { ...AES_128_CFB, keyBits: 256 } }),
    rsa({ objectAttributes: FREE + D + R, symmetric: { ...AES_128_CFB, keyBits: 256 } }),
    rsa({ objectAttributes: FREE + D + R + FIXED, symmetric: { ...AES_128_CFB, mode: 'TPM_ALG_CBC' } }),
    rsa({ objectAttributes: FREE + D + R + FIXED, symmetric: AES_128_CFB, nameAlg: 'TPM_ALG_SHA1' }),
    rsa({ objectAttributes: FREE + D + R, symmetric: AES_128_CFB, nameAlg: 'TPM_ALG_SHA384' }),
    rsa({ objectAttributes: FREE + D, nameAlg: 'TPM_ALG_NULL' }),
    rsa({ objectAttributes: FREE + D, nameAlg: 'TPM_ALG_SHA3_256' }),
    rsa({ objectAttributes: FREE + D, authPolicy: new Uint8Array(32) }),
    rsa({ objectAttributes: FREE + D, authPolicy: new Uint8Array(20) }),
    rsa({ objectAttributes: FREE + D, scheme: RSASSA }),
    rsa({ objectAttributes: FREE + D, scheme: { scheme: 'TPM_ALG_RSAES' } }),
    rsa({ objectAttributes: FREE + D, keyBits: 1024 }),
    rsa({ objectAttributes: FREE + D, keyBits: 1536 }),
    rsa({ objectAttributes: FREE + D, keyBits: 4096 }),
    rsa({ objectAttributes: FREE + D, exponent: 3 }),
    rsa({ objectAttributes: FREE + D, exponent: 65537 }),
    rsa({ objectAttributes: FREE + D, exponent: 65539 }),
    rsa({ objectAttributes: FREE + D, exponent: 65541 }),
    rsa({ objectAttributes: D + FIXED }),
    rsa({ objectAttributes: FREE + D + 0x8000 }),
    keyedHash(FREE),
    keyedHash(FREE + S, HMAC),
    keyedHash(FREE + S),
    keyedHash(FREE + D, XOR),
    keyedHash(FREE + D, HMAC),
    keyedHash(FREE + D + R, XOR),
    keyedHash(FREE + D + S),
    keyedHash(FREE + D + S, HMAC),
    symCipher(FREE + D),
    symCipher(FREE + D + S),
    symCipher(FREE + D + R + FIXED),
    symCipher(FREE + D + R + FIXED, { ...AES_128_CFB, keyBits: 256 }),
    symCipher(FREE + S),
    symCipher(FREE),
    symCipher(FREE + D, { algorithm: 'TPM_ALG_AES', keyBits: 192, mode: 'TPM_ALG_CFB' }),
    symCipher(FREE + D, { algorithm: 'TPM_ALG_AES', keyBits: 128, mode: 'TPM_ALG_NULL' }),
    symCipher(FREE + D, { algorithm: 'TPM_ALG_NULL' }),
  ].map((template) => [template, NOTHING] as const),
  [SEALED, fromHex('010203')],
  [SEALED, new Uint8Array(128)],
  [SEALED, new Uint8Array(129)],
  [keyedHash(attributes('userWithAuth') + S, HMAC), new Uint8Array(64)],
  [keyedHash(attributes('userWithAuth') + S, HMAC), new Uint8Array(65)],
  [keyedHash(attributes('userWithAuth') + D + R + FIXED, XOR), new Uint8Array(16)],
  [DECRYPT, fromHex('01')],
  [symCipher(attributes('userWithAuth') + D), new Uint8Array(16)],
  [symCipher(attributes('userWithAuth') + D), new Uint8Array(17)],
  [symCipher(attributes('userWithAuth') + D + R + FIXED), new Uint8Array(16)],
];

const objects: Flow = async (tpm) => {
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

const templates: Flow = async (tpm) => {
  const parent = await primary(tpm);
  for (const [template, data] of TEMPLATES) {
    await tpm.run('TPM2_Create', { parentHandle: parent.objectHandle, ...creation(template, PASSWORD, data) });
  }
  await tpm.run('TPM2_Create', { parentHandle: parent.objectHandle, ...creation(DECRYPT, new Uint8Array(33).fill(1)) });
  await tpm.run('TPM2_Create', { parentHandle: parent.objectHandle, ...creation(DECRYPT, new Uint8Array(64)) });
  await tpm.run('TPM2_Create', {
    parentHandle: parent.objectHandle,
    ...creation(DECRYPT),
    outsideInfo: new Uint8Array(20),
    creationPCR: [
      { hash: 'TPM_ALG_SHA256', pcrSelect: fromHex('ff0001') },
      { hash: 'TPM_ALG_SHA512', pcrSelect: fromHex('ff0001') },
    ],
  });
};

const primaries: Flow = async (tpm) => {
  for (const [template, data] of TEMPLATES) {
    const { fields } = await tpm.run('TPM2_CreatePrimary', {
      primaryHandle: 'TPM_RH_NULL',
      ...creation(template, PASSWORD, data),
    });
    if (fields.objectHandle !== undefined) await tpm.flush(fields.objectHandle);
  }
};

const asymmetric: Flow = async (tpm) => {
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

const persistent: Flow = async (tpm) => {
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

const sessions: Flow = async (tpm) => {
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

const starting: Flow = async (tpm) => {
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

const pcrs = (bytes: string, hash = 'TPM_ALG_SHA256'): FieldValues[] => [{ hash, pcrSelect: fromHex(bytes) }];

const policies: Flow = async (tpm) => {
  const digestOf = async (policySession: number): Promise<Uint8Array> =>
    (await tpm.must('TPM2_PolicyGetDigest', { policySession })).policyDigest;
  const trial = await tpm.startSession('TPM_SE_TRIAL');
  const other = await tpm.startSession('TPM_SE_POLICY', { hash: 'TPM_ALG_SHA384' });
  for (const { handle: policySession } of [trial, other]) {
    const step = (name: string, fields: FieldValues): Promise<unknown> => tpm.run(name, { policySession, ...fields });
    await step('TPM2_PolicyCommandCode', { code: 'TPM_CC_RSA_Decrypt' });
    await step('TPM2_PolicyCommandCode', { code: 'TPM_CC_RSA_Decrypt' });
    await step('TPM2_PolicyCommandCode', { code: 'TPM_CC_Unseal' });
    await step('TPM2_PolicyCommandCode', { code: 0x7777 });
    await step('TPM2_PolicyAuthValue', {});
    await step('TPM2_PolicyPassword', {});
    await step('TPM2_PolicyPCR', { pcrDigest: NOTHING, pcrs: pcrs('000001') });
    await step('TPM2_PolicyPCR', { pcrDigest: new Uint8Array(32), pcrs: pcrs('010000') });
    await step('TPM2_PolicyPCR', {
      pcrDigest: new Uint8Array(5),
      pcrs: [...pcrs('010000'), ...pcrs('010000', 'TPM_ALG_SHA512')],
    });
    await step('TPM2_PolicyOR', { pHashList: [new Uint8Array(32)] });
    await step('TPM2_PolicyOR', { pHashList: [new Uint8Array(32), new Uint8Array(20)] });
    await step('TPM2_PolicyOR', { pHashList: Array.from({ length: 9 }, () => new Uint8Array(32)) });
    await step('TPM2_PolicyOR', { pHashList: [await digestOf(policySession), new Uint8Array(48)] });
    for (const change of [
      {},
      { nonceTPM: new Uint8Array(16) },
      { cpHashA: new Uint8Array(3) },
      { cpHashA: new Uint8Array(32) },
      { expiration: -10 },
      { expiration: 10 },
      { policyRef: fromHex('01') },
    ]) {
      await step('TPM2_PolicySecret', {
        authHandle: 'TPM_RH_OWNER',
        nonceTPM: NOTHING,
        cpHashA: NOTHING,
        policyRef: NOTHING,
        expiration: 0,
        ...change,
      });
    }
    tpm.log.push(Buffer.from(await digestOf(policySession)).toString('hex'));
    await tpm.run('TPM2_PolicyRestart', { sessionHandle: policySession });
    tpm.log.push(Buffer.from(await digestOf(policySession)).toString('hex'));
  }
  await tpm.run('TPM2_PolicyRestart', { sessionHandle: 0x0300_0005 });
  await tpm.run('TPM2_PolicyRestart', { sessionHandle: 0x0300_0040 });
  await tpm.run('TPM2_PolicyRestart', { sessionHandle: trial.handle - 0x0100_0000 });
  await tpm.run('TPM2_GetRandom', { bytesRequested: 4 }, [{ session: trial, encrypt: true }]);
  await flushAll(tpm);
};

/** What the policy of a key lets through. */
const policyUse: Flow = async (tpm) => {
  const storage = await primary(tpm);
  const trial = await tpm.startSession('TPM_SE_TRIAL');
  const policySession = trial.handle;
  await tpm.must('TPM2_PolicyCommandCode', { policySession, code: 'TPM_CC_RSA_Decrypt' });
  await tpm.must('TPM2_PolicyPCR', { policySession, pcrDigest: NOTHING, pcrs: pcrs('000080') });
  await tpm.must('TPM2_PolicyAuthValue', { policySession });
  const { policyDigest } = await tpm.must('TPM2_PolicyGetDigest', { policySession });
  await tpm.flush(trial.handle);
  const template = rsa({ objectAttributes: FREE - attributes('userWithAuth') + D + FIXED, authPolicy: policyDigest });
  const key = await child(tpm, storage.objectHandle, template, PASSWORD);
  const use = decrypt(key.objectHandle, oaepEncrypt(key.outPublic, fromHex('0102')));
  await tpm.run('TPM2_RSA_Decrypt', use, [{ password: PASSWORD }]);
  const hmac = await tpm.startSession('TPM_SE_HMAC');
  await tpm.run('TPM2_RSA_Decrypt', use, [{ session: hmac, authValue: PASSWORD }]);

  const session = await tpm.startSession('TPM_SE_POLICY');
  const auth: Auth = { session, authValue: PASSWORD, includeAuth: true };
  const steps = {
    code: () => tpm.run('TPM2_PolicyCommandCode', { policySession: session.handle, code: 'TPM_CC_RSA_Decrypt' }),
    pcr: () => tpm.run('TPM2_PolicyPCR', { policySession: session.handle, pcrDigest: NOTHING, pcrs: pcrs('000080') }),
    value: () => tpm.run('TPM2_PolicyAuthValue', { policySession: session.handle }),
    password: () => tpm.run('TPM2_PolicyPassword', { policySession: session.handle }),
  };
  const policy = async (...names: (keyof typeof steps)[]): Promise<void> => {
    await tpm.must('TPM2_PolicyRestart', { sessionHandle: session.handle });
    for (const name of names) await steps[name]();
  };
  await policy('code', 'pcr', 'value');
  await tpm.run('TPM2_RSA_Decrypt', use, [auth]);
  await tpm.run('TPM2_RSA_Decrypt', use, [auth]);
  await policy('code', 'pcr', 'value');
  await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, encrypt: true, decrypt: true }]);
  await policy('code', 'pcr', 'value');
  await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, authValue: WRONG }]);
  await tpm.run(
    'TPM2_ObjectChangeAuth',
    { objectHandle: key.objectHandle, parentHandle: storage.objectHandle, newAuth: NOTHING },
    [auth],
  );
  await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, encrypt: true }]);
  await policy('code', 'pcr', 'password');
  await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, password: PASSWORD }]);
  await policy('code', 'pcr', 'password');
  await tpm.run('TPM2_RSA_Decrypt', use, [{ ...auth, password: WRONG }]);
  await policy('pcr', 'code', 'value');
  await tpm.run('TPM2_RSA_Decrypt', use, [auth]);
  await policy('code', 'pcr', 'value');
  await tpm.must('TPM2_PCR_Extend', {
    pcrHandle: 23,
    digests: [{ hashAlg: 'TPM_ALG_SHA256', digest: new Uint8Array(32) }],
  });
  await tpm.run('TPM2_RSA_Decrypt', use, [auth]);
  await policy('code', 'pcr');
  await tpm.must('TPM2_PCR_Extend', {
    pcrHandle: 3,
    digests: [{ hashAlg: 'TPM_ALG_SHA256', digest: new Uint8Array(32) }],
  });
  await steps.pcr();
  await tpm.run('TPM2_RSA_Decrypt', use, [auth]);
  await policy();
  // Without adminWithPolicy, the ADMIN role is the password's.
  const change = { objectHandle: key.objectHandle, parentHandle: storage.objectHandle, newAuth: fromHex('0102') };
  await tpm.run('TPM2_ObjectChangeAuth', change, [{ password: PASSWORD }]);
  await tpm.run('TPM2_ObjectChangeAuth', change, [
    { session: hmac, authValue: PASSWORD, encrypt: true, decrypt: true },
  ]);
  await tpm.run('TPM2_ObjectChangeAuth', { ...change, parentHandle: key.objectHandle }, [{ password: PASSWORD }]);
  await tpm.run('TPM2_ObjectChangeAuth', { ...change, newAuth: new Uint8Array(33).fill(1) }, [{ password: PASSWORD }]);
  await tpm.run('TPM2_ObjectChangeAuth', change, [{ ...auth, includeAuth: false }]);
  const strict = await child(
    tpm,
    storage.objectHandle,
    rsa({ objectAttributes: FREE + D + FIXED + attributes('adminWithPolicy'), authPolicy: policyDigest }),
  );
  await tpm.run('TPM2_ObjectChangeAuth', { ...change, objectHandle: strict.objectHandle });
  await tpm.run('TPM2_ObjectChangeAuth', { ...change, objectHandle: strict.objectHandle }, [{ session }]);
  await tpm.run(
    'TPM2_EvictControl',
    { auth: 'TPM_RH_OWNER', objectHandle: key.objectHandle, persistentHandle: 0x8100_0001 },
    [{ session }],
  );
  await flushAll(tpm);
};

/** Objects whose wrong authorizations count: a retry first, then the lockout. */
const lockout: Flow = async (tpm) => {
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

const outside: Flow = async (tpm) => {
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

/** Objects and sessions that are saved and loaded again, as tools do without a resource manager. */
const contexts: Flow = async (tpm) => {
  const save = async (saveHandle: number): Promise<SavedContext> => {
    const { fields } = await tpm.run('TPM2_ContextSave', { saveHandle });
    tpm.log.pop();
    const { contextBlob, ...head } = fields.context!;
    tpm.log.push(`saved ${shapeOf(head)}`);
    return { contextBlob, ...head };
  };
  const load = (context: SavedContext): Promise<unknown> => tpm.run('TPM2_ContextLoad', { context: { ...context } });
  await tpm.run('TPM2_ContextSave', { saveHandle: 0x8000_0000 });
  await tpm.run('TPM2_ContextSave', { saveHandle: 0x0200_0000 });
  await tpm.run('TPM2_ContextSave', { saveHandle: 0x8100_0000 });
  const storage = await primary(tpm);
  const sealed = await child(tpm, storage.objectHandle, SEALED, PASSWORD, fromHex('0102'));
  const stClear = await child(
    tpm,
    storage.objectHandle,
    keyedHash(attributes('fixedTPM', 'fixedParent', 'noDA', 'userWithAuth', 'stClear')),
    NOTHING,
    fromHex('03'),
  );
  const [first, second] = [await save(sealed.objectHandle), await save(stClear.objectHandle)];
  await load(first);
  await tpm.flush(stClear.objectHandle);
  await load(first);
  await tpm.run('TPM2_Unseal', { itemHandle: stClear.objectHandle }, [{ password: PASSWORD }]);
  await tpm.flush(sealed.objectHandle);
  await load(second);
  await tpm.run('TPM2_Unseal', { itemHandle: sealed.objectHandle });
  const changes: Partial<SavedContext>[] = [
    { sequence: first.sequence + 1n },
    { savedHandle: 0x8000_0002 },
    { savedHandle: 0x8000_0003 },
    { hierarchy: 0x4000_0007 },
    { hierarchy: 0x4000_000a },
    { contextBlob: first.contextBlob.map((byte, i) => (i === 80 ? byte ^ 1 : byte)) },
    { contextBlob: first.contextBlob.slice(0, 40) },
    { contextBlob: first.contextBlob.slice(0, 70) },
    { contextBlob: NOTHING },
    { contextBlob: new Uint8Array(40) },
  ];
  for (const change of changes) await load({ ...first, ...change });
  await flushAll(tpm);

  const handles: number[] = [];
  const saved: SavedContext[] = [];
  for (let i = 0; i < 5; i++) {
    const session = await tpm.startSession(i % 2 === 0 ? 'TPM_SE_HMAC' : 'TPM_SE_POLICY');
    handles.push(session.handle);
    await tpm.run('TPM2_GetRandom', { bytesRequested: 2 }, [{ session, encrypt: true }]);
    saved.push(await save(session.handle));
    await tpm.run('TPM2_GetRandom', { bytesRequested: 2 }, [{ session, encrypt: true }]);
    if (i !== 3) continue;
    await load(saved[i]!);
    await tpm.run('TPM2_GetRandom', { bytesRequested: 2 }, [{ session, encrypt: true }]);
    await load(saved[i]!);
    saved[i] = await save(session.handle);
  }
  for (const property of [0x0200_0000, 0x0300_0000, 0x0300_0003]) {
    await tpm.run('TPM2_GetCapability', { capability: 'TPM_CAP_HANDLES', property, propertyCount: 9 });
  }
  for (const context of saved) await load(context);
  await tpm.flush(handles[4]!);
  await load(saved[4]!);
  for (const handle of handles) await tpm.flush(handle);
};

/** What a TPM tells of objects and sessions in use. */
const capabilities: Flow = async (tpm) => {
  const ask = async (capability: string, property: number, propertyCount: number): Promise<void> => {
    await tpm.run('TPM2_GetCapability', { capability, property, propertyCount });
  };
  const look = async (): Promise<void> => {
    for (const kind of [0x0200_0000, 0x0200_0001, 0x0300_0000, 0x8000_0000, 0x8000_0001, 0x8100_0000, 0x8180_0001]) {
      await ask('TPM_CAP_HANDLES', kind, 100);
      await ask('TPM_CAP_HANDLES', kind, 1);
    }
    for (let property = 0x200; property <= 0x208; property++) await ask('TPM_CAP_TPM_PROPERTIES', property, 1);
    for (let property = 0x20e; property <= 0x211; property++) await ask('TPM_CAP_TPM_PROPERTIES', property, 1);
    await ask('TPM_CAP_TPM_PROPERTIES', 0x11a, 1);
  };
  await look();
  const { objectHandle } = await primary(tpm);
  await primary(tpm, STORAGE, 'TPM_RH_NULL');
  await tpm.run('TPM2_EvictControl', { auth: 'TPM_RH_OWNER', objectHandle, persistentHandle: 0x8100_0001 });
  await tpm.startSession('TPM_SE_HMAC');
  await tpm.startSession('TPM_SE_POLICY');
  await look();
  for (const alg of [1, 5, 6, 7, 8, 0xa, 0xb, 0x15, 0x17, 0x22, 0x25]) await ask('TPM_CAP_ALGS', alg, 1);
};

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
const ultravisor: Flow = async (tpm) => {
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

export const FLOWS: Readonly<Record<string, Flow>> = {
  objects,
  templates,
  'primary objects': primaries,
  'RSA encryption': asymmetric,
  'persistent objects': persistent,
  sessions,
  'starting sessions': starting,
  policies,
  'use of policies': policyUse,
  lockout,
  'objects from outside': outside,
  contexts,
  capabilities,
  'the ultravisor': ultravisor,
};
