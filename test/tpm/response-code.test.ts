import { describe, expect, it } from 'vitest';
import { explainResponseCode, responseCodeAbout } from '../../emulator/tpm/codec';
import { tpmResponseCodes } from '../../emulator/tpm/tables';

const none = { parameter: undefined, handle: undefined, session: undefined, layer: undefined };

describe('explainResponseCode', () => {
  it.each([
    [0x000, { name: 'TPM_RC_SUCCESS', format: 'success', ...none }],
    [0x01e, { name: 'TPM_RC_BAD_TAG', format: 'tpm 1.2', ...none }],
    [0x100, { name: 'TPM_RC_INITIALIZE', format: 'format 0', ...none }],
    [0x143, { name: 'TPM_RC_COMMAND_CODE', format: 'format 0', ...none }],
    [0x922, { name: 'TPM_RC_RETRY', format: 'warning', ...none }],
    [0x910, { name: 'TPM_RC_REFERENCE_H0', format: 'warning', ...none }],
    [0x084, { name: 'TPM_RC_VALUE', format: 'format 1', ...none }],
    [0x18b, { name: 'TPM_RC_HANDLE', format: 'format 1', ...none, handle: 1 }],
    [0x2c4, { name: 'TPM_RC_VALUE', format: 'format 1', ...none, parameter: 2 }],
    [0xfd5, { name: 'TPM_RC_SIZE', format: 'format 1', ...none, parameter: 15 }],
    [0x98e, { name: 'TPM_RC_AUTH_FAIL', format: 'format 1', ...none, session: 1 }],
    [0x9a2, { name: 'TPM_RC_BAD_AUTH', format: 'format 1', ...none, session: 1 }],
    [0x1a7, { name: 'TPM_RC_ECC_POINT', format: 'format 1', ...none, handle: 1 }],
    [0x000b_0143, { name: 'TPM_RC_COMMAND_CODE', format: 'format 0', ...none, layer: 'RESMGR' }],
    [0x000c_0922, { name: 'TPM_RC_RETRY', format: 'warning', ...none, layer: 'RESMGR_TPM' }],
    [0x0008_000b, { name: '0x0008000b', format: 'vendor', ...none, layer: 'SYS' }],
    [0x17d, { name: '0x17d', format: 'format 0', ...none }],
    [0x500, { name: '0x500', format: 'vendor', ...none }],
    [0xffff_ffff, { name: '0xffffffff', format: 'vendor', ...none, layer: 'layer 255' }],
  ])('%#x', (rc, expected) => {
    expect(explainResponseCode(rc)).toMatchObject(expected);
  });

  it.each([
    [0x2c4, 'TPM_RC_VALUE of parameter 2: value out of range or not right here'],
    [0x9a2, 'TPM_RC_BAD_AUTH of session 1: wrong authorization; not counted against lockout'],
    [0x000b_0143, 'TPM_RC_COMMAND_CODE from the resource manager: the TPM does not know the command'],
    [0x17d, '0x17d: no such code in the specification'],
  ])('%#x in words', (rc, text) => {
    expect(explainResponseCode(rc).text).toBe(text);
  });

  it('finds every row again', () => {
    for (const row of tpmResponseCodes()) {
      expect(explainResponseCode(row.value)).toMatchObject({ name: row.name, format: row.format, hint: row.hint });
    }
  });

  it('explains what responseCodeAbout makes', () => {
    for (const [kind, number] of [
      ['parameter', 1],
      ['parameter', 15],
      ['handle', 3],
      ['session', 7],
    ] as const) {
      expect(explainResponseCode(responseCodeAbout(0x095, kind, number))).toMatchObject({
        name: 'TPM_RC_SIZE',
        [kind]: number,
      });
    }
    expect(responseCodeAbout(0x143, 'parameter', 2)).toBe(0x143);
  });

  it('has words for any number', () => {
    for (let rc = 0; rc < 0x1000; rc++) expect(explainResponseCode(rc).text).toMatch(/^[A-Z0-9_x a-f]+.*: \S/);
  });
});
