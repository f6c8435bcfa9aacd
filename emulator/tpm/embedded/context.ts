/** TPM2_FlushContext and TPM2_EvictControl: Part 3, 28.4 and 28.5. */

import type { CommandContext, Handlers } from './dispatch';
import { RH_PLATFORM } from './hierarchy';
import { flushObject, HT_TRANSIENT, kindOf, objectAt } from './objects';
import { MAX_PERSISTENT_OBJECTS, PLATFORM_PERSISTENT } from './profile';
import { flushSession, sessionAt } from './sessions';

function flushContext({ state, number, refuse }: CommandContext): ReturnType<Handlers[string]> {
  const handle = number('flushHandle');
  if (kindOf(handle) === HT_TRANSIENT) {
    if (!objectAt(state, handle)) return refuse('TPM_RC_HANDLE', 'flushHandle');
    flushObject(state, handle);
    return {};
  }
  if (!sessionAt(state, handle)) return refuse('TPM_RC_HANDLE', 'flushHandle');
  flushSession(state, handle);
  return {};
}

/** Platform and owner have their own objects and their own halves of the persistent handles. */
function evictControl({ state, number, object, refuse }: CommandContext): ReturnType<Handlers[string]> {
  const found = object('objectHandle');
  if (!found || found.temporary || found.stClear || !found.sensitive)
    return refuse('TPM_RC_ATTRIBUTES', 'objectHandle');
  const handle = number('persistentHandle');
  const isPersistent = found.persistentHandle !== undefined;
  if (isPersistent && found.persistentHandle !== handle) return refuse('TPM_RC_HANDLE', 'objectHandle');
  const ofPlatform = found.hierarchy === RH_PLATFORM;
  if (number('auth') === RH_PLATFORM) {
    if (!isPersistent && !ofPlatform) return refuse('TPM_RC_HIERARCHY', 'objectHandle');
    if (!isPersistent && handle < PLATFORM_PERSISTENT) return refuse('TPM_RC_RANGE', 'persistentHandle');
  } else {
    if (ofPlatform) return refuse('TPM_RC_HIERARCHY', 'objectHandle');
    if (!isPersistent && handle >= PLATFORM_PERSISTENT) return refuse('TPM_RC_RANGE', 'persistentHandle');
  }
  const { [handle]: existing, ...others } = state.persistent;
  if (isPersistent) {
    state.persistent = others;
    return {};
  }
  if (existing) return refuse('TPM_RC_NV_DEFINED');
  if (Object.keys(others).length >= MAX_PERSISTENT_OBJECTS) return refuse('TPM_RC_NV_SPACE');
  state.persistent = { ...others, [handle]: { ...found, persistentHandle: handle } };
  return {};
}

export const CONTEXT_HANDLERS: Handlers = { TPM2_FlushContext: flushContext, TPM2_EvictControl: evictControl };
