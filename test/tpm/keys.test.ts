import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import { buildCommand, decodeResponse } from '../../emulator/tpm/codec';
import { createEmbeddedTpm, type EmbeddedTpm } from '../../emulator/tpm/embedded';
import { attributes, oaepEncrypt, TpmClient, type Fields } from './client';
import { FLOWS } from './flows';
import { child, primary } from './flows/shared';
import { creation, DECRYPT, OAEP_SHA256, rsa, SEALED, STORAGE, symCipher } from './templates';

const NOTHING = new Uint8Array();
const clientOf = (tpm: EmbeddedTpm): TpmClient => new TpmClient((command) => tpm.execute(command));
const client = (seed = 'keys'): TpmClient => clientOf(createEmbeddedTpm(seed));

/** A cipher object: made in no time. */
const CIPHER = symCipher(attributes('userWithAuth', 'noDA', 'sensitiveDataOrigin', 'decrypt'));
const nameOf = async (tpm: TpmClient, hierarchy: string, template = CIPHER, data = NOTHING): Promise<string> => {
  const made = await tpm.must('TPM2_CreatePrimary', { primaryHandle: hierarchy, ...creation(template, NOTHING, data) });
  await tpm.flush(made.objectHandle);
  return toHex(made.name);
};

describe('primary objects', () => {
  it('follow from seed, hierarchy, template and data, and from nothing else', async () => {
    const tpm = client();
    const first = await nameOf(tpm, 'TPM_RH_OWNER');
    await tpm.must('TPM2_GetRandom', { bytesRequested: 20 });
    expect(await nameOf(tpm, 'TPM_RH_OWNER')).toBe(first);
    expect(await nameOf(client(), 'TPM_RH_OWNER')).toBe(first);
    const others = [
      await nameOf(client('other'), 'TPM_RH_OWNER'),
      await nameOf(tpm, 'TPM_RH_ENDORSEMENT'),
      await nameOf(tpm, 'TPM_RH_PLATFORM'),
      await nameOf(tpm, 'TPM_RH_NULL'),
      await nameOf(tpm, 'TPM_RH_OWNER', { ...CIPHER, unique: fromHex('01') }),
      await nameOf(tpm, 'TPM_RH_OWNER', CIPHER, fromHex('01')),
    ];
    expect(new Set([first, ...others]).size).toBe(7);
  });

  it('of the null hierarchy are others after a reset', async () => {
    const tpm = createEmbeddedTpm('keys');
    const names = async (): Promise<string[]> => [
      await nameOf(clientOf(tpm), 'TPM_RH_OWNER'),
      await nameOf(clientOf(tpm), 'TPM_RH_NULL'),
    ];
    const [owned, temporary] = await names();
    tpm.init();
    tpm.execute(buildCommand('TPM2_Startup', { startupType: 'TPM_SU_CLEAR' }));
    const after = await names();
    expect(after[0]).toBe(owned);
    expect(after[1]).not.toBe(temporary);
  });
});

