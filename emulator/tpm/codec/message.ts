/**
 * Commands and responses as trees: header, handles, authorization area, parameters (TPM 2.0 Part 1, 16 and 18).
 *
 * Decoding never throws. The leaves of the tree cover all bytes, so that `encodeMessage` gives them back.
 */

import { concat, hexNumber, numberToBytes } from '../../common/bytes';
import { findCommand, resolveType } from '../tables/index';
import type { CommandRow, FieldRow } from '../tables/notation';
import { DecodeStop, Decoder, type OpenNode } from './decoder';
import type { DecodedMessage, DecodeError, TpmNode } from './nodes';
import { explainResponseCode } from './response-code';

/** Longest message that is decoded; the interface itself ends at 4096 bytes. */
export const MAX_DECODED_BYTES = 0x1_0000;

const HEADER_BYTES = 10;
const NO_SESSIONS = 0x8001;
const SESSIONS = 0x8002;
const RSP_COMMAND = 0x00c4;
const VENDOR = 0x2000_0000;

interface Frame {
  readonly decoder: Decoder;
  readonly root: OpenNode;
  error: DecodeError | undefined;
}

function startFrame(bytes: Uint8Array, type: string, sizesLast = false): Frame {
  const decoder = new Decoder(bytes, sizesLast);
  const root = decoder.open(undefined, { name: '', type, role: 'group' }, () => undefined);
  return { decoder, root, error: undefined };
}

/** Runs a part of the decoding; keeps the first error. Answers whether it came to its end. */
function attempt(frame: Frame, part: () => void): boolean {
  try {
    part();
    return true;
  } catch (error) {
    if (!(error instanceof DecodeStop)) throw error;
    frame.error ??= error.error;
    return false;
  }
}

function fail(frame: Frame, code: string, rc: string, offset: number, message: string): void {
  frame.error ??= { code, rc, message, offset };
}

/** Puts what was not decoded into the tree and closes it. */
function finish(frame: Frame): void {
  const { decoder, root } = frame;
  decoder.end = decoder.bytes.length;
  const { remaining } = decoder;
  if (remaining > 0) {
    fail(frame, 'trailing-bytes', 'TPM_RC_SIZE', decoder.at, `${remaining} bytes follow after the end of the message.`);
    decoder.raw(root, 'remaining', remaining, 'bytes that were not decoded');
  }
  root.length = decoder.bytes.length;
}

function numberOf(node: TpmNode | undefined): number | undefined {
  return typeof node?.value === 'bigint' ? Number(node.value) : undefined;
}

function child(node: TpmNode, name: string): TpmNode | undefined {
  return node.children.find((candidate) => candidate.name === name);
}

/** Header of a command or response; the part after it ends at the header's size. Answers whether to go on. */
function header(frame: Frame, sizeName: string, codeName: string, codeType: string): boolean {
  const { decoder, root } = frame;
  const { bytes } = decoder;
  if (bytes.length > MAX_DECODED_BYTES) {
    fail(
      frame,
      'too-long',
      'TPM_RC_COMMAND_SIZE',
      MAX_DECODED_BYTES,
      `Only the first ${MAX_DECODED_BYTES} bytes are decoded.`,
    );
    decoder.end = MAX_DECODED_BYTES;
  }
  const complete = attempt(frame, () => {
    decoder.number(
      root,
      'tag',
      sizeName === 'commandSize' ? 'TPMI_ST_COMMAND_TAG' : 'TPM_ST',
      'says whether sessions follow',
    );
    decoder.number(root, sizeName, 'UINT32', 'bytes of the whole message');
    decoder.number(root, codeName, codeType, '');
  });
  const size = numberOf(child(root, sizeName));
  if (!complete || size === undefined) return false;
  if (size !== bytes.length) {
    fail(
      frame,
      'size-mismatch',
      'TPM_RC_COMMAND_SIZE',
      2,
      `${sizeName} is ${size} and the message has ${bytes.length} bytes.`,
    );
  }
  if (size < HEADER_BYTES) return false;
  decoder.end = Math.min(size, decoder.end);
  return true;
}

function isSized(row: FieldRow): boolean {
  return resolveType(row.type).kind === 'sized';
}

/** A group whose members are named by themselves. */
function group(frame: Frame, name: string, inside: (node: OpenNode) => void): void {
  frame.decoder.open(frame.root, { name, type: name, role: 'group', scope: '' }, inside);
}

/** Parameters one after the other; a session may have encrypted the first (Part 1, 21). */
function parameters(frame: Frame, rows: readonly FieldRow[], encrypted: boolean): void {
  const { decoder } = frame;
  if (rows.length === 0) return;
  group(frame, 'parameters', (node) => {
    rows.forEach((row, i) => {
      const type = resolveType(row.type);
      if (i === 0 && encrypted && type.kind === 'sized') {
        decoder.sized(node, row.name, row.type, type, row.doc, true, true);
      } else {
        decoder.field(node, row, false);
      }
    });
  });
}

