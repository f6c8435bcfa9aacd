/** Templates of objects, right and wrong ones, and flows that make objects of them. */

import { fromHex } from '../../../emulator/common/bytes';
import type { FieldValues } from '../../../emulator/tpm/codec';
import { attributes } from '../client';
import { AES_128_CFB, DECRYPT, keyedHash, OAEP_SHA256, rsa, SEALED, STORAGE, symCipher, creation } from '../templates';
import {
  type Flow,
  NOTHING,
  PASSWORD,
  primary,
  SIGN,
  FREE,
  D,
  S,
  R,
  FIXED,
  DUPLICATION,
  RSASSA,
  HMAC,
  XOR,
} from './shared';

/** Templates with the data that the caller gives. */
export const TEMPLATES: readonly (readonly [FieldValues, Uint8Array])[] = [
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

export const templates: Flow = async (tpm) => {
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

export const primaries: Flow = async (tpm) => {
  for (const [template, data] of TEMPLATES) {
    const { fields } = await tpm.run('TPM2_CreatePrimary', {
      primaryHandle: 'TPM_RH_NULL',
      ...creation(template, PASSWORD, data),
    });
    if (fields.objectHandle !== undefined) await tpm.flush(fields.objectHandle);
  }
};
