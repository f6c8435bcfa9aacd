/**
 * From the bytes of a command to its handler and back: the one place of all checks.
 *
 * The order of the checks is that of the reference implementation (Part 4 ExecuteCommand; libtpms ExecCommand.c): tag,
 * size, command code, start-up, handles, authorization area, parameters. What the rows of the tables refuse, the codec
 * has already marked in the tree; here its place gives the response code its number.
 */

import { concat } from '../../common/bytes';
import type { HmacDrbg } from '../../common/drbg';
import {
  decodeCommand,
  encodeResponseBody,
  frameResponse,
  nodeValue,
  walk,
  type DecodedMessage,
  type FieldValues,
  type TpmNode,
} from '../codec/index';
import { findCommand } from '../tables/index';
import type { CommandRow } from '../tables/notation';
import { checkAuthorizations, decryptParameters, readAuthorizations, type AuthorizedCommand } from './authorization';
import { resolveHandle } from './entities';
import { objectAt, releasePersistent } from './objects';
import { BUFFER_LIMITS, LIST_LIMITS, LIST_MINIMA, MAX_COMMAND_BYTES, unsupported } from './profile';
import { errorResponse, isRefusal, refuse, type Refusal } from './refusal';
import { auditHashes, endExclusiveAudit, secureResponse } from './response';
import { sessionAt } from './sessions';
import type { SessionState, TpmObject, TpmState } from './state';

/** What a handler works with. */
export interface CommandContext {
  readonly state: TpmState;
  readonly drbg: HmacDrbg;
  /** The commands there are, for TPM2_GetCapability. */
  readonly commands: readonly CommandRow[];
  /** Values of handles and parameters by their names; a persistent object's handle is that of its slot. */
  readonly number: (name: string) => number;
  readonly bytes: (name: string) => Uint8Array;
  readonly items: (name: string) => readonly TpmNode[];
  readonly node: (name: string) => TpmNode | undefined;
  /** The object of a handle; dispatch has seen that it is loaded. */
  readonly object: (name: string) => TpmObject | undefined;
  /** The session of a handle. */
  readonly session: (name: string) => SessionState | undefined;
  /** Refuses because of the handle or parameter of that name. */
  readonly refuse: (rc: string, name?: string) => Refusal;
}

/** Runs a command whose handles and parameters are allowed: gives the response's fields, or refuses. */
export type Handler = (context: CommandContext) => FieldValues | Refusal;

/** Handlers of a command family by the names of their commands. */
export type Handlers = Readonly<Record<string, Handler>>;

function child(node: TpmNode, name: string): TpmNode | undefined {
  return node.children.find((candidate) => candidate.name === name);
}

function numberAt(node: TpmNode | undefined): number | undefined {
  return typeof node?.value === 'bigint' ? Number(node.value) : undefined;
}

/** Code of the first value below the node that the specification or this TPM refuses. */
function refusalIn(node: TpmNode): string | undefined {
  for (const part of walk(node)) {
    if (part.problem) return part.problem.rc;
    if (typeof part.value === 'bigint') {
      const rc = unsupported(part.type, part.value);
      if (rc !== undefined) return rc;
    }
    const limit = LIST_LIMITS[part.type] ?? BUFFER_LIMITS[part.type];
    const length = numberAt(part.children[0]) ?? 0;
    if (limit !== undefined && length > limit) return 'TPM_RC_SIZE';
    if (part.complete && length < (LIST_MINIMA[part.type] ?? 0)) return 'TPM_RC_SIZE';
  }
  return undefined;
}

/** Code of what is wrong with a value: refused, not there, or cut off. */
function faultOf(node: TpmNode | undefined, decoded: DecodedMessage): string | undefined {
  const refused = node && refusalIn(node);
  if (refused !== undefined) return refused;
  return node?.complete === true ? undefined : (decoded.error?.rc ?? 'TPM_RC_INSUFFICIENT');
}

