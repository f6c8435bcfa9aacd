/** Objects and sessions as the bytes inside of a saved context. Only this TPM reads them: their form is its own. */

import { concat } from '../../common/bytes';
import { decodeType, encodeType } from '../codec/index';
import { u16, u32 } from './crypto';
import { MAX_DIGEST_BYTES } from './profile';
import { asFields, decodeSensitive, encodePublic, publicAreaOf, type SymmetricDefinition } from './public-area';
import type { PolicyState, SessionState, TpmObject } from './state';

/** A two-byte size and the bytes. */
export function sized(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(u16(bytes.length), bytes);
}

/** The bytes behind a two-byte size and what follows them, or undefined when they end early. */
export function takeSized(bytes: Uint8Array): [taken: Uint8Array, rest: Uint8Array] | undefined {
  if (bytes.length < 2) return undefined;
  const end = 2 + (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0));
  return end > bytes.length ? undefined : [bytes.slice(2, end), bytes.slice(end)];
}

/** Takes a TPM2B_DIGEST, whose bytes may be any: digest and rest, or a response code. */
export function takeDigest(bytes: Uint8Array): [digest: Uint8Array, rest: Uint8Array] | string {
  const length = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (bytes.length >= 2 && length > MAX_DIGEST_BYTES) return 'TPM_RC_SIZE';
  return takeSized(bytes) ?? 'TPM_RC_INSUFFICIENT';
}

/** Takes values out of packed bytes, in the order in which they were put there. */
class Unpacker {
  constructor(private rest: Uint8Array) {}

  bytes(): Uint8Array {
    const [taken, rest] = takeSized(this.rest) ?? [];
    if (!taken || !rest) throw new Error('a context that this TPM made is cut off');
    this.rest = rest;
    return taken;
  }

  number(): number {
    return this.bytes().reduce((value, byte) => value * 256 + byte, 0);
  }
}

function pack(values: readonly (number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return concat(...values.map((value) => sized(typeof value === 'number' ? u32(value) : value)));
}

const NOTHING = new Uint8Array();
const FLAGS = ['external', 'temporary', 'stClear', 'isParent'] as const;

/** Value of a field that may be missing: one more than the number, or 0. */
const optional = (value: number | undefined): number => (value === undefined ? 0 : value + 1);
const present = (value: number): number | undefined => (value === 0 ? undefined : value - 1);

export function packObject(object: TpmObject): Uint8Array<ArrayBuffer> {
  const { publicArea, sensitive, name, qualifiedName, hierarchy } = object;
  const flags = FLAGS.reduce((word, flag, i) => word + (object[flag] ? 2 ** i : 0), 0);
  const secret = sensitive ? encodeType('TPM2B_SENSITIVE', asFields(sensitive)) : NOTHING;
  return pack([flags, hierarchy, name, qualifiedName, sized(encodePublic(publicArea)), secret]);
}

export function unpackObject(bytes: Uint8Array): TpmObject {
  const from = new Unpacker(bytes);
  const flags = from.number();
  const isSet = (flag: (typeof FLAGS)[number]): boolean => (flags & (2 ** FLAGS.indexOf(flag))) !== 0;
  const [hierarchy, name, qualifiedName] = [from.number(), from.bytes(), from.bytes()];
  const [area] = decodeType('TPM2B_PUBLIC', from.bytes()).root.children;
  if (!area) throw new Error('a context that this TPM made has no public area');
  return {
    publicArea: publicAreaOf(area),
    sensitive: decodeSensitive(from.bytes()),
    name,
    qualifiedName,
    hierarchy,
    external: isSet('external'),
    temporary: isSet('temporary'),
    stClear: isSet('stClear'),
    isParent: isSet('isParent'),
    persistentHandle: undefined,
  };
}

const KINDS: readonly SessionState['kind'][] = ['hmac', 'policy', 'trial'];
const NEEDS: readonly PolicyState['needs'][] = ['nothing', 'authValue', 'password'];

export function packSession(session: SessionState): Uint8Array<ArrayBuffer> {
  const { symmetric, policy } = session;
  return pack([
    KINDS.indexOf(session.kind),
    session.authHash,
    symmetric.algorithm,
    optional(symmetric.keyBits),
    optional(symmetric.mode),
    session.sessionKey,
    session.nonceTPM,
    session.boundEntity ?? NOTHING,
    session.isDaBound ? 1 : 0,
    session.isLockoutBound ? 1 : 0,
    session.auditDigest ?? NOTHING,
    policy.digest,
    policy.commandCode,
    NEEDS.indexOf(policy.needs),
    policy.pcrCounter,
    policy.cpHash,
  ]);
}

export function unpackSession(bytes: Uint8Array): SessionState {
  const from = new Unpacker(bytes);
  const some = (value: Uint8Array): Uint8Array | undefined => (value.length === 0 ? undefined : value);
  // The properties are read in the order in which they stand here.
  return {
    kind: KINDS[from.number()] ?? 'hmac',
    authHash: from.number(),
    symmetric: unpackSymmetric(from),
    sessionKey: from.bytes(),
    nonceTPM: from.bytes(),
    boundEntity: some(from.bytes()),
    isDaBound: from.number() === 1,
    isLockoutBound: from.number() === 1,
    auditDigest: some(from.bytes()),
    policy: {
      digest: from.bytes(),
      commandCode: from.number(),
      needs: NEEDS[from.number()] ?? 'nothing',
      pcrCounter: from.number(),
      cpHash: from.bytes(),
    },
  };
}

function unpackSymmetric(from: Unpacker): SymmetricDefinition {
  const algorithm = from.number();
  const [keyBits, mode] = [present(from.number()), present(from.number())];
  return { algorithm, ...(keyBits === undefined ? {} : { keyBits }), ...(mode === undefined ? {} : { mode }) };
}
