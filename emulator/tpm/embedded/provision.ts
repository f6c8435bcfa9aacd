/**
 * What the machine's firmware does to the TPM before it starts the ultravisor (skiboot libstb/tss2/opalcreate.c): the
 * ultravisor's wrapping key under a parent of its own, and a new authorization value at each boot.
 *
 * All of it is commands that the TPM executes, so that the TPM is in the state in which firmware leaves it. Only the
 * first boot makes keys, which takes some tenths of a second: call it when the wrapping key is asked for.
 */

import { bytesToNumber, concat, numberToBytes } from '../../common/bytes';
import { InputError } from '../../common/errors';
import { type RsaPrivateKey, type RsaPublicKey, rsaPublic } from '../../crypto/rsa';
import { oaepEncode } from '../../crypto/rsa-padding';
import {
  buildCommand,
  decodeResponse,
  explainResponseCode,
  plainValue,
  type FieldValues,
  type PlainValue,
  type SessionFields,
} from '../codec/index';
import { constantValue } from '../tables/index';
import { objectBit } from './bits';
import { hash, hashFunction, labelBytes } from './crypto';
import { wrapDuplicate } from './private-area';
import { ALG_RSA, DEFAULT_EXPONENT, asFields, nameOf, type PublicArea } from './public-area';

/** Persistent handles of the ultravisor's keys. */
export const WRAPPING_KEY_PARENT = 0x8180_0000;
export const WRAPPING_KEY = 0x8180_0001;

const SHA256 = constantValue('TPM_ALG_SHA256');
const NOTHING = new Uint8Array();
const PASSWORD_BYTES = 16;

export interface ProvisionOptions {
  /** An RSA key pair to import as the wrapping key, instead of one that the TPM makes. */
  readonly importKey?: Pick<RsaPrivateKey, 'n' | 'e' | 'p'>;
  /** PCR that must be zero for the authorization value to be changed, and that is extended afterwards; 16 by default. */
  readonly pcr?: number;
}

/** The wrapping key as the firmware tells it to the ultravisor (node `ibm,uv-tpm`: wrapping-key-*). */
export interface WrappingKeyInfo {
  readonly parentHandle: number;
  readonly handle: number;
  /** Authorization value of this boot: 16 bytes that are not zero. */
  readonly password: Uint8Array;
  readonly publicName: Uint8Array;
  /** Policy of TPM2_RSA_Decrypt, and of TPM2_ObjectChangeAuth while the PCR is zero. */
  readonly policyA: Uint8Array;
  readonly policyB: Uint8Array;
  readonly publicKey: RsaPublicKey;
}

type Response = Readonly<Record<string, PlainValue>>;

/** A TPM with which the firmware talks; a command that is refused ends the boot with an error. */
class Firmware {
  constructor(private readonly tpm: { execute(command: Uint8Array): Uint8Array }) {}

  run(name: string, fields: FieldValues, sessions?: readonly SessionFields[]): Response {
    const command = buildCommand(name, fields, sessions);
    const decoded = decodeResponse(this.tpm.execute(command), command);
    if (decoded.responseCode !== 0) {
      const { text } = explainResponseCode(decoded.responseCode ?? 0);
      throw new InputError(
        'wrapping-key-failed',
        `The TPM refuses ${name} while the wrapping key is set up (${text}); do that before the scenario changes the TPM.`,
      );
    }
    return Object.fromEntries([...decoded.handles, ...decoded.parameters].map((node) => [node.name, plainValue(node)]));
  }

  random(count: number): Uint8Array {
    return bytesIn(this.run('TPM2_GetRandom', { bytesRequested: count }), 'randomBytes');
  }

  /** A policy or trial session without salt. */
  session(sessionType: string): number {
    const { sessionHandle } = this.run('TPM2_StartAuthSession', {
      tpmKey: 'TPM_RH_NULL',
      bind: 'TPM_RH_NULL',
      nonceCaller: this.random(32),
      encryptedSalt: NOTHING,
      sessionType,
      symmetric: { algorithm: 'TPM_ALG_NULL' },
      authHash: 'TPM_ALG_SHA256',
    });
    return Number(sessionHandle);
  }

