/** Debug configurations: F5 without launch.json, the list that VS Code offers, and the gaps of a launch.json. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { scenarioAt, scenarioHeaders } from './headers';
import { openScenario, savedFile, sayNoScenario } from './scenarios';

export function registerConfigurations(context: vscode.ExtensionContext): void {
  // A new launch.json gets `initialConfigurations` of package.json; a provider of others would add to them.
  const { Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider(
      'pef',
      { provideDebugConfigurations: dynamic, resolveDebugConfiguration: resolve },
      Dynamic,
    ),
  );
}

/** One configuration for each scenario of the file that the user looks at. */
function dynamic(): vscode.DebugConfiguration[] {
  const document = openScenario()?.document;
  if (!document || document.isUntitled) return [];
  const program = document.uri.fsPath;
  const headers = scenarioHeaders(document.getText());
  return headers.map(({ name: scenario }) => ({
    ...{ type: 'pef', request: 'launch', name: `${path.basename(program)}: ${scenario}` },
    ...{ program, scenario, stopOnEntry: true },
  }));
}

/**
 * Fills in what a configuration leaves open, or leaves to `${file}`. An empty one is F5 without launch.json: it means the scenario at the
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
  // `${file}` alone would be whatever is open, launch.json too.
  if (program !== undefined && program !== '${file}') return config;

  const open = openScenario();
  const file = open && (await savedFile(open.document));
  if (!open || !file) {
    sayNoScenario();
    return undefined;
  }
  const filled: vscode.DebugConfiguration = {
    ...config,
    type: type ?? 'pef',
    request: request ?? 'launch',
    name: name ?? '',
    program: file.fsPath,
  };
  const headers = scenarioHeaders(open.document.getText());
  if (headers.length > 1) filled.scenario ??= scenarioAt(headers, open.line)?.name;
  // As the buttons name it; several sessions are told apart by it.
  filled.name ||= (filled.scenario as string | undefined) ?? path.basename(file.fsPath);
  if (type === undefined) {
    filled.stopOnEntry ??= !vscode.debug.breakpoints.some((breakpoint) => breakpoint.enabled);
  }
  return filled;
}