function handles(frame: Frame, rows: readonly FieldRow[]): void {
  if (rows.length === 0) return;
  group(frame, 'handles', (node) => {
    for (const row of rows) frame.decoder.field(node, row, false);
  });
}

function hasAttribute(sessions: readonly TpmNode[], name: string): boolean {
  return sessions.some((session) => {
    const attributes = child(session, 'sessionAttributes');
    return attributes !== undefined && child(attributes, name)?.value === 1n;
  });
}

/** Sessions up to `end`. */
function authorizations(frame: Frame, type: string, end: number): readonly TpmNode[] {
  const { decoder, root } = frame;
  const area = decoder.open(root, { name: 'authorizationArea', type: 'authorizationArea', role: 'group' }, (node) => {
    const outer = decoder.end;
    decoder.end = end;
    for (let i = 0; decoder.remaining > 0; i++) {
      decoder.value(node, `[${i}]`, { type, nullable: 'yes' }, '', true);
    }
    decoder.end = outer;
  });
  return area.children;
}

function message(
  frame: Frame,
  kind: 'command' | 'response',
  name: string,
  commandCode: number | undefined,
  responseCode: number | undefined,
): DecodedMessage {
  finish(frame);
  const { root, decoder, error } = frame;
  const members = (groupName: string): readonly TpmNode[] => child(root, groupName)?.children ?? [];
  return {
    kind,
    name,
    bytes: decoder.bytes,
    commandCode,
    responseCode,
    root,
    handles: members('handles'),
    sessions: members('authorizationArea'),
    parameters: members('parameters'),
    error,
  };
}

/** `TPM2_GetRandom`, or the number of a command without a row. */
function commandName(code: number | undefined): string {
  if (code === undefined) return 'command';
  return findCommand(code)?.name ?? `TPM2_${hexNumber(code, 8)}`;
}

export interface DecodeOptions {
  /** The first parameter was decrypted already, whatever the sessions say. */
  readonly decrypted?: boolean;
  /** Finds wrong sizes of structures where the reference implementation does: behind everything in them. */
  readonly sizesLast?: boolean;
}

/** Decodes a command. Bytes after the header's size, or that no row explains, stand in a node `remaining`. */
export function decodeCommand(
  bytes: Uint8Array,
  { decrypted = false, sizesLast = false }: DecodeOptions = {},
): DecodedMessage {
  const frame = startFrame(bytes, 'command', sizesLast);
  const inside = header(frame, 'commandSize', 'commandCode', 'TPM_CC');
  const tag = numberOf(child(frame.root, 'tag'));
  const code = numberOf(child(frame.root, 'commandCode'));
  const row = code === undefined ? undefined : findCommand(code);
  if (inside && tag !== undefined && code !== undefined) {
    if (tag !== NO_SESSIONS && tag !== SESSIONS) {
      fail(
        frame,
        'unknown-tag',
        'TPM_RC_BAD_TAG',
        0,
        `${hexNumber(tag, 4)} is not the tag of a command; 8001 and 8002 are.`,
      );
    } else if (!row) {
      const what =
        code & VENDOR
          ? 'a command of a vendor'
          : explainsAsResponse(code)
            ? 'no command; the bytes look like a response'
            : 'no command';
      fail(frame, 'unknown-command', 'TPM_RC_COMMAND_CODE', 6, `${hexNumber(code, 8)} is ${what}.`);
    } else {
      attempt(frame, () => commandBody(frame, row, tag === SESSIONS, decrypted));
    }
  }
  return message(frame, 'command', commandName(code), code, undefined);
}

function explainsAsResponse(code: number): boolean {
  return code === 0 || !explainResponseCode(code).name.startsWith('0x');
}

function commandBody(frame: Frame, row: CommandRow, withSessions: boolean, decrypted: boolean): void {
  const { decoder, root } = frame;
  handles(frame, row.handles);
  let encrypted = false;
  if (withSessions) {
    const size = numberOf(decoder.number(root, 'authorizationSize', 'UINT32', 'bytes of the authorization area')) ?? 0;
    if (size > decoder.remaining) {
      decoder.stop(
        'bad-size',
        'TPM_RC_AUTHSIZE',
        `authorizationSize is ${size} and ${decoder.remaining} bytes remain.`,
      );
    }
    const sessions = authorizations(frame, 'TPMS_AUTH_COMMAND', decoder.at + size);
    encrypted = !decrypted && hasAttribute(sessions, 'decrypt');
  }
  parameters(frame, row.parameters, encrypted);
}

