import { describe, expect, it } from 'vitest';
import { CALLS, HYPERCALLS, ULTRACALLS, callNamed, callNumbered } from '../../emulator/pef/calls';
import { CALL_VALUES, HYPERCALL_CODES, ULTRACALL_CODES, codeName, codeValue } from '../../emulator/pef/codes';

describe('the table of calls', () => {
  it('has every ultracall with its number', () => {
    const numbers = Object.fromEntries(ULTRACALLS.map((call) => [call.name, call.number.toString(16)]));
    expect(numbers).toEqual({
      UV_WRITE_PATE: 'f104',
      UV_RESTRICTED_SPR_WRITE: 'f108',
      UV_RESTRICTED_SPR_READ: 'f10c',
      UV_ESM: 'f110',
      UV_READ_SCOM: 'f114',
      UV_WRITE_SCOM: 'f118',
      UV_RETURN: 'f11c',
      UV_REGISTER_MEM_SLOT: 'f120',
      UV_UNREGISTER_MEM_SLOT: 'f124',
      UV_PAGE_IN: 'f128',
      UV_PAGE_OUT: 'f12c',
      UV_SHARE_PAGE: 'f130',
      UV_UNSHARE_PAGE: 'f134',
      UV_PAGE_INVAL: 'f138',
      UV_SVM_TERMINATE: 'f13c',
      UV_UNSHARE_ALL_PAGES: 'f140',
      UV_READ_MEM: 'f144',
      UV_WRITE_MEM: 'f148',
      UV_ESMB_GET_FILE: 'f14c',
      UV_SEND_SBE_COMMAND: 'f150',
    });
  });

  it('has every hypercall of secure VMs with its number', () => {
    const numbers = HYPERCALLS.filter((call) => call.number >= 0xef00 && call.number < 0xef80);
    expect(numbers.map((call) => `${call.number.toString(16)} ${call.name}`).sort()).toEqual([
      'ef00 H_SVM_PAGE_IN',
      'ef04 H_SVM_PAGE_OUT',
      'ef08 H_SVM_INIT_START',
      'ef0c H_SVM_INIT_DONE',
      'ef10 H_TPM_COMM',
      'ef14 H_SVM_INIT_ABORT',
    ]);
  });

  it('has no name or number twice', () => {
    expect(new Set(CALLS.map((call) => call.name)).size).toBe(CALLS.length);
    expect(new Set(CALLS.map((call) => `${call.lev} ${call.number}`)).size).toBe(CALLS.length);
  });

  it.each(CALLS.map((call) => [call.name, call] as const))('documents %s', (_, call) => {
    expect(call.summary).toMatch(/\.$/);
    expect(call.source).not.toBe('');
    expect(call.caller).not.toBe('');
    expect(call.parameters.length).toBeLessThanOrEqual(9);
    for (const parameter of call.parameters) expect(parameter.doc).not.toBe('');
    expect(Object.keys(call.returns).length).toBeGreaterThan(0);
    for (const code of Object.keys(call.returns)) {
      expect(CALL_VALUES.has(code), code).toBe(true);
      expect(code.startsWith(call.lev === 2 ? 'U_' : 'H_'), code).toBe(true);
    }
    expect(callNamed(call.name)).toBe(call);
    expect(callNumbered(call.lev, BigInt(call.number))).toBe(call);
  });
});

describe('return codes', () => {
  it.each([
    ['U_SUCCESS', 0n],
    ['U_BUSY', 1n],
    ['U_FUNCTION', -2n],
    ['U_PARAMETER', -4n],
    ['U_PERMISSION', -11n],
    ['U_P5', -58n],
    ['H_RESOURCE', -16n],
    ['H_P2', -55n],
    ['H_TOO_BIG', -64n],
    ['H_STATE', -75n],
  ])('%s is %d', (name, value) => {
    expect(codeValue(name)).toBe(value);
  });

  it('has no name twice, and no value twice in a family', () => {
    for (const family of [ULTRACALL_CODES, HYPERCALL_CODES]) {
      expect(new Set(family.map((row) => row.name)).size).toBe(family.length);
      expect(new Set(family.map((row) => row.value)).size).toBe(family.length);
      for (const row of family) expect(row.doc).toMatch(/\.$/);
    }
  });

  it('names what is in r3', () => {
    expect(codeName(1, 0xffff_ffff_ffff_fffen)).toBe('H_FUNCTION');
    expect(codeName(2, 0xffff_ffff_ffff_fffen)).toBe('U_FUNCTION');
    expect(codeName(1, 12345n)).toBeUndefined();
  });
});
