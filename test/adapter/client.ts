/** A small client over a session's own message interface, in memory; and transcripts that a reader can compare. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Launched, LaunchArguments } from '../../extension/adapter/launch';
import { PefDebugSession, type SessionOptions } from '../../extension/adapter/session';
import { FakeRun, type FakeOptions, type Program } from '../timeline/fake';

export interface Answer {
  readonly success: boolean;
  readonly command: string;
  readonly message?: string;
  readonly body: ReturnType<typeof JSON.parse>;
}

export class Client {
  readonly session: PefDebugSession;
  readonly events: DebugProtocol.Event[] = [];
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #watchers = new Set<() => void>();
  /** Answers by request: exactly one each is right. */
  readonly answers = new Map<number, number>();
  #seq = 0;

  constructor(options: SessionOptions = {}) {
    this.session = new PefDebugSession(options);
    this.session.onDidSendMessage((sent) => {
      // What goes out must survive the wire.
      const message = JSON.parse(JSON.stringify(sent)) as DebugProtocol.ProtocolMessage;
      if (message.type === 'event') this.events.push(message as DebugProtocol.Event);
      else {
        const { request_seq: seq, ...rest } = message as DebugProtocol.Response;
        this.answers.set(seq, (this.answers.get(seq) ?? 0) + 1);
        this.#waiting.get(seq)?.(rest as Answer);
      }
      for (const watcher of this.#watchers) watcher();
    });
  }

  /** Sends a request; its answer, whether success or not. */
  ask(command: string, args?: unknown): Promise<Answer> {
    const seq = ++this.#seq;
    return new Promise((resolve) => {
      this.#waiting.set(seq, resolve);
      this.session.handleMessage({ seq, type: 'request', command, arguments: args } as DebugProtocol.Request);
    });
  }

  /** The body of a request that must succeed. */
  async body(command: string, args?: unknown): Promise<Answer['body']> {
    const answer = await this.ask(command, args);
    if (!answer.success) throw new Error(`${command}: ${errorText(answer)}`);
    return answer.body;
  }

  /** The next event of one of these kinds that was not taken yet. */
  async event(...names: string[]): Promise<DebugProtocol.Event> {
    for (;;) {
      const index = this.events.findIndex((event) => names.includes(event.event));
      const [found] = index < 0 ? [] : this.events.splice(index, 1);
      if (found) return found;
      await new Promise<void>((resolve) => {
        const watcher = () => {
          this.#watchers.delete(watcher);
          resolve();
        };
        this.#watchers.add(watcher);
      });
    }
  }

  /** Initializes, launches, and gives the breakpoints before the run starts. */
  async launch(args: object, configure: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    await this.body('initialize', { adapterID: 'pef', linesStartAt1: true, columnsStartAt1: true });
    await this.body('launch', { program: '/w/fake.pef', ...args });
    await this.event('initialized');
    await configure();
    await this.body('configurationDone');
  }

  /** Waits for the stop or the end that a movement leads to; in words. */
  async stop(): Promise<string> {
    const event = await this.event('stopped', 'terminated');
    if (event.event === 'terminated') return 'terminated';
    const { reason, description } = event.body as { reason: string; description: string };
    return `${reason}: ${description} @ ${await this.place()}`;
  }

  /** A request that moves, and where it led. */
  async go(command: string, args: object = {}): Promise<string> {
    await this.body(command, { threadId: 1, ...args });
    return this.stop();
  }

  /** The stack as `name file:line`, innermost first; what only borrows its place from another frame shows none. */
  async stack(): Promise<string[]> {
    const { stackFrames } = (await this.body('stackTrace', { threadId: 1 })) as {
      stackFrames: DebugProtocol.StackFrame[];
    };
    const place = ({ source, line }: DebugProtocol.StackFrame) =>
      source && source.presentationHint !== 'deemphasize' ? ` ${source.name}:${line}` : '';
    return stackFrames.map((frame) => frame.name + place(frame));
  }

  async place(): Promise<string> {
    return (await this.stack()).join(' < ');
  }

  async frameId(index = 0): Promise<number> {
    const { stackFrames } = await this.body('stackTrace', { threadId: 1 });
    return stackFrames[index].id as number;
  }

  /** Bytes of memory in hexadecimal; empty where there are none. */
  async memory(memoryReference: string, count: number): Promise<string> {
    const { data = '' } = (await this.body('readMemory', { memoryReference, count })) as { data?: string };
    return Buffer.from(data, 'base64').toString('hex');
  }

  /** The reference of a scope of the innermost frame, or another. */
  async scopeReference(name: string, frame = 0): Promise<number> {
    const { scopes } = (await this.body('scopes', { frameId: await this.frameId(frame) })) as {
      scopes: DebugProtocol.Scope[];
    };
    const scope = scopes.find((each) => each.name === name);
    if (!scope) throw new Error(`no scope ${name}; there are ${scopes.map((each) => each.name).join(', ')}`);
    return scope.variablesReference;
  }

  /** Variables of a scope of a frame, as `name = value`, unfolded to a depth. */
  async scope(name: string, depth = 0, frame = 0): Promise<string[]> {
    return this.tree(await this.scopeReference(name, frame), depth);
  }

  async tree(variablesReference: number, depth: number, indent = ''): Promise<string[]> {
    const { variables } = await this.body('variables', { variablesReference });
    const lines: string[] = [];
    for (const variable of variables as DebugProtocol.Variable[]) {
      lines.push(`${indent}${variable.name} = ${variable.value}`);
      if (depth > 0 && variable.variablesReference > 0) {
        lines.push(...(await this.tree(variable.variablesReference, depth - 1, indent + '  ')));
      }
    }
    return lines;
  }

  /** Text that was sent to the console, by category. */
  output(category?: string): string {
    return this.events
      .filter((event) => event.event === 'output')
      .map((event) => event.body as DebugProtocol.OutputEvent['body'])
      .filter((body) => category === undefined || body.category === category)
      .map((body) => body.output)
      .join('');
  }
}

export function errorText(answer: Answer): string {
  const error = answer.body?.error as DebugProtocol.Message | undefined;
  return error?.format.replace(/\{(\w+)\}/g, (_all, name: string) => error.variables?.[name] ?? '') ?? '';
}

/** A launch that makes fake runs. */
export function fakeLaunch(program: Program, options?: FakeOptions, seen?: (args: LaunchArguments) => void) {
  return (args: LaunchArguments): Promise<Launched> => {
    seen?.(args);
    const target = new FakeRun(program, options);
    for (let n = 0; n < 1000 && target.status === 'running'; n++) target.step(100);
    target.reset();
    return Promise.resolve({ target, name: 'fake', warnings: [], dispose: () => Promise.resolve() });
  };
}