function rowOf(command: Uint8Array | number | undefined): CommandRow | undefined {
  if (typeof command === 'number') return findCommand(command);
  if (command === undefined || command.length < HEADER_BYTES) return undefined;
  return findCommand(new DataView(command.buffer, command.byteOffset).getUint32(6));
}

/**
 * Decodes a response. What follows its header depends on the command: without it (its bytes or its code) the rest
 * stands in a node `body` as plain bytes, which is no error.
 */
export function decodeResponse(bytes: Uint8Array, command?: Uint8Array | number): DecodedMessage {
  const frame = startFrame(bytes, 'response');
  const inside = header(frame, 'responseSize', 'responseCode', 'TPM_RC');
  const tag = numberOf(child(frame.root, 'tag'));
  const code = numberOf(child(frame.root, 'responseCode'));
  const row = rowOf(command);
  if (inside && tag !== undefined && code !== undefined) {
    const codeNode = frame.root.children[2];
    if (codeNode) codeNode.text = explainResponseCode(code).text.replace(/: .*/, '');
    if (tag !== NO_SESSIONS && tag !== SESSIONS && tag !== RSP_COMMAND) {
      fail(
        frame,
        'unknown-tag',
        'TPM_RC_BAD_TAG',
        0,
        `${hexNumber(tag, 4)} is not the tag of a response; 8001, 8002 and 00c4 are.`,
      );
    } else if (code === 0 && row) {
      attempt(frame, () => responseBody(frame, row, tag === SESSIONS));
    } else if (code === 0 && frame.decoder.remaining > 0) {
      frame.decoder.raw(frame.root, 'body', frame.decoder.remaining, 'not known without the command');
    }
  }
  return message(frame, 'response', row?.name ?? 'response', row?.code, code);
}

function responseBody(frame: Frame, row: CommandRow, withSessions: boolean): void {
  const { decoder, root } = frame;
  handles(frame, row.responseHandles);
  if (!withSessions) {
    parameters(frame, row.responseParameters, false);
    return;
  }
  const size = numberOf(decoder.number(root, 'parameterSize', 'UINT32', 'bytes of the parameters')) ?? 0;
  if (size > decoder.remaining) {
    decoder.stop('bad-size', 'TPM_RC_SIZE', `parameterSize is ${size} and ${decoder.remaining} bytes remain.`);
  }
  const outer = decoder.end;
  const boundary = decoder.at + size;
  const encrypted =
    row.responseParameters.some((field, i) => i === 0 && isSized(field)) && encryptsResponse(decoder, boundary, outer);
  decoder.end = boundary;
  parameters(frame, row.responseParameters, encrypted);
  if (decoder.remaining > 0) {
    decoder.stop('trailing-bytes', 'TPM_RC_SIZE', `${decoder.remaining} bytes follow after the parameters.`);
  }
  decoder.end = outer;
  authorizations(frame, 'TPMS_AUTH_RESPONSE', outer);
}

/** Looks at the sessions behind the parameters: they tell whether the first parameter is encrypted. */
function encryptsResponse(decoder: Decoder, from: number, end: number): boolean {
  const frame = startFrame(decoder.bytes, 'response');
  frame.decoder.at = from;
  frame.decoder.end = end;
  let sessions: readonly TpmNode[] = [];
  attempt(frame, () => {
    sessions = authorizations(frame, 'TPMS_AUTH_RESPONSE', end);
  });
  return hasAttribute(sessions, 'encrypt');
}

/** Decodes one value of a type of the specification, with the null value allowed. */
export function decodeType(typeName: string, bytes: Uint8Array): DecodedMessage {
  const frame = startFrame(bytes, typeName);
  const type = resolveType(typeName);
  if (type.kind === 'union') {
    fail(frame, 'unknown-selector', 'TPM_RC_SELECTOR', 0, `${typeName} is a union; decode the structure around it.`);
  } else {
    attempt(frame, () => frame.decoder.value(frame.root, 'value', { type: typeName, nullable: 'yes' }, '', true));
  }
  return { ...message(frame, 'command', typeName, undefined, undefined), kind: 'value' };
}

/** The bytes of a tree, made from the values of its leaves. */
export function encodeMessage(tree: TpmNode): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const visit = (node: TpmNode): void => {
    if (node.value instanceof Uint8Array) parts.push(node.value);
    else if (typeof node.value === 'bigint') parts.push(numberToBytes(node.value, node.length));
    else node.children.forEach(visit);
  };
  visit(tree);
  return concat(...parts);
}

/** The name of a command's bytes: `TPM2_GetRandom`, `TPM2_0x20000001`, `command` when they are too short for a code. */
export function commandNameOf(command: Uint8Array): string {
  if (command.length < HEADER_BYTES) return commandName(undefined);
  return commandName(new DataView(command.buffer, command.byteOffset).getUint32(6));
}
