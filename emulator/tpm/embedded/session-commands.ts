/** TPM2_StartAuthSession and TPM2_PolicyRestart: Part 3, 11. */

import { constantValue } from '../tables/index';
import { plainValue } from '../codec/index';
import { decryptSecret } from './asymmetric';
import { digestBytes } from './crypto';
import type { CommandContext, Handlers } from './dispatch';
import { authValueOf, entityName, isDaExempt } from './entities';
import { RH_LOCKOUT, RH_NULL } from './hierarchy';
import { ALG_NULL, ALG_RSA, has, type SymmetricDefinition } from './public-area';
import { boundEntityOf, createSession, newPolicy, sessionAt } from './sessions';
import type { SessionState } from './state';

const KINDS: ReadonlyMap<number, SessionState['kind']> = new Map([
  [constantValue('TPM_SE_HMAC'), 'hmac'],
  [constantValue('TPM_SE_POLICY'), 'policy'],
  [constantValue('TPM_SE_TRIAL'), 'trial'],
]);

const MIN_NONCE_BYTES = 16;

/** The salt of the session, empty without a key. */
function saltOf(context: CommandContext): Uint8Array | ReturnType<CommandContext['refuse']> {
  const encrypted = context.bytes('encryptedSalt');
  const key = context.object('tpmKey');
  if (!key) return encrypted.length === 0 ? encrypted : context.refuse('TPM_RC_VALUE', 'encryptedSalt');
  if (key.publicArea.type !== ALG_RSA) return context.refuse('TPM_RC_KEY', 'tpmKey');
  if (encrypted.length === 0) return context.refuse('TPM_RC_VALUE', 'encryptedSalt');
  if (!key.sensitive) return context.refuse('TPM_RC_HANDLE', 'tpmKey');
  if (!has(key.publicArea, 'decrypt')) return context.refuse('TPM_RC_ATTRIBUTES', 'tpmKey');
  const salt = decryptSecret(key, 'SECRET', encrypted);
  return typeof salt === 'string' ? context.refuse('TPM_RC_VALUE', 'encryptedSalt') : salt;
}

function startAuthSession(context: CommandContext): ReturnType<Handlers[string]> {
  const { state, drbg, number, refuse } = context;
  const nonceCaller = context.bytes('nonceCaller');
  const authHash = number('authHash');
  if (nonceCaller.length < MIN_NONCE_BYTES || nonceCaller.length > digestBytes(authHash)) {
    return refuse('TPM_RC_SIZE', 'nonceCaller');
  }
  const salt = saltOf(context);
  if (!(salt instanceof Uint8Array)) return salt;
  const bind = number('bind');
  const bound = context.object('bind');
  if (bound && !bound.sensitive) return refuse('TPM_RC_HANDLE', 'bind');
  const given = context.node('symmetric');
  const symmetric = (given ? plainValue(given) : { algorithm: ALG_NULL }) as unknown as SymmetricDefinition;
  if (symmetric.mode !== undefined && symmetric.mode !== constantValue('TPM_ALG_CFB')) {
    return refuse('TPM_RC_MODE', 'symmetric');
  }

  const kind = KINDS.get(number('sessionType')) ?? 'hmac';
  const isBound = bind !== RH_NULL;
  const bindAuth = isBound ? authValueOf(state, bind) : undefined;
  const isDaBound = isBound && !isDaExempt(state, bind);
  const handle = createSession(state, drbg, {
    kind,
    authHash,
    symmetric,
    nonceCaller,
    salt,
    bindAuth,
    boundEntity: bindAuth && kind === 'hmac' ? boundEntityOf(entityName(state, bind), bindAuth) : undefined,
    isDaBound,
    isLockoutBound: isDaBound && bind === RH_LOCKOUT,
  });
  if (typeof handle === 'string') return refuse(handle);
  return { sessionHandle: handle, nonceTPM: sessionAt(state, handle)?.nonceTPM ?? new Uint8Array() };
}

function policyRestart({ session }: CommandContext): ReturnType<Handlers[string]> {
  const found = session('sessionHandle');
  if (found) found.policy = newPolicy(found.authHash);
  return {};
}

export const SESSION_HANDLERS: Handlers = {
  TPM2_StartAuthSession: startAuthSession,
  TPM2_PolicyRestart: policyRestart,
};
