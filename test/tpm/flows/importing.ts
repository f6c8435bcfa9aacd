/** Keys that were made outside of the TPM: TPM2_Import and TPM2_LoadExternal. */

import { HmacDrbg } from '../../../emulator/common/drbg';
import { fromHex } from '../../../emulator/common/bytes';
import type { FieldValues } from '../../../emulator/tpm/codec';
import { wrapDuplicate } from '../../../emulator/tpm/embedded/private-area';
import { nameOf, type PublicArea, type SensitiveArea } from '../../../emulator/tpm/embedded/public-area';
import { numberToBytes } from '../../../emulator/common/bytes';
import { generateKey } from '../../../emulator/crypto/rsa-generation';
import { attributes, constant, digest, oaepEncrypt, type PublicFields } from '../client';
import { AES_128_CFB, NO_SCHEME } from '../templates';
import { decrypt, NOTHING, PASSWORD, primary, type Flow } from './shared';

const SHA256 = constant('TPM_ALG_SHA256');
const NULL = constant('TPM_ALG_NULL');
const OAEP = { scheme: constant('TPM_ALG_OAEP'), details: { hashAlg: SHA256 } };
const USE = attributes('userWithAuth', 'noDA');
const D = attributes('decrypt');
const BOTH = attributes('encryptedDuplication');

interface Outside {
  readonly area: PublicArea;
  readonly sensitive: SensitiveArea;
}

function rsaKey(objectAttributes: number, keyBits = 1024): Outside {
  const random = HmacDrbg.fromSeed('outside', 'flows');
  const key = generateKey(keyBits, 65537, (count) => random.generate(count));
  const type = constant('TPM_ALG_RSA');
  return {
    area: {
      type,
      nameAlg: SHA256,
      objectAttributes,
      authPolicy: NOTHING,
      parameters: { symmetric: { algorithm: NULL }, scheme: OAEP, keyBits, exponent: 0 },
      unique: numberToBytes(key.n, keyBits / 8),
    },
    sensitive: {
      sensitiveType: type,
      authValue: PASSWORD,
      seedValue: NOTHING,
      sensitive: numberToBytes(key.p, keyBits / 16),
    },
  };
}

function sealed(objectAttributes: number): Outside {
  const type = constant('TPM_ALG_KEYEDHASH');
  const seedValue = new Uint8Array(32).fill(3);
  const sensitive = fromHex('00010203');
  return {
    area: {
      type,
      nameAlg: SHA256,
      objectAttributes,
      authPolicy: NOTHING,
      parameters: { scheme: { scheme: NULL } },
      unique: digest('sha256', seedValue, sensitive),
    },
    sensitive: { sensitiveType: type, authValue: PASSWORD, seedValue, sensitive },
  };
}

const fieldsOf = (area: PublicArea): PublicFields => ({ ...area }) as unknown as PublicFields;