  flush(flushHandle: number): void {
    this.run('TPM2_FlushContext', { flushHandle });
  }

  digestOf(policySession: number): Uint8Array {
    return bytesIn(this.run('TPM2_PolicyGetDigest', { policySession }), 'policyDigest');
  }

  persist(objectHandle: number, persistentHandle: number): void {
    this.run('TPM2_EvictControl', { auth: 'TPM_RH_PLATFORM', objectHandle, persistentHandle });
  }
}

function bytesIn(response: Response, name: string): Uint8Array {
  const value = response[name];
  return value instanceof Uint8Array ? value : NOTHING;
}

function publicIn(response: Response): PublicArea {
  return response.outPublic as unknown as PublicArea;
}

function attributes(...names: string[]): number {
  return names.reduce((word, name) => word | objectBit(name), 0);
}

const AES_128_CFB = { algorithm: 'TPM_ALG_AES', keyBits: 128, mode: 'TPM_ALG_CFB' };
const OAEP_SHA256 = { scheme: constantValue('TPM_ALG_OAEP'), details: { hashAlg: SHA256 } };

/** Storage key of the platform. */
const PARENT_TEMPLATE: FieldValues = {
  type: 'TPM_ALG_RSA',
  nameAlg: 'TPM_ALG_SHA256',
  objectAttributes: attributes(
    'fixedTPM',
    'fixedParent',
    'sensitiveDataOrigin',
    'userWithAuth',
    'noDA',
    'restricted',
    'decrypt',
  ),
  authPolicy: NOTHING,
  parameters: { symmetric: AES_128_CFB, scheme: { scheme: 'TPM_ALG_NULL' }, keyBits: 2048, exponent: 0 },
  unique: NOTHING,
};

/** Public area of the wrapping key: used by policy only. */
function wrappingKeyArea(authPolicy: Uint8Array, origin: readonly string[], keyBits: number, e: number): PublicArea {
  return {
    type: ALG_RSA,
    nameAlg: SHA256,
    objectAttributes: attributes('decrypt', 'noDA', 'encryptedDuplication', ...origin),
    authPolicy,
    parameters: {
      symmetric: { algorithm: constantValue('TPM_ALG_NULL') },
      scheme: OAEP_SHA256,
      keyBits,
      exponent: e === DEFAULT_EXPONENT ? 0 : e,
    },
    unique: NOTHING,
  };
}

interface Policies {
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  /** PolicyOR of both: the policy of the key. */
  readonly either: Uint8Array;
}

function selectPcr(pcr: number): FieldValues[] {
  const pcrSelect = new Uint8Array(3);
  pcrSelect[pcr >> 3] = 1 << (pcr % 8);
  return [{ hash: 'TPM_ALG_SHA256', pcrSelect }];
}

/** Goes through policy B in a session. */
function followPolicyB(firmware: Firmware, policySession: number, pcr: number): void {
  firmware.run('TPM2_PolicyCommandCode', { policySession, code: 'TPM_CC_ObjectChangeAuth' });
  const pcrDigest = hash(SHA256, new Uint8Array(32));
  firmware.run('TPM2_PolicyPCR', { policySession, pcrDigest, pcrs: selectPcr(pcr) });
}

/** Digests of the policies, as trial sessions compute them. */
function policiesOf(firmware: Firmware, pcr: number): Policies {
  const policySession = firmware.session('TPM_SE_TRIAL');
  firmware.run('TPM2_PolicyCommandCode', { policySession, code: 'TPM_CC_RSA_Decrypt' });
  firmware.run('TPM2_PolicyAuthValue', { policySession });
  const a = firmware.digestOf(policySession);
  firmware.run('TPM2_PolicyRestart', { sessionHandle: policySession });
  followPolicyB(firmware, policySession, pcr);
  const b = firmware.digestOf(policySession);
  firmware.run('TPM2_PolicyOR', { policySession, pHashList: [a, b] });
  const either = firmware.digestOf(policySession);
  firmware.flush(policySession);
  return { a, b, either };
}