describe('objects', () => {
  it('have names that are the digests of their public areas, and qualified names with their parents', async () => {
    const tpm = client();
    const parent = await primary(tpm);
    const made = await child(tpm, parent.objectHandle, CIPHER);
    const read = await tpm.must('TPM2_ReadPublic', { objectHandle: made.objectHandle });
    expect(toHex(read.name)).toBe(toHex(made.name));
    expect(toHex(read.qualifiedName)).not.toBe(toHex(read.name));
    expect(read.outPublic).toEqual(made.outPublic);
  });

  it('keep what was sealed in them, also in a private area under a password', async () => {
    const tpm = client();
    const parent = await primary(tpm);
    const sealed = await child(tpm, parent.objectHandle, SEALED, fromHex('70'), fromHex('00112233'));
    const session = await tpm.startSession('TPM_SE_HMAC', {
      saltKey: { handle: parent.objectHandle, area: parent.outPublic },
    });
    const auth = { session, authValue: fromHex('70'), encrypt: true };
    const { outData } = await tpm.must('TPM2_Unseal', { itemHandle: sealed.objectHandle }, [auth]);
    expect(toHex(outData)).toBe('00112233');
    expect(toHex(sealed.outPrivate)).not.toContain('00112233');
  });

  it('cannot be loaded under another parent or with a changed public area', async () => {
    const tpm = client();
    const [parent, other] = [await primary(tpm), await primary(tpm, STORAGE, 'TPM_RH_PLATFORM')];
    const { outPrivate, outPublic } = await tpm.must('TPM2_Create', {
      parentHandle: parent.objectHandle,
      ...creation(CIPHER),
    });
    const load = { parentHandle: parent.objectHandle, inPrivate: outPrivate, inPublic: outPublic };
    expect((await tpm.run('TPM2_Load', { ...load, parentHandle: other.objectHandle })).rc).toBe(
      'TPM_RC_INTEGRITY of parameter 1',
    );
    expect((await tpm.run('TPM2_Load', { ...load, inPublic: { ...outPublic, objectAttributes: 0 } })).rc).toBe(
      'TPM_RC_INTEGRITY of parameter 1',
    );
    expect((await tpm.run('TPM2_Load', load)).rc).toBe('TPM_RC_SUCCESS');
  });

  it('in NV memory survive a reset, those in slots do not', async () => {
    const tpm = createEmbeddedTpm('keys');
    const { objectHandle } = await primary(clientOf(tpm));
    await clientOf(tpm).must('TPM2_EvictControl', {
      auth: 'TPM_RH_OWNER',
      objectHandle,
      persistentHandle: 0x8100_0000,
    });
    tpm.init();
    tpm.execute(buildCommand('TPM2_Startup', { startupType: 'TPM_SU_CLEAR' }));
    expect((await clientOf(tpm).run('TPM2_ReadPublic', { objectHandle })).rc).toBe('TPM_RC_REFERENCE_H0');
    expect((await clientOf(tpm).run('TPM2_ReadPublic', { objectHandle: 0x8100_0000 })).rc).toBe('TPM_RC_SUCCESS');
  });
});

describe('protection against dictionary attacks', () => {
  it('counts a protected use that the power was cut after', async () => {
    const tpm = createEmbeddedTpm('keys');
    const start = (): void => {
      tpm.init();
      tpm.execute(buildCommand('TPM2_Startup', { startupType: 'TPM_SU_CLEAR' }));
    };
    const failures = async (): Promise<number> => {
      const command = buildCommand('TPM2_GetCapability', {
        capability: 'TPM_CAP_TPM_PROPERTIES',
        property: 'TPM_PT_LOCKOUT_COUNTER',
        propertyCount: 1,
      });
      const response = await Promise.resolve(tpm.execute(command));
      return new DataView(response.buffer).getUint32(response.length - 4);
    };
    const template = rsa({
      objectAttributes: attributes('userWithAuth', 'sensitiveDataOrigin', 'decrypt'),
      scheme: OAEP_SHA256,
      keyBits: 1024,
    });
    const use = async (): Promise<string> => {
      const { objectHandle } = await primary(clientOf(tpm), template);
      const fields = {
        keyHandle: objectHandle,
        cipherText: new Uint8Array(128),
        inScheme: OAEP_SHA256,
        label: NOTHING,
      };
      const { rc } = await clientOf(tpm).run('TPM2_RSA_Decrypt', fields, [{ password: fromHex('01') }]);
      await clientOf(tpm).flush(objectHandle);
      return rc;
    };
    expect(await use()).toBe('TPM_RC_RETRY');
    expect(await failures()).toBe(0);
    start();
    expect(await failures()).toBe(1);
    expect(await use()).toBe('TPM_RC_RETRY');
    expect(await use()).toBe('TPM_RC_AUTH_FAIL of session 1');
    expect(await use()).toBe('TPM_RC_AUTH_FAIL of session 1');
    expect(await use()).toBe('TPM_RC_LOCKOUT');
  });
});

