/**
 * What this TPM has: algorithms, banks, PCR attributes, limits.
 *
 * Limits are those of libtpms 0.9 where the specification leaves them open, so that software meets the same bounds here
 * as on a software TPM.
 */

import { constantValue } from '../tables/index';

export type BankName = 'TPM_ALG_SHA1' | 'TPM_ALG_SHA256' | 'TPM_ALG_SHA384';

/** PCR banks, in the order that TPM2_GetCapability gives. */
export const BANKS: readonly BankName[] = ['TPM_ALG_SHA1', 'TPM_ALG_SHA256', 'TPM_ALG_SHA384'];

/** Hashes that commands accept; those without a bank change no PCR. */
export const HASHES: readonly string[] = [...BANKS, 'TPM_ALG_SHA512'];

/** Algorithms besides the hashes, with what they are for (attributes of TPMA_ALGORITHM). */
export const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  TPM_ALG_RSA: ['asymmetric', 'object'],
  TPM_ALG_HMAC: ['hash', 'signing'],
  TPM_ALG_AES: ['symmetric'],
  TPM_ALG_MGF1: ['hash', 'method'],
  TPM_ALG_KEYEDHASH: ['hash', 'object', 'signing', 'encrypting'],
  TPM_ALG_XOR: ['hash', 'symmetric'],
  TPM_ALG_RSAES: ['asymmetric', 'encrypting'],
  TPM_ALG_OAEP: ['asymmetric', 'encrypting'],
  TPM_ALG_KDF1_SP800_108: ['hash', 'method'],
  TPM_ALG_SYMCIPHER: ['object'],
  TPM_ALG_CFB: ['symmetric', 'encrypting'],
};

export const PCR_COUNT = 24;
export const PCR_SELECT_BYTES = PCR_COUNT / 8;
/** Most digests in a response of TPM2_PCR_Read (Part 2 Table 110). */
export const MAX_PCR_VALUES = 8;

export const MAX_COMMAND_BYTES = 4096;
/** Authorizations of one command (Part 1, 18.6.1). */
export const MAX_SESSIONS = 3;
/** Handles of sessions there can be, from the first of the range on. */
export const MAX_ACTIVE_SESSIONS = 64;
/** Sessions in memory at one time. */
export const MAX_LOADED_SESSIONS = 3;
/** Largest distance of the identifiers of two saved sessions. */
export const MAX_CONTEXT_GAP = 0xffff;
/** Key bits of saved contexts. */
export const CONTEXT_KEY_BITS = 256;
/** Slots of transient objects. */
export const MAX_LOADED_OBJECTS = 3;
/** Persistent objects that NV memory has room for. */
export const MAX_PERSISTENT_OBJECTS = 56;
/** First persistent handle of the platform; those before it are the owner's (Part 2, 7.5, registry of reserved handles). */
export const PLATFORM_PERSISTENT = 0x8180_0000;
/** Bytes of the longest digest: the most that one TPM2_GetRandom gives. */
export const MAX_DIGEST_BYTES = 64;

export interface PcrAttributes {
  /** Kept by TPM2_Shutdown(TPM_SU_STATE). */
  readonly saved: boolean;
  /** Sets of localities, bit n for locality n. */
  readonly resetLocalities: number;
  readonly extendLocalities: number;
  /** Changes do not count in pcrUpdateCounter. */
  readonly uncounted: boolean;
}

const pcr = (saved: boolean, resetLocalities: number, extendLocalities: number, uncounted = false): PcrAttributes => ({
  saved,
  resetLocalities,
  extendLocalities,
  uncounted,
});

/** PC Client Platform TPM Profile, 4.6; values as libtpms has them. */
export const PCR_ATTRIBUTES: readonly PcrAttributes[] = [
  ...Array.from({ length: 16 }, () => pcr(true, 0x00, 0x1f)),
  pcr(false, 0x0f, 0x1f, true),
  pcr(false, 0x10, 0x1c),
  pcr(false, 0x10, 0x1c),
  pcr(false, 0x10, 0x0c),
  pcr(false, 0x14, 0x0e),
  pcr(false, 0x14, 0x04, true),
  pcr(false, 0x14, 0x04, true),
  pcr(false, 0x0f, 0x1f, true),
];

