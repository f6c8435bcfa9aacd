/** The scenario that a command is about: a code lens names it, a button names the file, the palette names nothing. */
import * as vscode from 'vscode';
import { scenarioAt, scenarioHeaders } from '../headers';
import { openScenario, savedFile, sayNoScenario } from '../scenarios';

export interface Target {
  readonly program: string;
  readonly scenario: string | undefined;
}

/**
 * @param where URI of the file, as object or text; the open scenario when missing
 * @param scenario name of the scenario; the one at the cursor when missing
 * @returns undefined when there is none; the user has been told
 */
export async function commandTarget(where: unknown, scenario: unknown): Promise<Target | undefined> {
  const uri = where instanceof vscode.Uri ? where : typeof where === 'string' ? vscode.Uri.parse(where) : undefined;
  const open = openScenario();
  const document = uri ? await vscode.workspace.openTextDocument(uri) : open?.document;
  const file = document && (await savedFile(document));
  if (!document || !file) {
    sayNoScenario();
    return undefined;
  }
  if (typeof scenario === 'string') return { program: file.fsPath, scenario };
  const headers = scenarioHeaders(document.getText());
  const atCursor = open?.document === document ? scenarioAt(headers, open.line) : headers[0];
  return { program: file.fsPath, scenario: headers.length > 1 ? atCursor?.name : undefined };
}
