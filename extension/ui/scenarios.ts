/** Which scenario file a user means, and whether it is on disk. */
import * as vscode from 'vscode';

/** A scenario file that is open, and the line of the cursor in it. */
export interface OpenScenario {
  readonly document: vscode.TextDocument;
  readonly line: number;
}

const isScenario = (editor: vscode.TextEditor | undefined) => editor?.document.languageId === 'pef';
const placeIn = ({ document, selection }: vscode.TextEditor): OpenScenario => ({
  document,
  line: selection.active.line,
});

/** VS Code keeps documents for a while after the user has closed them. */
function hasTab(document: vscode.TextDocument): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(({ input }) => {
    return input instanceof vscode.TabInputText && input.uri.toString() === document.uri.toString();
  });
}

/** The one that was looked at last. */
let last: OpenScenario | undefined;

/** Remembers which scenario was looked at last: a session leaves the user in a listing, or in launch.json. */
export function trackScenarios(context: vscode.ExtensionContext): void {
  const look = (editor: vscode.TextEditor | undefined) => {
    if (editor && isScenario(editor)) last = placeIn(editor);
  };
  context.subscriptions.push(
    vscode.window.onDidChangeActiveTextEditor(look),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => look(textEditor)),
  );
  look(vscode.window.activeTextEditor);
}

/** The scenario that the user means: in the active editor, else in a visible one, else the one looked at last. */
export function openScenario(): OpenScenario | undefined {
  const { activeTextEditor: active, visibleTextEditors } = vscode.window;
  const editor = isScenario(active) ? active : visibleTextEditors.find(isScenario);
  if (editor) return placeIn(editor);
  return last && hasTab(last.document) ? last : undefined;
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
