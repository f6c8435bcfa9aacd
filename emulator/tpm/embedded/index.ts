/**
 * The embedded TPM 2.0: no process, no file; deterministic from the scenario's seed, its whole state plain data.
 *
 * A command family is one file with its handlers; dispatch.ts checks what all commands have in common. Commands without
 * a handler answer TPM_RC_COMMAND_CODE.
 */

import { HmacDrbg } from '../../common/drbg';
import type { EmbeddedDevice } from '../device';
import { ASYMMETRIC_HANDLERS } from './asymmetric';
import { CAPABILITY_HANDLERS } from './capability';
import { CONTEXT_HANDLERS, NEW_CONTEXTS } from './context';
import { CREATE_HANDLERS } from './create';
import { dispatch, type Handlers } from './dispatch';
import { newHierarchies, newLockoutAuth, NEW_LOCKOUT } from './hierarchy';
import { copyPcrs, INTEGRITY_HANDLERS, resetPcrs } from './integrity';
import { OBJECT_HANDLERS } from './object';
import { POLICY_HANDLERS } from './policy';
import { RANDOM_HANDLERS } from './random';
import { SESSION_HANDLERS } from './session-commands';
import { STARTUP_HANDLERS } from './startup';
import type { TpmState } from './state';
import { TESTING_HANDLERS } from './testing';

export {
  provisionWrappingKey,
  WRAPPING_KEY,
  WRAPPING_KEY_PARENT,
  type ProvisionOptions,
  type WrappingKeyInfo,
} from './provision';

const HANDLERS: Handlers = {
  ...STARTUP_HANDLERS,
  ...TESTING_HANDLERS,
  ...CAPABILITY_HANDLERS,
  ...RANDOM_HANDLERS,
  ...INTEGRITY_HANDLERS,
  ...SESSION_HANDLERS,
  ...POLICY_HANDLERS,
  ...CREATE_HANDLERS,
  ...OBJECT_HANDLERS,
  ...ASYMMETRIC_HANDLERS,
  ...CONTEXT_HANDLERS,
};

export interface EmbeddedOptions {
  /** Whether the firmware has started the TPM with TPM_SU_CLEAR, as a machine's firmware does; true by default. */
  readonly started?: boolean;
}

export class EmbeddedTpm implements EmbeddedDevice {
  readonly kind = 'embedded';
  readonly #drbg: HmacDrbg;
  #state: TpmState;

  /** @param seed all randomness of the TPM comes from it */
  constructor(seed: string, { started = true }: EmbeddedOptions = {}) {
    this.#drbg = HmacDrbg.fromSeed(seed, 'embedded tpm');
    this.#state = {
      started,
      // A new TPM counts as one that was shut down in order.
      orderly: started ? 'none' : 'clear',
      wasOrderly: true,
      pcr: resetPcrs(0),
      savedPcr: undefined,
      hierarchies: newHierarchies(HmacDrbg.fromSeed(seed, 'embedded tpm: seeds of a new TPM')),
      lockoutAuth: newLockoutAuth(),
      lockout: NEW_LOCKOUT,
      objects: [],
      persistent: {},
      sessions: {},
      exclusiveAudit: undefined,
      contexts: NEW_CONTEXTS,
      drbg: this.#drbg.save(),
    };
  }

  execute(command: Uint8Array): Uint8Array<ArrayBuffer> {
    return dispatch(command, this.#state, this.#drbg, HANDLERS);
  }

  /** Reset or power cycle (_TPM_Init, Part 1, 12.2.2): the next command must be TPM2_Startup. */
  init(): void {
    this.#state.started = false;
  }

  save(): TpmState {
    return { ...copyState(this.#state), drbg: this.#drbg.save() };
  }

  restore(state: unknown): void {
    // Only what save() gave comes back here: the machine's own checkpoints.
    const saved = state as TpmState;
    this.#state = copyState(saved);
    this.#drbg.restore(saved.drbg);
  }
}

/** Its own copy of everything that commands change in place; the rest is replaced whole. */
function copyState(state: TpmState): TpmState {
  const sessions = Object.entries(state.sessions).map(([number, session]) => [number, { ...session }] as const);
  return {
    ...state,
    pcr: copyPcrs(state.pcr),
    savedPcr: state.savedPcr && copyPcrs(state.savedPcr),
    hierarchies: { ...state.hierarchies },
    objects: [...state.objects],
    sessions: Object.fromEntries(sessions),
  };
}

/** The machine's own TPM, started by its firmware. */
export function createEmbeddedTpm(seed: string, options?: EmbeddedOptions): EmbeddedTpm {
  return new EmbeddedTpm(seed, options);
}

/** Names of the commands that the embedded TPM knows. */
export function embeddedCommands(): readonly string[] {
  return Object.keys(HANDLERS);
}
