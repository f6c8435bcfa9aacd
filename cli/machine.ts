/** Machines of this process: with the devices that Node can reach, and its cryptography. */

import type { MachineConfig, TpmChoice } from '../emulator/common/machine';
import { InputError } from '../emulator/common/errors';
import { Machine } from '../emulator/machine';
import type { ExternalDevice } from '../emulator/tpm/device';
import { createExternalDevice } from '../emulator/tpm/devices';
import { nodePageCiphers } from '../extension/adapter/node-page-ciphers';

/** @param timeoutMs limit of one TPM command */
export function makeMachine(config: MachineConfig, timeoutMs?: number): Machine {
  return new Machine(config, {
    externalTpm: (choice) => externalTpm(choice, timeoutMs),
    pageCiphers: nodePageCiphers(),
  });
}

function externalTpm(choice: TpmChoice, timeoutMs?: number): ExternalDevice {
  if (choice.kind === 'none' || choice.kind === 'embedded') {
    throw new InputError('no-device', `tpm ${choice.kind} has no device.`);
  }
  return createExternalDevice(choice, timeoutMs === undefined ? {} : { timeoutMs });
}
