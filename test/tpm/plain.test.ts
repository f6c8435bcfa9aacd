import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import {
  buildCommand,
  decodeCommand,
  decodeResponse,
  encodeResponseBody,
  encodeType,
  firstProblem,
  frameResponse,
  plainValue,
} from '../../emulator/tpm/codec';
import { findCommand } from '../../emulator/tpm/tables';
import { EXCHANGES } from './vectors';

describe('plain data of a value', () => {
  it('makes the same bytes again, for every parameter of the recorded exchanges', () => {
    let count = 0;
    for (const { cmd, rsp } of EXCHANGES) {
      for (const message of [decodeCommand(cmd), decodeResponse(rsp, cmd)]) {
        for (const node of [...message.handles, ...message.parameters]) {
          if (node.encrypted) continue;
          count += 1;
          const bytes = encodeType(node.type, structuredClone(plainValue(node)));
          expect(toHex(bytes), node.path).toBe(toHex(message.bytes.slice(node.offset, node.offset + node.length)));
        }
      }
    }
    expect(count).toBeGreaterThan(500);
  });

  it('has numbers of 64 bits as bigint, and signed ones with their sign', () => {
    const command = buildCommand(
      'TPM2_PolicySecret',
      {
        authHandle: 'TPM_RH_OWNER',
        policySession: 0x0300_0000,
        nonceTPM: new Uint8Array(),
        cpHashA: new Uint8Array(),
        policyRef: new Uint8Array(),
        expiration: -2,
      },
      [],
    );
    expect(plainValue(decodeCommand(command).parameters[3]!)).toBe(-2);
    const clock = buildCommand('TPM2_ClockSet', { auth: 'TPM_RH_OWNER', newTime: 1n << 40n }, []);
    expect(plainValue(decodeCommand(clock).parameters[0]!)).toBe(1n << 40n);
  });
});

describe('a response', () => {
  it('is handles and parameters, and its sessions where it has some', () => {
    const row = findCommand('TPM2_StartAuthSession')!;
    const body = encodeResponseBody(row, { sessionHandle: 0x0200_0000, nonceTPM: fromHex('0102') });
    expect(toHex(frameResponse(body))).toBe('8001' + '00000012' + '00000000' + '02000000' + '00020102');
    expect(toHex(frameResponse(body, fromHex('0000010000')))).toBe(
      '8002' + '0000001b' + '00000000' + '02000000' + '00000004' + '00020102' + '0000010000',
    );
  });
});

describe('a structure inside of a size', () => {
  const command = (size: string): Uint8Array => {
    const head = fromHex('8001 00000000 00000167 0000');
    const bytes = concat(head, fromHex(`${size} 0008 0077 00000000 0000 0010 0000 40000007`));
    new DataView(bytes.buffer).setUint32(2, bytes.length);
    return bytes;
  };

  it('ends with the size, or is read as the reference implementation reads it', () => {
    expect(firstProblem(decodeCommand(command('000e')).root)).toMatchObject({ rc: 'TPM_RC_HASH' });
    expect(decodeCommand(command('0003')).error).toMatchObject({ rc: 'TPM_RC_SIZE', code: 'truncated' });
    const last = decodeCommand(command('0003'), { sizesLast: true });
    expect(firstProblem(last.root)).toMatchObject({ rc: 'TPM_RC_HASH' });
    expect(last.error).toMatchObject({ rc: 'TPM_RC_SIZE', code: 'bad-size' });
  });
});
