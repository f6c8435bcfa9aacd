/** Debug configurations: F5 without launch.json, the list that VS Code offers, and the gaps of a launch.json. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { scenarioAt, scenarioHeaders } from './headers';
import { savedFile, sayNoScenario, scenarioEditor } from './scenarios';

export function registerConfigurations(context: vscode.ExtensionContext): void {
  const { Initial, Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider('pef', { provideDebugConfigurations: initial }, Initial),
    vscode.debug.registerDebugConfigurationProvider(
      'pef',
      { provideDebugConfigurations: dynamic, resolveDebugConfiguration: resolve },
      Dynamic,
    ),
  );
}

/** What a new launch.json begins with. */
function initial(): vscode.DebugConfiguration[] {
  return [{ type: 'pef', request: 'launch', name: 'Debug the open scenario', program: '${file}', stopOnEntry: true }];
}

/** One configuration for each scenario of the file that the user looks at. */
function dynamic(): vscode.DebugConfiguration[] {
  const document = scenarioEditor()?.document;
  if (!document || document.isUntitled) return [];
  const program = document.uri.fsPath;
  const headers = scenarioHeaders(document.getText());
  return headers.map(({ name: scenario }) => ({
    ...{ type: 'pef', request: 'launch', name: `${path.basename(program)}: ${scenario}` },
    ...{ program, scenario, stopOnEntry: true },
  }));
}

/**
 * Fills in what a configuration leaves open. An empty one is F5 without launch.json: it means the scenario at the
 * cursor of the open file, and it stops at once when no breakpoint would stop it.
 * @returns undefined to stop the launch; the user has been told why
 */
async function resolve(
  folder: vscode.WorkspaceFolder | undefined,
  given: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  // Paths in a scenario may not leave this folder.
  const config = folder ? { workspaceFolder: folder.uri.fsPath, ...given } : given;
  // VS Code's type says that these are there; an empty configuration has none of them.
  const { type, request, name, program } = config as Partial<vscode.DebugConfiguration>;
  if (program !== undefined) return config;

  const editor = scenarioEditor();
  const file = editor && (await savedFile(editor.document));
  if (!editor || !file) {
    sayNoScenario();
    return undefined;
  }
  const filled: vscode.DebugConfiguration = {
    ...config,
    type: type ?? 'pef',
    request: request ?? 'launch',
    name: name ?? `Debug ${path.basename(file.fsPath)}`,
    program: file.fsPath,
  };
  const headers = scenarioHeaders(editor.document.getText());
  if (headers.length > 1) filled.scenario ??= scenarioAt(headers, editor.selection.active.line)?.name;
  if (type === undefined) {
    filled.stopOnEntry ??= !vscode.debug.breakpoints.some((breakpoint) => breakpoint.enabled);
  }
  return filled;
}
