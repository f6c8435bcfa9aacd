/** Broken commands of objects and sessions, one after the other on the embedded TPM and on a real swtpm. */

import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import { buildCommand, explainResponseCode, type FieldValues } from '../../emulator/tpm/codec';
import { SwtpmDevice } from '../../emulator/tpm/devices';
import { createEmbeddedTpm } from '../../emulator/tpm/embedded';
import { TpmClient } from './client';
import { sessionFields } from './flows/sessions';
import { primary } from './flows/shared';
import { framed, numbers } from './repeatable';
import { startSwtpm, WITHOUT_SWTPM } from './swtpm-process';
import { creation, DECRYPT, keyedHash, SEALED, STORAGE, symCipher, AES_128_CFB } from './templates';
import { codeOf } from './vectors';

const NOTHING = new Uint8Array();
const KEY = 0x8000_0000;
const POLICY = 0x0300_0000;
const ORPHAN = 0x0004_0440;

const pcrs = [{ hash: 'TPM_ALG_SHA256', pcrSelect: fromHex('010001') }];
const client = new TpmClient(() => NOTHING);
const external: FieldValues = { ...keyedHash(ORPHAN + 0x40), unique: new Uint8Array(32) };

/** Commands whose answers do not depend on secrets of the TPM; the object and the session are there on both sides. */
const BASES: readonly Uint8Array[] = [
  buildCommand('TPM2_StartAuthSession', sessionFields(client)),
  buildCommand('TPM2_StartAuthSession', sessionFields(client, { sessionType: 'TPM_SE_POLICY', bind: 'TPM_RH_OWNER' })),
  buildCommand('TPM2_StartAuthSession', sessionFields(client, { tpmKey: KEY, encryptedSalt: new Uint8Array(256) })),
  buildCommand(
    'TPM2_StartAuthSession',
    sessionFields(client, { symmetric: { algorithm: 'TPM_ALG_XOR', keyBits: 'TPM_ALG_SHA1' } }),
  ),
  buildCommand('TPM2_PolicyRestart', { sessionHandle: POLICY }),
  buildCommand('TPM2_PolicyCommandCode', { policySession: POLICY, code: 'TPM_CC_Unseal' }),
  buildCommand('TPM2_PolicyPCR', { policySession: POLICY, pcrDigest: NOTHING, pcrs }),
  buildCommand('TPM2_PolicyOR', { policySession: POLICY, pHashList: [new Uint8Array(32), new Uint8Array(32)] }),
  buildCommand('TPM2_PolicyAuthValue', { policySession: POLICY }),
  buildCommand('TPM2_PolicyPassword', { policySession: POLICY }),
  buildCommand('TPM2_PolicyGetDigest', { policySession: POLICY }),
  buildCommand('TPM2_PolicySecret', {
    authHandle: 'TPM_RH_OWNER',
    policySession: POLICY,
    nonceTPM: NOTHING,
    cpHashA: NOTHING,
    policyRef: fromHex('0102'),
    expiration: 0,
  }),
  buildCommand('TPM2_CreatePrimary', { primaryHandle: 'TPM_RH_OWNER', ...creation(SEALED, NOTHING, fromHex('01')) }),
  buildCommand('TPM2_CreatePrimary', { primaryHandle: 'TPM_RH_NULL', ...creation(symCipher(ORPHAN + 0x20020)) }),
  buildCommand('TPM2_Create', {
    parentHandle: KEY,
    ...creation(SEALED, fromHex('61'), fromHex('0102')),
    creationPCR: pcrs,
  }),
  buildCommand('TPM2_Create', { parentHandle: KEY, ...creation({ ...DECRYPT, objectAttributes: 0 }) }),
  buildCommand('TPM2_Load', { parentHandle: KEY, inPrivate: new Uint8Array(100), inPublic: STORAGE }),
  buildCommand('TPM2_LoadExternal', { inPrivate: NOTHING, inPublic: external, hierarchy: 'TPM_RH_OWNER' }),
  buildCommand('TPM2_LoadExternal', {
    inPrivate: {
      sensitiveType: 'TPM_ALG_KEYEDHASH',
      authValue: NOTHING,
      seedValue: new Uint8Array(32),
      sensitive: fromHex('01'),
    },
    inPublic: external,
    hierarchy: 'TPM_RH_NULL',
  }),
  buildCommand('TPM2_ReadPublic', { objectHandle: KEY }),
  buildCommand('TPM2_RSA_Encrypt', {
    keyHandle: KEY,
    message: fromHex('01'),
    inScheme: { scheme: 'TPM_ALG_RSAES' },
    label: NOTHING,
  }),
  buildCommand('TPM2_RSA_Decrypt', {
    keyHandle: KEY,
    cipherText: new Uint8Array(256),
    inScheme: { scheme: 'TPM_ALG_NULL' },
    label: NOTHING,
  }),
  buildCommand('TPM2_Import', {
    parentHandle: KEY,
    encryptionKey: NOTHING,
    objectPublic: { ...external, objectAttributes: ORPHAN },
    duplicate: new Uint8Array(60),
    inSymSeed: NOTHING,
    symmetricAlg: { algorithm: 'TPM_ALG_NULL' },
  }),
  buildCommand('TPM2_Import', {
    parentHandle: KEY,
    encryptionKey: new Uint8Array(16),
    objectPublic: { ...external, objectAttributes: ORPHAN },
    duplicate: new Uint8Array(60),
    inSymSeed: new Uint8Array(256),
    symmetricAlg: AES_128_CFB,
  }),
  buildCommand('TPM2_ObjectChangeAuth', { objectHandle: KEY, parentHandle: KEY, newAuth: fromHex('01') }),
  buildCommand('TPM2_EvictControl', { auth: 'TPM_RH_PLATFORM', objectHandle: KEY, persistentHandle: 0x8180_0005 }),
  buildCommand('TPM2_FlushContext', { flushHandle: 0x8000_0002 }),
  buildCommand('TPM2_Unseal', { itemHandle: KEY }),
];

