import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../cli/tpm';
import { concat, fromHex, toHex } from '../../emulator/common/bytes';
import { EXCHANGES } from './vectors';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const asText = (input: Uint8Array) => decodeText(input, { format: 'text' });
const asJson = (input: Uint8Array) => {
  const { output, errors } = decodeText(input, { format: 'json' });
  const messages = output
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as {
          kind?: string;
          name?: string;
          error?: { code: string };
          fields?: { path: string; value?: unknown }[];
        },
    );
  return { messages, errors };
};

const COMMAND = '80010000000c0000017b0014';
const RESPONSE = '80010000001000000000000401020304';

describe('decodeText', () => {
  it.each<[string, Uint8Array]>([
    ['hex', utf8(COMMAND)],
    ['hex with blanks and newlines', utf8(' 8001 0000000c\n0000017B\t0014\r\n')],
    [
      'hex with 0x, commas, colons and a comment',
      utf8('# a command\n0x80,0x01,0x00,0x00,0x00,0x0c, 00:00:01:7b 00_14  # end'),
    ],
    ['bytes', fromHex(COMMAND)],
    ['a JSON line', utf8(`{"cmd":"${COMMAND}"}\n`)],
  ])('takes %s', (_, input) => {
    expect(asJson(input)).toMatchObject({ errors: 0, messages: [{ kind: 'command', name: 'TPM2_GetRandom' }] });
    expect(asText(input).output).toMatch(/^TPM2_GetRandom command, 12 bytes\n/);
  });

  it('decodes a response with the command before it', () => {
    for (const input of [
      utf8(`${COMMAND}\n${RESPONSE}`),
      fromHex(COMMAND + RESPONSE),
      utf8(`{"cmd":"${COMMAND}","rsp":"${RESPONSE}"}`),
    ]) {
      const { messages, errors } = asJson(input);
      expect(errors).toBe(0);
      expect(messages.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
        'command TPM2_GetRandom',
        'response TPM2_GetRandom',
      ]);
      expect(messages[1]?.fields?.at(-1)).toMatchObject({ path: 'randomBytes.buffer', value: '01020304' });
    }
  });

  it.each([
    ['8001 0000000a 00000143', 'response', 'TPM_RC_COMMAND_CODE'],
    ['8001 0000000b 00000143 01', 'command', 'TPM2_SelfTest'],
    ['8001 0000000a 0000017c', 'command', 'TPM2_GetTestResult'],
    ['8001 0000000a 00000922', 'response', 'TPM_RC_RETRY'],
    ['00c4 0000000a 0000001e', 'response', 'TPM_RC_BAD_TAG'],
    ['8001 0000000a 000b0143', 'response', 'resource manager'],
  ])('takes %s for a %s', (hex, kind, words) => {
    const { output, errors } = asText(utf8(hex));
    expect(errors).toBe(0);
    expect(output.split('\n')[0]).toContain(kind);
    expect(output).toContain(words);
  });

  it('decodes all recorded exchanges as JSON lines, hex and bytes', () => {
    const lines = EXCHANGES.map(({ cmd, rsp }) => JSON.stringify({ cmd: toHex(cmd), rsp: toHex(rsp), us: 1 })).join(
      '\n',
    );
    const stream = concat(...EXCHANGES.flatMap(({ cmd, rsp }) => [cmd, rsp]));
    for (const input of [utf8(lines), stream, utf8(toHex(stream))]) {
      const { messages, errors } = asJson(input);
      expect(errors).toBe(0);
      expect(messages.length).toBe(2 * 293);
      expect(messages.map(({ kind }) => kind)).toEqual(EXCHANGES.flatMap(() => ['command', 'response']));
    }
    expect(asText(utf8(lines)).errors).toBe(0);
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'There is nothing to decode'],
    ['only a comment', utf8('# nothing'), 'There is nothing to decode'],
    ['a word', utf8('hello'), "The text is not hexadecimal. 'h' is not a hexadecimal digit"],
    ['half a byte', utf8('800'), 'There is an odd number of hexadecimal digits (3)'],
    ['a cut message', utf8(COMMAND.slice(0, -2)), '! size-mismatch at byte 2'],
    ['a JSON line that is none', utf8('{"cmd"'), '! Line 1: '],
    ['a JSON line without messages', utf8('{"x":1}'), 'Line 1: there is neither "cmd" nor "rsp"'],
    ['a JSON line with bad hex', utf8('{"cmd":"xy"}'), "Line 1: 'x' is not a hexadecimal digit"],
  ])('says what is wrong with %s', (_, input, words) => {
    const { output, errors } = asText(input);
    expect(errors).toBe(1);
    expect(output).toContain(words);
    expect(asJson(input)).toMatchObject({ errors: 1 });
  });

  it('goes on after a line that is wrong', () => {
    const { messages, errors } = asJson(utf8(`{"cmd":"${COMMAND}"}\n{"cmd":\n\n{"cmd":"${COMMAND}"}`));
    expect(errors).toBe(1);
    expect(messages.map((message) => message.name ?? message.error?.code)).toEqual([
      'TPM2_GetRandom',
      'unreadable',
      'TPM2_GetRandom',
    ]);
  });

  it('never throws, and ends, on any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom<'text' | 'json'>('text', 'json'),
        (bytes, format) => {
          expect(decodeText(bytes, { format }).output.endsWith('\n')).toBe(true);
        },
      ),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        decodeText(utf8(text), { format: 'json' });
        decodeText(utf8(`{${text}`), { format: 'text' });
      }),
    );
    const start = performance.now();
    expect(asText(new Uint8Array(1_000_000)).errors).toBe(1);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
