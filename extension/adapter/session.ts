/**
 * A debug session: requests in, one response each and events out. Serves an editor inline (`handleMessage`,
 * `onDidSendMessage`) and a byte stream (`start`). It holds no state that another session sees.
 */

import { DebugSession, Event, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PassThrough } from 'node:stream';
import { InputError, PefError } from '../../emulator/common/errors';
import { BreakpointTable } from '../../emulator/timeline/breakpoints';
import { Args } from './arguments';
import { breakpointHandlers, toBreakpoint } from './breakpoints';
import { CAPABILITIES } from './capabilities';
import { disassemblyHandlers } from './disassembly';
import { evaluateHandlers } from './evaluate';
import { executionHandlers, move } from './execution';
import { MessageReader } from './framing';
import {
  QuietError,
  THREAD,
  messageBody,
  type Client,
  type Context,
  type Handler,
  type Handlers,
  type Reply,
} from './handlers';
import { Numbers } from './inspection';
import { LaunchError, launchArguments, type Launch, type LaunchArguments } from './launch';
import { LiveRun } from './live-run';
import { memoryHandlers } from './memory';
import { problemText } from './launch';
import { tell, tellEvent, tellProblems } from './output';
import { scopeHandlers } from './scopes';
import { sourceHandlers } from './sources';
import { stackHandlers } from './stack';
import { launchScenario } from './scenario-launch';

export interface SessionOptions {
  /** How a run is made; tests give their own. */
  readonly launch?: Launch;
  /** Called once when the client is gone or has disconnected. */
  readonly closed?: () => void;
}

export class PefDebugSession extends DebugSession implements Context {
  readonly client: Client = {
    lineOffset: 0,
    columnOffset: 0,
    pathsAreUris: false,
    progress: false,
    memoryEvents: false,
    invalidatedEvents: false,
    colours: false,
  };
  readonly breakpoints = new BreakpointTable();
  readonly #numbers = new Numbers();
  readonly #launch: Launch;
  readonly #closed: () => void;
  readonly #handlers: Handlers;
  #initialized = false;
  #run: LiveRun | undefined;
  #phase: 'new' | 'launching' | 'configuring' | 'live' | 'over' = 'new';

