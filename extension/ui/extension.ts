/** The activation entry: registers what VS Code may ask for, and loads nothing that is not needed yet. */
import type * as vscode from 'vscode';
import { registerAdapter } from './adapter';
import { registerDebugScenario } from './commands/debug-scenario';
import { registerNewScenario } from './commands/new-scenario';
import { registerRunScenario } from './commands/run-scenario';
import { registerConfigurations } from './configurations';
import { registerLanguage, stopLanguage } from './language';
import { trackScenarios } from './scenarios';

export function activate(context: vscode.ExtensionContext): void {
  trackScenarios(context);
  registerAdapter(context);
  registerConfigurations(context);
  registerDebugScenario(context);
  registerRunScenario(context);
  registerNewScenario(context);
  registerLanguage(context);
}

export async function deactivate(): Promise<void> {
  await stopLanguage();
}
