/** Launching for real: the scenario file, its machine, and a TPM outside when the scenario asks for one. */

import type { SourceLocation } from '../../emulator/common/frames';
import { Machine } from '../../emulator/machine';
import { loadScenario, type FileProvider, type LoadedScenario } from '../../emulator/scenario/load';
import { ScenarioRun } from '../../emulator/scenario/run';
import { createExternalDevice } from '../../emulator/tpm/devices/index';
import { diskFiles } from './files';
import { closingBrace } from './scenario-end';
import { LaunchError, type LaunchArguments, type Launched } from './launch';
import { nodePageCiphers } from './node-page-ciphers';

/** Bytes of a file that is looked through for the scenario's end. */
const LONGEST_TEXT = 4 * 1024 * 1024;

/** @throws LaunchError for a scenario with errors; InputError for an unknown scenario or an impossible machine */
export async function launchScenario(options: LaunchArguments): Promise<Launched> {
  const { program, workspace, scenario, profile, seed, timeoutMs } = options;
  const files = diskFiles(workspace);
  const loaded = await loadScenario(program, files);
  if (loaded.kind === 'refused') throw new LaunchError(loaded.diagnostics);
  let machine: Machine | undefined;
  const target = new ScenarioRun(loaded, {
    ...(scenario !== undefined && { scenario }),
    ...(profile && { profile }),
    ...(seed !== undefined && { seed }),
    machine: (config) => {
      machine = new Machine(config, {
        externalTpm: (choice) => createExternalDevice(choice, { timeoutMs }),
        pageCiphers: nodePageCiphers(),
      });
      return machine;
    },
  });
  const end = await endOf(loaded, target.name, files);
  return {
    target,
    name: target.name,
    ...(end && { end }),
    warnings: loaded.diagnostics,
    dispose: async () => {
      await machine?.dispose();
    },
  };
}

async function endOf(loaded: LoadedScenario, name: string, files: FileProvider): Promise<SourceLocation | undefined> {
  const place = loaded.program.scenarios.find((each) => each.name === name)?.place;
  const text = place && (await files.read(place.path, LONGEST_TEXT));
  if (!place || !(text instanceof Uint8Array)) return undefined;
  return closingBrace(new TextDecoder().decode(text), place.path, place.range.line);
}
