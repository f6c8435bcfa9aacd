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

export const PCR_COUNT = 24;
export const PCR_SELECT_BYTES = PCR_COUNT / 8;
/** Most digests in a response of TPM2_PCR_Read (Part 2 Table 110). */
export const MAX_PCR_VALUES = 8;

export const MAX_COMMAND_BYTES = 4096;
/** Authorizations of one command (Part 1, 18.6.1). */
export const MAX_SESSIONS = 3;
/** Handles of sessions there can be, from the first of the range on. */
export const MAX_ACTIVE_SESSIONS = 64;
/** Most bytes of one TPM2_GetRandom: the longest digest. */
export const MAX_RANDOM_BYTES = 64;

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

const HASH_VALUES = new Set(HASHES.map((name) => BigInt(constantValue(name))));

/**
 * Response code for a value that the specification knows and this TPM does not have, or undefined.
 *
 * @param typeName type of the value in the specification
 */
export function unsupported(typeName: string, value: bigint): string | undefined {
  switch (typeName) {
    case 'TPMI_ALG_HASH':
      return HASH_VALUES.has(value) || value === BigInt(constantValue('TPM_ALG_NULL')) ? undefined : 'TPM_RC_HASH';
    case 'TPMI_DH_PCR':
      return value < PCR_COUNT || value === BigInt(constantValue('TPM_RH_NULL')) ? undefined : 'TPM_RC_VALUE';
    case 'TPMI_SH_AUTH_SESSION':
      return value === BigInt(constantValue('TPM_RS_PW')) || (value & 0xff_ffffn) < MAX_ACTIVE_SESSIONS
        ? undefined
        : 'TPM_RC_VALUE';
    default:
      return undefined;
  }
}

/** Most elements of lists whose limit is the number of hashes. */
export const LIST_LIMITS: Readonly<Record<string, number>> = {
  TPML_DIGEST_VALUES: HASHES.length,
  TPML_PCR_SELECTION: HASHES.length,
};
