/**
 * From the bytes of a command to its handler and back: the one place of all checks.
 *
 * The order of the checks is that of the reference implementation (Part 4 ExecuteCommand; libtpms ExecCommand.c): tag,
 * size, command code, start-up, handles, authorization area, parameters. What the rows of the tables refuse, the codec
 * has already marked in the tree; here its place gives the response code its number.
 */

import { concat } from '../../common/bytes';
import type { HmacDrbg } from '../../common/drbg';
import type { Value } from '../../common/values';
import {
  buildResponse,
  decodeCommand,
  nodeValue,
  responseCodeAbout,
  walk,
  type DecodedMessage,
  type FieldValues,
  type TpmNode,
} from '../codec/index';
import { numberToBytes } from '../codec/message';
import { constantValue, findCommand } from '../tables/index';
import type { CommandRow } from '../tables/notation';
import { LIST_LIMITS, MAX_COMMAND_BYTES, MAX_SESSIONS, unsupported } from './profile';
import type { TpmState } from './state';

/** A response code by its name; `parameter`, `handle` or `session` says what it is about, counted from 1. */
export interface Refusal {
  readonly rc: string;
  readonly about?: { readonly kind: 'parameter' | 'handle' | 'session'; readonly number: number };
}

export function refuse(rc: string, kind?: 'parameter' | 'handle' | 'session', number = 1): Refusal {
  return kind === undefined ? { rc } : { rc, about: { kind, number } };
}

function isRefusal(outcome: Refusal | FieldValues): outcome is Refusal {
  return 'rc' in outcome && typeof outcome.rc === 'string';
}

/** What a handler works with. */
export interface CommandContext {
  readonly state: TpmState;
  readonly drbg: HmacDrbg;
  /** Names of the commands there are, for TPM2_GetCapability. */
  readonly commands: readonly CommandRow[];
  /** Values of handles and parameters by their names. */
  readonly number: (name: string) => number;
  readonly bytes: (name: string) => Uint8Array;
  readonly items: (name: string) => readonly TpmNode[];
}

/** Runs a command whose handles and parameters are allowed: gives the response's fields, or refuses. */
export type Handler = (context: CommandContext) => FieldValues | Refusal;

/** Handlers of a command family by the names of their commands. */
export type Handlers = Readonly<Record<string, Handler>>;

/** A response without anything but its code (Part 3, 5.2: errors carry no sessions). */
export function errorResponse(refusal: Refusal): Uint8Array<ArrayBuffer> {
  const base = constantValue(refusal.rc);
  const code = refusal.about ? responseCodeAbout(base, refusal.about.kind, refusal.about.number) : base;
  return concat(numberToBytes(0x8001n, 2), numberToBytes(10n, 4), numberToBytes(BigInt(code), 4));
}

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
    const limit = LIST_LIMITS[part.type];
    if (limit !== undefined && (numberAt(part.children[0]) ?? 0) > limit) return 'TPM_RC_SIZE';
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

/** Handles: each complete and allowed, and what it names is there (Part 3, 5.4). */
function checkHandles(decoded: DecodedMessage, row: CommandRow): Refusal | undefined {
  for (const [i] of row.handles.entries()) {
    const rc = faultOf(decoded.handles[i], decoded);
    if (rc !== undefined) return refuse(rc, 'handle', i + 1);
  }
  return undefined;
}

