/** Sessions: their making, their keys, what a use leaves behind (Part 1, 19.6; Part 3, 11.1). */

import type { HmacDrbg } from '../../common/drbg';
import { concat } from '../../common/bytes';
import { constantValue } from '../tables/index';
import { AES_BLOCK_BYTES, aesCfb, digestBytes, kdfa, xorObfuscation } from './crypto';
import { kindOf } from './objects';
import { MAX_ACTIVE_SESSIONS, MAX_CONTEXT_GAP, MAX_LOADED_SESSIONS } from './profile';
import { ALG_NULL, type SymmetricDefinition } from './public-area';
import type { PolicyState, SessionState, TpmState } from './state';

export const HT_HMAC_SESSION = constantValue('TPM_HT_HMAC_SESSION');
export const HT_POLICY_SESSION = constantValue('TPM_HT_POLICY_SESSION');

/** Number in a session's handle. */
const NUMBER = 0xff_ffff;

/** The loaded session of a handle, or undefined. */
export function sessionAt(state: TpmState, handle: number): SessionState | undefined {
  return state.sessions[handle & NUMBER];
}

/** Ends a session, loaded or saved. */
export function flushSession(state: TpmState, handle: number): void {
  const { [handle & NUMBER]: _saved, ...savedSessions } = state.contexts.savedSessions;
  state.contexts = { ...state.contexts, savedSessions };
  const { [handle & NUMBER]: _gone, ...rest } = state.sessions;
  state.sessions = rest;
  if (state.exclusiveAudit === handle) state.exclusiveAudit = undefined;
}

/** Handles of the loaded sessions, by their numbers. */
export function sessionHandles(state: TpmState): number[] {
  return Object.entries(state.sessions)
    .map(([number, session]) => handleOf(Number(number), session.kind))
    .sort((a, b) => (a & NUMBER) - (b & NUMBER));
}

/** Handles of the saved sessions, as TPM2_GetCapability tells them: those of HMAC sessions, whatever they are. */
export function savedSessionHandles(state: TpmState): number[] {
  return Object.keys(state.contexts.savedSessions)
    .map((number) => handleOf(Number(number), 'hmac'))
    .sort((a, b) => a - b);
}

/** Whether a session of that handle was saved and not loaded again. */
export function isSessionSaved(state: TpmState, handle: number): boolean {
  return (handle & NUMBER) in state.contexts.savedSessions;
}

/** Takes a session out of memory and gives the identifier of its context, or a response code. */
export function unloadSession(state: TpmState, handle: number): number | string {
  const { sessionCounter, savedSessions } = state.contexts;
  const oldest = Math.min(...Object.values(savedSessions));
  if (sessionCounter - oldest > MAX_CONTEXT_GAP) return 'TPM_RC_CONTEXT_GAP';
  const { [handle & NUMBER]: _unloaded, ...loaded } = state.sessions;
  state.sessions = loaded;
  state.contexts = {
    ...state.contexts,
    sessionCounter: sessionCounter + 1,
    savedSessions: { ...savedSessions, [handle & NUMBER]: sessionCounter },
  };
  return sessionCounter;
}

/** Puts a saved session back into memory: gives a response code when that cannot be. */
export function reloadSession(
  state: TpmState,
  handle: number,
  identifier: number,
  session: SessionState,
): string | undefined {
  const { [handle & NUMBER]: known, ...savedSessions } = state.contexts.savedSessions;
  if (known !== identifier) return 'TPM_RC_HANDLE';
  if (Object.keys(state.sessions).length >= MAX_LOADED_SESSIONS) return 'TPM_RC_SESSION_MEMORY';
  state.contexts = { ...state.contexts, savedSessions };
  state.sessions = { ...state.sessions, [handle & NUMBER]: session };
  return undefined;
}

function handleOf(number: number, kind: SessionState['kind']): number {
  return (kind === 'hmac' ? HT_HMAC_SESSION : HT_POLICY_SESSION) * 2 ** 24 + number;
}

