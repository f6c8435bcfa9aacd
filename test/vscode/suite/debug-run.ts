/** A debug session of a test: its stops in order, and the requests that VS Code makes for its views. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, lineOf, openExample } from './helpers';

const THREAD = 1;

export class DebugRun {
  readonly #events: DebugProtocol.Event[] = [];
  #seen = 0;

  private constructor(
    readonly session: vscode.DebugSession,
    events: DebugProtocol.Event[],
  ) {
    this.#events = events;
  }

  /**
   * Starts debugging and waits for the session, not for its first stop.
   * @param config `undefined` presses F5 in place of a launch configuration
   */
  static async start(config?: vscode.DebugConfiguration): Promise<DebugRun> {
    const events: DebugProtocol.Event[] = [];
    const tracker = vscode.debug.registerDebugAdapterTrackerFactory('pef', {
      createDebugAdapterTracker: () => ({
        onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
          if (message.type === 'event') events.push(message as DebugProtocol.Event);
        },
      }),
    });
    try {
      const started = new Promise<vscode.DebugSession>((resolve) => {
        const listener = vscode.debug.onDidStartDebugSession((session) => {
          listener.dispose();
          resolve(session);
        });
      });
      if (config) {
        const [folder] = vscode.workspace.workspaceFolders ?? [];
        assert.equal(await vscode.debug.startDebugging(folder, config), true);
      } else {
        await vscode.commands.executeCommand('workbench.action.debug.start');
      }
      return new DebugRun(await started, events);
    } finally {
      // A tracker that a session has stays with it.
      tracker.dispose();
    }
  }

  /** The next stop that was not taken yet; fails when the scenario ends first. */
  async stop(): Promise<DebugProtocol.StoppedEvent['body']> {
    const event = await eventually('a stop', () => {
      const next = this.#events.findIndex(({ event }, i) => i >= this.#seen && /^(stopped|terminated)$/.test(event));
      if (next < 0) return undefined;
      this.#seen = next + 1;
      return this.#events[next];
    });
    assert.equal(event.event, 'stopped', `ended instead of stopping: ${this.output()}`);
    return (event as DebugProtocol.StoppedEvent).body;
  }

  async ended(): Promise<void> {
    await eventually('the end', () => this.#events.find(({ event }) => event === 'terminated'));
  }

  /** Text of the Debug Console. */
  output(): string {
    const outputs = this.#events.filter(({ event }) => event === 'output') as DebugProtocol.OutputEvent[];
    return outputs.map(({ body }) => body.output).join('');
  }

  /** Whether an event came, for instance `invalidated`. */
  saw(name: string): boolean {
    return this.#events.some(({ event }) => event === name);
  }

  async request<T = unknown>(command: string, args: object = {}): Promise<T> {
    return (await this.session.customRequest(command, args)) as T;
  }

  /** Moves and waits for the stop that follows. */
  async move(command: 'continue' | 'next' | 'stepIn' | 'stepOut' | 'stepBack' | 'reverseContinue', args: object = {}) {
    await this.request(command, { threadId: THREAD, ...args });
    return this.stop();
  }

  async frames(): Promise<DebugProtocol.StackFrame[]> {
    const { stackFrames } = await this.request<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: THREAD,
    });
    return stackFrames;
  }

  /** The innermost frame. */
  async top(): Promise<DebugProtocol.StackFrame> {
    const [frame] = await this.frames();
    assert.ok(frame, 'there is a frame');
    return frame;
  }

  async scopes(frameId?: number): Promise<DebugProtocol.Scope[]> {
    const id = frameId ?? (await this.top()).id;
    return (await this.request<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: id })).scopes;
  }

  async children(variablesReference: number): Promise<DebugProtocol.Variable[]> {
    const body = await this.request<DebugProtocol.VariablesResponse['body']>('variables', { variablesReference });
    return body.variables;
  }

  /**
   * A variable by the names that lead to it, the scope first: `variable('Special', 'MSR', 'S')`.
   * Names match by their first word, because a name may carry a mark.
   */
  async variable(scope: string, ...names: string[]): Promise<DebugProtocol.Variable> {
    const scopes = await this.scopes();
    const found = scopes.find(({ name }) => name === scope);
    assert.ok(found, `scope ${scope} is one of ${scopes.map(({ name }) => name).join(', ')}`);
    let reference = found.variablesReference;
    let variable: DebugProtocol.Variable | undefined;
    for (const name of names) {
      const variables = await this.children(reference);
      variable = variables.find((each) => each.name === name || each.name.startsWith(`${name} `));
      assert.ok(variable, `${name} is one of ${variables.map((each) => each.name).join(', ')}`);
      reference = variable.variablesReference;
    }
    assert.ok(variable, 'a name was given');
    return variable;
  }

  async evaluate(expression: string, context = 'watch'): Promise<string> {
    const { id: frameId } = await this.top();
    const body = await this.request<DebugProtocol.EvaluateResponse['body']>('evaluate', {
      ...{ expression, context, frameId },
    });
    return body.result;
  }

  /** Ends the session, if it has not ended by itself, and removes the breakpoints. */
  async close(): Promise<void> {
    const gone = () => (vscode.debug.activeDebugSession?.id === this.session.id ? undefined : true);
    if (!this.saw('terminated')) await vscode.debug.stopDebugging(this.session);
    await eventually('the end of the session', gone);
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  }
}

/** Sets a breakpoint on the line that holds a text. */
export function breakOn(document: vscode.TextDocument, text: string, narrowing: { condition?: string } = {}): void {
  const position = new vscode.Position(lineOf(document, text) - 1, 0);
  const location = new vscode.Location(document.uri, position);
  vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(location, true, narrowing.condition)]);
}

/** Debugs the example from its first statement, and closes the session in any case. */
export async function debugging(
  config: Partial<vscode.DebugConfiguration>,
  test: (run: DebugRun, document: vscode.TextDocument) => Promise<void>,
  prepare?: (document: vscode.TextDocument) => void,
): Promise<void> {
  const document = await openExample();
  prepare?.(document);
  const run = await DebugRun.start({
    ...{ type: 'pef', request: 'launch', name: 'test', program: document.uri.fsPath },
    ...config,
  });
  try {
    await test(run, document);
  } finally {
    await run.close();
  }
}
