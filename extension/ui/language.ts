/** Starts the language server when the first scenario is open. */
import * as vscode from 'vscode';
import { loadClient, programPath } from './bundles';

let stop: (() => Promise<void>) | undefined;

export function registerLanguage(context: vscode.ExtensionContext): void {
  const start = (document: vscode.TextDocument) => {
    if (stop || document.languageId !== 'pef') return;
    const { startClient } = loadClient();
    stop = startClient(programPath('server'));
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(start));
  // After activation, which VS Code waits for.
  setImmediate(() => vscode.workspace.textDocuments.forEach(start));
}

export async function stopLanguage(): Promise<void> {
  await stop?.();
}
