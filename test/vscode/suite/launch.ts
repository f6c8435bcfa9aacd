/** How a session begins: F5 without launch.json, the buttons, a launch.json, and launches that cannot work. */
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { DebugRun, breakOn } from './debug-run';
import { assertSource, eventually, lineOf, openExample, workspaceFile } from './helpers';

describe('launch', () => {
  let run: DebugRun | undefined;

  afterEach(async () => {
    await run?.close();
    run = undefined;
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('F5 without launch.json stops at the first statement of the open scenario', async () => {
    const document = await openExample();
    run = await DebugRun.start();
    assert.equal((await run.stop()).reason, 'entry');
    const top = await run.top();
    assertSource(top.source, document);
    // The block `as svm1` is the first statement.
    assert.equal(top.line, lineOf(document, 'scenario "random') + 1);
  });

  it('F5 runs to a breakpoint when there is one', async () => {
    const document = await openExample();
    breakOn(document, 'expect r4 == 44');
    run = await DebugRun.start();
    assert.equal((await run.stop()).reason, 'breakpoint');
    assert.equal((await run.top()).line, lineOf(document, 'expect r4 == 44'));
  });

  it('F5 debugs the scenario at the cursor', async () => {
    const document = await openExample('two.pef');
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const line = lineOf(document, 'print b') - 1;
    editor.selection = new vscode.Selection(line, 0, line, 0);
    run = await DebugRun.start();
    assert.equal(run.session.configuration.scenario, 'second');
    assert.equal(run.session.name, 'second');
    await run.stop();
    assert.equal((await run.top()).line, lineOf(document, 'let b'));
  });

  it('a configuration may leave the program open', async () => {
    const document = await openExample();
    run = await DebugRun.start({ type: 'pef', request: 'launch', name: 'bare', stopOnEntry: true });
    assert.equal(run.session.configuration.program, document.uri.fsPath);
    await run.stop();
  });

  it('${file} is the open scenario at the cursor, also when something else is active', async () => {
    const document = await openExample('two.pef');
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    const line = lineOf(document, 'print b') - 1;
    editor.selection = new vscode.Selection(line, 0, line, 0);
    const other = workspaceFile('other.json');
    fs.writeFileSync(other, '{}\n');
    await vscode.window.showTextDocument(vscode.Uri.file(other));
    run = await DebugRun.start({
      ...{ type: 'pef', request: 'launch', name: 'file', program: '${file}', stopOnEntry: true },
    });
    assert.equal(run.session.configuration.program, document.uri.fsPath);
    await run.stop();
    assert.match((await run.top()).name, /second/);
  });

  it('a configuration names another scenario of the file', async () => {
    run = await DebugRun.start({
      ...{ type: 'pef', request: 'launch', name: 'named', program: workspaceFile('two.pef') },
      ...{ scenario: 'second', stopOnEntry: true },
    });
    await run.stop();
    assert.match((await run.top()).name, /second/);
  });

  it('the command of the editor title debugs a file', async () => {
    const document = await openExample('two.pef');
    const started = new Promise<vscode.DebugSession>((resolve) => {
      const listener = vscode.debug.onDidStartDebugSession((session) => {
        listener.dispose();
        resolve(session);
      });
    });
    await vscode.commands.executeCommand('pef.debugScenario', document.uri, 'second');
    const session = await started;
    assert.equal(session.configuration.scenario, 'second');
    await vscode.debug.stopDebugging(session);
    await eventually('the end of the session', () => (vscode.debug.activeDebugSession ? undefined : true));
  });

  it('says that nothing is open and starts nothing', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const config = { type: 'pef', request: 'launch', name: 'nothing' };
    assert.equal(await vscode.debug.startDebugging(folder, config), false);
  });

  it('shows what is wrong with a scenario and starts nothing', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const config = { type: 'pef', request: 'launch', name: 'broken', program: workspaceFile('broken.pef') };
    const output: string[] = [];
    const tracker = vscode.debug.registerDebugAdapterTrackerFactory('pef', {
      createDebugAdapterTracker: () => ({ onDidSendMessage: (message) => void output.push(JSON.stringify(message)) }),
    });
    // VS Code shows the refusal in a dialog, which only a user can close.
    void vscode.debug.startDebugging(folder, { ...config, suppressDebugView: true });
    const refusal = await eventually('the refusal', () => output.find((text) => text.includes('broken.pef:4:15')));
    assert.match(refusal, /H_TPM_COM\b/);
    tracker.dispose();
    await eventually('no session', () => (vscode.debug.activeDebugSession ? undefined : true));
  });

  it('runs a scenario in a terminal', async () => {
    const ended = new Promise<number | undefined>((resolve) => {
      const listener = vscode.tasks.onDidEndTaskProcess(({ exitCode }) => {
        listener.dispose();
        resolve(exitCode);
      });
    });
    await vscode.commands.executeCommand('pef.runScenario', vscode.Uri.file(workspaceFile('two.pef')), 'second');
    assert.equal(await ended, 0);
  });

  it('puts the place of a failure into the Problems view', async () => {
    const uri = vscode.Uri.file(workspaceFile('failing.pef'));
    await vscode.commands.executeCommand('pef.runScenario', uri);
    const problem = await eventually('the problem', () => vscode.languages.getDiagnostics(uri)[0]);
    assert.match(problem.message, /1 == 2 does not hold/);
    assert.equal(problem.range.start.line, 2);
  });

  it('runs the adapter in a process of its own when the setting says so', async () => {
    const settings = vscode.workspace.getConfiguration('pef');
    await settings.update('adapter', 'process', vscode.ConfigurationTarget.Global);
    try {
      const document = await openExample();
      run = await DebugRun.start({ type: 'pef', request: 'launch', name: 'process', stopOnEntry: true });
      await run.stop();
      assertSource((await run.top()).source, document);
      await run.move('next');
    } finally {
      await settings.update('adapter', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('completes a launch.json', async () => {
    const folder = vscode.Uri.file(workspaceFile('.vscode'));
    const file = vscode.Uri.joinPath(folder, 'launch.json');
    const text =
      '{ "version": "0.2.0", "configurations": [\n  {"type": "pef", "request": "launch", "name": "x", },\n  \n] }';
    await vscode.workspace.fs.writeFile(file, Buffer.from(text));
    try {
      const document = await vscode.workspace.openTextDocument(file);
      await vscode.window.showTextDocument(document);
      const offered = (position: vscode.Position, wanted: string) =>
        eventually(`${wanted} in launch.json`, async () => {
          const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
            'vscode.executeCompletionItemProvider',
            file,
            position,
          );
          const labels = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
          return labels.some((label) => label.includes(wanted)) ? true : undefined;
        });
      await offered(new vscode.Position(2, 2), 'PEF: Debug the open scenario');
      const inside = document.positionAt(text.indexOf(', },') + 2);
      for (const attribute of ['program', 'scenario', 'stopOnEntry', 'profile', 'seed'])
        await offered(inside, attribute);
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(folder, { recursive: true });
    }
  });
});
