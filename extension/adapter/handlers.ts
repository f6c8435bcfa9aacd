/** What a request handler is given and gives back. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { InputError } from '../../emulator/common/errors';
import type { BreakpointTable } from '../../emulator/timeline/breakpoints';
import type { Args } from './arguments';
import type { LiveRun } from './live-run';

/** What the client said about itself. */
export interface Client {
  /** What is added to our one-based numbers: 0, or -1 for a client that counts from 0. */
  lineOffset: number;
  columnOffset: number;
  pathsAreUris: boolean;
  progress: boolean;
  memoryEvents: boolean;
  invalidatedEvents: boolean;
  /** Its console understands escape sequences for colours. */
  colours: boolean;
}

export interface Reply {
  readonly body?: object;
  /** Done after the response is sent: starts what sends events. */
  readonly after?: () => void;
}

/** The session as handlers see it. */
export interface Context {
  readonly client: Client;
  /** They outlive a restart. */
  readonly breakpoints: BreakpointTable;
  /** The run between launch and end. */
  live(): LiveRun | undefined;
  /** @throws InputError before the launch and, quietly, after the end */
  run(): LiveRun;
  /** The run, standing still. @throws InputError also while it moves */
  still(): LiveRun;
  event(name: string, body?: object): void;
  /** Tells the client that values changed under its hands. */
  invalidate(): void;
}

export type Handler = (context: Context, args: Args) => Reply | undefined | Promise<Reply | undefined>;
export type Handlers = Readonly<Record<string, Handler>>;

/** The first thread, on which the scenario acts. The hardware threads are numbered from it. */
export const THREAD = 1;

/**
 * The hardware thread that a request names, from 0.
 *
 * @throws InputError for one that the machine does not have
 */
export function hardwareThread(context: Context, args: Args): number {
  const thread = args.integer('threadId', { min: -(2 ** 53) + 1 });
  const count = context.live()?.target.machine.threads.count ?? 1;
  if (thread < THREAD || thread >= THREAD + count) {
    const which = count === 1 ? `the only one is ${THREAD}` : `they are ${THREAD} to ${THREAD + count - 1}`;
    throw new InputError('unknown-thread', `There is no thread ${thread}; ${which}.`);
  }
  return thread - THREAD;
}

export function messageBody(error: unknown, id: number): { readonly error: DebugProtocol.Message } {
  const text = error instanceof Error ? error.message : String(error);
  // Braces would be taken for variables of the format.
  return { error: { id, format: '{text}', variables: { text }, showUser: !(error instanceof QuietError) } };
}

/** An error that is no news to the user: an unknown word under the mouse, a value that is gone. */
export class QuietError extends InputError {}