export const importing: Flow = async (tpm) => {
  const parent = await primary(tpm);
  const seed = new Uint8Array(32).fill(1);
  const innerKey = new Uint8Array(16).fill(2);
  const inSymSeed = oaepEncrypt(parent.outPublic, seed, 'DUPLICATE');
  const parentArea = parent.outPublic as unknown as PublicArea;

  const attempt = async (
    { area, sensitive }: Outside,
    outer: Uint8Array,
    inner: Uint8Array,
    change: FieldValues = {},
  ): Promise<void> => {
    const objectPublic = fieldsOf(area);
    const { fields } = await tpm.run('TPM2_Import', {
      parentHandle: parent.objectHandle,
      encryptionKey: inner,
      objectPublic,
      duplicate: wrapDuplicate(sensitive, nameOf(area), area.nameAlg, parentArea, outer, inner),
      inSymSeed: outer.length > 0 ? inSymSeed : NOTHING,
      symmetricAlg: inner.length > 0 ? AES_128_CFB : { algorithm: 'TPM_ALG_NULL' },
      ...change,
    });
    if (!fields.outPrivate) return;
    const { fields: loaded } = await tpm.run('TPM2_Load', {
      parentHandle: parent.objectHandle,
      inPrivate: fields.outPrivate,
      inPublic: objectPublic,
    });
    if (loaded.objectHandle === undefined) return;
    const auths = [{ password: PASSWORD }];
    if ('exponent' in area.parameters) {
      const use = decrypt(loaded.objectHandle, oaepEncrypt(objectPublic, fromHex('0102')), NO_SCHEME);
      await tpm.run('TPM2_RSA_Decrypt', use, auths);
    } else {
      await tpm.run('TPM2_Unseal', { itemHandle: loaded.objectHandle }, auths);
    }
    const persist = { auth: 'TPM_RH_OWNER', objectHandle: loaded.objectHandle, persistentHandle: 0x8100_0009 };
    await tpm.run('TPM2_EvictControl', persist);
    await tpm.run('TPM2_EvictControl', { ...persist, objectHandle: 0x8100_0009 });
    await tpm.flush(loaded.objectHandle);
  };

  for (const make of [(word: number) => rsaKey(word + D), sealed]) {
    for (const outer of [NOTHING, seed]) {
      for (const inner of [NOTHING, innerKey]) {
        await attempt(make(USE), outer, inner);
        await attempt(make(USE + BOTH), outer, inner);
      }
    }
  }
  const key = sealed(USE);
  await attempt(key, seed, innerKey, { encryptionKey: new Uint8Array(16) });
  await attempt(key, seed, innerKey, { encryptionKey: new Uint8Array(15) });
  await attempt(key, seed, NOTHING, { encryptionKey: new Uint8Array(16) });
  await attempt(key, seed, NOTHING, { inSymSeed: NOTHING });
  await attempt(key, seed, NOTHING, { inSymSeed: oaepEncrypt(parent.outPublic, innerKey, 'DUPLICATE') });
  await attempt(key, seed, NOTHING, { inSymSeed: oaepEncrypt(parent.outPublic, new Uint8Array(33), 'DUPLICATE') });
  await attempt(key, seed, NOTHING, { objectPublic: fieldsOf({ ...key.area, objectAttributes: USE + 4 }) });
  await attempt(sealed(USE + attributes('fixedTPM')), seed, NOTHING);
  await attempt(sealed(USE + attributes('fixedParent')), seed, NOTHING);
  await attempt({ ...key, area: { ...key.area, unique: new Uint8Array(32) } }, seed, NOTHING);
  await attempt({ ...key, sensitive: { ...key.sensitive, seedValue: new Uint8Array(31) } }, seed, NOTHING);
  await attempt({ ...key, sensitive: { ...key.sensitive, authValue: new Uint8Array(33).fill(1) } }, seed, NOTHING);
  const pair = rsaKey(USE + D);
  await attempt({ ...pair, sensitive: { ...pair.sensitive, sensitive: new Uint8Array(64).fill(0xff) } }, seed, NOTHING);
  await attempt({ ...pair, sensitive: { ...pair.sensitive, sensitive: new Uint8Array(63) } }, seed, NOTHING);

  for (const { area, sensitive } of [rsaKey(USE + D), rsaKey(USE + D, 2048), sealed(USE)]) {
    const load = { inPrivate: { ...sensitive }, inPublic: fieldsOf(area), hierarchy: 'TPM_RH_NULL' };
    const { fields } = await tpm.run('TPM2_LoadExternal', load);
    if (fields.objectHandle === undefined) continue;
    if ('exponent' in area.parameters) {
      const use = decrypt(fields.objectHandle, oaepEncrypt(fieldsOf(area), fromHex('0102')), NO_SCHEME);
      await tpm.run('TPM2_RSA_Decrypt', use, [{ password: PASSWORD }]);
    }
    const persist = { auth: 'TPM_RH_OWNER', objectHandle: fields.objectHandle, persistentHandle: 0x8100_0009 };
    await tpm.run('TPM2_EvictControl', persist);
    await tpm.flush(fields.objectHandle);
  }
};
