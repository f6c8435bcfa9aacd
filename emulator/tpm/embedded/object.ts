/** TPM2_Load, LoadExternal, ReadPublic, Unseal, ObjectChangeAuth and Import: Part 3, 12 and 13.3. */

import { equalBytes } from '../../common/bytes';
import { plainValue } from '../codec/index';
import { decryptSecret } from './asymmetric';
import { adjustedAuth } from './create';
import { digestBytes } from './crypto';
import type { CommandContext, Handlers } from './dispatch';
import { hierarchyOf, RH_NULL } from './hierarchy';
import { checkKeys, rsaKeyPair, type KeyFault } from './keys';
import { freeSlot, newObject, occupy, parentNameOf, type Parent } from './objects';
import { openDuplicate, unwrapPrivate, wrapPrivate } from './private-area';
import {
  ALG_KEYEDHASH,
  ALG_NULL,
  ALG_RSA,
  ALG_SYMCIPHER,
  asFields,
  has,
  nameOf,
  publicAreaOf,
  qualifiedNameOf,
  sensitiveAreaOf,
  type PublicArea,
  type SensitiveArea,
  type SymmetricDefinition,
} from './public-area';
import type { Refusal } from './refusal';
import type { TpmObject } from './state';
import { checkAttributes, checkScheme } from './templates';

type Outcome = ReturnType<Handlers[string]>;

/** Whether an object may be loaded, or what is wrong with it; without `parent`, as one from outside of the TPM. */
function checkLoad(
  area: PublicArea,
  sensitive: SensitiveArea | undefined,
  parent: TpmObject | undefined,
): KeyFault | undefined {
  if (!sensitive || area.nameAlg === ALG_NULL) {
    const rc = checkScheme(undefined, area);
    if (rc !== undefined) return { rc, blame: 'public' };
  } else {
    if (sensitive.seedValue.length > digestBytes(area.nameAlg)) return { rc: 'TPM_RC_KEY_SIZE', blame: 'sensitive' };
    const rc = checkAttributes(parent, area);
    if (rc !== undefined) return { rc, blame: 'public' };
  }
  // What this TPM itself made under a fixed parent needs no look.
  return parent && has(parent.publicArea, 'fixedTPM') ? undefined : checkKeys(area, sensitive);
}

/** Refuses with the number of the parameter to blame. */
function blame(context: CommandContext, { rc, blame: part }: KeyFault, isPublic: string, isSecret: string): Refusal {
  if (part === 'neither') return context.refuse(rc);
  return context.refuse(rc, part === 'public' ? isPublic : isSecret);
}

function areBound(area: PublicArea, sensitive: SensitiveArea | undefined): boolean {
  return area.type !== ALG_RSA || !sensitive || rsaKeyPair(area, sensitive) !== undefined;
}

function load(context: CommandContext): Outcome {
  const { state, refuse } = context;
  const slot = freeSlot(state);
  if (slot === undefined) return refuse('TPM_RC_OBJECT_MEMORY');
  const inPrivate = context.bytes('inPrivate');
  if (inPrivate.length === 0) return refuse('TPM_RC_SIZE', 'inPrivate');
  const parent: Parent = { handle: context.number('parentHandle'), object: context.object('parentHandle') };
  if (!parent.object?.isParent) return refuse('TPM_RC_TYPE', 'parentHandle');
  const node = context.node('inPublic');
  if (!node) return refuse('TPM_RC_INSUFFICIENT');
  const area = publicAreaOf(node);
  const name = nameOf(area);
  if (name.length === 0) return refuse('TPM_RC_HASH', 'inPublic');
  const sensitive = unwrapPrivate(inPrivate, name, parent.object);
  if (typeof sensitive === 'string') return refuse(sensitive, 'inPrivate');
  const wrong = checkLoad(area, sensitive, parent.object);
  if (wrong) return blame(context, wrong, 'inPublic', 'inPrivate');
  if (!areBound(area, sensitive)) return refuse('TPM_RC_BINDING');
  occupy(state, slot, newObject(parent, area, sensitive, name));
  return { objectHandle: slot, name };
}

function loadExternal(context: CommandContext): Outcome {
  const { state, refuse } = context;
  const slot = freeSlot(state);
  if (slot === undefined) return refuse('TPM_RC_OBJECT_MEMORY');
  const hierarchy = context.number('hierarchy');
  if (!hierarchyOf(state, hierarchy).enabled) return refuse('TPM_RC_HIERARCHY', 'hierarchy');
  const [inPublic, inPrivate] = [context.node('inPublic'), context.node('inPrivate')];
  if (!inPublic) return refuse('TPM_RC_INSUFFICIENT');
  const area = publicAreaOf(inPublic);
  const secret = inPrivate?.children[1];
  const sensitive = secret?.role === 'structure' ? sensitiveAreaOf(secret) : undefined;
  if (sensitive) {
    if (hierarchy !== RH_NULL) return refuse('TPM_RC_HIERARCHY', 'hierarchy');
    if (['fixedTPM', 'fixedParent', 'restricted'].some((attribute) => has(area, attribute))) {
      return refuse('TPM_RC_ATTRIBUTES', 'inPublic');
    }
  }
  const name = nameOf(area);
  const wrong = checkLoad(area, sensitive, undefined);
  if (wrong) return blame(context, wrong, 'inPublic', 'inPrivate');
  if (!areBound(area, sensitive)) return refuse('TPM_RC_BINDING');
  occupy(state, slot, newObject({ handle: hierarchy, object: undefined }, area, sensitive, name, true));
  return { objectHandle: slot, name };
}