/** Header up to the command's row (Part 3, 5.2). */
function checkHeader(decoded: DecodedMessage, state: TpmState, handlers: Handlers): Refusal | CommandRow {
  const { root, bytes } = decoded;
  const tag = child(root, 'tag');
  if (!tag) return refuse('TPM_RC_INSUFFICIENT');
  // A tag that no structure has is a bad value; one of another structure a bad tag (libtpms TPMI_ST_COMMAND_TAG).
  if (tag.problem) return refuse(tag.text === undefined ? 'TPM_RC_VALUE' : 'TPM_RC_BAD_TAG');
  const size = numberAt(child(root, 'commandSize'));
  if (size === undefined) return refuse('TPM_RC_INSUFFICIENT');
  if (size !== bytes.length || size > MAX_COMMAND_BYTES) return refuse('TPM_RC_COMMAND_SIZE');
  const code = numberAt(child(root, 'commandCode'));
  if (code === undefined) return refuse('TPM_RC_INSUFFICIENT');
  const row = findCommand(code);
  if (!row || handlers[row.name] === undefined) return refuse('TPM_RC_COMMAND_CODE');
  if (state.started === (row.name === 'TPM2_Startup')) return refuse('TPM_RC_INITIALIZE');
  return row;
}

/** Handles: each complete and allowed, and what it names is there (Part 3, 5.4). Gives the handles to work with. */
function resolveHandles(decoded: DecodedMessage, row: CommandRow, state: TpmState): number[] | Refusal {
  for (const [i] of row.handles.entries()) {
    const rc = faultOf(decoded.handles[i], decoded);
    if (rc !== undefined) return refuse(rc, 'handle', i + 1);
  }
  const resolved: number[] = [];
  for (const node of decoded.handles) {
    const number = resolved.length + 1;
    const handle = resolveHandle(state, numberAt(node) ?? 0, row);
    if (handle === 'TPM_RC_REFERENCE_H0') return refuse(`TPM_RC_REFERENCE_H${number - 1}`);
    if (typeof handle === 'string') return refuse(handle, 'handle', number);
    resolved.push(handle);
  }
  return resolved;
}

/** Authorization area and the authorizations of the handles (Part 3, 5.5 and 5.6). */
function checkSessions(
  decoded: DecodedMessage,
  row: CommandRow,
  handles: readonly number[],
  state: TpmState,
): AuthorizedCommand | Refusal {
  const needed = row.handles.filter((handle) => handle.role !== undefined).length;
  if (!hasSessions(decoded)) {
    if (needed > 0) return refuse('TPM_RC_AUTH_MISSING');
    return { row, handles, parameters: new Uint8Array(), authorizations: [] };
  }
  const sizeNode = child(decoded.root, 'authorizationSize');
  const size = numberAt(sizeNode);
  if (sizeNode === undefined || size === undefined) return refuse('TPM_RC_INSUFFICIENT');
  const start = sizeNode.offset + sizeNode.length;
  // Nine bytes are the shortest authorization. The specification's TPM_RC_AUTHSIZE is TPM_RC_SIZE in the reference.
  if (size < 9 || size > decoded.bytes.length - start) return refuse('TPM_RC_SIZE');
  if (row.marks.includes('NO_SESSIONS')) return refuse('TPM_RC_AUTH_CONTEXT');

  const authorizations = readAuthorizations(decoded, state, row, handles, faultOf);
  if (!Array.isArray(authorizations)) return authorizations;
  if (authorizations.length < needed) return refuse('TPM_RC_AUTH_MISSING');
  const command = { row, handles, parameters: decoded.bytes.slice(start + size), authorizations };
  return checkAuthorizations(command, state) ?? command;
}

function hasSessions(decoded: DecodedMessage): boolean {
  return decoded.root.children[0]?.value === 0x8002n;
}

