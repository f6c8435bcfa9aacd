/** Which scenario a user means: the open file, the scenario at the cursor, the names in a file. */
import * as vscode from 'vscode';

const HEADER = /^[ \t]*scenario[ \t]+"((?:[^"\\\r\n]|\\.)*)"/gm;

/** A scenario's name as it is written, and where it begins. */
export interface ScenarioHeader {
  readonly name: string;
  readonly line: number;
}

/** Headers of the scenarios in a text, in order; a line count, not a parse, so that it works while typing. */
export function scenarioHeaders(text: string): ScenarioHeader[] {
  const headers: ScenarioHeader[] = [];
  let line = 0;
  let counted = 0;
  for (const match of text.matchAll(HEADER)) {
    for (; counted < match.index; counted++) if (text.charCodeAt(counted) === 10) line++;
    headers.push({ name: match[1] ?? '', line });
  }
  return headers;
}

/** The scenario that a line belongs to: the last one that begins at or above it, else the first; undefined without any. */
export function scenarioAt(headers: readonly ScenarioHeader[], line: number): ScenarioHeader | undefined {
  return headers.findLast((header) => header.line <= line) ?? headers[0];
}

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

/** Tells that there is nothing to run, and offers a way out. */
export async function sayNoScenario(): Promise<void> {
  const create = 'New Scenario';
  const answer = await vscode.window.showErrorMessage(
    'PEF Debug: no scenario is open. Open a .pef file, or name one as "program" in launch.json.',
    create,
  );
  if (answer === create) await vscode.commands.executeCommand('pef.newScenario');
}
