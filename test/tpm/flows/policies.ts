/** Flows of policies. */

import { fromHex } from '../../../emulator/common/bytes';
import type { FieldValues } from '../../../emulator/tpm/codec';
import { attributes, oaepEncrypt, type Auth } from '../client';
import { rsa } from '../templates';
import { type Flow, NOTHING, PASSWORD, WRONG, primary, child, decrypt, flushAll, FREE, D, FIXED, pcrs } from './shared';

export const policies: Flow = async (tpm) => {
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
export const policyUse: Flow = async (tpm) => {
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