/** A policy session at its start. */
export function newPolicy(authHash: number): PolicyState {
  const digest = new Uint8Array(digestBytes(authHash));
  return { digest, commandCode: 0, needs: 'nothing', pcrCounter: 0, cpHash: new Uint8Array() };
}

export interface SessionRequest {
  readonly kind: SessionState['kind'];
  readonly authHash: number;
  readonly symmetric: SymmetricDefinition;
  readonly nonceCaller: Uint8Array;
  readonly salt: Uint8Array;
  /** Authorization value of the entity that the session is bound to; undefined without one. */
  readonly bindAuth: Uint8Array | undefined;
  readonly boundEntity: Uint8Array | undefined;
  readonly isDaBound: boolean;
  readonly isLockoutBound: boolean;
}

/** Starts a session: gives its handle, or a response code. */
export function createSession(state: TpmState, random: HmacDrbg, request: SessionRequest): number | string {
  if (Object.keys(state.sessions).length >= MAX_LOADED_SESSIONS) return 'TPM_RC_SESSION_MEMORY';
  let number = 0;
  while (number in state.sessions || number in state.contexts.savedSessions) number++;
  if (number >= MAX_ACTIVE_SESSIONS) return 'TPM_RC_SESSION_HANDLES';
  const { kind, authHash, symmetric, nonceCaller, salt, bindAuth } = request;
  const nonceTPM = random.generate(nonceCaller.length);
  const sessionKey =
    bindAuth === undefined && salt.length === 0
      ? new Uint8Array()
      : kdfa(
          authHash,
          concat(bindAuth ?? new Uint8Array(), salt),
          'ATH',
          nonceTPM,
          nonceCaller,
          8 * digestBytes(authHash),
        );
  state.sessions = {
    ...state.sessions,
    [number]: {
      kind,
      authHash,
      symmetric,
      sessionKey,
      nonceTPM,
      boundEntity: request.boundEntity,
      isDaBound: request.isDaBound,
      isLockoutBound: request.isLockoutBound,
      auditDigest: undefined,
      policy: newPolicy(authHash),
    },
  };
  return handleOf(number, kind);
}

/** Bytes of a name and an authorization value together, as a bound session keeps them. */
const BOUND_BYTES = 68;

/** What tells a bound session whether it meets its entity: name, and authorization value at its end (Part 1, 19.6.12). */
export function boundEntityOf(name: Uint8Array, authValue: Uint8Array): Uint8Array {
  const bound = new Uint8Array(BOUND_BYTES);
  bound.set(name);
  const start = BOUND_BYTES - authValue.length;
  authValue.forEach((byte, i) => (bound[start + i] = (bound[start + i] ?? 0) ^ byte));
  return bound;
}

/**
 * Encrypts or decrypts the first parameter (Part 1, 21).
 *
 * @param extraKey authorization value of the entity that the session authorizes
 * @param newer the nonce of who sends the parameter, `older` that of who takes it
 */
export function cryptParameter(
  direction: 'encrypt' | 'decrypt',
  session: SessionState,
  extraKey: Uint8Array,
  newer: Uint8Array,
  older: Uint8Array,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const key = concat(session.sessionKey, extraKey);
  const { algorithm, keyBits = 0 } = session.symmetric;
  if (algorithm === constantValue('TPM_ALG_XOR')) return xorObfuscation(session.authHash, key, newer, older, data);
  const derived = kdfa(session.authHash, key, 'CFB', newer, older, keyBits + 8 * AES_BLOCK_BYTES);
  return aesCfb(direction, derived.slice(0, keyBits / 8), derived.slice(keyBits / 8), data);
}

/** Whether parameters can be encrypted with the session. */
export function canEncrypt(session: SessionState): boolean {
  return session.symmetric.algorithm !== ALG_NULL;
}

/** Kind of a session's handle fits the session. */
export function isOfKind(handle: number, session: SessionState): boolean {
  return (session.kind === 'hmac') === (kindOf(handle) === HT_HMAC_SESSION);
}
