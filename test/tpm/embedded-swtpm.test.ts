/** The embedded TPM against a real one: the same commands, whole and broken, get the same response codes. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, equalBytes, fromHex, toHex } from '../../emulator/common/bytes';
import {
  buildCommand,
  decodeResponse,
  explainResponseCode,
  type FieldValues,
  type SessionFields,
} from '../../emulator/tpm/codec';
import { SwtpmDevice } from '../../emulator/tpm/devices';
import { createEmbeddedTpm, embeddedCommands } from '../../emulator/tpm/embedded';
import { findCommand } from '../../emulator/tpm/tables';
import { framed, numbers } from './repeatable';
import { startSwtpm, WITHOUT_SWTPM, type SwtpmProcess } from './swtpm-process';

const SHA256 = new Uint8Array(32).fill(7);
const PCRS = fromHex('010081');
const password = (fields: SessionFields = {}): SessionFields => ({ sessionHandle: 'TPM_RS_PW', ...fields });

const capability = (group: string, property: number, propertyCount: number): Uint8Array =>
  buildCommand('TPM2_GetCapability', { capability: group, property, propertyCount });

const extend = (pcrHandle: number, digests: FieldValues[], sessions?: SessionFields[]): Uint8Array =>
  buildCommand('TPM2_PCR_Extend', { pcrHandle, digests }, sessions);

const read = (hash: string, pcrSelect: Uint8Array): Uint8Array =>
  buildCommand('TPM2_PCR_Read', { pcrSelectionIn: [{ hash, pcrSelect }] });

const digests = [{ hashAlg: 'TPM_ALG_SHA256', digest: SHA256 }];

/** Commands of the embedded families, right and wrong, as their writers send them. */
const COMMANDS: readonly Uint8Array[] = [
  buildCommand('TPM2_GetRandom', { bytesRequested: 0 }),
  buildCommand('TPM2_GetRandom', { bytesRequested: 20 }),
  buildCommand('TPM2_GetRandom', { bytesRequested: 65535 }),
  buildCommand('TPM2_StirRandom', { inData: fromHex('0011') }),
  buildCommand('TPM2_StirRandom', { inData: new Uint8Array(128) }),
  buildCommand('TPM2_StirRandom', { inData: new Uint8Array(129) }),
  buildCommand('TPM2_SelfTest', { fullTest: 1 }),
  buildCommand('TPM2_SelfTest', { fullTest: 2 }),
  buildCommand('TPM2_GetTestResult', {}),
  buildCommand('TPM2_Startup', { startupType: 'TPM_SU_CLEAR' }),
  buildCommand('TPM2_Shutdown', { shutdownType: 7 }),
  read('TPM_ALG_SHA256', PCRS),
  read('TPM_ALG_SHA1', fromHex('ffffff')),
  read('TPM_ALG_SHA384', fromHex('ffffff')),
  read('TPM_ALG_SHA256', fromHex('ffff')),
  read('TPM_ALG_SHA256', fromHex('ffffffff')),
  read('TPM_ALG_SM3_256', PCRS),
  read('TPM_ALG_NULL', PCRS),
  buildCommand('TPM2_PCR_Read', { pcrSelectionIn: [] }),
  buildCommand('TPM2_PCR_Read', {
    pcrSelectionIn: ['TPM_ALG_SHA1', 'TPM_ALG_SHA256', 'TPM_ALG_SHA384'].map((hash) => ({
      hash,
      pcrSelect: fromHex('3f0000'),
    })),
  }),
  buildCommand('TPM2_PCR_Read', {
    pcrSelectionIn: Array.from({ length: 17 }, () => ({ hash: 'TPM_ALG_SHA1', pcrSelect: PCRS })),
  }),
  extend(0, digests),
  extend(10, [...digests, { hashAlg: 'TPM_ALG_SHA1', digest: SHA256.slice(0, 20) }]),
  extend(16, [{ hashAlg: 'TPM_ALG_SHA384', digest: new Uint8Array(48) }]),
  extend(16, [{ hashAlg: 'TPM_ALG_SHA512', digest: new Uint8Array(64) }]),
  extend(16, [{ hashAlg: 'TPM_ALG_SM3_256', digest: SHA256 }]),
  extend(16, [{ hashAlg: 'TPM_ALG_NULL' }]),
  extend(16, []),
  extend(17, digests),
  extend(20, digests),
  extend(23, digests),
  extend(24, digests),
  extend(0x4000_0007, digests),
  extend(0x8000_0000, digests),
  extend(16, digests, []),
  extend(16, digests, [password({ hmac: fromHex('00') })]),
  extend(16, digests, [password({ hmac: fromHex('01') })]),
  extend(16, digests, [password({ nonce: fromHex('01') })]),
  extend(16, digests, [password({ nonce: new Uint8Array(65) })]),
  extend(16, digests, [password({ sessionAttributes: 1 })]),
  extend(16, digests, [password({ sessionAttributes: 0x20 })]),
  extend(16, digests, [password({ sessionAttributes: 0x18 })]),
  extend(16, digests, [password({ sessionAttributes: 0x80 })]),
  extend(16, digests, [password(), password()]),
  extend(16, digests, [password(), password(), password(), password()]),
  extend(16, digests, [{ sessionHandle: 0x0200_0000 }]),
  extend(16, digests, [{ sessionHandle: 0x0300_0005 }]),
  extend(16, digests, [{ sessionHandle: 0x0200_0040 }]),
  extend(16, digests, [{ sessionHandle: 'TPM_RH_OWNER' }]),
  buildCommand('TPM2_PCR_Reset', { pcrHandle: 16 }),
  buildCommand('TPM2_PCR_Reset', { pcrHandle: 23 }),
  buildCommand('TPM2_PCR_Reset', { pcrHandle: 0 }),
  buildCommand('TPM2_PCR_Reset', { pcrHandle: 17 }),
  buildCommand('TPM2_PCR_Reset', { pcrHandle: 22 }),
  buildCommand('TPM2_PCR_Reset', { pcrHandle: 'TPM_RH_NULL' }),
  buildCommand('TPM2_PCR_Reset', { pcrHandle: 16 }, []),
  buildCommand('TPM2_GetRandom', { bytesRequested: 4 }, [password()]),
  buildCommand('TPM2_Startup', { startupType: 0 }, [password()]),
  capability('TPM_CAP_ALGS', 0, 3),
  capability('TPM_CAP_HANDLES', 0, 100),
  capability('TPM_CAP_HANDLES', 0x4000_0000, 100),
  capability('TPM_CAP_HANDLES', 0x0100_0000, 1),
  capability('TPM_CAP_HANDLES', 0x0200_0000, 1),
  capability('TPM_CAP_HANDLES', 0x0300_0000, 1),
  capability('TPM_CAP_HANDLES', 0x8000_0000, 1),
  capability('TPM_CAP_HANDLES', 0x8100_0000, 1),
  capability('TPM_CAP_HANDLES', 0x9000_0000, 1),
  capability('TPM_CAP_HANDLES', 0xff00_0000, 1),
  capability('TPM_CAP_COMMANDS', 0, 1),
  capability('TPM_CAP_PP_COMMANDS', 0xffff_ffff, 1),
  capability('TPM_CAP_AUDIT_COMMANDS', 0xffff_ffff, 1),
  capability('TPM_CAP_PCRS', 0, 1),
  capability('TPM_CAP_PCRS', 0, 0),
  capability('TPM_CAP_PCRS', 1, 1),
  capability('TPM_CAP_TPM_PROPERTIES', 0, 1000),
  capability('TPM_CAP_TPM_PROPERTIES', 0x200, 1000),
  capability('TPM_CAP_TPM_PROPERTIES', 0x300, 1000),
  capability('TPM_CAP_PCR_PROPERTIES', 0, 100),
  capability('TPM_CAP_PCR_PROPERTIES', 0x0b, 1),
  capability('TPM_CAP_ECC_CURVES', 0xffff, 1),
  capability('TPM_CAP_AUTH_POLICIES', 0, 1),
  capability('TPM_CAP_AUTH_POLICIES', 0x4000_0001, 1),
  capability('TPM_CAP_ACT', 0, 1),
  capability('TPM_CAP_VENDOR_PROPERTY', 0, 1),
  buildCommand('TPM2_GetCapability', { capability: 0x77, property: 0, propertyCount: 0 }),
];