/** The locality of all commands: H_TPM_COMM and the resource manager know no other. */
export const LOCALITY = 0;

/** Whether the localities of a set contain that of the command. */
export function isLocalityIn(localities: number): boolean {
  return (localities & (1 << LOCALITY)) !== 0;
}

const valuesOf = (names: readonly string[]): ReadonlySet<bigint> =>
  new Set(names.map((name) => BigInt(constantValue(name))));

/** Values that the specification knows and of which this TPM has only these, and the code for the others. */
const SUPPORTED: Readonly<Record<string, { readonly values: ReadonlySet<bigint>; readonly rc: string }>> = {
  TPMI_ALG_HASH: { values: valuesOf([...HASHES, 'TPM_ALG_NULL']), rc: 'TPM_RC_HASH' },
  TPMI_ALG_PUBLIC: {
    values: valuesOf(['TPM_ALG_RSA', 'TPM_ALG_KEYEDHASH', 'TPM_ALG_SYMCIPHER']),
    rc: 'TPM_RC_TYPE',
  },
  TPMI_ALG_SYM: { values: valuesOf(['TPM_ALG_AES', 'TPM_ALG_XOR', 'TPM_ALG_NULL']), rc: 'TPM_RC_SYMMETRIC' },
  TPMI_ALG_SYM_OBJECT: { values: valuesOf(['TPM_ALG_AES', 'TPM_ALG_NULL']), rc: 'TPM_RC_SYMMETRIC' },
  TPMI_AES_KEY_BITS: { values: new Set([128n, 256n]), rc: 'TPM_RC_VALUE' },
  TPMI_RSA_KEY_BITS: { values: new Set([1024n, 2048n, 3072n]), rc: 'TPM_RC_VALUE' },
};

/** Handles of sessions and slots there can be; those above are refused before anything looks for them. */
const HANDLE_COUNTS: readonly { readonly kind: string; readonly types: RegExp; readonly count: number }[] = [
  { kind: 'TPM_HT_PCR', types: /^TPMI_DH_(PCR|ENTITY)$/, count: PCR_COUNT },
  { kind: 'TPM_HT_HMAC_SESSION', types: /^TPMI_(SH_|DH_CONTEXT|DH_SAVED)/, count: MAX_ACTIVE_SESSIONS },
  { kind: 'TPM_HT_POLICY_SESSION', types: /^TPMI_(SH_|DH_CONTEXT|DH_SAVED)/, count: MAX_ACTIVE_SESSIONS },
  { kind: 'TPM_HT_TRANSIENT', types: /^TPMI_DH_(OBJECT|PARENT|ENTITY|CONTEXT)$/, count: MAX_LOADED_OBJECTS },
];

/**
 * Response code for a value that the specification knows and this TPM does not have, or undefined.
 *
 * @param typeName type of the value in the specification
 */
export function unsupported(typeName: string, value: bigint): string | undefined {
  const supported = SUPPORTED[typeName];
  if (supported) return supported.values.has(value) ? undefined : supported.rc;
  const range = HANDLE_COUNTS.find(
    (candidate) => candidate.types.test(typeName) && BigInt(constantValue(candidate.kind)) === value >> 24n,
  );
  return range && (value & 0xff_ffffn) >= range.count ? 'TPM_RC_VALUE' : undefined;
}

/** Most elements of lists whose limit is the number of hashes. */
export const LIST_LIMITS: Readonly<Record<string, number>> = {
  TPML_DIGEST_VALUES: HASHES.length,
  TPML_PCR_SELECTION: HASHES.length,
};

/** Fewest elements of lists in commands: TPM2_PolicyOR chooses (Part 2 Table 110). */
export const LIST_MINIMA: Readonly<Record<string, number>> = { TPML_DIGEST: 2 };

/** Most bytes of buffers whose limit is the longest key. */
export const BUFFER_LIMITS: Readonly<Record<string, number>> = {
  TPM2B_PUBLIC_KEY_RSA: 384,
  TPM2B_ENCRYPTED_SECRET: 384,
};