function isPersistent(firmware: Firmware, handle: number): boolean {
  const { capabilityData } = firmware.run('TPM2_GetCapability', {
    capability: 'TPM_CAP_HANDLES',
    property: handle,
    propertyCount: 1,
  });
  const handles = (capabilityData as unknown as { readonly data: readonly number[] }).data;
  return handles.includes(handle);
}

/** First boot: the parent, when it is not there yet. */
function makeParent(firmware: Firmware): void {
  if (isPersistent(firmware, WRAPPING_KEY_PARENT)) return;
  const { objectHandle } = firmware.run('TPM2_CreatePrimary', {
    primaryHandle: 'TPM_RH_PLATFORM',
    inSensitive: { userAuth: NOTHING, data: NOTHING },
    inPublic: PARENT_TEMPLATE,
    outsideInfo: NOTHING,
    creationPCR: [],
  });
  firmware.persist(Number(objectHandle), WRAPPING_KEY_PARENT);
  firmware.flush(Number(objectHandle));
}

/** Loads a key under the parent and makes it the wrapping key. */
function install(firmware: Firmware, inPrivate: Uint8Array, inPublic: PublicArea): void {
  const { objectHandle } = firmware.run('TPM2_Load', {
    parentHandle: WRAPPING_KEY_PARENT,
    inPrivate,
    inPublic: asFields(inPublic),
  });
  firmware.persist(Number(objectHandle), WRAPPING_KEY);
  firmware.flush(Number(objectHandle));
}

function createWrappingKey(firmware: Firmware, authPolicy: Uint8Array): void {
  const made = firmware.run('TPM2_Create', {
    parentHandle: WRAPPING_KEY_PARENT,
    inSensitive: { userAuth: NOTHING, data: NOTHING },
    inPublic: asFields(wrappingKeyArea(authPolicy, ['sensitiveDataOrigin'], 2048, DEFAULT_EXPONENT)),
    outsideInfo: NOTHING,
    creationPCR: [],
  });
  install(firmware, bytesIn(made, 'outPrivate'), publicIn(made));
}

/** Imports a key pair with inner and outer encryption, as encryptedDuplication asks. */
function importWrappingKey(
  firmware: Firmware,
  authPolicy: Uint8Array,
  { n, e, p }: NonNullable<ProvisionOptions['importKey']>,
): void {
  const bits = n.toString(2).length;
  const area: PublicArea = {
    ...wrappingKeyArea(authPolicy, [], bits, Number(e)),
    unique: numberToBytes(n, Math.ceil(bits / 8)),
  };
  const sensitive = {
    sensitiveType: ALG_RSA,
    authValue: NOTHING,
    seedValue: NOTHING,
    sensitive: numberToBytes(p, Math.ceil(bits / 16)),
  };
  const parent = publicIn(firmware.run('TPM2_ReadPublic', { objectHandle: WRAPPING_KEY_PARENT }));
  const seed = firmware.random(32);
  const encryptionKey = firmware.random(16);
  const imported = firmware.run('TPM2_Import', {
    parentHandle: WRAPPING_KEY_PARENT,
    encryptionKey,
    objectPublic: asFields(area),
    duplicate: wrapDuplicate(sensitive, nameOf(area), area.nameAlg, parent, seed, encryptionKey),
    inSymSeed: encryptTo(parent, seed, firmware),
    symmetricAlg: AES_128_CFB,
  });
  install(firmware, bytesIn(imported, 'outPrivate'), area);
}

