/** What the run tells the debug console: prints, notes, traces of the TPM, and how it ended. */

import type { SourceLocation } from '../../emulator/common/frames';
import type { MachineEvent } from '../../emulator/common/machine';
import type { Stop } from '../../emulator/timeline/debugger';
import type { RunFailure } from '../../emulator/timeline/replayable';
import { decodeCommand, decodeResponse, renderMessage } from '../../emulator/tpm/codec';
import type { Context } from './handlers';
import type { LaunchError } from './launch';
import { problemText } from './launch';
import type { LiveRun } from './live-run';
import { toSource } from './sources';

type Category = 'console' | 'important' | 'stdout' | 'stderr';

/** One or more lines in the console, with a link to their place. */
export function tell(context: Context, category: Category, text: string, at?: SourceLocation): void {
  const { client } = context;
  context.event('output', {
    category,
    output: text.endsWith('\n') ? text : text + '\n',
    ...(at && {
      source: toSource(client, at.source),
      line: at.range.line + client.lineOffset,
      column: at.range.column + client.columnOffset,
    }),
  });
}

export function tellEvent(context: Context, trace: boolean, event: MachineEvent, at: SourceLocation | undefined): void {
  if (event.kind === 'output') {
    const category = { print: 'stdout', note: 'console', warning: 'important' } as const;
    tell(context, category[event.category], event.text, at);
  } else if (trace && event.kind === 'tpm command') {
    tell(context, 'console', renderMessage(decodeCommand(event.bytes)), at);
  } else if (trace && event.kind === 'tpm response') {
    tell(context, 'console', renderMessage(decodeResponse(event.bytes, event.command)), at);
  }
}

/** Tells the outcome and ends the session. */
export function endOfRun(context: Context, run: LiveRun, stop: Stop): void {
  run.ended = true;
  const outcome = stop.outcome ?? { kind: 'passed' };
  const name = `scenario "${run.launched.name}"`;
  if (outcome.kind === 'passed') {
    // Clients paint `console` as a warning.
    tell(context, 'stdout', context.client.colours ? `\x1b[32mpassed\x1b[0m: ${name}` : `passed: ${name}`);
  } else {
    tell(context, 'stderr', failureText(outcome.failure), outcome.failure.location);
    tell(context, 'stderr', outcome.kind === 'failed' ? `failed: ${name}` : `error: ${name}`);
  }
  // The codes of `pef run`.
  const exitCode = { passed: 0, failed: 1, error: 3 }[outcome.kind];
  context.event('exited', { exitCode });
  context.event('terminated');
  void run.dispose();
}

/** A failure with its place and the calls that led to it. */
export function failureText({ code, message, location, stack }: RunFailure): string {
  const place = (at: SourceLocation) =>
    `${at.source.kind === 'file' ? at.source.path : at.source.name}:${at.range.line}:${at.range.column}`;
  return [
    `${location ? place(location) + ': ' : ''}${code}: ${message}`,
    ...stack.map((frame) => `    at ${frame.name}${frame.location ? ` (${place(frame.location)})` : ''}`),
  ].join('\n');
}

/** The errors of a scenario that cannot run, each with a link. */
export function tellProblems(context: Context, error: LaunchError): void {
  for (const problem of error.problems) {
    tell(context, problem.severity === 'error' ? 'stderr' : 'important', problemText(problem), {
      source: { kind: 'file', path: problem.path },
      range: problem.range,
    });
  }
}
