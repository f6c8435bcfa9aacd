import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import { fieldOf, isList } from '../../emulator/common/values';
import {
  buildCommand,
  decodeResponse,
  explainResponseCode,
  toRecord,
  type FieldValues,
  type SessionFields,
} from '../../emulator/tpm/codec';
import { createEmbeddedTpm, embeddedCommands, type EmbeddedTpm } from '../../emulator/tpm/embedded';
import { COMMANDS } from '../../emulator/tpm/tables';
import { codeOf, EXCHANGES } from './vectors';

function run(
  tpm: EmbeddedTpm,
  name: string,
  fields: FieldValues,
  sessions?: SessionFields[],
): ReturnType<typeof toRecord> {
  const command = buildCommand(name, fields, sessions);
  const decoded = decodeResponse(tpm.execute(command), command);
  expect(decoded.error).toBeUndefined();
  return toRecord(decoded);
}

const rc = (tpm: EmbeddedTpm, name: string, fields: FieldValues, sessions?: SessionFields[]): string =>
  explainResponseCode(Number(fieldOf(run(tpm, name, fields, sessions), 'responseCode'))).text.replace(/: .*/, '');

const digest = new Uint8Array(32).fill(1);
const extendPcr = (tpm: EmbeddedTpm, pcr: number): string =>
  rc(tpm, 'TPM2_PCR_Extend', { pcrHandle: pcr, digests: [{ hashAlg: 'TPM_ALG_SHA256', digest }] });

function readPcr(tpm: EmbeddedTpm, pcr: number, hash = 'TPM_ALG_SHA256'): string {
  const pcrSelect = new Uint8Array(3);
  pcrSelect[pcr >> 3] = 1 << (pcr % 8);
  const values = fieldOf(run(tpm, 'TPM2_PCR_Read', { pcrSelectionIn: [{ hash, pcrSelect }] }), 'pcrValues');
  return values && isList(values) && values.items[0] instanceof Uint8Array ? toHex(values.items[0]) : '';
}

const counter = (tpm: EmbeddedTpm): bigint =>
  fieldOf(run(tpm, 'TPM2_PCR_Read', { pcrSelectionIn: [] }), 'pcrUpdateCounter') as bigint;

