/** Launching for real: the scenario file, its machine, and a TPM outside when the scenario asks for one. */

import { Machine } from '../../emulator/machine';
import { loadScenario } from '../../emulator/scenario/load';
import { ScenarioRun } from '../../emulator/scenario/run';
import { createExternalDevice } from '../../emulator/tpm/devices/index';
import { diskFiles } from './files';
import { LaunchError, type LaunchArguments, type Launched } from './launch';

/** @throws LaunchError for a scenario with errors; InputError for an unknown scenario or an impossible machine */
export async function launchScenario(options: LaunchArguments): Promise<Launched> {
  const { program, workspace, scenario, profile, seed, timeoutMs } = options;
  const loaded = await loadScenario(program, diskFiles(workspace));
  if (loaded.kind === 'refused') throw new LaunchError(loaded.diagnostics);
  let machine: Machine | undefined;
  const target = new ScenarioRun(loaded, {
    ...(scenario !== undefined && { scenario }),
    ...(profile && { profile }),
    ...(seed !== undefined && { seed }),
    machine: (config) => {
      machine = new Machine(config, { externalTpm: (choice) => createExternalDevice(choice, { timeoutMs }) });
      return machine;
    },
  });
  return {
    target,
    name: target.name,
    warnings: loaded.diagnostics,
    dispose: async () => {
      await machine?.dispose();
    },
  };
}
