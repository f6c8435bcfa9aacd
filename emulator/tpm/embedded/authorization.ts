/**
 * The authorization area of a command: reading it, and checking every session (Part 1, 19; Part 3, 5.5 and 5.6).
 *
 * The order of the checks is that of the reference implementation (Part 4 SessionProcess; libtpms SessionProcess.c):
 * first all sessions are read, then each is checked against its handle.
 */

import { concat, equalBytes } from '../../common/bytes';
import { nodeValue, type DecodedMessage, type TpmNode } from '../codec/index';
import { constantValue, resolveType } from '../tables/index';
import type { CommandRow } from '../tables/notation';
import { sessionBit } from './bits';
import { hash, hmac, u32, withoutTrailingZeros } from './crypto';
import { authPolicyOf, authValueOf, entityName, hasAuthValue, hasPolicy, isDaExempt, needsPolicy } from './entities';
import { checkLockedOut, countFailure } from './lockout';
import { RH_LOCKOUT, RH_NULL } from './hierarchy';
import { kindOf } from './objects';
import { MAX_SESSIONS } from './profile';
import { refuse, type Refusal } from './refusal';
import { boundEntityOf, canEncrypt, cryptParameter, HT_POLICY_SESSION, isOfKind, sessionAt } from './sessions';
import type { SessionState, TpmState } from './state';

export const RS_PW = constantValue('TPM_RS_PW');

/** One entry of the authorization area. */
export interface Authorization {
  readonly handle: number;
  readonly nonceCaller: Uint8Array;
  readonly attributes: number;
  readonly hmac: Uint8Array;
  /** Undefined for a password. */
  readonly session: SessionState | undefined;
  /** Handle that it authorizes; undefined when it only encrypts or audits. */
  readonly entity: number | undefined;
  /** Whether the authorization value of the entity is part of the HMAC's key. */
  includeAuth: boolean;
}

/** A command with its handles resolved. */
export interface AuthorizedCommand {
  readonly row: CommandRow;
  readonly handles: readonly number[];
  /** The parameters as they were sent. */
  readonly parameters: Uint8Array;
  readonly authorizations: readonly Authorization[];
}

export function isSet(authorization: Authorization, attribute: string): boolean {
  return (authorization.attributes & sessionBit(attribute)) !== 0;
}

/** What is wrong with one value of the area, as dispatch.ts finds it. */
export type FaultFinder = (node: TpmNode | undefined, decoded: DecodedMessage) => string | undefined;

const PASSWORD_ATTRIBUTES = ['encrypt', 'decrypt', 'audit', 'auditExclusive', 'auditReset'];

/** Reads all sessions of the area, each checked by itself. */
export function readAuthorizations(
  decoded: DecodedMessage,
  state: TpmState,
  row: CommandRow,
  handles: readonly number[],
  faultOf: FaultFinder,
): Authorization[] | Refusal {
  const found: Authorization[] = [];
  for (const [i, node] of decoded.sessions.entries()) {
    if (i >= MAX_SESSIONS) return refuse('TPM_RC_SIZE', 'session', i + 1);
    const rc = faultOf(node, decoded);
    if (rc !== undefined) return refuse(rc, 'session', i + 1);
    const authorization = authorizationOf(node, state, row.handles[i]?.role === undefined ? undefined : handles[i]);
    const refusal = checkAlone(authorization, found, row, state);
    if (refusal) return refusal;
    found.push(authorization);
  }
  return found;
}

function authorizationOf(node: TpmNode, state: TpmState, entity: number | undefined): Authorization {
  const [handle = 0n, nonceCaller, attributes = 0n, given] = node.children.map(nodeValue);
  const number = Number(handle);
  return {
    handle: number,
    nonceCaller: nonceCaller instanceof Uint8Array ? nonceCaller : new Uint8Array(),
    attributes: Number(attributes),
    hmac: given instanceof Uint8Array ? given : new Uint8Array(),
    session: number === RS_PW ? undefined : sessionAt(state, number),
    entity,
    includeAuth: false,
  };
}

