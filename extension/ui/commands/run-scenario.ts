/** Command `pef.runScenario`: runs a scenario as `pef run` does, in a terminal, with its errors in the Problems view. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { programPath } from '../bundles';
import { commandTarget } from './target';

export function registerRunScenario(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('pef.runScenario', async (where?: unknown, scenario?: unknown) => {
      const target = await commandTarget(where, scenario);
      if (!target) return;
      const choice = target.scenario === undefined ? [] : ['--scenario', target.scenario];
      const args = [programPath('pef'), 'run', target.program, ...choice];
      const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(target.program));
      // The problem matcher reads the paths that are printed as relative to the folder.
      const cwd = folder?.uri.fsPath ?? path.dirname(target.program);
      const options = { cwd, env: { ELECTRON_RUN_AS_NODE: '1' } };
      const task = new vscode.Task(
        { type: 'pef', program: target.program, scenario: target.scenario },
        folder ?? vscode.TaskScope.Workspace,
        target.scenario ?? path.basename(target.program),
        'pef',
        new vscode.ProcessExecution(process.execPath, args, options),
        '$pef',
      );
      task.presentationOptions = { clear: true, echo: false };
      await vscode.tasks.executeTask(task);
    }),
  );
}
