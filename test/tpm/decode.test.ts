import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import {
  decodeCommand,
  decodeResponse,
  decodeType,
  encodeMessage,
  findNode,
  firstProblem,
  walk,
  type DecodedMessage,
} from '../../emulator/tpm/codec';
import { MAX_DECODED_BYTES } from '../../emulator/tpm/codec';
import { TYPES } from '../../emulator/tpm/tables';
import { EXCHANGES, exchangeOf } from './vectors';

/** What must hold for any bytes: no byte is lost, places are inside, leaves stand one after the other. */
function expectWhole(decoded: DecodedMessage, bytes: Uint8Array): void {
  const faults: string[] = [];
  if (toHex(encodeMessage(decoded.root)) !== toHex(bytes)) faults.push('other bytes come out');
  let at = 0;
  for (const node of walk(decoded.root)) {
    if (node.role !== 'number' && node.role !== 'bytes' && node.role !== 'bits') continue;
    if (node.offset !== at) faults.push(`${node.path} is at ${node.offset}, not ${at}`);
    at += node.length;
  }
  if (at !== bytes.length) faults.push(`the leaves end at ${at}`);
  const { error } = decoded;
  if (error && (error.offset < 0 || error.offset > bytes.length)) faults.push(`the error is at ${error.offset}`);
  if (error?.message.endsWith('.') === false) faults.push(`'${error.message}' is no sentence`);
  expect(faults, toHex(bytes)).toEqual([]);
}

const value = (decoded: DecodedMessage, path: string): bigint | Uint8Array | undefined =>
  findNode(decoded.root, path)?.value;
const text = (decoded: DecodedMessage, path: string): string | undefined => findNode(decoded.root, path)?.text;

describe('the recorded exchanges', () => {
  it('are 293', () => {
    expect(EXCHANGES.length).toBe(293);
  });

  it.each(EXCHANGES.map((exchange) => [`${exchange.file}:${exchange.line}`, exchange] as const))(
    '%s decodes and encodes',
    (_, { cmd, rsp }) => {
      for (const [decoded, bytes] of [
        [decodeCommand(cmd), cmd],
        [decodeResponse(rsp, cmd), rsp],
      ] as const) {
        expect(decoded.error).toBeUndefined();
        expect(firstProblem(decoded.root)).toBeUndefined();
        expectWhole(decoded, bytes);
      }
    },
  );

  it('decode to a prefix and an error when they are cut at any byte', () => {
    for (const { cmd, rsp } of EXCHANGES.filter((_, i) => i % 3 === 0)) {
      for (let length = 0; length < cmd.length; length++) {
        const cut = cmd.slice(0, length);
        const decoded = decodeCommand(cut);
        expect(decoded.error).toBeDefined();
        expectWhole(decoded, cut);
      }
      for (let length = 0; length < rsp.length; length++) {
        const cut = rsp.slice(0, length);
        const decoded = decodeResponse(cut, cmd);
        expect(decoded.error).toBeDefined();
        expectWhole(decoded, cut);
      }
    }
  });

  it('never throw when bytes are changed', () => {
    const change = fc.record({ exchange: fc.nat(), at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const { cmd, rsp } = EXCHANGES[changes[0]!.exchange % EXCHANGES.length]!;
        const [command, response] = [cmd.slice(), rsp.slice()];
        for (const { at, byte } of changes) {
          command[at % command.length] = byte;
          response[at % response.length] = byte;
        }
        expectWhole(decodeCommand(command), command);
        expectWhole(decodeResponse(response, cmd), response);
        expectWhole(decodeResponse(response, command), response);
        expectWhole(decodeResponse(response), response);
      }),
      { numRuns: 500 },
    );
  });
});

