import { describe, expect, it } from 'vitest';
import { fromHex } from '../../emulator/common/bytes';
import { buildCommand, decodeCommand, decodeResponse, decodeType, renderMessage } from '../../emulator/tpm/codec';
import { EXCHANGES, exchangeOf } from './vectors';

const lines = (text: string): string[] => text.split('\n');

describe('renderMessage', () => {
  it('shows a command field by field', () => {
    expect(lines(renderMessage(decodeCommand(fromHex('80010000000c0000017b0014'))))).toEqual([
      'TPM2_GetRandom command, 12 bytes',
      '  tag             8001      TPM_ST_NO_SESSIONS  TPMI_ST_COMMAND_TAG',
      '  commandSize     0000000c  12  UINT32',
      '  commandCode     0000017b  TPM_CC_GetRandom  TPM_CC',
      '  bytesRequested  0014      20  UINT16',
    ]);
  });

  it('breaks long bytes into lines of their column', () => {
    const { cmd, rsp } = exchangeOf(0x17e);
    const text = renderMessage(decodeResponse(rsp, cmd));
    expect(text).toContain('    [1]             00000000000000000000000000000000  32 bytes  TPM2B_DIGEST');
    expect(text).toContain('pcrSelect     010001                            PCR 0, 16, 3 bytes  TPMS_PCR_SELECT');
  });

  it('shows the attribute bits that are set, with their meaning', () => {
    const text = renderMessage(decodeType('TPMA_SESSION', fromHex('61')));
    expect(lines(text)).toEqual([
      'TPMA_SESSION, 1 byte',
      '  value              61        continueSession | decrypt | encrypt  TPMA_SESSION',
      '    continueSession            the session stays active after the command',
      '    decrypt                    the first command parameter is encrypted; the TPM decrypts it',
      '    encrypt                    the first response parameter is to be encrypted by the TPM',
    ]);
  });

  it('explains a response code and says what to do', () => {
    expect(lines(renderMessage(decodeResponse(fromHex('80010000000a000002c4'), 0x17a)))).toEqual([
      'TPM2_GetCapability response, 10 bytes, TPM_RC_VALUE of parameter 2: value out of range or not right here',
      '  tag           8001      TPM_ST_NO_SESSIONS  TPM_ST',
      '  responseSize  0000000a  10  UINT32',
      '  responseCode  000002c4  TPM_RC_VALUE of parameter 2  TPM_RC',
      '  What to do: compare it with what the type allows.',
    ]);
  });

  it('shows what was decoded, and where it stopped', () => {
    const text = renderMessage(decodeCommand(fromHex('80010000000b0000017b00')));
    expect(lines(text).at(-1)).toBe('  ! truncated at byte 10: bytesRequested needs 2 bytes and 1 remain.');
    expect(text).toContain('  remaining    00        BYTE[]');
  });

  it('marks values that are not allowed', () => {
    expect(renderMessage(decodeCommand(buildCommand('TPM2_SelfTest', { fullTest: 3 })))).toContain(
      '! TPM_RC_VALUE: 0x3 is not allowed for TPMI_YES_NO',
    );
  });

  it('keeps hexadecimal bytes and words the same with and without colours', () => {
    for (const { cmd, rsp } of EXCHANGES) {
      for (const decoded of [decodeCommand(cmd), decodeResponse(rsp, cmd)]) {
        const plain = renderMessage(decoded);

        expect(renderMessage(decoded, { color: true }).replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
        expect(plain).not.toMatch(/[ \t]$/m);
      }
    }
  });

  it('does not print endless bytes', () => {
    const bytes = new Uint8Array(60_000).fill(1);
    expect(renderMessage(decodeCommand(bytes)).length).toBeLessThan(40_000);
  });
});
