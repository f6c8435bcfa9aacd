/**
 * `pef tpm decode` without its arguments and files: bytes in, text out.
 *
 * Takes hexadecimal text, binary messages one after the other, or JSON lines `{"cmd": "hex", "rsp": "hex"}`. A response
 * is decoded with the command before it.
 */

import { fromHex, toHex } from '../emulator/common/bytes';
import { messageOf } from '../emulator/common/errors';
import {
  decodeCommand,
  decodeResponse,
  renderMessage,
  walk,
  type DecodedMessage,
  type TpmNode,
} from '../emulator/tpm/codec';

export interface DecodeTextOptions {
  /** `text`: readable lines; `json`: one JSON object a message and line. */
  readonly format: 'text' | 'json';
  readonly color?: boolean;
  readonly width?: number;
}

export interface DecodeTextResult {
  readonly output: string;
  /** Messages that could not be decoded to their end, and lines that could not be read. */
  readonly errors: number;
}

/** What was found in the input, in its order. */
type Item = { readonly message: DecodedMessage } | { readonly complaint: string };

const HEADER_BYTES = 10;

/** Decodes all messages of the input. Never throws, whatever the bytes are. */
export function decodeText(input: Uint8Array, options: DecodeTextOptions): DecodeTextResult {
  const items = [...itemsOf(input)];
  if (items.length === 0)
    items.push({ complaint: 'There is nothing to decode; give hexadecimal text, bytes, or JSON lines.' });
  const errors = items.filter((item) => 'complaint' in item || item.message.error !== undefined).length;
  const parts = items.map((item) => (options.format === 'json' ? JSON.stringify(jsonOf(item)) : textOf(item, options)));
  return { output: parts.join(options.format === 'json' ? '\n' : '\n\n') + '\n', errors };
}

function textOf(item: Item, options: DecodeTextOptions): string {
  return 'complaint' in item ? `! ${item.complaint}` : renderMessage(item.message, options);
}

function* itemsOf(input: Uint8Array): Generator<Item> {
  const text = printableText(input);
  if (text === undefined) {
    yield* messagesOf(input);
  } else if (/^\s*\{/.test(text)) {
    yield* jsonLines(text);
  } else {
    yield* hexText(text);
  }
}

/** The input as text, or undefined when it has bytes that text does not have. */
function printableText(input: Uint8Array): string | undefined {
  const start = input[0] === 0xef && input[1] === 0xbb && input[2] === 0xbf ? 3 : 0;
  const isText = input.subarray(start).every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
  return isText ? new TextDecoder().decode(input) : undefined;
}

/** Hexadecimal digits with blanks, colons, commas, `0x` and newlines between them; `#` begins a comment. */
function* hexText(text: string): Generator<Item> {
  const digits = text
    .replace(/#.*/g, '')
    .replace(/0x/gi, ' ')
    .replace(/[\s:,_]+/g, '');
  if (digits === '') return;
  try {
    yield* messagesOf(fromHex(digits));
  } catch (error) {
    yield { complaint: `The text is not hexadecimal. ${messageOf(error)}` };
  }
}

function* jsonLines(text: string): Generator<Item> {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      yield* pairOf(JSON.parse(line));
    } catch (error) {
      yield { complaint: `Line ${i + 1}: ${messageOf(error)}` };
    }
  }
}

function* pairOf(value: unknown): Generator<Item> {
  const pair = typeof value === 'object' && value !== null ? value : {};
  const cmd = 'cmd' in pair && typeof pair.cmd === 'string' ? fromHex(pair.cmd) : undefined;
  const rsp = 'rsp' in pair && typeof pair.rsp === 'string' ? fromHex(pair.rsp) : undefined;
  if (!cmd && !rsp) throw new Error('there is neither "cmd" nor "rsp"; write {"cmd": "hex", "rsp": "hex"}.');
  if (cmd) yield { message: decodeCommand(cmd) };
  if (rsp) yield { message: decodeResponse(rsp, cmd) };
}

/** Messages one after the other, each as long as its header says. What is cut off or lies takes the rest. */
function* messagesOf(bytes: Uint8Array): Generator<Item> {
  let pending: Uint8Array | undefined;
  for (let at = 0; at < bytes.length;) {
    const left = bytes.length - at;
    const size = left < HEADER_BYTES ? left : new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(2);
    const part = bytes.subarray(at, at + (size < HEADER_BYTES || size > left ? left : size));
    const message = commandOrResponse(part, pending);
    pending = message.kind === 'command' ? part : undefined;
    at += part.length;
    yield { message };
  }
}

/** Command and response codes overlap (0x143 is TPM2_SelfTest and TPM_RC_COMMAND_CODE): what fits better wins. */
function commandOrResponse(part: Uint8Array, pending: Uint8Array | undefined): DecodedMessage {
  const command = decodeCommand(part);
  const response = decodeResponse(part, pending);
  if (pending && !response.error) return response;
  if (!command.error) return command;
  const looksLikeCommand = command.error.code !== 'unknown-command' && command.error.code !== 'unknown-tag';
  return !response.error || !looksLikeCommand ? response : command;
}

function jsonOf(item: Item): unknown {
  if ('complaint' in item) return { error: { code: 'unreadable', message: item.complaint } };
  const { kind, name, commandCode, responseCode, root, error, bytes } = item.message;
  const fields = [...walk(root)].filter((node) => node !== root).map(jsonNode);
  return { kind, name, commandCode, responseCode, hex: toHex(bytes), fields, error };
}

function jsonNode({ path, type, offset, length, value, text, encrypted, problem }: TpmNode): unknown {
  const plain = value instanceof Uint8Array ? toHex(value) : value;
  return {
    path,
    type,
    offset,
    length,
    value:
      typeof plain === 'bigint' ? (plain <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(plain) : plain.toString()) : plain,
    text,
    ...(encrypted ? { encrypted } : {}),
    problem,
  };
}
