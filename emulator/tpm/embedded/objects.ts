/** Slots of transient objects and objects in NV memory (Part 1, 30 and 37.3). */

import { constantValue } from '../tables/index';
import { hierarchyOf, RH_ENDORSEMENT, RH_OWNER, RH_PLATFORM } from './hierarchy';
import { MAX_LOADED_OBJECTS, PLATFORM_PERSISTENT } from './profile';
import { ALG_KEYEDHASH, ALG_NULL, has, qualifiedNameOf, type PublicArea, type SensitiveArea } from './public-area';
import type { TpmObject, TpmState } from './state';

export const HT_TRANSIENT = constantValue('TPM_HT_TRANSIENT');
export const HT_PERSISTENT = constantValue('TPM_HT_PERSISTENT');
const TRANSIENT_FIRST = HT_TRANSIENT * 2 ** 24;

/** Kind of a handle: a TPM_HT. */
export function kindOf(handle: number): number {
  return handle >>> 24;
}

/** The loaded object of a transient handle, or undefined. */
export function objectAt(state: TpmState, handle: number): TpmObject | undefined {
  return kindOf(handle) === HT_TRANSIENT ? state.objects[handle - TRANSIENT_FIRST] : undefined;
}

/** Handle that the next object gets, or undefined when all slots are in use. */
export function freeSlot(state: TpmState): number | undefined {
  for (let slot = 0; slot < MAX_LOADED_OBJECTS; slot++) {
    if (state.objects[slot] === undefined) return TRANSIENT_FIRST + slot;
  }
  return undefined;
}

export function occupy(state: TpmState, handle: number, object: TpmObject): void {
  state.objects[handle - TRANSIENT_FIRST] = object;
}

export function flushObject(state: TpmState, handle: number): void {
  state.objects[handle - TRANSIENT_FIRST] = undefined;
}

/** Frees the slots that persistent objects had for the time of a command. */
export function releasePersistent(state: TpmState): void {
  state.objects = state.objects.map((object) => (object?.persistentHandle === undefined ? object : undefined));
}

/** Handles of objects, in their order. */
export function transientHandles(state: TpmState): number[] {
  return state.objects.flatMap((object, slot) => (object ? [TRANSIENT_FIRST + slot] : []));
}

export function persistentHandles(state: TpmState): number[] {
  return Object.keys(state.persistent)
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * Loads a persistent object into a slot for one command: gives the slot's handle, or a response code.
 *
 * @param ofDisabled objects of a disabled endorsement hierarchy too, for TPM2_EvictControl
 */
export function loadPersistent(state: TpmState, handle: number, ofDisabled: boolean): number | string {
  const range = handle >= PLATFORM_PERSISTENT ? RH_PLATFORM : RH_OWNER;
  if (!hierarchyOf(state, range).enabled) return 'TPM_RC_HANDLE';
  const slot = freeSlot(state);
  if (slot === undefined) return 'TPM_RC_OBJECT_MEMORY';
  const object = state.persistent[handle];
  if (!object) return 'TPM_RC_HANDLE';
  if (object.hierarchy === RH_ENDORSEMENT && !hierarchyOf(state, RH_ENDORSEMENT).enabled && !ofDisabled) {
    return 'TPM_RC_HANDLE';
  }
  occupy(state, slot, object);
  return slot;
}

/** The parent of a new object: a hierarchy, or a storage key with its handle. */
export interface Parent {
  readonly handle: number;
  readonly object: TpmObject | undefined;
}

/** Name of a hierarchy or qualified name of an object, as children take it. */
export function parentNameOf({ handle, object }: Parent): Uint8Array {
  if (object) return object.publicArea.nameAlg === ALG_NULL ? new Uint8Array() : object.qualifiedName;
  return Uint8Array.of(handle >>> 24, handle >>> 16, handle >>> 8, handle);
}

/** A new object with everything that follows from its place (Part 1, 27 and 30). */
export function newObject(
  parent: Parent,
  publicArea: PublicArea,
  sensitive: SensitiveArea | undefined,
  name: Uint8Array,
  external = false,
): TpmObject {
  const { handle, object } = parent;
  const isKnown = [RH_OWNER, RH_ENDORSEMENT, RH_PLATFORM].includes(handle);
  const isParent =
    !external &&
    sensitive !== undefined &&
    publicArea.nameAlg !== ALG_NULL &&
    publicArea.type !== ALG_KEYEDHASH &&
    has(publicArea, 'restricted') &&
    has(publicArea, 'decrypt');
  return {
    publicArea,
    sensitive,
    name,
    qualifiedName: external ? name : qualifiedNameOf(publicArea.nameAlg, parentNameOf(parent), name),
    hierarchy: object ? object.hierarchy : isKnown ? handle : constantValue('TPM_RH_NULL'),
    external,
    temporary: object ? object.temporary || external : !isKnown,
    stClear: has(publicArea, 'stClear') || object?.stClear === true,
    isParent,
    persistentHandle: undefined,
  };
}