/** One session without its handle: whether it is there, and whether its attributes fit the command and the others. */
function checkAlone(
  authorization: Authorization,
  before: readonly Authorization[],
  row: CommandRow,
  state: TpmState,
): Refusal | undefined {
  const number = before.length + 1;
  const bad = (rc: string): Refusal => refuse(rc, 'session', number);
  if (authorization.handle === RS_PW) {
    if (PASSWORD_ATTRIBUTES.some((attribute) => isSet(authorization, attribute))) return bad('TPM_RC_ATTRIBUTES');
    return authorization.nonceCaller.length === 0 ? undefined : bad('TPM_RC_NONCE');
  }
  const { session } = authorization;
  if (!session) return refuse(`TPM_RC_REFERENCE_S${number - 1}`);
  if (!isOfKind(authorization.handle, session)) return bad('TPM_RC_HANDLE');
  if (before.some((other) => other.handle === authorization.handle)) return bad('TPM_RC_HANDLE');
  const fields = { decrypt: row.parameters, encrypt: row.responseParameters };
  for (const attribute of ['decrypt', 'encrypt'] as const) {
    if (!isSet(authorization, attribute)) continue;
    if (!isEncryptable(fields[attribute][0]?.type)) return bad('TPM_RC_ATTRIBUTES');
    if (before.some((other) => isSet(other, attribute))) return bad('TPM_RC_ATTRIBUTES');
    if (!canEncrypt(session)) return bad('TPM_RC_SYMMETRIC');
  }
  if (!isSet(authorization, 'audit')) return undefined;
  if (before.some((other) => isSet(other, 'audit')) || session.kind !== 'hmac') return bad('TPM_RC_ATTRIBUTES');
  const broken =
    isSet(authorization, 'auditExclusive') &&
    !isSet(authorization, 'auditReset') &&
    session.auditDigest !== undefined &&
    state.exclusiveAudit !== authorization.handle;
  return broken ? refuse('TPM_RC_EXCLUSIVE') : undefined;
}

/** Whether sessions can encrypt a parameter of the type: it begins with its size. */
function isEncryptable(name: string | undefined): boolean {
  const type = name === undefined ? undefined : resolveType(name);
  return type?.kind === 'sized' && type.sizeType === 'UINT16';
}

/** Checks every session against the handle that it authorizes. */
export function checkAuthorizations(command: AuthorizedCommand, state: TpmState): Refusal | undefined {
  for (const [i, authorization] of command.authorizations.entries()) {
    const { session, entity } = authorization;
    const bad = (rc: string): Refusal => refuse(rc, 'session', i + 1);
    if (session?.kind === 'trial') return bad('TPM_RC_ATTRIBUTES');
    if (session?.isDaBound) {
      const rc = checkLockedOut(state, session.isLockoutBound);
      if (rc !== undefined) return refuse(rc);
    }
    if (entity === undefined) {
      if (!session) return bad('TPM_RC_HANDLE');
      if (!['audit', 'encrypt', 'decrypt'].some((attribute) => isSet(authorization, attribute))) {
        return bad('TPM_RC_ATTRIBUTES');
      }
    }
    const rc =
      entity === undefined
        ? checkSecret(command, i, state)
        : (checkEntity(command, i, entity, state) ?? checkSecret(command, i, state));
    if (rc !== undefined) return bad(rc);
  }
  return undefined;
}

/** Whether this kind of authorization is right for the entity. */
function checkEntity(command: AuthorizedCommand, i: number, entity: number, state: TpmState): string | undefined {
  const authorization = command.authorizations[i];
  if (!authorization) return undefined;
  const { session } = authorization;
  authorization.includeAuth = isAuthIncluded(authorization, entity, state);
  if ((!session || authorization.includeAuth) && !isDaExempt(state, entity)) {
    const rc = checkLockedOut(state, entity === RH_LOCKOUT);
    if (rc !== undefined) return rc;
  }
  const role = command.row.handles[i]?.role;
  if (kindOf(authorization.handle) === HT_POLICY_SESSION && session) {
    if (!hasPolicy(state, entity)) return 'TPM_RC_AUTH_UNAVAILABLE';
    return checkPolicy(command, i, session, entity, state);
  }
  if (needsPolicy(state, entity, role)) return 'TPM_RC_AUTH_TYPE';
  return hasAuthValue(state, entity, role) ? undefined : 'TPM_RC_AUTH_UNAVAILABLE';
}

function isAuthIncluded({ session, handle }: Authorization, entity: number, state: TpmState): boolean {
  if (!session) return false;
  if (kindOf(handle) === HT_POLICY_SESSION) return session.policy.needs !== 'nothing';
  if (!session.boundEntity) return true;
  return !equalBytes(session.boundEntity, boundEntityOf(entityName(state, entity), authValueOf(state, entity)));
}

