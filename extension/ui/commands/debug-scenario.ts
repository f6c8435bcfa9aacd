/** Command `pef.debugScenario`: starts the debugger and stops at the scenario's first statement. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { commandTarget } from './target';

export function registerDebugScenario(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('pef.debugScenario', async (where?: unknown, scenario?: unknown) => {
      const target = await commandTarget(where, scenario);
      if (!target) return;
      const name = target.scenario ?? path.basename(target.program);
      const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(target.program));
      const config = { type: 'pef', request: 'launch', name, ...target, stopOnEntry: true };
      await vscode.debug.startDebugging(folder, config);
    }),
  );
}