function readPublic({ object, refuse }: CommandContext): Outcome {
  const found = object('objectHandle');
  if (!found) return refuse('TPM_RC_HANDLE', 'objectHandle');
  const { publicArea, name, qualifiedName } = found;
  return { outPublic: asFields(publicArea), name, qualifiedName };
}

function unseal({ object, refuse }: CommandContext): Outcome {
  const found = object('itemHandle');
  if (found?.publicArea.type !== ALG_KEYEDHASH) return refuse('TPM_RC_TYPE', 'itemHandle');
  if (['decrypt', 'sign', 'restricted'].some((attribute) => has(found.publicArea, attribute))) {
    return refuse('TPM_RC_ATTRIBUTES', 'itemHandle');
  }
  return { outData: found.sensitive?.sensitive ?? new Uint8Array() };
}

/** The object itself keeps its value: the new one is in the private area that is given back. */
function objectChangeAuth(context: CommandContext): Outcome {
  const { object, refuse } = context;
  const found = object('objectHandle');
  const parent: Parent = { handle: context.number('parentHandle'), object: object('parentHandle') };
  if (!found?.sensitive) return refuse('TPM_RC_TYPE', 'objectHandle');
  const { nameAlg } = found.publicArea;
  const authValue = adjustedAuth(context.bytes('newAuth'), nameAlg);
  if (!authValue) return refuse('TPM_RC_SIZE', 'newAuth');
  const expected = qualifiedNameOf(nameAlg, parentNameOf(parent), found.name);
  if (!parent.object || !equalBytes(found.qualifiedName, expected)) return refuse('TPM_RC_TYPE', 'parentHandle');
  const random = (count: number): Uint8Array => context.drbg.generate(count);
  const sensitive = { ...found.sensitive, authValue };
  return { outPrivate: wrapPrivate(sensitive, found.name, nameAlg, parent.object, random) };
}

function importCommand(context: CommandContext): Outcome {
  const { refuse } = context;
  const [publicNode, symmetricNode] = [context.node('objectPublic'), context.node('symmetricAlg')];
  if (!publicNode || !symmetricNode) return refuse('TPM_RC_INSUFFICIENT');
  const area = publicAreaOf(publicNode);
  if (has(area, 'fixedTPM') || has(area, 'fixedParent')) return refuse('TPM_RC_ATTRIBUTES', 'objectPublic');
  const parent = context.object('parentHandle');
  if (!parent?.isParent) return refuse('TPM_RC_TYPE', 'parentHandle');
  const symmetric = plainValue(symmetricNode) as unknown as SymmetricDefinition;
  const hasInner = symmetric.algorithm !== ALG_NULL;
  const encryptionKey = context.bytes('encryptionKey');
  if (encryptionKey.length !== (hasInner ? (symmetric.keyBits ?? 0) / 8 : 0))
    return refuse('TPM_RC_SIZE', 'encryptionKey');
  const mustEncrypt = has(area, 'encryptedDuplication');
  if (!hasInner && mustEncrypt) return refuse('TPM_RC_ATTRIBUTES', 'encryptionKey');

  const inSymSeed = context.bytes('inSymSeed');
  if (inSymSeed.length === 0 && mustEncrypt) return refuse('TPM_RC_ATTRIBUTES', 'inSymSeed');
  if (inSymSeed.length !== 0 && parent.publicArea.type === ALG_SYMCIPHER) return refuse('TPM_RC_TYPE', 'parentHandle');
  const seed = inSymSeed.length === 0 ? inSymSeed : decryptSecret(parent, 'DUPLICATE', inSymSeed);
  if (typeof seed === 'string') return refuse(seed, 'inSymSeed');

  const name = nameOf(area);
  if (name.length === 0) return refuse('TPM_RC_HASH', 'objectPublic');
  const inner = hasInner ? symmetric : undefined;
  const blob = context.bytes('duplicate');
  const sensitive = openDuplicate(blob, name, area.nameAlg, parent, seed, inner, encryptionKey);
  if (typeof sensitive === 'string') return refuse(sensitive, 'duplicate');
  const wrong = has(parent.publicArea, 'fixedTPM') ? checkLoad(area, sensitive, undefined) : undefined;
  if (wrong) return blame(context, wrong, 'objectPublic', 'duplicate');
  const random = (count: number): Uint8Array => context.drbg.generate(count);
  return { outPrivate: wrapPrivate(sensitive, name, area.nameAlg, parent, random) };
}

export const OBJECT_HANDLERS: Handlers = {
  TPM2_Load: load,
  TPM2_LoadExternal: loadExternal,
  TPM2_ReadPublic: readPublic,
  TPM2_Unseal: unseal,
  TPM2_ObjectChangeAuth: objectChangeAuth,
  TPM2_Import: importCommand,
};
