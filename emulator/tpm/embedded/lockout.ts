/** Protection against dictionary attacks: what wrong authorizations lead to (Part 1, 19.8). */

import { isDaExempt } from './entities';
import { RH_LOCKOUT } from './hierarchy';
import { forgetShutdown, type SessionState, type TpmState } from './state';

/**
 * Whether a protected authorization may be tried now. The first one after a start answers TPM_RC_RETRY: before it is
 * looked at, NV memory notes that it was, so that nobody gets a free try by cutting the power.
 */
export function checkLockedOut(state: TpmState, ofLockoutAuth: boolean): string | undefined {
  if (ofLockoutAuth) return state.lockout.authEnabled ? undefined : 'TPM_RC_LOCKOUT';
  if (state.lockout.failedTries >= state.lockout.maxTries) return 'TPM_RC_LOCKOUT';
  if (state.lockout.used) return undefined;
  state.lockout = { ...state.lockout, used: true };
  forgetShutdown(state);
  return 'TPM_RC_RETRY';
}

/** Counts a wrong authorization where it counts, and gives its response code. */
export function countFailure(
  state: TpmState,
  session: SessionState | undefined,
  entity: number | undefined,
  includeAuth: boolean,
): string {
  const handle = session?.isLockoutBound === true ? RH_LOCKOUT : entity;
  const exempt = handle === undefined || isDaExempt(state, handle);
  if (session ? !session.isDaBound && (exempt || !includeAuth) : exempt) return 'TPM_RC_BAD_AUTH';
  if (handle === RH_LOCKOUT) {
    state.lockout = { ...state.lockout, authEnabled: false };
  } else if (state.lockout.recoveryTime !== 0) {
    state.lockout = { ...state.lockout, failedTries: state.lockout.failedTries + 1 };
  }
  return 'TPM_RC_AUTH_FAIL';
}

/** TPM2_Startup after a shut-down that was not in order: a use that is noted counts as a failure. */
export function startLockout(state: TpmState, wasOrderly: boolean): void {
  const { used, failedTries, maxTries, recoveryTime, lockoutRecovery } = state.lockout;
  const counts = used && !wasOrderly && recoveryTime !== 0 && failedTries < maxTries;
  state.lockout = {
    ...state.lockout,
    failedTries: failedTries + (counts ? 1 : 0),
    used: false,
    authEnabled: state.lockout.authEnabled || lockoutRecovery === 0,
  };
}