describe('the embedded TPM', () => {
  it('is started by the firmware, or waits for TPM2_Startup', () => {
    expect(rc(createEmbeddedTpm('a'), 'TPM2_Startup', { startupType: 0 })).toBe('TPM_RC_INITIALIZE');
    const tpm = createEmbeddedTpm('a', { started: false });
    expect(rc(tpm, 'TPM2_GetRandom', { bytesRequested: 1 })).toBe('TPM_RC_INITIALIZE');
    expect(rc(tpm, 'TPM2_Startup', { startupType: 'TPM_SU_STATE' })).toBe('TPM_RC_VALUE of parameter 1');
    expect(rc(tpm, 'TPM2_Startup', { startupType: 'TPM_SU_CLEAR' })).toBe('TPM_RC_SUCCESS');
    expect(rc(tpm, 'TPM2_GetRandom', { bytesRequested: 1 })).toBe('TPM_RC_SUCCESS');
  });

  it('gives random bytes of its seed', () => {
    const random = (seed: string, count: number): string =>
      toHex(
        fieldOf(run(createEmbeddedTpm(seed), 'TPM2_GetRandom', { bytesRequested: count }), 'randomBytes') as Uint8Array,
      );
    expect(random('demo', 20)).toBe(random('demo', 20));
    expect(random('demo', 20)).not.toBe(random('other', 20));
    expect(random('demo', 20).length).toBe(40);
    expect(random('demo', 1000).length).toBe(128);
  });

  it('gives other random bytes after other data was stirred in', () => {
    const stirred = (hex: string): string => {
      const tpm = createEmbeddedTpm('demo');
      run(tpm, 'TPM2_StirRandom', { inData: fromHex(hex) });
      return toHex(fieldOf(run(tpm, 'TPM2_GetRandom', { bytesRequested: 16 }), 'randomBytes') as Uint8Array);
    };
    expect(stirred('01')).not.toBe(stirred('02'));
  });

  it('extends a PCR: the new value is the hash of old value and digest', () => {
    const tpm = createEmbeddedTpm('a');
    expect(readPcr(tpm, 7)).toBe('00'.repeat(32));
    expect(readPcr(tpm, 17)).toBe('ff'.repeat(32));
    expect(extendPcr(tpm, 7)).toBe('TPM_RC_SUCCESS');
    const once = sha256(concat(new Uint8Array(32), digest));
    expect(readPcr(tpm, 7)).toBe(toHex(once));
    extendPcr(tpm, 7);
    expect(readPcr(tpm, 7)).toBe(toHex(sha256(concat(once, digest))));
    expect(readPcr(tpm, 7, 'TPM_ALG_SHA1')).toBe('00'.repeat(20));
  });

  it.each([
    [0, 'TPM_RC_SUCCESS', 'TPM_RC_LOCALITY'],
    [16, 'TPM_RC_SUCCESS', 'TPM_RC_SUCCESS'],
    [17, 'TPM_RC_LOCALITY', 'TPM_RC_LOCALITY'],
    [23, 'TPM_RC_SUCCESS', 'TPM_RC_SUCCESS'],
    [24, 'TPM_RC_VALUE of handle 1', 'TPM_RC_VALUE of handle 1'],
  ])('extends and resets PCR %i from locality 0 with %s and %s', (pcr, extended, reset) => {
    const tpm = createEmbeddedTpm('a');
    expect(extendPcr(tpm, pcr)).toBe(extended);
    expect(rc(tpm, 'TPM2_PCR_Reset', { pcrHandle: pcr })).toBe(reset);
  });

  it('counts changes of PCRs, but not those of the debug PCRs', () => {
    const tpm = createEmbeddedTpm('a');
    expect(counter(tpm)).toBe(20n);
    extendPcr(tpm, 16);
    expect(counter(tpm)).toBe(20n);
    extendPcr(tpm, 3);
    expect(counter(tpm)).toBe(21n);
  });

  it('reads at most 8 PCRs and says which', () => {
    const command = buildCommand('TPM2_PCR_Read', {
      pcrSelectionIn: [
        { hash: 'TPM_ALG_SHA1', pcrSelect: fromHex('0f0000') },
        { hash: 'TPM_ALG_SHA256', pcrSelect: fromHex('ff0000') },
        { hash: 'TPM_ALG_SHA384', pcrSelect: fromHex('010000') },
      ],
    });
    const decoded = decodeResponse(createEmbeddedTpm('a').execute(command), command);
    const selections = decoded.parameters[1]!.children.slice(1).map((node) => node.children[1]!.text);
    expect(selections).toEqual(['PCR 0, 1, 2, 3', 'PCR 0, 1, 2, 3', 'no PCR']);
    expect(decoded.parameters[2]!.children.length).toBe(1 + 8);
  });

  it.each<[string, SessionFields[] | undefined, string]>([
    ['no session', [], 'TPM_RC_AUTH_MISSING'],
    ['an empty password', [{}], 'TPM_RC_SUCCESS'],
    ['a password of zeros', [{ hmac: fromHex('0000') }], 'TPM_RC_SUCCESS'],
    ['a wrong password', [{ hmac: fromHex('61') }], 'TPM_RC_BAD_AUTH of session 1'],
    ['a nonce', [{ nonce: fromHex('01') }], 'TPM_RC_NONCE of session 1'],
    ['encryption by a password', [{ sessionAttributes: { encrypt: 1 } }], 'TPM_RC_ATTRIBUTES of session 1'],
    ['reserved bits', [{ sessionAttributes: 0x10 }], 'TPM_RC_RESERVED_BITS of session 1'],
    ['a session that is not there', [{ sessionHandle: 0x0200_0000 }], 'TPM_RC_REFERENCE_S0'],
    ['a second one that is not there', [{}, { sessionHandle: 0x0300_0001 }], 'TPM_RC_REFERENCE_S1'],
    ['a handle that is no session', [{ sessionHandle: 'TPM_RH_OWNER' }], 'TPM_RC_VALUE of session 1'],
    ['a password without a handle', [{}, {}], 'TPM_RC_HANDLE of session 2'],
    ['four sessions', [{}, {}, {}, {}], 'TPM_RC_SIZE of session 4'],
  ])('answers TPM2_PCR_Extend with %s', (_, sessions, expected) => {
    expect(rc(createEmbeddedTpm('a'), 'TPM2_PCR_Extend', { pcrHandle: 16, digests: [] }, sessions)).toBe(expected);
  });

  it.each([
    ['', 'TPM_RC_INSUFFICIENT'],
    ['80', 'TPM_RC_INSUFFICIENT'],
    ['8001 0000', 'TPM_RC_INSUFFICIENT'],
    ['8001 00000008 0000', 'TPM_RC_INSUFFICIENT'],
    ['8001 0000000c 0000017b', 'TPM_RC_COMMAND_SIZE'],
    ['8001 ffffffff 0000017b 0014', 'TPM_RC_COMMAND_SIZE'],
    ['8021 0000000c 0000017b 0014', 'TPM_RC_BAD_TAG'],
    ['1234 0000000c 0000017b 0014', 'TPM_RC_VALUE'],
    ['8001 0000000a 00000000', 'TPM_RC_COMMAND_CODE'],
    ['8001 0000000a 00000181', 'TPM_RC_COMMAND_CODE'],
    ['8001 0000000a 20000000', 'TPM_RC_COMMAND_CODE'],
    ['8001 0000000a 0000017b', 'TPM_RC_INSUFFICIENT of parameter 1'],
    ['8001 0000000d 0000017b 0014 00', 'TPM_RC_SIZE'],
    ['8001 0000000a 0000013d', 'TPM_RC_INSUFFICIENT of handle 1'],
    ['8002 0000000e 0000013d 00000010', 'TPM_RC_INSUFFICIENT'],
    ['8002 00000012 0000013d 00000010 00000008', 'TPM_RC_SIZE'],
    ['8002 0000001b 0000013d 00000010 00000009 40000009 0001 00 00 00', 'TPM_RC_INSUFFICIENT of session 1'],
    ['8001 0000000e 0000017e ffffffff', 'TPM_RC_SIZE of parameter 1'],
    ['8001 0000000e 0000017e 00000002', 'TPM_RC_INSUFFICIENT of parameter 1'],
    ['8001 00000013 0000017e 00000001 000b 02 0000', 'TPM_RC_VALUE of parameter 1'],
    ['8001 00000014 0000017e 00000001 0012 03 000000', 'TPM_RC_HASH of parameter 1'],
  ])('answers %s with %s', (hex, expected) => {
    const response = createEmbeddedTpm('a').execute(fromHex(hex));
    expect(explainResponseCode(codeOf(response)).text.replace(/: .*/, '')).toBe(expected);
    expect(decodeResponse(response).error).toBeUndefined();
  });

  it('answers commands it does not have with TPM_RC_COMMAND_CODE', () => {
    const tpm = createEmbeddedTpm('a');
    const known = new Set(embeddedCommands());
    for (const row of COMMANDS) {
      const command = new Uint8Array(10);
      command.set(fromHex('80010000000a'));
      new DataView(command.buffer).setUint32(6, row.code);
      if (!known.has(row.name)) expect(codeOf(tpm.execute(command)), row.name).toBe(0x143);
    }
  });

  it('keeps its PCRs over a shut-down that says so, and starts anew otherwise', () => {
    const tpm = createEmbeddedTpm('a');
    extendPcr(tpm, 5);
    extendPcr(tpm, 16);
    const before = readPcr(tpm, 5);
    run(tpm, 'TPM2_Shutdown', { shutdownType: 'TPM_SU_STATE' });
    tpm.init();
    expect(rc(tpm, 'TPM2_Startup', { startupType: 'TPM_SU_STATE' })).toBe('TPM_RC_SUCCESS');
    expect(readPcr(tpm, 5)).toBe(before);
    expect(readPcr(tpm, 16)).toBe('00'.repeat(32));

    run(tpm, 'TPM2_Shutdown', { shutdownType: 'TPM_SU_STATE' });
    extendPcr(tpm, 5);
    tpm.init();
    expect(rc(tpm, 'TPM2_Startup', { startupType: 'TPM_SU_STATE' })).toBe('TPM_RC_VALUE of parameter 1');
    expect(rc(tpm, 'TPM2_Startup', { startupType: 'TPM_SU_CLEAR' })).toBe('TPM_RC_SUCCESS');
    expect(readPcr(tpm, 5)).toBe('00'.repeat(32));
  });

  it('tells its capabilities page by page', () => {
    const tpm = createEmbeddedTpm('a');
    const values: string[] = [];
    for (let property = 0x100, more = true; more;) {
      const command = buildCommand('TPM2_GetCapability', {
        capability: 'TPM_CAP_TPM_PROPERTIES',
        property,
        propertyCount: 7,
      });
      const decoded = decodeResponse(tpm.execute(command), command);
      const list = decoded.parameters[1]!.children[1]!.children.slice(1);
      values.push(...list.map((node) => node.children[0]!.text!));
      more = decoded.parameters[0]!.value === 1n;
      property = Number(list.at(-1)!.children[0]!.value) + 1;
      expect(list.length).toBeLessThanOrEqual(7);
    }
    expect(values.length).toBe(46);
    expect(new Set(values).size).toBe(46);
    expect(values).toContain('TPM_PT_MANUFACTURER');
  });
});