function mutants(count: number): Uint8Array[] {
  const next = numbers(2);
  return Array.from({ length: count }, () => {
    const base = COMMANDS[next(COMMANDS.length)]!;
    const kind = next(3);
    if (kind === 0) return framed(base.slice(0, 10 + next(base.length - 9)));
    if (kind === 1) return framed(concat(base, new Uint8Array(1 + next(4))));
    const changed = base.slice();
    if (next(40) === 0) return framed(concat(fromHex('8021'), base.slice(2)));
    for (let i = 0; i <= next(2); i++) {
      // The code stays: other commands are not what is compared.
      const at = next(8) === 0 ? next(2) : Math.min(10 + next(base.length - 9), base.length - 1);
      if (at < 6 || at > 9) changed[at] = [0, 1, 2, 0x40, 0x80, 0xff, next(256)][next(7)]!;
    }
    return framed(changed);
  });
}

const codeOf = (response: Uint8Array): number => new DataView(response.buffer, response.byteOffset).getUint32(6);

describe.skipIf(WITHOUT_SWTPM !== undefined)('the embedded TPM and swtpm', () => {
  let swtpm: SwtpmProcess;
  let device: SwtpmDevice;
  beforeAll(async () => {
    swtpm = await startSwtpm();
    device = new SwtpmDevice(swtpm.address, { timeoutMs: 10_000 });
  });
  afterAll(async () => {
    await device.close();
    await swtpm.stop();
  });

  async function compare(
    command: Uint8Array,
    embedded: { execute(bytes: Uint8Array): Uint8Array },
  ): Promise<string | undefined> {
    const theirs = await device.transmit(command);
    const ours = embedded.execute(command);
    if (codeOf(theirs) === codeOf(ours)) return undefined;
    const text = (response: Uint8Array): string => explainResponseCode(codeOf(response)).text;
    return `${toHex(command)}: swtpm ${text(theirs)}; embedded ${text(ours)}`;
  }

  it(`give the same codes for ${COMMANDS.length} commands, right and wrong ones`, async () => {
    const embedded = createEmbeddedTpm('compare');
    const differences = [];
    for (const command of COMMANDS) differences.push(await compare(command, embedded));
    expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
  });

  it('give the same codes for 2000 broken commands', async () => {
    const embedded = createEmbeddedTpm('compare');
    const differences = [];
    for (const command of mutants(2000)) differences.push(await compare(command, embedded));
    expect(differences.filter((difference) => difference !== undefined)).toEqual([]);
  });

  it('read the same PCRs after the same extends and resets', async () => {
    const embedded = createEmbeddedTpm('compare');
    const both = async (command: Uint8Array): Promise<[string, string]> => [
      toHex(await device.transmit(command)),
      toHex(embedded.execute(command)),
    ];
    // swtpm has a past by now: PCR 23 starts the same on both sides.
    await both(buildCommand('TPM2_PCR_Reset', { pcrHandle: 23 }));
    for (let i = 0; i < 3; i++)
      await both(extend(23, [...digests, { hashAlg: 'TPM_ALG_SHA1', digest: SHA256.slice(0, 20) }]));
    const values = (hex: string): string => hex.slice(28);
    for (const hash of ['TPM_ALG_SHA1', 'TPM_ALG_SHA256', 'TPM_ALG_SHA384']) {
      const [theirs, ours] = await both(read(hash, fromHex('000080')));
      expect(values(ours)).toBe(values(theirs));
    }
  });

  it('describe PCRs and permanent handles in the same bytes', async () => {
    const embedded = createEmbeddedTpm('compare');
    for (const command of [
      capability('TPM_CAP_PCR_PROPERTIES', 0, 0x0b),
      capability('TPM_CAP_HANDLES', 0, 100),
      capability('TPM_CAP_HANDLES', 0, 5),
      capability('TPM_CAP_HANDLES', 0x4000_0000, 100),
      capability('TPM_CAP_HANDLES', 0x8000_0000, 100),
    ]) {
      expect(toHex(embedded.execute(command))).toBe(toHex(await device.transmit(command)));
    }
  });

  it('agree on the attributes of the commands that both have', async () => {
    const ask = capability('TPM_CAP_COMMANDS', 0, 254);
    const attributesIn = (response: Uint8Array): bigint[] => {
      const data = decodeResponse(response, ask).parameters[1]?.children[1];
      return data?.children.slice(1).map((node) => node.value as bigint) ?? [];
    };
    const theirs = attributesIn(await device.transmit(ask));
    const ours = attributesIn(createEmbeddedTpm('compare').execute(ask));
    expect(ours.length).toBe(embeddedCommands().length);
    expect(
      ours
        .filter((attributes) => !theirs.includes(attributes))
        .map((word) => findCommand(Number(word & 0xffffn))?.name),
    ).toEqual([]);
  });
});

describe('comparison with swtpm', () => {
  it(WITHOUT_SWTPM ?? 'has a real swtpm', () => {
    if (WITHOUT_SWTPM !== undefined) console.warn(WITHOUT_SWTPM);
    expect(equalBytes(framed(COMMANDS[0]!), COMMANDS[0]!)).toBe(true);
  });
});
