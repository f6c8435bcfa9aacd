/** Hierarchies: seeds, proofs, authorizations, and what a start makes of them (Part 1, 13 and 14). */

import type { HmacDrbg } from '../../common/drbg';
import { concat } from '../../common/bytes';
import { constantValue } from '../tables/index';
import { hmac, u16 } from './crypto';
import { ALG_NULL } from './public-area';
import type { HierarchyName, HierarchyState, LockoutState, TpmState } from './state';

export const RH_OWNER = constantValue('TPM_RH_OWNER');
export const RH_ENDORSEMENT = constantValue('TPM_RH_ENDORSEMENT');
export const RH_PLATFORM = constantValue('TPM_RH_PLATFORM');
export const RH_NULL = constantValue('TPM_RH_NULL');
export const RH_LOCKOUT = constantValue('TPM_RH_LOCKOUT');

const NAMES: ReadonlyMap<number, HierarchyName> = new Map([
  [RH_OWNER, 'owner'],
  [RH_ENDORSEMENT, 'endorsement'],
  [RH_PLATFORM, 'platform'],
  [RH_NULL, 'null'],
]);

/** Bytes of a primary seed and of a proof: twice the strength of the TPM's algorithms (Part 1, 14.3). */
const SEED_BYTES = 64;
/** Hash of tickets. */
export const TICKET_HASH = constantValue('TPM_ALG_SHA512');
const PROOF_BYTES = 64;

function newHierarchy(random: HmacDrbg): HierarchyState {
  return {
    enabled: true,
    authValue: new Uint8Array(),
    authPolicy: new Uint8Array(),
    policyAlg: ALG_NULL,
    seed: random.generate(SEED_BYTES),
    proof: random.generate(PROOF_BYTES),
  };
}

/** Hierarchies of a new TPM. */
export function newHierarchies(random: HmacDrbg): TpmState['hierarchies'] {
  return {
    endorsement: newHierarchy(random),
    owner: newHierarchy(random),
    platform: newHierarchy(random),
    null: newHierarchy(random),
  };
}

export function newLockoutAuth(): HierarchyState {
  const empty = new Uint8Array();
  return { enabled: true, authValue: empty, authPolicy: empty, policyAlg: ALG_NULL, seed: empty, proof: empty };
}

/** Parameters of a new TPM, as the reference implementation has them. */
export const NEW_LOCKOUT: LockoutState = {
  failedTries: 0,
  maxTries: 3,
  recoveryTime: 1000,
  lockoutRecovery: 1000,
  authEnabled: true,
  used: false,
};

/**
 * TPM2_Startup(TPM_SU_CLEAR): everything is enabled, and the platform has no authorization.
 *
 * @param random for a new null hierarchy after a reset; undefined for a restart, which keeps it
 */
export function restartHierarchies(
  { endorsement, owner, platform, null: nullHierarchy }: TpmState['hierarchies'],
  random: HmacDrbg | undefined,
): TpmState['hierarchies'] {
  const none = { authValue: new Uint8Array(), authPolicy: new Uint8Array(), policyAlg: ALG_NULL };
  return {
    endorsement: { ...endorsement, enabled: true },
    owner: { ...owner, enabled: true },
    platform: { ...platform, enabled: true, ...none },
    null: random ? newHierarchy(random) : nullHierarchy,
  };
}

/** The hierarchy of a handle; the null hierarchy for handles of none. */
export function hierarchyOf(state: TpmState, handle: number): HierarchyState {
  return state.hierarchies[NAMES.get(handle) ?? 'null'];
}

/** A ticket of TPM2_Create and TPM2_CreatePrimary (Part 2, 10.7.3). */
export function creationTicket(
  state: TpmState,
  hierarchy: number,
  name: Uint8Array,
  creationHash: Uint8Array,
): { tag: string; hierarchy: number; digest: Uint8Array } {
  const tag = 'TPM_ST_CREATION';
  const data = concat(u16(constantValue(tag)), name, creationHash);
  return { tag, hierarchy, digest: hmac(TICKET_HASH, hierarchyOf(state, hierarchy).proof, data) };
}
