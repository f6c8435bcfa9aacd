/** The state of the embedded TPM: plain data, one part a command family. */

import type { DrbgState } from '../../common/drbg';
import type { BankName } from './profile';

/** How the last shut-down was announced (Part 1, 12.2.3): not at all, or by TPM2_Shutdown of that type. */
export type Orderly = 'none' | 'clear' | 'state';

export interface PcrState {
  /** One digest a PCR, for each bank. */
  banks: Record<BankName, Uint8Array[]>;
  /** Changes since the last reset, as TPM2_PCR_Read tells. */
  updateCounter: number;
}

export interface TpmState {
  /** Whether TPM2_Startup was done. */
  started: boolean;
  orderly: Orderly;
  /** What TPM2_Startup found: whether the shut-down before it was in order. */
  wasOrderly: boolean;
  pcr: PcrState;
  /** PCRs kept by TPM2_Shutdown(TPM_SU_STATE). */
  savedPcr: PcrState | undefined;
  drbg: DrbgState;
}
