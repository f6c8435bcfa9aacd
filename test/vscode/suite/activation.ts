/** The packaged extension is there and wakes up only when it is needed. */
import * as assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { EXTENSION, openExample } from './helpers';

describe('activation', () => {
  it('waits for a scenario', () => {
    const extension = vscode.extensions.getExtension(EXTENSION);
    assert.ok(extension, 'the extension is installed');
    assert.equal(extension.isActive, false);
  });

  it('knows the language of a .pef file and wakes up for it', async () => {
    const document = await openExample();
    assert.equal(document.languageId, 'pef');
    await vscode.extensions.getExtension(EXTENSION)?.activate();
    const commands = await vscode.commands.getCommands(true);
    for (const command of ['pef.debugScenario', 'pef.runScenario', 'pef.newScenario']) {
      assert.ok(commands.includes(command), command);
    }
  });
});
