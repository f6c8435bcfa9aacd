import { describe, expect, it } from 'vitest';
import { HmacDrbg } from '../../emulator/common/drbg';
import { toHex } from '../../emulator/common/bytes';
import { buildCommand } from '../../emulator/tpm/codec';
import {
  createEmbeddedTpm,
  provisionWrappingKey,
  type EmbeddedTpm,
  type WrappingKeyInfo,
} from '../../emulator/tpm/embedded';
import { numberToBytes } from '../../emulator/common/bytes';
import { generateKey } from '../../emulator/crypto/rsa-generation';
import { oaepEncrypt, TpmClient } from './client';
import { ULTRAVISOR_POLICIES, ultravisorDecrypt } from './flows/ultravisor';

const clientOf = (tpm: EmbeddedTpm): TpmClient => new TpmClient((command) => tpm.execute(command));

function encryptTo(key: WrappingKeyInfo, message: Uint8Array): Uint8Array {
  const area = { parameters: { exponent: 0 }, unique: numberToBytes(key.publicKey.n, 256) };
  return oaepEncrypt(area, message);
}

const symkey = new Uint8Array(32).fill(0x5a);

describe('the wrapping key', () => {
  it('has the policies of the firmware and opens what was encrypted to it', async () => {
    const tpm = createEmbeddedTpm('boot');
    const key = provisionWrappingKey(tpm);
    expect(key.handle).toBe(0x8180_0001);
    expect(key.parentHandle).toBe(0x8180_0000);
    expect(toHex(key.policyA)).toBe(toHex(ULTRAVISOR_POLICIES.a));
    expect(toHex(key.policyB)).toBe(toHex(ULTRAVISOR_POLICIES.b));
    expect(key.password.length).toBe(16);
    expect(key.password.includes(0)).toBe(false);
    const client = clientOf(tpm);
    const { name, outPublic } = await client.must('TPM2_ReadPublic', { objectHandle: key.handle });
    expect(toHex(name)).toBe(toHex(key.publicName));
    expect(name.length).toBe(34);
    expect(toHex(outPublic.authPolicy as Uint8Array)).toBe(toHex(ULTRAVISOR_POLICIES.either));
    expect(await ultravisorDecrypt(client, key, encryptTo(key, symkey))).toEqual(symkey);
    expect(await ultravisorDecrypt(client, { ...key, password: symkey }, encryptTo(key, symkey))).toBe(
      'TPM_RC_BAD_AUTH of session 1',
    );
  });

  it('is the same for the same seed, and another for another', () => {
    const [a, b, c] = ['boot', 'boot', 'other'].map((seed) => provisionWrappingKey(createEmbeddedTpm(seed)));
    expect(a).toEqual(b);
    expect(a!.publicKey.n).not.toBe(c!.publicKey.n);
    expect(toHex(a!.password)).not.toBe(toHex(c!.password));
  });

  it('stays over a boot, with a new password', async () => {
    const tpm = createEmbeddedTpm('boot');
    const first = provisionWrappingKey(tpm);
    tpm.init();
    tpm.execute(buildCommand('TPM2_Startup', { startupType: 'TPM_SU_CLEAR' }));
    const second = provisionWrappingKey(tpm);
    expect(second.publicKey).toEqual(first.publicKey);
    expect(second.publicName).toEqual(first.publicName);
    expect(toHex(second.password)).not.toBe(toHex(first.password));
    const client = clientOf(tpm);
    expect(await ultravisorDecrypt(client, second, encryptTo(first, symkey))).toEqual(symkey);
    expect(await ultravisorDecrypt(client, first, encryptTo(first, symkey))).toBe('TPM_RC_BAD_AUTH of session 1');
  });

  it('keeps its password until the next reset: policy B asks for a PCR that is zero', () => {
    const tpm = createEmbeddedTpm('boot');
    provisionWrappingKey(tpm);
    expect(() => provisionWrappingKey(tpm)).toThrow(/TPM2_PolicyPCR.*TPM_RC_VALUE of parameter 1/);
  });

  it('can be a key pair that was made outside', async () => {
    const random = HmacDrbg.fromSeed('tpm.pem', 'test');
    const importKey = generateKey(2048, 65537, (count) => random.generate(count));
    const tpm = createEmbeddedTpm('boot');
    const key = provisionWrappingKey(tpm, { importKey });
    expect(key.publicKey).toEqual({ n: importKey.n, e: importKey.e });
    const client = clientOf(tpm);
    expect(await ultravisorDecrypt(client, key, encryptTo(key, symkey))).toEqual(symkey);
  });

  it('cannot be a pair that does not belong together', () => {
    const random = HmacDrbg.fromSeed('tpm.pem', 'test');
    const { n, e, q } = generateKey(1024, 65537, (count) => random.generate(count));
    expect(() => provisionWrappingKey(createEmbeddedTpm('boot'), { importKey: { n, e, p: q + 2n } })).toThrow(
      /TPM2_Load.*TPM_RC_BINDING/,
    );
  });

  it('leaves nothing behind in slots', async () => {
    const tpm = createEmbeddedTpm('boot');
    provisionWrappingKey(tpm);
    const client = clientOf(tpm);
    for (const property of [0x0200_0000, 0x8000_0000]) {
      await client.must('TPM2_GetCapability', { capability: 'TPM_CAP_HANDLES', property, propertyCount: 9 });
      expect(client.log.at(-1)).toContain('"data":[]');
    }
  });
});