/** The command as it is when its first parameter is decrypted. */
function decrypt(decoded: DecodedMessage, command: AuthorizedCommand, state: TpmState): DecodedMessage | Refusal {
  const plain = decryptParameters(command, state);
  if (!(plain instanceof Uint8Array)) return plain;
  if (plain === command.parameters) return decoded;
  const before = decoded.bytes.subarray(0, decoded.bytes.length - plain.length);
  return decodeCommand(concat(before, plain), { decrypted: true, sizesLast: true });
}

/** Parameters: each allowed and complete, and nothing after the last (Part 3, 5.7). */
function checkParameters(decoded: DecodedMessage, row: CommandRow): Refusal | undefined {
  for (const [i] of row.parameters.entries()) {
    const rc = faultOf(decoded.parameters[i], decoded);
    if (rc !== undefined) return refuse(rc, 'parameter', i + 1);
  }
  return decoded.error ? refuse('TPM_RC_SIZE') : undefined;
}

/** Runs one command; always gives a well-formed response. */
export function dispatch(
  command: Uint8Array,
  state: TpmState,
  drbg: HmacDrbg,
  handlers: Handlers,
): Uint8Array<ArrayBuffer> {
  const response = run(decodeCommand(command, { sizesLast: true }), state, drbg, handlers);
  releasePersistent(state);
  return isRefusal(response) ? errorResponse(response) : response;
}

function run(
  decoded: DecodedMessage,
  state: TpmState,
  drbg: HmacDrbg,
  handlers: Handlers,
): Uint8Array<ArrayBuffer> | Refusal {
  const row = checkHeader(decoded, state, handlers);
  if (isRefusal(row)) return row;
  const handles = resolveHandles(decoded, row, state);
  if (!Array.isArray(handles)) return handles;
  const command = checkSessions(decoded, row, handles, state);
  if (isRefusal(command)) return command;
  const plain = decrypt(decoded, command, state);
  if (isRefusal(plain)) return plain;
  const refusal = checkParameters(plain, row);
  if (refusal) return refusal;

  const hashes = auditHashes(command, state);
  const outcome = handlers[row.name]?.(contextOf(plain, command, state, drbg, handlers));
  if (outcome === undefined) return refuse('TPM_RC_COMMAND_CODE');
  if (isRefusal(outcome)) return outcome;
  const body = encodeResponseBody(row, outcome);
  endExclusiveAudit(command, state);
  if (!hasSessions(decoded)) return frameResponse(body);
  const secured = secureResponse(command, hashes, body, state, drbg);
  return frameResponse(secured.body, secured.authorizations);
}

function contextOf(
  decoded: DecodedMessage,
  { row, handles }: AuthorizedCommand,
  state: TpmState,
  drbg: HmacDrbg,
  handlers: Handlers,
): CommandContext {
  const node = (name: string): TpmNode | undefined =>
    [...decoded.handles, ...decoded.parameters].find((candidate) => candidate.name === name);
  const handleIndex = (name: string): number => row.handles.findIndex((handle) => handle.name === name);
  const number = (name: string): number => handles[handleIndex(name)] ?? numberAt(node(name)) ?? 0;
  const commands = Object.keys(handlers).map((name) => findCommand(name));
  return {
    state,
    drbg,
    commands: commands.filter((known) => known !== undefined).sort((a, b) => a.code - b.code),
    number,
    bytes: (name) => {
      const found = node(name);
      const value = found && nodeValue(found);
      return value instanceof Uint8Array ? value : new Uint8Array();
    },
    items: (name) => node(name)?.children.slice(1) ?? [],
    node,
    object: (name) => objectAt(state, number(name)),
    session: (name) => sessionAt(state, number(name)),
    refuse: (rc, name) => {
      if (name === undefined) return refuse(rc);
      if (handleIndex(name) >= 0) return refuse(rc, 'handle', handleIndex(name) + 1);
      return refuse(rc, 'parameter', row.parameters.findIndex((parameter) => parameter.name === name) + 1);
    },
  };
}