/** Authorization area and the authorizations of the handles (Part 3, 5.5 and 5.6). */
function checkSessions(decoded: DecodedMessage, row: CommandRow): Refusal | undefined {
  const needed = row.handles.filter((handle) => handle.role !== undefined).length;
  if (decoded.root.children[0]?.value === 0x8001n) return needed > 0 ? refuse('TPM_RC_AUTH_MISSING') : undefined;

  const sizeNode = child(decoded.root, 'authorizationSize');
  const size = numberAt(sizeNode);
  if (sizeNode === undefined || size === undefined) return refuse('TPM_RC_INSUFFICIENT');
  const available = decoded.bytes.length - sizeNode.offset - sizeNode.length;
  // Nine bytes are the shortest authorization. The specification's TPM_RC_AUTHSIZE is TPM_RC_SIZE in the reference.
  if (size < 9 || size > available) return refuse('TPM_RC_SIZE');
  if (row.marks.includes('NO_SESSIONS')) return refuse('TPM_RC_AUTH_CONTEXT');

  for (const [i, session] of decoded.sessions.entries()) {
    const number = i + 1;
    if (i >= MAX_SESSIONS) return refuse('TPM_RC_SIZE', 'session', number);
    const rc = faultOf(session, decoded);
    if (rc !== undefined) return refuse(rc, 'session', number);
    const refusal = checkSession(session, number);
    if (refusal) return refusal;
  }
  if (decoded.sessions.length < needed) return refuse('TPM_RC_AUTH_MISSING');
  for (const [i, session] of decoded.sessions.entries()) {
    // A password authorizes a handle and does nothing else.
    if (i >= needed) return refuse('TPM_RC_HANDLE', 'session', i + 1);
    if (!isEmptyAuth(passwordOf(session))) return refuse('TPM_RC_BAD_AUTH', 'session', i + 1);
  }
  return undefined;
}

/** One authorization by itself. There are no sessions yet: their handles name nothing. */
function checkSession(session: TpmNode, number: number): Refusal | undefined {
  const [handle, nonce, attributes] = session.children;
  if (numberAt(handle) !== constantValue('TPM_RS_PW')) return refuse(`TPM_RC_REFERENCE_S${number - 1}`);
  const continueSession = 1n;
  if (typeof attributes?.value === 'bigint' && (attributes.value & ~continueSession) !== 0n) {
    return refuse('TPM_RC_ATTRIBUTES', 'session', number);
  }
  return numberAt(nonce?.children[0]) === 0 ? undefined : refuse('TPM_RC_NONCE', 'session', number);
}

function passwordOf(session: TpmNode): Value {
  const hmac = child(session, 'hmac');
  return hmac === undefined ? new Uint8Array() : nodeValue(hmac);
}

/** Trailing zeros of a password do not count (Part 1, 19.4.2). No entity of this TPM has another value yet. */
function isEmptyAuth(password: Value): boolean {
  return password instanceof Uint8Array && password.every((byte) => byte === 0);
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
  const decoded = decodeCommand(command);
  const row = checkHeader(decoded, state, handlers);
  if ('rc' in row) return errorResponse(row);
  const refusal = checkHandles(decoded, row) ?? checkSessions(decoded, row) ?? checkParameters(decoded, row);
  if (refusal) return errorResponse(refusal);
  const handler = handlers[row.name];
  if (!handler) return errorResponse(refuse('TPM_RC_COMMAND_CODE'));
  const outcome = handler(contextOf(decoded, state, drbg, handlers));
  if (isRefusal(outcome)) return errorResponse(outcome);
  return buildResponse(row, outcome, decoded.sessions.length);
}

function contextOf(decoded: DecodedMessage, state: TpmState, drbg: HmacDrbg, handlers: Handlers): CommandContext {
  const node = (name: string): TpmNode | undefined =>
    [...decoded.handles, ...decoded.parameters].find((candidate) => candidate.name === name);
  const commands = Object.keys(handlers).map((name) => findCommand(name));
  return {
    state,
    drbg,
    commands: commands.filter((row) => row !== undefined).sort((a, b) => a.code - b.code),
    number: (name) => numberAt(node(name)) ?? 0,
    bytes: (name) => {
      const found = node(name);
      const value = found && nodeValue(found);
      return value instanceof Uint8Array ? value : new Uint8Array();
    },
    items: (name) => node(name)?.children.slice(1) ?? [],
  };
}
