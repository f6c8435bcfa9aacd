/** TPM2_ContextSave, ContextLoad, FlushContext and EvictControl: Part 3, 28; Part 1, 30. */

import { concat, equalBytes, numberToBytes } from '../../common/bytes';
import { plainValue } from '../codec/index';
import { packObject, packSession, sized, takeDigest, unpackObject, unpackSession } from './context-data';
import { AES_BLOCK_BYTES, aesCfb, digestBytes, hmac, kdfa, u32 } from './crypto';
import type { CommandContext, Handlers } from './dispatch';
import { hierarchyOf, RH_NULL, RH_PLATFORM, TICKET_HASH } from './hierarchy';
import { flushObject, freeSlot, HT_TRANSIENT, kindOf, objectAt, occupy } from './objects';
import { CONTEXT_KEY_BITS, MAX_LOADED_SESSIONS, MAX_PERSISTENT_OBJECTS, PLATFORM_PERSISTENT } from './profile';
import { flushSession, isSessionSaved, reloadSession, sessionAt, unloadSession } from './sessions';
import { forgetShutdown, type ContextState, type TpmState } from './state';

/** Contexts of a new TPM; identifiers begin behind the numbers of slots, as in the reference implementation. */
export const NEW_CONTEXTS: ContextState = {
  sessionCounter: MAX_LOADED_SESSIONS + 1,
  objectCounter: 0,
  savedSessions: {},
  resetCount: 0,
  clearCount: 0,
};

/** A reset ends all contexts; a restart those of stClear objects; a resume none (Part 1, 30.4.3). */
export function contextsAfterStart(contexts: ContextState, kind: 'reset' | 'restart' | 'resume'): ContextState {
  if (kind === 'resume') return contexts;
  if (kind === 'restart') return { ...contexts, clearCount: contexts.clearCount + 1 };
  return { ...NEW_CONTEXTS, resetCount: contexts.resetCount + 1 };
}

/** Fields of a TPMS_CONTEXT around its blob. */
interface ContextHead {
  readonly sequence: bigint;
  /** For an object, its kind: 0x80000002 for stClear. */
  readonly savedHandle: number;
  readonly hierarchy: number;
}

const OBJECT = 0x8000_0000;
const ST_CLEAR_OBJECT = 0x8000_0002;

/** Applies the cipher of a context, whose key comes from the proof of its hierarchy (Part 1, 30.3.1). */
function cryptContext(
  direction: 'encrypt' | 'decrypt',
  { sequence, savedHandle, hierarchy }: ContextHead,
  data: Uint8Array,
  state: TpmState,
): Uint8Array {
  const { proof } = hierarchyOf(state, hierarchy);
  const bits = CONTEXT_KEY_BITS + 8 * AES_BLOCK_BYTES;
  const derived = kdfa(TICKET_HASH, proof, 'CONTEXT', numberToBytes(sequence, 8), u32(savedHandle), bits);
  return aesCfb(direction, derived.slice(0, CONTEXT_KEY_BITS / 8), derived.slice(CONTEXT_KEY_BITS / 8), data);
}

function integrityOf(head: ContextHead, encrypted: Uint8Array, state: TpmState): Uint8Array {
  const { resetCount, clearCount } = state.contexts;
  const counts = head.savedHandle === ST_CLEAR_OBJECT ? concat(u32(resetCount), u32(clearCount)) : u32(resetCount);
  const place = concat(numberToBytes(head.sequence, 8), u32(head.savedHandle));
  return hmac(TICKET_HASH, hierarchyOf(state, head.hierarchy).proof, counts, place, encrypted);
}

function contextSave({ state, number, refuse }: CommandContext): ReturnType<Handlers[string]> {
  const handle = number('saveHandle');
  const object = objectAt(state, handle);
  const session = sessionAt(state, handle);
  let head: ContextHead;
  let packed: Uint8Array;
  if (object) {
    const objectCounter = state.contexts.objectCounter + 1;
    state.contexts = { ...state.contexts, objectCounter };
    const savedHandle = object.stClear ? ST_CLEAR_OBJECT : OBJECT;
    head = { sequence: BigInt(objectCounter), savedHandle, hierarchy: object.hierarchy };
    packed = packObject(object);
  } else if (session) {
    const identifier = unloadSession(state, handle);
    if (typeof identifier === 'string') return refuse(identifier);
    head = { sequence: BigInt(identifier), savedHandle: handle, hierarchy: RH_NULL };
    packed = packSession(session);
  } else {
    return refuse('TPM_RC_HANDLE', 'saveHandle');
  }
  forgetShutdown(state);
  const encrypted = cryptContext('encrypt', head, concat(numberToBytes(head.sequence, 8), packed), state);
  const contextBlob = concat(sized(integrityOf(head, encrypted, state)), encrypted);
  return { context: { ...head, contextBlob } };
}

function contextLoad({ state, node, refuse }: CommandContext): ReturnType<Handlers[string]> {
  const given = node('context');
  if (!given) return refuse('TPM_RC_INSUFFICIENT');
  const head = plainValue(given) as unknown as ContextHead & { readonly contextBlob: Uint8Array };
  const taken = takeDigest(head.contextBlob);
  if (typeof taken === 'string') return refuse(taken);
  const [integrity, encrypted] = taken;
  if (integrity.length !== digestBytes(TICKET_HASH) || encrypted.length < 8) return refuse('TPM_RC_SIZE', 'context');
  if (!equalBytes(integrity, integrityOf(head, encrypted, state))) return refuse('TPM_RC_INTEGRITY', 'context');
  const packed = cryptContext('decrypt', head, encrypted, state).subarray(8);

  if (kindOf(head.savedHandle) !== HT_TRANSIENT) {
    const rc = reloadSession(state, head.savedHandle, Number(head.sequence), unpackSession(packed));
    if (rc !== undefined) return rc === 'TPM_RC_HANDLE' ? refuse(rc, 'context') : refuse(rc);
    forgetShutdown(state);
    return { loadedHandle: head.savedHandle };
  }
  if (!hierarchyOf(state, head.hierarchy).enabled) return refuse('TPM_RC_HIERARCHY', 'context');
  const slot = freeSlot(state);
  if (slot === undefined) return refuse('TPM_RC_OBJECT_MEMORY');
  occupy(state, slot, unpackObject(packed));
  return { loadedHandle: slot };
}

function flushContext({ state, number, refuse }: CommandContext): ReturnType<Handlers[string]> {
  const handle = number('flushHandle');
  if (kindOf(handle) === HT_TRANSIENT) {
    if (!objectAt(state, handle)) return refuse('TPM_RC_HANDLE', 'flushHandle');
    flushObject(state, handle);
    return {};
  }
  if (!sessionAt(state, handle) && !isSessionSaved(state, handle)) return refuse('TPM_RC_HANDLE', 'flushHandle');
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

export const CONTEXT_HANDLERS: Handlers = {
  TPM2_ContextSave: contextSave,
  TPM2_ContextLoad: contextLoad,
  TPM2_FlushContext: flushContext,
  TPM2_EvictControl: evictControl,
};
