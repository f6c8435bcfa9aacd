/** TPM2_Startup and TPM2_Shutdown: Part 3, 9; the three kinds of start are told in Part 1, 12.2.3. */

import { constantValue } from '../tables/index';
import { contextsAfterStart } from './context';
import type { CommandContext, Handlers } from './dispatch';
import { startLockout } from './lockout';
import { refuse } from './refusal';
import { restartHierarchies } from './hierarchy';
import { copyPcrs, keptPcrs, resetPcrs } from './integrity';

/**
 * TPM2_Startup: from reset values, or with the state that TPM2_Shutdown(TPM_SU_STATE) kept. TPM_SU_CLEAR after such a
 * shut-down (a restart) and TPM_SU_STATE (a resume) keep pcrUpdateCounter; only a resume keeps PCRs.
 */
function startup({ state, drbg, number }: CommandContext): ReturnType<Handlers[string]> {
  const resume = number('startupType') === constantValue('TPM_SU_STATE');
  if (resume && state.orderly !== 'state') return refuse('TPM_RC_VALUE', 'parameter', 1);
  state.wasOrderly = state.orderly !== 'none';
  const kept = state.orderly === 'state' ? state.savedPcr : undefined;
  state.pcr = resume && kept ? keptPcrs(kept) : resetPcrs(kept?.updateCounter ?? 0);
  startLockout(state, state.wasOrderly);
  if (!resume) state.hierarchies = restartHierarchies(state.hierarchies, kept ? undefined : drbg);
  state.contexts = contextsAfterStart(state.contexts, resume ? 'resume' : kept ? 'restart' : 'reset');
  state.objects = [];
  state.sessions = {};
  state.exclusiveAudit = undefined;
  state.orderly = 'none';
  state.savedPcr = undefined;
  state.started = true;
  return {};
}

function shutdown({ state, number }: CommandContext): ReturnType<Handlers[string]> {
  const keep = number('shutdownType') === constantValue('TPM_SU_STATE');
  state.orderly = keep ? 'state' : 'clear';
  state.savedPcr = keep ? copyPcrs(state.pcr) : undefined;
  state.lockout = { ...state.lockout, used: false };
  return {};
}

export const STARTUP_HANDLERS: Handlers = { TPM2_Startup: startup, TPM2_Shutdown: shutdown };