describe('going back', () => {
  it('gives the same bytes again: save, commands, restore, the same commands', () => {
    const commands = [
      ...EXCHANGES.map(({ cmd }) => cmd).filter((cmd) => [0x17a, 0x17b, 0x17e, 0x182].includes(codeOf(cmd))),
      buildCommand('TPM2_StirRandom', { inData: fromHex('0102') }),
      buildCommand('TPM2_GetRandom', { bytesRequested: 32 }),
      buildCommand('TPM2_PCR_Reset', { pcrHandle: 16 }),
      buildCommand('TPM2_Shutdown', { shutdownType: 'TPM_SU_STATE' }),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.nat(commands.length - 1), { maxLength: 10 }),
        fc.array(fc.nat(commands.length - 1), { maxLength: 20 }),
        (before, after) => {
          const tpm = createEmbeddedTpm('back');
          before.forEach((i) => tpm.execute(commands[i]!));
          const saved = structuredClone(tpm.save());
          const responses = after.map((i) => toHex(tpm.execute(commands[i]!)));
          const end = tpm.save();
          const other = createEmbeddedTpm('unrelated');
          for (const machine of [tpm, other]) {
            machine.restore(saved);
            expect(after.map((i) => toHex(machine.execute(commands[i]!)))).toEqual(responses);
            expect(machine.save()).toEqual(end);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('saves a state that later commands do not change', () => {
    const tpm = createEmbeddedTpm('a');
    const saved = tpm.save();
    const copy = structuredClone(saved);
    extendPcr(tpm, 0);
    run(tpm, 'TPM2_GetRandom', { bytesRequested: 9 });
    expect(saved).toEqual(copy);
  });

  it('answers any bytes with a well-formed response', () => {
    const tpm = createEmbeddedTpm('a');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const response = tpm.execute(bytes);
        expect(decodeResponse(response, bytes).error).toBeUndefined();
      }),
    );
    const largest = tpm.execute(new Uint8Array(1_000_000));
    expect(largest.length).toBe(10);
  });
});