describe('going back with objects and sessions', () => {
  it('gives the same bytes again, whatever was in slots and sessions', async () => {
    const tpm = createEmbeddedTpm('back');
    const sent: Uint8Array[] = [];
    const recorder = new TpmClient((command) => {
      sent.push(command);
      return tpm.execute(command);
    });
    const parent = await primary(recorder);
    const key = await child(recorder, parent.objectHandle, DECRYPT);
    const session = await recorder.startSession('TPM_SE_HMAC', {
      bind: { handle: key.objectHandle, authValue: NOTHING },
    });
    const saved = structuredClone(tpm.save());
    const from = sent.length;
    const cipherText = oaepEncrypt(key.outPublic, fromHex('01'));
    const fields = { keyHandle: key.objectHandle, cipherText, inScheme: OAEP_SHA256, label: NOTHING };
    await recorder.must('TPM2_RSA_Decrypt', fields, [{ session, encrypt: true, decrypt: true }]);
    await recorder.must('TPM2_Create', { parentHandle: parent.objectHandle, ...creation(CIPHER) }, [
      { session, encrypt: true, decrypt: true, audit: true },
    ]);
    await recorder.must('TPM2_EvictControl', {
      auth: 'TPM_RH_OWNER',
      objectHandle: parent.objectHandle,
      persistentHandle: 0x8100_0000,
    });
    await recorder.must('TPM2_FlushContext', { flushHandle: session.handle });
    const end = tpm.save();
    const commands = sent.slice(from);
    const other = createEmbeddedTpm('unrelated');
    const runs = [tpm, other].map((machine) => {
      machine.restore(saved);
      return commands.map((command) => toHex(machine.execute(command)));
    });
    expect(runs[0]).toEqual(runs[1]);
    expect(tpm.save()).toEqual(end);
    expect(other.save()).toEqual(end);
    tpm.restore(saved);
    expect(tpm.save()).toEqual(saved);
  });

  it('saves a state that later commands do not change', async () => {
    const tpm = createEmbeddedTpm('keys');
    const recorder = clientOf(tpm);
    const { objectHandle } = await primary(recorder, CIPHER);
    const session = await recorder.startSession('TPM_SE_POLICY');
    const saved = tpm.save();
    const copy = structuredClone(saved);
    await recorder.must('TPM2_PolicyAuthValue', { policySession: session.handle });
    await recorder.must('TPM2_GetRandom', { bytesRequested: 2 }, [{ session, encrypt: true }]);
    await recorder.must('TPM2_EvictControl', { auth: 'TPM_RH_OWNER', objectHandle, persistentHandle: 0x8100_0000 });
    await recorder.flush(objectHandle);
    await recorder.flush(session.handle);
    expect(saved).toEqual(copy);
  });
});

describe('bad input', () => {
  const tpm = createEmbeddedTpm('bad input');
  const commands: Uint8Array[] = [];
  let saved: unknown;
  beforeAll(async () => {
    const recorder = new TpmClient((command) => {
      commands.push(command);
      return tpm.execute(command);
    });
    for (const name of ['use of policies', 'sessions', 'objects from outside']) await FLOWS[name]!(recorder);
    await primary(recorder);
    await recorder.startSession('TPM_SE_POLICY');
    await recorder.startSession('TPM_SE_HMAC');
    saved = tpm.save();
  });

  it('is answered with a well-formed response, and never ends the TPM', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
        fc.nat({ max: 20 }),
        fc.boolean(),
        (which, changes, tail, cut) => {
          tpm.restore(saved);
          const base = commands[which % commands.length]!;
          const command = cut
            ? base.slice(0, Math.max(10, base.length - tail))
            : concat(base, new Uint8Array(tail % 3));
          for (const [at, byte] of changes) command[10 + (at % Math.max(1, command.length - 10))] = byte;
          new DataView(command.buffer).setUint32(2, command.length);
          const response = tpm.execute(command);
          expect(decodeResponse(response, command).error).toBeUndefined();
        },
      ),
      { numRuns: 1500 },
    );
  }, 60_000);
});

describe('audit sessions', () => {
  it('tell whether another command came in between', async () => {
    const tpm = createEmbeddedTpm('audit');
    const flags: number[] = [];
    const recorder = new TpmClient((command) => {
      const response = tpm.execute(command);
      // Behind the parameters: a nonce of 32 bytes, then the attributes.
      if (new DataView(response.buffer).getUint16(0) === 0x8002) {
        flags.push(response[14 + new DataView(response.buffer).getUint32(10) + 34]!);
      }
      return response;
    });
    const session = await recorder.startSession('TPM_SE_HMAC');
    const audited = (): Promise<Fields> =>
      recorder.must('TPM2_GetRandom', { bytesRequested: 2 }, [{ session, audit: true }]);
    await audited();
    await audited();
    await recorder.must('TPM2_GetRandom', { bytesRequested: 2 });
    await audited();
    expect(flags.map((byte) => byte & 2)).toEqual([2, 2, 0]);
  });
});
