/** What a launch is given, and what it gives: a run to debug, or the reasons why there is none. */

import { basename } from 'node:path';
import { PefError, type TextRange } from '../../emulator/common/errors';
import type { SourceLocation } from '../../emulator/common/frames';
import type { Profile } from '../../emulator/common/machine';
import type { DebugTarget } from '../../emulator/timeline/replayable';
import type { Args } from './arguments';
import { toPath, workspaceOf } from './files';

/** The attributes of a launch configuration. */
export interface LaunchArguments {
  /** Path of the scenario file. */
  readonly program: string;
  /** Name of the scenario; the first one when missing. */
  readonly scenario: string | undefined;
  readonly stopOnEntry: boolean;
  /** Stop once more when the scenario has ended. */
  readonly stopOnEnd: boolean;
  readonly noDebug: boolean;
  readonly profile: Profile | undefined;
  readonly seed: string | undefined;
  /** How long a TPM outside the machine may take, in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Show each TPM exchange in the console. */
  readonly trace: boolean;
  /** Folder that relative paths in scenarios may not leave. */
  readonly workspace: string;
}

export interface Launched {
  readonly target: DebugTarget;
  /** Name of the scenario. */
  readonly name: string;
  /** Where the scenario's text ends, if that is known. */
  readonly end?: SourceLocation;
  /** Warnings about the file. */
  readonly warnings: readonly Problem[];
  /** Ends connections to the outside. Never rejects. */
  dispose(): Promise<void>;
}

/** Something wrong in a file. */
export interface Problem {
  readonly path: string;
  readonly range: TextRange;
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

export type Launch = (options: LaunchArguments) => Promise<Launched>;

/** A scenario that cannot run; the message shows the first error, for the list can be long and is told elsewhere. */
export class LaunchError extends PefError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const each = [...new Map(problems.map((problem) => [problemText(problem), problem])).values()];
    const errors = each.filter((problem) => problem.severity === 'error');
    const [first] = errors;
    const place = first ? `${basename(first.path)}:${first.range.line}:${first.range.column}: ${first.message}` : '';
    const more =
      errors.length > 1 ? `\nand ${errors.length - 1} more; the Debug Console and the Problems view list them.` : '';
    super('scenario-errors', `The scenario has errors. ${place}${more}`);
    this.problems = each;
  }
}

/** `file:line:column: severity code: sentence`. */
export function problemText({ path, range, severity, code, message }: Problem): string {
  return `${path}:${range.line}:${range.column}: ${severity} ${code}: ${message}`;
}

/** @throws InputError for arguments that are missing or wrong */
export function launchArguments(args: Args): LaunchArguments {
  const program = toPath(args.text('program'));
  return {
    program,
    scenario: args.optionalText('scenario') || undefined,
    stopOnEntry: args.flag('stopOnEntry'),
    stopOnEnd: args.flag('stopOnEnd'),
    noDebug: args.flag('noDebug'),
    profile: profileOf(args.optionalText('profile')),
    seed: args.optionalText('seed'),
    timeoutMs: args.optionalInteger('timeoutMs', { min: 1, max: 86_400_000 }),
    trace: args.flag('trace'),
    workspace: workspaceOf(program, args.optionalText('workspaceFolder') ?? args.optionalText('cwd')),
  };
}

function profileOf(text: string | undefined): Profile | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === 'spec' || text === 'shipped') return text;
  throw new PefError('bad-profile', `There is no profile '${text.slice(0, 80)}'; it is spec or shipped.`);
}
