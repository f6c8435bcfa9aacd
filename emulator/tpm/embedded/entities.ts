/** Whatever a handle names: whether it is there, its name, its authorization (Part 1, 15, 16 and 19). */

import { constantValue } from '../tables/index';
import type { CommandRow } from '../tables/notation';
import { u32, withoutTrailingZeros } from './crypto';
import { hierarchyOf, RH_ENDORSEMENT, RH_LOCKOUT, RH_NULL, RH_OWNER, RH_PLATFORM } from './hierarchy';
import { HT_PERSISTENT, HT_TRANSIENT, kindOf, loadPersistent, objectAt } from './objects';
import { ALG_NULL, has } from './public-area';
import { HT_HMAC_SESSION, HT_POLICY_SESSION, isOfKind, sessionAt } from './sessions';
import type { HierarchyState, TpmState } from './state';

export const HT_PCR = constantValue('TPM_HT_PCR');
export const HT_PERMANENT = constantValue('TPM_HT_PERMANENT');

/** Permanent handles that name something. */
const PERMANENT: ReadonlySet<number> = new Set([
  RH_OWNER,
  RH_ENDORSEMENT,
  RH_PLATFORM,
  RH_NULL,
  RH_LOCKOUT,
  constantValue('TPM_RS_PW'),
]);

/**
 * What a handle of a command names: the handle to work with (that of a slot for a persistent object), or a response
 * code. `TPM_RC_REFERENCE_H0` stands for the code with the handle's number.
 */
export function resolveHandle(state: TpmState, handle: number, row: CommandRow): number | string {
  switch (kindOf(handle)) {
    case HT_PERMANENT:
      if (!PERMANENT.has(handle)) return 'TPM_RC_VALUE';
      return hierarchyOf(state, handle).enabled ? handle : 'TPM_RC_HIERARCHY';
    case HT_TRANSIENT:
      return objectAt(state, handle) ? handle : 'TPM_RC_REFERENCE_H0';
    case HT_PERSISTENT:
      return loadPersistent(state, handle, row.name === 'TPM2_EvictControl');
    case HT_HMAC_SESSION:
    case HT_POLICY_SESSION: {
      const session = sessionAt(state, handle);
      if (!session) return 'TPM_RC_REFERENCE_H0';
      return isOfKind(handle, session) ? handle : 'TPM_RC_HANDLE';
    }
    case HT_PCR:
      return handle;
    default:
      // There are no NV indexes and no attached components.
      return 'TPM_RC_HANDLE';
  }
}

function authorityOf(state: TpmState, handle: number): HierarchyState {
  return handle === RH_LOCKOUT ? state.lockoutAuth : hierarchyOf(state, handle);
}

/** Authorization value without trailing zeros; PCRs have none. */
export function authValueOf(state: TpmState, handle: number): Uint8Array {
  if (kindOf(handle) === HT_TRANSIENT) {
    return withoutTrailingZeros(objectAt(state, handle)?.sensitive?.authValue ?? new Uint8Array());
  }
  return kindOf(handle) === HT_PERMANENT && handle !== RH_NULL
    ? withoutTrailingZeros(authorityOf(state, handle).authValue)
    : new Uint8Array();
}

/** Policy and its hash. */
export function authPolicyOf(state: TpmState, handle: number): { digest: Uint8Array; hash: number } {
  const object = objectAt(state, handle);
  if (object) return { digest: object.publicArea.authPolicy, hash: object.publicArea.nameAlg };
  if (kindOf(handle) !== HT_PERMANENT) return { digest: new Uint8Array(), hash: ALG_NULL };
  const { authPolicy, policyAlg } = authorityOf(state, handle);
  return { digest: authPolicy, hash: policyAlg };
}

/** Name of an entity: of an object its own, else its handle (Part 1, 16). */
export function entityName(state: TpmState, handle: number): Uint8Array {
  return objectAt(state, handle)?.name ?? u32(handle);
}

/** Hierarchy that an entity belongs to. */
export function entityHierarchy(state: TpmState, handle: number): number {
  const object = objectAt(state, handle);
  if (object) return object.hierarchy;
  return [RH_PLATFORM, RH_ENDORSEMENT, RH_NULL].includes(handle) ? handle : RH_OWNER;
}

/** Whether wrong authorizations for the entity do not count against lockout (Part 1, 19.8.2). */
export function isDaExempt(state: TpmState, handle: number): boolean {
  const object = objectAt(state, handle);
  if (object) return has(object.publicArea, 'noDA');
  return kindOf(handle) === HT_PCR || (kindOf(handle) === HT_PERMANENT && handle !== RH_LOCKOUT);
}

/** Whether the entity can be used by password or HMAC, for an authorization of this role. */
export function hasAuthValue(state: TpmState, handle: number, role: string | undefined): boolean {
  if (kindOf(handle) !== HT_TRANSIENT) return kindOf(handle) === HT_PCR || kindOf(handle) === HT_PERMANENT;
  const object = objectAt(state, handle);
  if (!object?.sensitive) return false;
  return has(object.publicArea, 'userWithAuth') || (role === 'ADMIN' && !has(object.publicArea, 'adminWithPolicy'));
}

/** Whether the entity can be used by policy. */
export function hasPolicy(state: TpmState, handle: number): boolean {
  if (kindOf(handle) === HT_TRANSIENT) return objectAt(state, handle)?.sensitive !== undefined;
  return kindOf(handle) === HT_PERMANENT && handle !== RH_NULL && authorityOf(state, handle).authPolicy.length > 0;
}

/** Whether only a policy gives an authorization of this role (Part 1, 19.2). */
export function needsPolicy(state: TpmState, handle: number, role: string | undefined): boolean {
  if (role === 'DUP') return true;
  if (role !== 'ADMIN') return false;
  const object = objectAt(state, handle);
  return object ? has(object.publicArea, 'adminWithPolicy') : true;
}
