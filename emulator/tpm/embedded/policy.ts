/** Commands of policies: each extends the digest of its session (Part 1, 19.7; Part 3, 23). */

import { concat, equalBytes, numberToBytes } from '../../common/bytes';
import { encodeType, nodeValue, plainValue, type FieldValue } from '../codec/index';
import { constantValue } from '../tables/index';
import { digestBytes, hash, hmac, u16, u32 } from './crypto';
import type { CommandContext, Handlers } from './dispatch';
import { entityHierarchy, entityName } from './entities';
import { hierarchyOf, RH_NULL, TICKET_HASH } from './hierarchy';
import { selectedDigest } from './integrity';
import type { PolicyState, SessionState } from './state';

type Outcome = ReturnType<Handlers[string]>;

/** A command on a policy session, which dispatch has found. */
function onSession(work: (session: SessionState, context: CommandContext) => Outcome): Handlers[string] {
  return (context) => {
    const session = context.session('policySession');
    return session ? work(session, context) : context.refuse('TPM_RC_HANDLE', 'policySession');
  };
}

/** Extends the digest: hash of the old one, the command's code, and more. */
function extend(session: SessionState, code: string, more: readonly Uint8Array[], change: Partial<PolicyState>): void {
  const digest = hash(session.authHash, session.policy.digest, u32(constantValue(code)), ...more);
  session.policy = { ...session.policy, ...change, digest };
}

const policyCommandCode = onSession((session, { number, commands, refuse }) => {
  const code = number('code');
  const { commandCode } = session.policy;
  if (commandCode !== 0 && commandCode !== code) return refuse('TPM_RC_VALUE', 'code');
  if (!commands.some((row) => row.code === code)) return refuse('TPM_RC_POLICY_CC', 'code');
  extend(session, 'TPM_CC_PolicyCommandCode', [u32(code)], { commandCode: code });
  return {};
});

const policyAuthValue = onSession((session) => {
  extend(session, 'TPM_CC_PolicyAuthValue', [], { needs: 'authValue' });
  return {};
});

/** The digest is that of TPM2_PolicyAuthValue, so that one policy serves both. */
const policyPassword = onSession((session) => {
  extend(session, 'TPM_CC_PolicyAuthValue', [], { needs: 'password' });
  return {};
});

const policyPcr = onSession((session, context) => {
  const { state } = context;
  const wanted = context.bytes('pcrDigest');
  const now = selectedDigest(state, session.authHash, context.items('pcrs'));
  const isTrial = session.kind === 'trial';
  if (!isTrial) {
    const { pcrCounter } = session.policy;
    if (pcrCounter !== 0 && pcrCounter !== state.pcr.updateCounter) return context.refuse('TPM_RC_PCR_CHANGED');
    if (wanted.length !== 0 && !equalBytes(wanted, now.digest)) return context.refuse('TPM_RC_VALUE', 'pcrDigest');
  }
  const digest = isTrial && wanted.length !== 0 ? wanted : now.digest;
  const selection = encodeType('TPML_PCR_SELECTION', now.selection);
  extend(session, 'TPM_CC_PolicyPCR', [selection, digest], isTrial ? {} : { pcrCounter: state.pcr.updateCounter });
  return {};
});

const policyOr = onSession((session, context) => {
  const digests = context.items('pHashList').map(nodeValue);
  const bytes = digests.filter((digest) => digest instanceof Uint8Array);
  const { digest } = session.policy;
  if (session.kind !== 'trial' && !bytes.some((branch) => equalBytes(branch, digest))) {
    return context.refuse('TPM_RC_VALUE', 'pHashList');
  }
  session.policy = { ...session.policy, digest: new Uint8Array(digestBytes(session.authHash)) };
  extend(session, 'TPM_CC_PolicyOR', bytes, {});
  return {};
});

const policyGetDigest = onSession((session) => ({ policyDigest: session.policy.digest }));

/** There is no clock: what expires, expires with a reset only. The ticket is as long as one that a clock makes. */
const policySecret = onSession((session, context) => {
  const { state, number, bytes, refuse } = context;
  const [nonceTPM, cpHashA, policyRef] = [bytes('nonceTPM'), bytes('cpHashA'), bytes('policyRef')];
  const isTrial = session.kind === 'trial';
  if (!isTrial) {
    if (nonceTPM.length !== 0 && !equalBytes(nonceTPM, session.nonceTPM)) return refuse('TPM_RC_NONCE', 'nonceTPM');
    if (cpHashA.length !== 0) {
      const { cpHash, digest } = session.policy;
      if (cpHashA.length !== digest.length) return refuse('TPM_RC_SIZE', 'cpHashA');
      if (cpHash.length !== 0 && !equalBytes(cpHash, cpHashA)) return refuse('TPM_RC_CPHASH');
    }
  }
  const handle = number('authHandle');
  const name = entityName(state, handle);
  extend(session, 'TPM_CC_PolicySecret', [name], cpHashA.length === 0 ? {} : { cpHash: cpHashA });
  session.policy = { ...session.policy, digest: hash(session.authHash, session.policy.digest, policyRef) };

  const expiration = context.node('expiration');
  const seconds = expiration ? Number(plainValue(expiration)) : 0;
  if (seconds >= 0 || isTrial) {
    const none: FieldValue = { tag: 'TPM_ST_AUTH_SECRET', hierarchy: RH_NULL, digest: new Uint8Array() };
    return { timeout: new Uint8Array(), policyTicket: none };
  }
  const timeout = numberToBytes(BigInt(-seconds) * 1000n, 8);
  const hierarchy = entityHierarchy(state, handle);
  const data = concat(u16(constantValue('TPM_ST_AUTH_SECRET')), timeout, cpHashA, policyRef, name);
  const digest = hmac(TICKET_HASH, hierarchyOf(state, hierarchy).proof, data);
  return { timeout, policyTicket: { tag: 'TPM_ST_AUTH_SECRET', hierarchy, digest } };
});

export const POLICY_HANDLERS: Handlers = {
  TPM2_PolicySecret: policySecret,
  TPM2_PolicyOR: policyOr,
  TPM2_PolicyPCR: policyPcr,
  TPM2_PolicyCommandCode: policyCommandCode,
  TPM2_PolicyAuthValue: policyAuthValue,
  TPM2_PolicyPassword: policyPassword,
  TPM2_PolicyGetDigest: policyGetDigest,
};