describe('any bytes', () => {
  it('decode without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0x11f, max: 0x19a }), (bytes, code) => {
        expectWhole(decodeCommand(bytes), bytes);
        expectWhole(decodeResponse(bytes, code), bytes);
        const framed = concat(
          fromHex('8002'),
          new Uint8Array([0, 0, 1, 64]),
          new Uint8Array([0, 0, code >> 8, code & 255]),
          bytes,
        );
        expectWhole(decodeCommand(framed), framed);
      }),
      { numRuns: 500 },
    );
  });

  it('decode as any type without an exception', () => {
    const names = TYPES.map((row) => row.name);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.uint8Array({ maxLength: 80 }), (name, bytes) => {
        expectWhole(decodeType(name, bytes), bytes);
      }),
      { numRuns: 1000 },
    );
  });

  it('decode in bounded time, whatever counts and sizes they claim', () => {
    const command = fromHex('80010000000e0000017e ffffffff');
    expect(decodeCommand(command).error).toMatchObject({ code: 'truncated', offset: 14 });
    const start = performance.now();
    const huge = new Uint8Array(2_000_000).fill(0xff);
    huge.set(fromHex('8001 001e8480 00000197'));
    const decoded = decodeResponse(
      concat(fromHex('8001 00010000 00000000 01 00000002 00003f00'), new Uint8Array(65_519)),
      0x17a,
    );
    expect([...walk(decoded.root)].length).toBeLessThan(10 * MAX_DECODED_BYTES);
    expect(decodeCommand(huge).error?.code).toBe('too-long');
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

describe('a command', () => {
  it('shows header, handle, session and parameters with their places', () => {
    const decoded = decodeCommand(
      fromHex('8002 00000041 00000182 00000010 00000009 40000009 0000 01 0000 00000001 000b' + '11'.repeat(32)),
    );
    expect(decoded.error).toBeUndefined();
    expect(decoded.name).toBe('TPM2_PCR_Extend');
    expect(text(decoded, 'pcrHandle')).toBe('PCR 16');
    expect(text(decoded, 'authorizationArea[0].sessionHandle')).toBe('TPM_RS_PW');
    expect(text(decoded, 'authorizationArea[0].sessionAttributes')).toBe('continueSession');
    expect(value(decoded, 'authorizationArea[0].sessionAttributes.continueSession')).toBe(1n);
    expect(text(decoded, 'digests[0].hashAlg')).toBe('TPM_ALG_SHA256');
    expect(findNode(decoded.root, 'digests[0].digest')).toMatchObject({ offset: 33, length: 32, role: 'bytes' });
    expect(decoded.handles.map((node) => node.name)).toEqual(['pcrHandle']);
    expect(decoded.parameters.map((node) => node.name)).toEqual(['digests']);
    expect(decoded.sessions.length).toBe(1);
  });

  it('shows an encrypted first parameter as such', () => {
    const encrypted = EXCHANGES.map(({ cmd }) => decodeCommand(cmd)).filter(
      (decoded) => decoded.parameters[0]?.encrypted,
    );
    expect(encrypted.length).toBeGreaterThan(0);
    for (const decoded of encrypted) {
      expect(decoded.parameters[0]).toMatchObject({ role: 'sized', text: 'encrypted by a session' });
      expect(decoded.parameters[0]?.children.map((node) => node.type)).toEqual(['UINT16', 'BYTE[]']);
    }
  });

  it('expands the attributes of an object bit by bit', () => {
    const decoded = decodeCommand(exchangeOf(0x131).cmd);
    const attributes = findNode(decoded.root, 'inPublic.publicArea.objectAttributes');
    expect(attributes?.text).toContain('restricted');
    expect(attributes?.children.map((bit) => bit.name)).toContain('encryptedDuplication');
    expect(attributes?.children.find((bit) => bit.name === 'decrypt')).toMatchObject({
      value: 1n,
      text: 'SET',
      role: 'bit',
    });
    expect(attributes?.children.find((bit) => bit.name === 'sign')).toMatchObject({ value: 0n, text: 'CLEAR' });
  });

  it.each([
    ['', 'truncated', 0],
    ['8001', 'truncated', 2],
    ['8001 0000000c 0000017b', 'size-mismatch', 2],
    ['8003 0000000a 0000017b', 'unknown-tag', 0],
    ['8001 0000000a 00000001', 'unknown-command', 6],
    ['8001 0000000a 20000001', 'unknown-command', 6],
    ['8001 0000000b 0000017b 00', 'truncated', 10],
    ['8001 0000000d 0000017b 0014 00', 'trailing-bytes', 12],
    ['8002 00000012 00000182 00000010 ffffffff', 'bad-size', 18],
    ['8001 00000014 00000177 80000000 0000 0099 0000', 'unknown-selector', 18],
  ])('%s ends with %s at byte %i', (hex, code, offset) => {
    const bytes = fromHex(hex);
    const decoded = decodeCommand(bytes);
    expect(decoded.error).toMatchObject({ code, offset });
    expectWhole(decoded, bytes);
  });

  it('tells that the bytes look like a response', () => {
    expect(decodeCommand(fromHex('8001 0000000a 00000000')).error?.message).toContain('look like a response');
  });

  it.each([
    ['8001 0000000b 00000143 02', 'fullTest', 'TPM_RC_VALUE'],
    ['8001 0000000c 00000144 0002', 'startupType', 'TPM_RC_VALUE'],
    ['8001 00000014 0000017e 00000001 0005 03 000000', 'pcrSelectionIn[0].hash', 'TPM_RC_HASH'],
    ['8001 00000013 0000017e 00000001 000b 02 0000', 'pcrSelectionIn[0].pcrSelect.sizeofSelect', 'TPM_RC_VALUE'],
    ['8001 0000000e 0000013d 40000007', 'pcrHandle', 'TPM_RC_VALUE'],
  ])('%s has a value that is not allowed in %s', (hex, path, rc) => {
    const decoded = decodeCommand(fromHex(hex));
    expect(decoded.error).toBeUndefined();
    expect(firstProblem(decoded.root)).toMatchObject({ rc, node: { path } });
  });
});

describe('a response', () => {
  it('needs its command for what follows the header', () => {
    const { cmd, rsp } = exchangeOf(0x17b);
    expect(decodeResponse(rsp).root.children.map((node) => node.name)).toEqual([
      'tag',
      'responseSize',
      'responseCode',
      'body',
    ]);
    expect(decodeResponse(rsp).error).toBeUndefined();
    for (const command of [cmd, 0x17b]) {
      expect(decodeResponse(rsp, command).parameters.map((node) => node.name)).toEqual(['randomBytes']);
    }
  });

  it('with an error code has nothing but its header', () => {
    const decoded = decodeResponse(fromHex('8001 0000000a 000b0143'), 0x182);
    expect(decoded).toMatchObject({ responseCode: 0x000b0143, name: 'TPM2_PCR_Extend', error: undefined });
    expect(text(decoded, 'responseCode')).toBe('TPM_RC_COMMAND_CODE from the resource manager');
  });

  it('in the form of TPM 1.2 is one too', () => {
    expect(decodeResponse(fromHex('00c4 0000000a 0000001e')).error).toBeUndefined();
  });

  it('shows an encrypted first parameter as such', () => {
    const decoded = EXCHANGES.map(({ cmd, rsp }) => decodeResponse(rsp, cmd)).filter(
      (each) => each.parameters[0]?.encrypted,
    );
    expect(decoded.length).toBeGreaterThan(0);
    expect(decoded.some((each) => each.name === 'TPM2_RSA_Decrypt')).toBe(true);
  });

  it.each([
    ['8002 0000000e 00000000 000000ff', 'bad-size', 14],
    ['8002 00000014 00000000 00000006 0002 1122 3344', 'trailing-bytes', 18],
    ['8001 0000000f 00000000 0004 112233', 'truncated', 12],
  ])('%s to TPM2_GetRandom ends with %s', (hex, code, offset) => {
    expect(decodeResponse(fromHex(hex), 0x17b).error).toMatchObject({ code, offset });
  });
});

describe('a value', () => {
  it('decodes as a type of the specification', () => {
    const decoded = decodeType('TPMT_SYM_DEF_OBJECT', fromHex('0006 0080 0043'));
    expect(decoded).toMatchObject({ kind: 'value', name: 'TPMT_SYM_DEF_OBJECT', error: undefined });
    expect(text(decoded, 'value.mode')).toBe('TPM_ALG_CFB');
  });

  it('of a negative constant has its name', () => {
    expect(text(decodeType('TPM_CLOCK_ADJUST', fromHex('fd')), 'value')).toBe('TPM_CLOCK_COARSE_SLOWER');
    expect(text(decodeType('INT32', fromHex('fffffffe')), 'value')).toBe('-2');
  });
});
