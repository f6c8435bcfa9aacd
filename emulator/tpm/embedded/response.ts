/** The sessions of a response: new nonces, encryption of the first parameter, audit, HMACs (Part 1, 18.9 and 19.6.6). */

import { concat } from '../../common/bytes';
import type { HmacDrbg } from '../../common/drbg';
import { encodeType, type ResponseBody } from '../codec/index';
import { cpHash, hmacKey, isSet, type Authorization, type AuthorizedCommand } from './authorization';
import { sessionBit } from './bits';
import { digestBytes, hash, hmac, u32 } from './crypto';
import { authValueOf } from './entities';
import { cryptParameter, flushSession, newPolicy } from './sessions';
import type { SessionState, TpmState } from './state';

/** The session's HMAC over the response (Part 1, 18.8: rpHash). */
function responseHmac(
  authorization: Authorization,
  session: SessionState,
  rpHash: Uint8Array,
  attributes: number,
  state: TpmState,
): Uint8Array {
  if (session.policy.needs === 'password') return new Uint8Array();
  const key = hmacKey(authorization, state);
  if (key.length === 0 && authorization.hmac.length === 0) return new Uint8Array();
  const nonces = concat(session.nonceTPM, authorization.nonceCaller);
  return hmac(session.authHash, key, rpHash, nonces, Uint8Array.of(attributes));
}

function encryptParameters(
  authorizations: readonly Authorization[],
  parameters: Uint8Array,
  state: TpmState,
): Uint8Array {
  const authorization = authorizations.find((candidate) => isSet(candidate, 'encrypt'));
  if (!authorization?.session) return parameters;
  const { session, entity, nonceCaller } = authorization;
  const size = ((parameters[0] ?? 0) << 8) | (parameters[1] ?? 0);
  const extraKey = entity === undefined ? new Uint8Array() : authValueOf(state, entity);
  const data = parameters.subarray(2, 2 + size);
  const encrypted = cryptParameter('encrypt', session, extraKey, session.nonceTPM, nonceCaller, data);
  return concat(parameters.subarray(0, 2), encrypted, parameters.subarray(2 + size));
}

/** Extends the audit digest of the session that audits (Part 1, 19.6.9), and tells the attributes of its response. */
function audit(
  { handle, attributes }: Authorization,
  session: SessionState,
  cp: Uint8Array,
  rp: Uint8Array,
  state: TpmState,
): number {
  if (session.auditDigest === undefined || (attributes & sessionBit('auditReset')) !== 0) {
    session.auditDigest = new Uint8Array(digestBytes(session.authHash));
    session.boundEntity = undefined;
    state.exclusiveAudit = handle;
  } else if (state.exclusiveAudit !== handle) {
    state.exclusiveAudit = undefined;
  }
  session.auditDigest = hash(session.authHash, session.auditDigest, cp, rp);
  const exclusive = sessionBit('auditExclusive');
  return state.exclusiveAudit === handle ? attributes | exclusive : attributes & ~exclusive;
}

export interface SecuredResponse {
  readonly body: ResponseBody;
  /** Bytes of the response's authorizations. */
  readonly authorizations: Uint8Array;
}

/**
 * Finishes the sessions of a command that succeeded. The digest of the command is taken before it runs: it may change
 * names.
 *
 * @param cpHashes digest of the command, by the hash of each session
 */
export function secureResponse(
  command: AuthorizedCommand,
  cpHashes: ReadonlyMap<number, Uint8Array>,
  body: ResponseBody,
  state: TpmState,
  random: HmacDrbg,
): SecuredResponse {
  const { authorizations, row } = command;
  for (const { session } of authorizations) {
    if (session) session.nonceTPM = random.generate(session.nonceTPM.length);
  }
  const parameters = encryptParameters(authorizations, body.parameters, state);
  const parts = authorizations.map((authorization) => {
    const { session, handle } = authorization;
    if (!session) return authorizationBytes(new Uint8Array(), passwordAttributes(authorization), new Uint8Array());
    const rpHash = hash(session.authHash, u32(0), u32(row.code), parameters);
    const cp = cpHashes.get(session.authHash);
    const attributes =
      cp && isSet(authorization, 'audit') ? audit(authorization, session, cp, rpHash, state) : authorization.attributes;
    const proof = responseHmac(authorization, session, rpHash, attributes, state);
    const bytes = authorizationBytes(session.nonceTPM, attributes, proof);
    if (!isSet(authorization, 'continueSession')) flushSession(state, handle);
    else if (session.kind !== 'hmac') session.policy = newPolicy(session.authHash);
    return bytes;
  });
  return { body: { handles: body.handles, parameters }, authorizations: concat(...parts) };
}

/** A command without an audit session ends the exclusive audit of any other. */
export function endExclusiveAudit({ authorizations, row }: AuthorizedCommand, state: TpmState): void {
  if (authorizations.some((authorization) => isSet(authorization, 'audit'))) return;
  if (!row.marks.includes('NO_SESSIONS')) state.exclusiveAudit = undefined;
}

function passwordAttributes({ attributes }: Authorization): number {
  return attributes | sessionBit('continueSession');
}

function authorizationBytes(nonce: Uint8Array, sessionAttributes: number, proof: Uint8Array): Uint8Array {
  return encodeType('TPMS_AUTH_RESPONSE', { nonce, sessionAttributes, hmac: proof });
}

/** Digests of the command for the sessions that audit it. */
export function auditHashes(command: AuthorizedCommand, state: TpmState): ReadonlyMap<number, Uint8Array> {
  const auditing = command.authorizations.filter((authorization) => isSet(authorization, 'audit'));
  return new Map(
    auditing.flatMap(({ session }) =>
      session ? [[session.authHash, cpHash(command, session.authHash, state)] as const] : [],
    ),
  );
}