function mutants(count: number, seed: number): Uint8Array[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => {
    const base = BASES[next(BASES.length)]!;
    const kind = next(6);
    if (kind === 0) return framed(base.slice(0, 10 + next(base.length - 9)));
    if (kind === 1) return framed(concat(base, new Uint8Array(1 + next(4))));
    const changed = base.slice();
    for (let i = 0; i <= next(2); i++) {
      const at = Math.min(10 + next(base.length - 9), base.length - 1);
      changed[at] = [0, 1, 2, 0x10, 0x20, 0x40, 0x80, 0xff, next(256), changed[at]! ^ (1 << next(8))][next(10)]!;
    }
    return framed(changed);
  });
}

/**
 * libtpms leaves RSA to OpenSSL, and answers whatever that finds wrong with TPM_RC_FAILURE. And it has a clock, by which a
 * session can be older than an expiration.
 */
const KNOWN =
  /^TPM_RC_FAILURE and TPM_RC_(VALUE|SIZE)( of parameter \d)?$|^TPM_RC_EXPIRED of parameter 4 and TPM_RC_SUCCESS$/;

describe.skipIf(WITHOUT_SWTPM !== undefined)('broken commands', () => {
  it('get the same codes from the embedded TPM and from swtpm', { timeout: 60_000 }, async () => {
    const embedded = createEmbeddedTpm('mutants');
    const swtpm = await startSwtpm();
    const device = new SwtpmDevice(swtpm.address, { timeoutMs: 10_000 });
    const differences: string[] = [];
    try {
      for (const tpm of [
        new TpmClient((command) => embedded.execute(command)),
        new TpmClient((command) => device.transmit(command)),
      ]) {
        await primary(tpm);
        await tpm.startSession('TPM_SE_POLICY');
      }
      const flushes = [0x8000_0001, 0x8000_0002, 0x0200_0001, 0x0300_0001, 0x0200_0002, 0x0300_0002].map(
        (flushHandle) => buildCommand('TPM2_FlushContext', { flushHandle }),
      );
      for (const [i, command] of mutants(MUTANTS, SEED).entries()) {
        const [ours, theirs] = [embedded.execute(command), await device.transmit(command)].map(codeOf) as [
          number,
          number,
        ];
        const text = (code: number): string => explainResponseCode(code).text.replace(/: .*/, '');
        const pair = `${text(theirs)} and ${text(ours)}`;
        if (ours !== theirs && !KNOWN.test(pair)) differences.push(`${i} ${toHex(command)}: ${pair}`);
        for (const flush of flushes) {
          embedded.execute(flush);
          await device.transmit(flush);
        }
      }
    } finally {
      await device.close();
      await swtpm.stop();
    }
    expect(differences).toEqual([]);
  });
});

const MUTANTS = 1500;
const SEED = 7;