/** What the policy of the entity asks of the session (Part 1, 19.7.9). */
function checkPolicy(
  command: AuthorizedCommand,
  i: number,
  session: SessionState,
  entity: number,
  state: TpmState,
): string | undefined {
  const { policy } = session;
  if (command.row.name === 'TPM2_PolicySecret' && policy.needs === 'nothing') return 'TPM_RC_MODE';
  if (policy.pcrCounter !== 0 && policy.pcrCounter !== state.pcr.updateCounter) return 'TPM_RC_PCR_CHANGED';
  const wanted = authPolicyOf(state, entity);
  if (!equalBytes(policy.digest, wanted.digest) || session.authHash !== wanted.hash) return 'TPM_RC_POLICY_FAIL';
  if (policy.commandCode !== 0) {
    if (policy.commandCode !== command.row.code) return 'TPM_RC_POLICY_CC';
  } else if (command.row.handles[i]?.role !== 'USER') {
    return 'TPM_RC_POLICY_FAIL';
  }
  const isCpHashRight =
    policy.cpHash.length === 0 || equalBytes(policy.cpHash, cpHash(command, session.authHash, state));
  return isCpHashRight ? undefined : 'TPM_RC_POLICY_FAIL';
}

/** Password or HMAC. */
function checkSecret(command: AuthorizedCommand, i: number, state: TpmState): string | undefined {
  const authorization = command.authorizations[i];
  if (!authorization) return undefined;
  const { session, entity } = authorization;
  const byPassword = !session || (entity !== undefined && session.policy.needs === 'password');
  const right = byPassword
    ? equalBytes(withoutTrailingZeros(authorization.hmac), authValueOf(state, entity ?? RH_NULL))
    : equalBytes(authorization.hmac, commandHmac(command, i, session, state));
  return right ? undefined : countFailure(state, session, entity, authorization.includeAuth);
}

/** Digest of the command: its code, the names of its handles, its parameters (Part 1, 18.7). */
export function cpHash(command: AuthorizedCommand, algorithm: number, state: TpmState): Uint8Array {
  const names = command.handles.map((handle) => entityName(state, handle));
  return hash(algorithm, u32(command.row.code), ...names, command.parameters);
}

/** Key of the HMACs of a session; `entity` is what it authorizes. */
export function hmacKey({ session, entity, includeAuth }: Authorization, state: TpmState): Uint8Array {
  const authValue = includeAuth && entity !== undefined ? authValueOf(state, entity) : new Uint8Array();
  return concat(session?.sessionKey ?? new Uint8Array(), authValue);
}

/** HMAC that the caller must have sent (Part 1, 19.6.5). Without any key an empty one is right too. */
function commandHmac(command: AuthorizedCommand, i: number, session: SessionState, state: TpmState): Uint8Array {
  const authorization = command.authorizations[i];
  if (!authorization) return new Uint8Array();
  const key = hmacKey(authorization, state);
  if (key.length === 0 && authorization.hmac.length === 0) return new Uint8Array();
  return hmac(
    session.authHash,
    key,
    cpHash(command, session.authHash, state),
    authorization.nonceCaller,
    session.nonceTPM,
    ...(i === 0 && authorization.entity !== undefined ? noncesOfOthers(command) : []),
    Uint8Array.of(authorization.attributes),
  );
}

/** Nonces of the sessions that encrypt parameters, which the first session's HMAC protects too. */
function noncesOfOthers({ authorizations }: AuthorizedCommand): Uint8Array[] {
  const decrypting = authorizations.find((other) => isSet(other, 'decrypt'));
  const encrypting = authorizations.find((other) => isSet(other, 'encrypt'));
  const others = decrypting === encrypting ? [decrypting] : [decrypting, encrypting];
  return others.flatMap((other) => (other?.session && other !== authorizations[0] ? [other.session.nonceTPM] : []));
}

/** The parameters with the first of them decrypted, when a session says that it is encrypted. */
export function decryptParameters(command: AuthorizedCommand, state: TpmState): Uint8Array | Refusal {
  const { parameters, authorizations } = command;
  const index = authorizations.findIndex((authorization) => isSet(authorization, 'decrypt'));
  const authorization = authorizations[index];
  if (!authorization?.session) return parameters;
  const size = ((parameters[0] ?? 0) << 8) | (parameters[1] ?? 0);
  if (size > parameters.length) return refuse('TPM_RC_SIZE', 'session', index + 1);
  const { session, entity, nonceCaller } = authorization;
  const extraKey = entity === undefined ? new Uint8Array() : authValueOf(state, entity);
  const data = parameters.subarray(2, 2 + size);
  const plain = cryptParameter('decrypt', session, extraKey, nonceCaller, session.nonceTPM, data);
  return concat(parameters.subarray(0, 2), plain, parameters.subarray(2 + data.length));
}
