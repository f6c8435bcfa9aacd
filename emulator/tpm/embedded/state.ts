/** The state of the embedded TPM: plain data, one part a command family. Its values are replaced, never changed inside. */

import type { DrbgState } from '../../common/drbg';
import type { BankName } from './profile';
import type { PublicArea, SensitiveArea, SymmetricDefinition } from './public-area';

/** How the last shut-down was announced (Part 1, 12.2.3): not at all, or by TPM2_Shutdown of that type. */
export type Orderly = 'none' | 'clear' | 'state';

export interface PcrState {
  /** One digest a PCR, for each bank. */
  banks: Record<BankName, Uint8Array[]>;
  /** Changes since the last reset, as TPM2_PCR_Read tells. */
  updateCounter: number;
}

export type HierarchyName = 'owner' | 'endorsement' | 'platform' | 'null';

/** A hierarchy (Part 1, 13), or the lockout authorization, which has neither seed nor proof. */
export interface HierarchyState {
  readonly enabled: boolean;
  readonly authValue: Uint8Array;
  readonly authPolicy: Uint8Array;
  /** Hash of the policy; TPM_ALG_NULL for none. */
  readonly policyAlg: number;
  /** Primary seed, from which its primary objects come. */
  readonly seed: Uint8Array;
  /** Secret of its tickets. */
  readonly proof: Uint8Array;
}

/** Protection against dictionary attacks (Part 1, 19.8). There is no clock: failures are not forgiven by time. */
export interface LockoutState {
  readonly failedTries: number;
  readonly maxTries: number;
  /** Seconds. */
  readonly recoveryTime: number;
  readonly lockoutRecovery: number;
  /** Whether lockoutAuth may be used: not after it was wrong. */
  readonly authEnabled: boolean;
  /** Whether a protected object was used since the start, of which NV memory has a note. */
  readonly used: boolean;
}

/** A loaded object. */
export interface TpmObject {
  readonly publicArea: PublicArea;
  /** Undefined when only the public area is loaded. */
  readonly sensitive: SensitiveArea | undefined;
  readonly name: Uint8Array;
  readonly qualifiedName: Uint8Array;
  /** Handle of its hierarchy. */
  readonly hierarchy: number;
  /** Loaded by TPM2_LoadExternal. */
  readonly external: boolean;
  /** Under the null hierarchy, or external: gone with the next reset. */
  readonly temporary: boolean;
  /** stClear, its own or of an ancestor. */
  readonly stClear: boolean;
  /** A storage key, whose children it protects. */
  readonly isParent: boolean;
  /** Handle in NV memory, when this is a persistent object. */
  readonly persistentHandle: number | undefined;
}

/** A loaded session (Part 1, 19.6). */
export interface SessionState {
  readonly kind: 'hmac' | 'policy' | 'trial';
  readonly authHash: number;
  readonly symmetric: SymmetricDefinition;
  readonly sessionKey: Uint8Array;
  nonceTPM: Uint8Array;
  /** Name and authorization value of the entity of an HMAC session bound to one. */
  boundEntity: Uint8Array | undefined;
  readonly isDaBound: boolean;
  readonly isLockoutBound: boolean;
  /** Digest of a session that audits; undefined before its first audit. */
  auditDigest: Uint8Array | undefined;
  policy: PolicyState;
}

/** What the commands of a policy have said so far (Part 1, 19.7). */
export interface PolicyState {
  readonly digest: Uint8Array;
  /** Only command that it authorizes; 0 for any. */
  readonly commandCode: number;
  readonly needs: 'nothing' | 'authValue' | 'password';
  /** updateCounter of the PCRs when they were looked at; 0 for not at all. */
  readonly pcrCounter: number;
  /** Digest of the command's parameters that it authorizes; empty for any. */
  readonly cpHash: Uint8Array;
}

/** What the TPM remembers of contexts that were saved (Part 1, 30.4). */
export interface ContextState {
  /** Identifier of the next saved session. */
  readonly sessionCounter: number;
  /** Identifier of the last saved object. */
  readonly objectCounter: number;
  /** Identifiers of saved sessions, by the number in their handles. */
  readonly savedSessions: Readonly<Record<number, number>>;
  /** Resets since the TPM was made: contexts end with a reset. */
  readonly resetCount: number;
  /** Starts from reset or restart, which end the contexts of stClear objects. */
  readonly clearCount: number;
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
  hierarchies: Record<HierarchyName, HierarchyState>;
  lockoutAuth: HierarchyState;
  lockout: LockoutState;
  /** Slots of transient objects; a persistent object takes one while a command uses it. */
  objects: (TpmObject | undefined)[];
  /** Persistent objects, by handle. */
  persistent: Readonly<Record<number, TpmObject>>;
  /** Sessions by the number in their handles. */
  sessions: Record<number, SessionState>;
  /** Handle of the session that audits without a command in between. */
  exclusiveAudit: number | undefined;
  contexts: ContextState;
  drbg: DrbgState;
}

/** Some state changed that an announced shut-down had kept: it is not in order any more (Part 1, 12.2.3.2). */
export function forgetShutdown(state: TpmState): void {
  state.orderly = 'none';
  state.savedPcr = undefined;
}
