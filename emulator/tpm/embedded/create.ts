/** TPM2_Create and TPM2_CreatePrimary: Part 3, 12.1 and 24.1; Part 1, 14.4 and 27. */

import { HmacDrbg } from '../../common/drbg';
import { encodeType, plainValue, type FieldValues } from '../codec/index';
import { digestBytes, hash, padded, withoutTrailingZeros } from './crypto';
import type { CommandContext, Handlers } from './dispatch';
import { entityHierarchy } from './entities';
import { creationTicket, hierarchyOf, RH_ENDORSEMENT } from './hierarchy';
import { selectedDigest } from './integrity';
import { createKey, PRIMARY_LABEL, primaryPersonalization, type KeySource, type NewKey } from './keys';
import { freeSlot, newObject, occupy, parentNameOf, type Parent } from './objects';
import { wrapPrivate } from './private-area';
import { LOCALITY } from './profile';
import { ALG_NULL, asFields, nameOf, publicAreaOf, type PublicArea } from './public-area';
import type { Refusal } from './refusal';
import { checkTemplate } from './templates';

/** An authorization value as it is kept: as long as a digest; undefined when it is longer (Part 1, 19.4.2). */
export function adjustedAuth(authValue: Uint8Array, nameAlg: number): Uint8Array | undefined {
  const short = withoutTrailingZeros(authValue);
  return short.length > digestBytes(nameAlg) ? undefined : padded(short, digestBytes(nameAlg));
}

interface Creation {
  readonly key: NewKey;
  readonly name: Uint8Array;
}

interface SensitiveCreate {
  readonly userAuth: Uint8Array;
  readonly data: Uint8Array;
}

/** What both commands do: check template and authorization value, make the key. */
function create(
  context: CommandContext,
  parent: Parent,
  sourceOf: (template: PublicArea, data: Uint8Array) => KeySource,
): Creation | Refusal {
  const [inPublic, inSensitive] = [context.node('inPublic'), context.node('inSensitive')];
  if (!inPublic || !inSensitive) return context.refuse('TPM_RC_INSUFFICIENT');
  const template = publicAreaOf(inPublic);
  const { userAuth, data } = plainValue(inSensitive) as unknown as SensitiveCreate;
  const rc = checkTemplate(parent.object, template, data.length);
  if (rc !== undefined) return context.refuse(rc, 'inPublic');
  const authValue = adjustedAuth(userAuth, template.nameAlg);
  if (!authValue) return context.refuse('TPM_RC_SIZE', 'inSensitive');
  const key = createKey(template, authValue, data, sourceOf(template, data));
  return typeof key === 'string' ? context.refuse(key) : { key, name: nameOf(key.publicArea) };
}

/** Creation data, its digest and its ticket (Part 1, 27.2). */
function creationFields(context: CommandContext, parent: Parent, { key, name }: Creation): FieldValues {
  const { state } = context;
  const { nameAlg } = key.publicArea;
  const { digest, selection } = selectedDigest(state, nameAlg, context.items('creationPCR'));
  const parentQualifiedName = parentNameOf(parent);
  const creationData: FieldValues = {
    pcrSelect: selection,
    pcrDigest: digest,
    locality: 1 << LOCALITY,
    parentNameAlg: parent.object?.publicArea.nameAlg ?? ALG_NULL,
    parentName: parent.object?.name ?? parentQualifiedName,
    parentQualifiedName,
    outsideInfo: context.bytes('outsideInfo'),
  };
  const creationHash = hash(nameAlg, encodeType('TPMS_CREATION_DATA', creationData));
  const ticket = creationTicket(state, entityHierarchy(state, parent.handle), name, creationHash);
  return { outPublic: asFields(key.publicArea), creationData, creationHash, creationTicket: { ...ticket } };
}

function createCommand(context: CommandContext): ReturnType<Handlers[string]> {
  const parent: Parent = { handle: context.number('parentHandle'), object: context.object('parentHandle') };
  if (!parent.object?.isParent) return context.refuse('TPM_RC_TYPE', 'parentHandle');
  // The reference implementation makes the object in a slot, though it does not stay there.
  if (freeSlot(context.state) === undefined) return context.refuse('TPM_RC_OBJECT_MEMORY');
  const random = (count: number): Uint8Array => context.drbg.generate(count);
  const made = create(context, parent, () => ({ random }));
  if ('rc' in made) return made;
  const { sensitive, publicArea } = made.key;
  return {
    ...creationFields(context, parent, made),
    outPrivate: wrapPrivate(sensitive, made.name, publicArea.nameAlg, parent.object, random),
  };
}

/** A primary object follows from the seed of its hierarchy, its template and the caller's data alone. */
function createPrimary(context: CommandContext): ReturnType<Handlers[string]> {
  const { state } = context;
  const parent: Parent = { handle: context.number('primaryHandle'), object: undefined };
  const slot = freeSlot(state);
  if (slot === undefined) return context.refuse('TPM_RC_OBJECT_MEMORY');
  const made = create(context, parent, (template, data) => {
    const { seed } = hierarchyOf(state, parent.handle);
    const label = new TextEncoder().encode(PRIMARY_LABEL);
    const source = new HmacDrbg(seed, label, primaryPersonalization(nameOf(template), data));
    // TPM2_Clear changes the owner's proof, and with it the seeds of endorsement objects (Part 1, 14.4).
    const stir = (): void => {
      source.reseed(state.hierarchies.owner.proof, state.hierarchies.endorsement.proof);
    };
    return {
      random: (count) => source.generate(count),
      stir: parent.handle === RH_ENDORSEMENT ? stir : undefined,
    };
  });
  if ('rc' in made) return made;
  const fields = creationFields(context, parent, made);
  occupy(state, slot, newObject(parent, made.key.publicArea, made.key.sensitive, made.name));
  return { ...fields, objectHandle: slot, name: made.name };
}

export const CREATE_HANDLERS: Handlers = { TPM2_Create: createCommand, TPM2_CreatePrimary: createPrimary };
