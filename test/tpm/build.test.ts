import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../emulator/common/bytes';
import { InputError } from '../../emulator/common/errors';
import { fieldOf, isRecord, type Value } from '../../emulator/common/values';
import {
  buildCommand,
  decodeCommand,
  decodeResponse,
  decodeType,
  encodeType,
  nodeValue,
  toRecord,
  type FieldValue,
  type FieldValues,
  type SessionFields,
} from '../../emulator/tpm/codec';
import { EXCHANGES, exchangeOf } from './vectors';

const bytes = (hex: string): Uint8Array => fromHex(hex);

/** A record as plain objects, bytes as hex, for comparing. */
function plain(value: Value | undefined): unknown {
  if (value === undefined || typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (value instanceof Uint8Array) return toHex(value);
  if (isRecord(value)) return Object.fromEntries(value.fields.map(([name, field]) => [name, plain(field)]));
  return value.items.map(plain);
}

describe('buildCommand', () => {
  it.each<[string, FieldValues, SessionFields[] | undefined, string]>([
    ['TPM2_GetRandom', { bytesRequested: 20 }, undefined, '8001 0000000c 0000017b 0014'],
    ['TPM_CC_GetRandom', { bytesRequested: 20n }, undefined, '8001 0000000c 0000017b 0014'],
    ['TPM2_SelfTest', { fullTest: true }, undefined, '8001 0000000b 00000143 01'],
    ['TPM2_Startup', { startupType: 'TPM_SU_STATE' }, undefined, '8001 0000000c 00000144 0001'],
    ['TPM2_GetTestResult', {}, undefined, '8001 0000000a 0000017c'],
    ['TPM2_ClockRateAdjust', { auth: 'TPM_RH_OWNER', rateAdjust: -2 }, [], '8001 0000000f 00000130 40000001 fe'],
    [
      'TPM2_ClockRateAdjust',
      { auth: 'TPM_RH_OWNER', rateAdjust: 0xffff_ffff_ffff_fffen },
      [],
      '8001 0000000f 00000130 40000001 fe',
    ],
    [
      'TPM2_PCR_Read',
      { pcrSelectionIn: [{ hash: 'TPM_ALG_SHA256', pcrSelect: bytes('010001') }] },
      undefined,
      '8001 00000014 0000017e 00000001 000b 03 010001',
    ],
    [
      'TPM2_PCR_Extend',
      { pcrHandle: 16, digests: [] },
      undefined,
      '8002 0000001f 00000182 00000010 00000009 40000009 0000 00 0000 00000000',
    ],
    ['TPM2_PCR_Extend', { pcrHandle: 16, digests: [] }, [], '8001 00000012 00000182 00000010 00000000'],
    [
      'TPM2_PCR_Reset',
      { pcrHandle: 16 },
      [
        {
          sessionHandle: 0x0200_0000,
          nonce: bytes('aabb'),
          sessionAttributes: { continueSession: 1, audit: 1 },
          hmac: bytes('cc'),
        },
      ],
      '8002 0000001e 0000013d 00000010 0000000c 02000000 0002 aabb 81 0001 cc',
    ],
    [
      // The selector follows from the member's name.
      'TPM2_TestParms',
      {
        parameters: {
          parameters: { symDetail: { sym: { algorithm: 'TPM_ALG_AES', keyBits: 128, mode: 'TPM_ALG_CFB' } } },
        },
      },
      undefined,
      '8001 00000012 0000018a 0025 0006 0080 0043',
    ],
    [
      'TPM2_TestParms',
      { parameters: { type: 'TPM_ALG_KEYEDHASH', parameters: { scheme: { scheme: 'TPM_ALG_NULL' } } } },
      undefined,
      '8001 0000000e 0000018a 0008 0010',
    ],
  ])('%s %o', (name, fields, sessions, hex) => {
    expect(toHex(buildCommand(name, fields, sessions), '')).toBe(hex.replaceAll(' ', ''));
  });

  it.each<[string, FieldValues, string, string]>([
    [
      'TPM2_GetRandon',
      { bytesRequested: 1 },
      'unknown-command',
      "There is no TPM command 'TPM2_GetRandon'; did you mean 'TPM2_GetRandom'?",
    ],
    [
      'TPM2_GetRandom',
      { bytesRequestd: 1 },
      'unknown-field',
      "TPM2_GetRandom has no field 'bytesRequestd'; did you mean 'bytesRequested'?",
    ],
    ['TPM2_GetRandom', { x: 1 }, 'unknown-field', "TPM2_GetRandom has no field 'x'; its fields are bytesRequested."],
    ['TPM2_GetTestResult', { x: 1 }, 'unknown-field', "TPM2_GetTestResult has no field 'x'; it has no fields."],
    [
      'TPM2_GetRandom',
      {},
      'missing-field',
      "TPM2_GetRandom needs the field 'bytesRequested', a UINT16: number of bytes wanted; at most the longest digest is given.",
    ],
    [
      'TPM2_GetRandom',
      { bytesRequested: 65536 },
      'out-of-range',
      'TPM2_GetRandom.bytesRequested is 65536; a UINT16 is 0 to 65535.',
    ],
    [
      'TPM2_GetRandom',
      { bytesRequested: -1 },
      'out-of-range',
      'TPM2_GetRandom.bytesRequested is -1; a UINT16 is 0 to 65535.',
    ],
    [
      'TPM2_GetRandom',
      { bytesRequested: 1.5 },
      'out-of-range',
      'TPM2_GetRandom.bytesRequested is 1.5; it must be a whole number.',
    ],
    [
      'TPM2_GetRandom',
      { bytesRequested: bytes('00') },
      'wrong-type',
      'TPM2_GetRandom.bytesRequested must be a number, not bytes.',
    ],
    ['TPM2_StirRandom', { inData: 7 }, 'wrong-type', 'TPM2_StirRandom.inData must be bytes, not the number 7.'],
    [
      'TPM2_StirRandom',
      { inData: new Uint8Array(65536) },
      'out-of-range',
      'TPM2_StirRandom.inData has 65536 bytes; its size field holds at most 65535.',
    ],
    [
      'TPM2_PCR_Read',
      { pcrSelectionIn: 1 },
      'wrong-type',
      'TPM2_PCR_Read.pcrSelectionIn must be a list of TPMS_PCR_SELECTION, not the number 1.',
    ],
    [
      'TPM2_PCR_Read',
      { pcrSelectionIn: [{ hash: 'TPM_ALG_SHA265', pcrSelect: bytes('00') }] },
      'unknown-constant',
      "TPM2_PCR_Read.pcrSelectionIn[0].hash: there is no constant 'TPM_ALG_SHA265'; did you mean 'TPM_ALG_SHA256'?",
    ],
    [
      'TPM2_PCR_Extend',
      { pcrHandle: 0, digests: [{ hashAlg: 'TPM_ALG_SHA1', digest: bytes('00') }] },
      'out-of-range',
      'TPM2_PCR_Extend.digests[0].digest must have 20 bytes and has 1.',
    ],
    [
      'TPM2_PCR_Extend',
      { pcrHandle: 0, digests: [{ hashAlg: 'TPM_ALG_SHA1' }] },
      'missing-field',
      'TPM2_PCR_Extend.digests[0].digest is needed, a BYTES_20.',
    ],
    [
      'TPM2_PolicyLocality',
      { policySession: 0, locality: { TPM_LOC_SIX: 1 } },
      'unknown-field',
      "TPM2_PolicyLocality.locality has no field 'TPM_LOC_SIX'; did you mean 'TPM_LOC_ONE'?",
    ],
    [
      'TPM2_PolicyLocality',
      { policySession: 0, locality: { Extended: 8 } },
      'out-of-range',
      'TPM2_PolicyLocality.locality.Extended is 8; it is 0 to 7.',
    ],
  ])('%s %o is refused as %3$s', (name, fields, code, message) => {
    let error: unknown;
    try {
      buildCommand(name, fields);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code, message });
  });

  it('says which selectors a union knows', () => {
    expect(() => encodeType('TPMT_HA', { hashAlg: 'TPM_ALG_RSA', digest: bytes('00') })).toThrow(
      /cannot be chosen by TPM_ALG_RSA; TPMU_HA knows TPM_ALG_SHA1,/,
    );
  });

  it('gives back every recorded command from its record', () => {
    for (const { cmd } of EXCHANGES) {
      const decoded = decodeCommand(cmd);
      if (decoded.parameters.some((node) => node.encrypted)) continue;
      const record = toRecord(decoded);
      const header = ['tag', 'commandSize', 'commandCode', 'authorizationSize', 'authorizationArea'];
      const fields: Record<string, FieldValue> = Object.fromEntries(
        record.fields.filter(([name]) => !header.includes(name)),
      );
      const sessions = decoded.sessions.map((session) => {
        const value = nodeValue(session);
        return isRecord(value) ? Object.fromEntries(value.fields) : {};
      });
      expect(toHex(buildCommand(decoded.name, fields, sessions))).toBe(toHex(cmd));
    }
  });

  it('never throws anything but an InputError', () => {
    const leaf = fc.oneof(
      fc.bigInt(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.string(),
      fc.uint8Array({ maxLength: 8 }),
    );
    const any = fc.letrec<{ value: FieldValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('hash', 'pcrSelect', 'hashAlg', 'digest', 'count'), tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.constantFrom('TPM2_PCR_Extend', 'TPM2_PCR_Read', 'TPM2_CreatePrimary'),
        any,
        any,
        any,
        (name, a, b, c) => {
          const names = decodeNames(name);
          const fields = Object.fromEntries(names.map((field, i) => [field, [a, b, c][i % 3]!]));
          try {
            buildCommand(name, fields);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
    );
  });
});

function decodeNames(name: string): string[] {
  return (
    {
      TPM2_PCR_Extend: ['pcrHandle', 'digests'],
      TPM2_PCR_Read: ['pcrSelectionIn'],
      TPM2_CreatePrimary: ['primaryHandle', 'inSensitive', 'inPublic', 'outsideInfo', 'creationPCR'],
    }[name] ?? []
  );
}

describe('toRecord', () => {
  it('has the response code and the parameters at the top', () => {
    const { cmd, rsp } = exchangeOf(0x17b);
    const record = toRecord(decodeResponse(rsp, cmd));
    expect(record.type).toBe('TPM2_GetRandom');
    expect(record.fields.map(([name]) => name)).toEqual(['tag', 'responseSize', 'responseCode', 'randomBytes']);
    expect(fieldOf(record, 'responseCode')).toBe(0n);
    expect(fieldOf(record, 'randomBytes')).toEqual(rsp.slice(12));
    expect(plain(fieldOf(record, 'responseSize'))).toBe(28n);
  });

  it('has lists, structures in sized buffers, and members of unions as they are', () => {
    const { cmd, rsp } = exchangeOf(0x131);
    const outPublic = fieldOf(toRecord(decodeResponse(rsp, cmd)), 'outPublic');
    expect(isRecord(outPublic) && outPublic.type).toBe('TPMT_PUBLIC');
    expect(plain(outPublic)).toMatchObject({
      nameAlg: 0xbn,
      parameters: { symmetric: { algorithm: 6n, keyBits: 128n, mode: 0x43n }, scheme: { scheme: 0x10n } },
    });
    const pcrs = toRecord(decodeCommand(exchangeOf(0x17e).cmd));
    expect(plain(fieldOf(pcrs, 'pcrSelectionIn'))).toEqual([{ hash: 0xbn, pcrSelect: '010001' }]);
  });

  it('extends negative numbers to 64 bits', () => {
    expect(nodeValue(decodeType('INT32', fromHex('ffffffff')).root.children[0]!)).toBe(0xffff_ffff_ffff_ffffn);
    expect(nodeValue(decodeType('INT32', fromHex('00000001')).root.children[0]!)).toBe(1n);
  });

  it('gives what could be decoded of a broken message', () => {
    const record = toRecord(decodeResponse(fromHex('8001 0000000f 00000000 0004 112233'), 0x17b));
    expect(plain(record)).toEqual({
      tag: 0x8001n,
      responseSize: 15n,
      responseCode: 0n,
      randomBytes: '',
      remaining: '112233',
    });
  });
});