/** The seed of a duplicate, encrypted to its new parent (Part 1, annex B.10.3). */
function encryptTo({ unique, nameAlg }: PublicArea, seed: Uint8Array, firmware: Firmware): Uint8Array {
  const random = (count: number): Uint8Array => firmware.random(count);
  const encoded = oaepEncode(hashFunction(nameAlg), labelBytes('DUPLICATE'), seed, unique.length, random) ?? NOTHING;
  const key = { n: bytesToNumber(unique), e: BigInt(DEFAULT_EXPONENT) };
  return numberToBytes(rsaPublic(key, bytesToNumber(encoded)), unique.length);
}

/** Random bytes without zeros: a zero byte ends the property in which the ultravisor finds them. */
function newPassword(firmware: Firmware): Uint8Array {
  let password: Uint8Array = NOTHING;
  while (password.length < PASSWORD_BYTES) {
    password = concat(
      password,
      firmware.random(PASSWORD_BYTES).filter((byte) => byte !== 0),
    );
  }
  return password.slice(0, PASSWORD_BYTES);
}

/** Each boot: the key gets a new authorization value, for which policy B asks that the PCR is still zero. */
function changePassword(firmware: Firmware, newAuth: Uint8Array, { a, b }: Policies, pcr: number): void {
  const policySession = firmware.session('TPM_SE_POLICY');
  followPolicyB(firmware, policySession, pcr);
  firmware.run('TPM2_PolicyOR', { policySession, pHashList: [a, b] });
  const inPublic = publicIn(firmware.run('TPM2_ReadPublic', { objectHandle: WRAPPING_KEY }));
  const changed = firmware.run(
    'TPM2_ObjectChangeAuth',
    { objectHandle: WRAPPING_KEY, parentHandle: WRAPPING_KEY_PARENT, newAuth },
    [{ sessionHandle: policySession, nonce: firmware.random(32), sessionAttributes: { continueSession: 1 } }],
  );
  firmware.persist(WRAPPING_KEY, WRAPPING_KEY);
  install(firmware, bytesIn(changed, 'outPrivate'), inPublic);
  firmware.flush(policySession);
}

/**
 * Sets up the wrapping key of this boot.
 *
 * @param tpm an embedded TPM that is started, with a free slot for two objects and one session
 * @throws InputError `wrapping-key-failed` when the TPM refuses a command: slots are used up, the PCR is not zero any
 *   more, the platform hierarchy has a password, or the key cannot be imported
 */
export function provisionWrappingKey(
  tpm: { execute(command: Uint8Array): Uint8Array },
  { importKey, pcr = 16 }: ProvisionOptions = {},
): WrappingKeyInfo {
  const firmware = new Firmware(tpm);
  const policies = policiesOf(firmware, pcr);
  makeParent(firmware);
  if (!isPersistent(firmware, WRAPPING_KEY)) {
    if (importKey) importWrappingKey(firmware, policies.either, importKey);
    else createWrappingKey(firmware, policies.either);
  }
  const password = newPassword(firmware);
  changePassword(firmware, password, policies, pcr);
  const found = firmware.run('TPM2_ReadPublic', { objectHandle: WRAPPING_KEY });
  const publicName = bytesIn(found, 'name');
  // From here on the password stays as it is until the next reset.
  const digests = [{ hashAlg: 'TPM_ALG_SHA256', digest: hash(SHA256, publicName) }];
  firmware.run('TPM2_PCR_Extend', { pcrHandle: pcr, digests });
  return {
    parentHandle: WRAPPING_KEY_PARENT,
    handle: WRAPPING_KEY,
    password,
    publicName,
    policyA: policies.a,
    policyB: policies.b,
    publicKey: publicKeyOf(publicIn(found)),
  };
}

function publicKeyOf({ unique, parameters }: PublicArea): RsaPublicKey {
  const exponent = 'exponent' in parameters && parameters.exponent !== 0 ? parameters.exponent : DEFAULT_EXPONENT;
  return { n: bytesToNumber(unique), e: BigInt(exponent) };
}
