/** Which scenario file a user means, and whether it is on disk. */
import * as vscode from 'vscode';

/** The editor of the scenario file that the user looks at: the active one, else a visible one. */
export function scenarioEditor(): vscode.TextEditor | undefined {
  const isScenario = (editor: vscode.TextEditor) => editor.document.languageId === 'pef';
  const active = vscode.window.activeTextEditor;
  return active && isScenario(active) ? active : vscode.window.visibleTextEditors.find(isScenario);
}

/**
 * A file on disk behind a document; an unsaved new document is offered for saving first.
 * @returns undefined when the user declines, or for documents that are not files
 */
export async function savedFile(document: vscode.TextDocument): Promise<vscode.Uri | undefined> {
  const uri = document.isUntitled || document.isDirty ? await vscode.workspace.save(document.uri) : document.uri;
  return uri?.scheme === 'file' || uri?.scheme === 'vscode-remote' ? uri : undefined;
}

/** Tells that there is nothing to run, and offers a way out; does not wait for the answer. */
export function sayNoScenario(): void {
  const create = 'New Scenario';
  const text = 'PEF Debug: no scenario is open. Open a .pef file, or name one as "program" in launch.json.';
  void vscode.window.showErrorMessage(text, create).then((answer) => {
    if (answer === create) void vscode.commands.executeCommand('pef.newScenario');
  });
}
