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
      const options = { cwd: path.dirname(target.program), env: { ELECTRON_RUN_AS_NODE: '1' } };
      const task = new vscode.Task(
        { type: 'pef', program: target.program, scenario: target.scenario },
        vscode.TaskScope.Workspace,
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