  constructor(options: SessionOptions = {}) {
    super();
    this.#launch = options.launch ?? launchScenario;
    let told = false;
    this.#closed = () => {
      if (!told) options.closed?.();
      told = true;
    };
    this.#handlers = {
      ...executionHandlers,
      ...breakpointHandlers,
      ...stackHandlers,
      ...scopeHandlers,
      ...evaluateHandlers,
      ...memoryHandlers,
      ...disassemblyHandlers,
      ...sourceHandlers,
      initialize: (_context, args) => this.#initialize(args),
      launch: (_context, args) => this.#start(args),
      configurationDone: () => this.#configurationDone(),
      restart: (_context, args) => this.#restart(args),
      terminate: () => this.#terminate(),
      disconnect: () => this.#disconnect(),
    };
  }

  // --- context of the handlers --------------------------------------------------------------------------------------

  live(): LiveRun | undefined {
    return this.#run?.ended === false ? this.#run : undefined;
  }

  run(): LiveRun {
    const run = this.live();
    if (run) return run;
    // Quiet, because the client could not know: its request and the end of the run crossed on the way.
    throw this.#phase === 'over' || this.#run
      ? new QuietError('ended', 'The run has ended; start it again.')
      : new InputError('not-launched', 'There is no run yet; send launch first.');
  }

  still(): LiveRun {
    const run = this.run();
    if (run.debugger.running) throw new InputError('running', 'The scenario is running; pause it first.');
    return run;
  }

  event(name: string, body?: object): void {
    this.sendEvent(new Event(name, body));
  }

  invalidate(): void {
    if (this.client.invalidatedEvents) this.event('invalidated', { areas: ['all'] });
  }

  // --- messages -----------------------------------------------------------------------------------------------------

  /** Serves a byte stream until it ends. */
  override start(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): void {
    // The base class writes; reading is ours, because what comes in may be anything.
    super.start(new PassThrough(), output);
    const reader = new MessageReader({
      message: (value) => this.handleMessage(value as DebugProtocol.ProtocolMessage),
      garbage: (sentence, fatal) => {
        tell(this, 'stderr', sentence);
        if (fatal) this.#gone();
      },
    });
    input.on('data', (chunk: Buffer) => reader.push(chunk));
    input.on('end', () => this.#gone());
    input.on('close', () => this.#gone());
    input.on('error', () => this.#gone());
    output.on('error', () => this.#gone());
  }

  override handleMessage(message: DebugProtocol.ProtocolMessage): void {
    const value: unknown = message;
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'request') {
      this.#serve(value as DebugProtocol.Request);
    }
  }

  /** A request whose handler is not asynchronous is served whole before the next one: no other can come between. */
  #serve(request: DebugProtocol.Request): void {
    const seq: unknown = request.seq;
    const command = typeof request.command === 'string' ? request.command : '';
    const response: DebugProtocol.Response = new Response({
      seq: typeof seq === 'number' ? seq : 0,
      type: 'request',
      command,
    });
    const done = (reply: Reply | undefined): void => {
      if (reply?.body) response.body = reply.body;
      this.sendResponse(response);
      reply?.after?.();
    };
    const failed = (error: unknown): void => {
      response.success = false;
      response.message = error instanceof PefError ? error.code : 'internal-error';
      response.body = messageBody(error, ERROR_ID);
      this.sendResponse(response);
    };
    let reply;
    try {
      reply = this.#handlerOf(command)(this, Args.of(request.arguments));
    } catch (error) {
      failed(error);
      return;
    }
    if (reply instanceof Promise) reply.then(done, failed);
    else done(reply);
  }

  #handlerOf(command: string): Handler {
    const handler = Object.hasOwn(this.#handlers, command) ? this.#handlers[command] : undefined;
    if (!handler)
      throw new InputError('unknown-request', `'${command.slice(0, 80)}' is no request that is known here.`);
    return handler;
  }

  // --- from the first request to the last ---------------------------------------------------------------------------

  #initialize(args: Args): Reply {
    if (this.#initialized) throw new InputError('initialized', 'The session is initialized already.');
    this.client.lineOffset = args.flag('linesStartAt1', true) ? 0 : -1;
    this.client.columnOffset = args.flag('columnsStartAt1', true) ? 0 : -1;
    this.client.pathsAreUris = args.optionalText('pathFormat') === 'uri';
    this.client.progress = args.flag('supportsProgressReporting');
    this.client.memoryEvents = args.flag('supportsMemoryEvent');
    this.client.invalidatedEvents = args.flag('supportsInvalidatedEvent');
    this.client.colours = args.flag('supportsANSIStyling');
    this.#initialized = true;
    return { body: CAPABILITIES };
  }

  async #start(args: Args): Promise<Reply> {
    if (!this.#initialized) throw new InputError('not-initialized', 'Send initialize first.');
    if (this.#phase !== 'new') throw new InputError('launched', 'There was a launch already; restart it instead.');
    const options = launchArguments(args);
    this.#phase = 'launching';
    try {
      await this.#load(options);
    } catch (error) {
      if (!this.#isOver()) this.#phase = 'new';
      throw error;
    }
    this.#phase = 'configuring';
    return { after: () => this.event('initialized') };
  }

  /** Makes a run and puts it in the place of the one before. */
  async #load(options: LaunchArguments): Promise<void> {
    let launched;
    try {
      launched = await this.#launch(options);
    } catch (error) {
      if (error instanceof LaunchError) tellProblems(this, error);
      throw error;
    }
    if (this.#isOver()) {
      await launched.dispose();
      throw new InputError('ended', 'The session has ended.');
    }
    for (const warning of launched.warnings) {
      tell(this, 'important', problemText(warning), {
        source: { kind: 'file', path: warning.path },
        range: warning.range,
      });
    }
    this.#run = new LiveRun(launched, options, this.breakpoints, this.#numbers, {
      happened: (event, at) => tellEvent(this, options.trace, event, at),
      log: (text, at) => tell(this, 'stdout', text, at),
      console: (text) => tell(this, 'stdout', text),
    });
  }

  #isOver(): boolean {
    return this.#phase === 'over';
  }

  #configurationDone(): Reply {
    if (this.#phase !== 'configuring') throw new InputError('not-configuring', 'There is no launch to be configured.');
    const run = this.run();
    this.#phase = 'live';
    return { after: () => this.#go(run) };
  }

  #go(run: LiveRun): void {
    const { noDebug, ...stops } = run.options;
    move(this, run, () => (noDebug ? run.debugger.runToEnd() : run.debugger.start(stops)));
  }

  async #restart(args: Args): Promise<Reply> {
    if (this.#phase !== 'live') throw new InputError('not-live', 'There is no run to restart.');
    const before = this.#run;
    if (!before) throw new InputError('not-live', 'There is no run to restart.');
    const options = args.has('arguments') ? launchArguments(args.object('arguments')) : before.options;
    this.#phase = 'launching';
    try {
      await before.dispose();
      await this.#load(options);
      this.#phase = 'live';
    } catch (error) {
      if (!this.#isOver()) this.#phase = 'live';
      // The run before is gone and there is no other: the session ends, after the answer that says why.
      setImmediate(() => this.event('terminated'));
      throw error;
    }
    const run = this.run();
    return {
      after: () => {
        for (const each of this.breakpoints.all()) {
          this.event('breakpoint', { reason: 'changed', breakpoint: toBreakpoint(this, each) });
        }
        // Without it VS Code goes on showing why the run before stood still.
        this.event('continued', { threadId: THREAD, allThreadsContinued: true });
        this.#go(run);
      },
    };
  }

  async #terminate(): Promise<Reply> {
    const run = this.live();
    if (!run) {
      // What has ended has said so already; what is being launched ends when it comes.
      const launching = this.#phase === 'launching';
      if (launching) this.#phase = 'over';
      return { after: () => launching && this.event('terminated') };
    }
    await run.dispose();
    return { after: () => this.event('terminated') };
  }

  async #disconnect(): Promise<Reply> {
    this.#phase = 'over';
    await this.#run?.dispose();
    return { after: () => this.#closed() };
  }

  /** The client is gone without a word. */
  #gone(): void {
    this.#phase = 'over';
    void this.#run?.dispose();
    this.#closed();
  }

  /** An editor that served it inline lets it go. */
  override dispose(): void {
    this.#gone();
  }

  /** The base class would end the process, which is not the session's to end. */
  override shutdown(): void {
    this.#gone();
  }
}

/** DAP wants a number; the code is in `message`. */
const ERROR_ID = 1;

/** What the extension makes for a session in its own process. */
export function createInlineAdapter(): PefDebugSession {
  return new PefDebugSession();
}
