/** `pef run`: runs the scenarios of a file and tells what happened. */

import { resolve } from 'node:path';
import type { MachineEvent, Profile } from '../../emulator/common/machine';
import { InputError } from '../../emulator/common/errors';
import type { Machine } from '../../emulator/machine';
import { type LoadedScenario, loadScenario } from '../../emulator/scenario/load';
import { ScenarioRun } from '../../emulator/scenario/run';
import { Pacer } from '../../emulator/timeline/pacer';
import { diskFiles, workspaceOf } from '../../extension/adapter/files';
import { type Command, EXIT, type Io } from '../command';
import { makeMachine } from '../machine';
import { numeric, oneOf, options } from '../options';
import { shown } from '../text';
import { diagnosticLine } from './check';
import { type Reporter, type ScenarioResult, jsonReporter, junitReporter, textReporter } from '../report';

const DEFAULT_TIMEOUT_S = 300;

const HELP = `usage: pef run FILE [OPTIONS]

Runs the scenarios of FILE and shows each call, each TPM exchange and the result.

  --scenario NAME    only this scenario
  --format FORMAT    text (default), json, or junit
  --profile PROFILE  spec or shipped, in place of the file's
  --seed SEED        in place of the file's
  --quiet            only prints, warnings and results
  --timeout SECONDS  for each scenario; a longer one fails (default ${DEFAULT_TIMEOUT_S})
  --tpm-timeout SECONDS  for each command of an external TPM (default 30)

Exit code: 0 all passed, 1 one failed, 2 the file has errors, 3 a back end failed.
`;

/** Milliseconds between two looks at the keyboard. */
const SLICE_MS = 20;

export const runCommand: Command = {
  name: 'run',
  summary: 'run the scenarios of a file',
  help: HELP,
  run: async (args, io) => {
    const { values, positionals } = options(
      args,
      {
        scenario: { type: 'string' },
        format: { type: 'string', default: 'text' },
        profile: { type: 'string' },
        seed: { type: 'string' },
        quiet: { type: 'boolean', default: false },
        timeout: { type: 'string', default: `${DEFAULT_TIMEOUT_S}` },
        'tpm-timeout': { type: 'string', default: '30' },
      },
      { min: 1, max: 1, what: 'the name of a scenario file' },
    );
    const file = positionals[0] ?? '';
    const format = oneOf('format', values.format, ['text', 'json', 'junit'] as const);
    const profile =
      values.profile === undefined ? undefined : oneOf('profile', values.profile, ['spec', 'shipped'] as const);
    const timeoutMs = numeric('timeout', values.timeout, 0.001, 1e6) * 1000;
    const tpmTimeoutMs = numeric('tpm-timeout', values['tpm-timeout'], 0.001, 1e6) * 1000;

    const loaded = await load(file, io);
    if (!loaded) return EXIT.badInput;
    const names = chosen(loaded, values.scenario);
    const reporter = { text: textReporter, json: jsonReporter, junit: junitReporter }[format](file, io, values.quiet);
    const results: ScenarioResult[] = [];
    for (const index of names) {
      const run = { loaded, index, profile, seed: values.seed, timeoutMs, tpmTimeoutMs };
      results.push(await runOne(run, reporter, io));
      if (io.signal.aborted) break;
    }
    reporter.end(results);
    if (results.some((result) => result.outcome.kind === 'error')) return EXIT.backEnd;
    return results.every((result) => result.outcome.kind === 'passed') ? EXIT.passed : EXIT.failed;
  },
};

/** The file, checked; its diagnostics go to standard error. */
async function load(file: string, io: Io): Promise<LoadedScenario | undefined> {
  const path = resolve(file);
  const loaded = await loadScenario(path, diskFiles(workspaceOf(path, process.cwd())));
  for (const diagnostic of loaded.diagnostics) {
    io.error(`${diagnosticLine(diagnostic)}\n`);
  }
  return loaded.kind === 'loaded' ? loaded : undefined;
}

/** Positions of the scenarios to run. @throws InputError `no-scenario` */
function chosen(loaded: LoadedScenario, name: string | undefined): number[] {
  const all = loaded.scenarios.map((_, index) => index);
  if (all.length === 0) {
    throw new InputError('no-scenario', `${shown(loaded.path)} has no scenario; write: scenario "name" { ... }`);
  }
  if (name === undefined) return all;
  const index = loaded.scenarios.indexOf(name);
  if (index < 0) {
    const list = loaded.scenarios.map((each) => `"${each}"`).join(', ');
    throw new InputError('no-scenario', `there is no scenario "${name}"; the file has ${list}`);
  }
  return [index];
}

interface RunRequest {
  readonly loaded: LoadedScenario;
  readonly index: number;
  readonly profile: Profile | undefined;
  readonly seed: string | undefined;
  readonly timeoutMs: number;
  readonly tpmTimeoutMs: number;
}

async function runOne(request: RunRequest, reporter: Reporter, io: Io): Promise<ScenarioResult> {
  let machine: Machine | undefined;
  const run = new ScenarioRun(request.loaded, {
    scenario: request.index,
    profile: request.profile,
    seed: request.seed,
    machine: (config) => (machine = makeMachine(config, request.tpmTimeoutMs)),
  });
  reporter.begin(run.name);
  const began = performance.now();
  try {
    const stopped = await drive(run, request.timeoutMs, io.signal, (event) => {
      reporter.event(event, run);
    });
    const outcome = run.outcome ?? { kind: 'failed', failure: stopped ?? { code: 'stopped', message: '', stack: [] } };
    const result = {
      name: run.name,
      outcome,
      instructions: machine?.cpu.instructions ?? 0,
      ticks: run.tick,
      milliseconds: performance.now() - began,
    };
    reporter.scenario(result);
    return result;
  } finally {
    await machine?.dispose();
  }
}

/** Runs to the end; answers with a failure when time ran out or the user stopped it. */
async function drive(
  run: ScenarioRun,
  timeoutMs: number,
  signal: AbortSignal,
  happened: (event: MachineEvent) => void,
) {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const pacer = new Pacer();
  let strideBegan = performance.now();
  let sliceEnd = strideBegan + SLICE_MS;
  while (run.status !== 'finished' && !limit.aborted) {
    if (run.status === 'waiting') await run.service(limit);
    else run.step(pacer.ticks, 'event').forEach(happened);
    const now = performance.now();
    pacer.took(now - strideBegan);
    strideBegan = now;
    if (now > sliceEnd) {
      await new Promise((next) => setImmediate(next));
      strideBegan = performance.now();
      sliceEnd = strideBegan + SLICE_MS;
    }
  }
  if (run.status === 'finished') return undefined;
  const stack = run.frames();
  const location = stack.find((frame) => frame.location?.source.kind === 'file')?.location;
  return signal.aborted
    ? { code: 'interrupted', message: 'The run was interrupted.', location, stack }
    : {
        code: 'timeout',
        message: `The scenario did not end within ${timeoutMs / 1000} s; --timeout sets the limit.`,
        location,
        stack,
      };
}
