/** What the tests share: the example, waiting, and a debug session driven as the user interface drives it. */
import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';

export const EXTENSION = 'pef-debug.pef-debug';

/** Path of a file of the workspace, which is a copy of examples/. */
export function workspaceFile(name: string): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'a workspace is open');
  return path.join(folder.uri.fsPath, name);
}

export async function openExample(name = 'h-tpm-comm.pef'): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(workspaceFile(name));
  await vscode.window.showTextDocument(document);
  return document;
}

/**
 * Asks until the answer is there.
 * @param what named when the time is over
 */
export async function eventually<T>(what: string, ask: () => T | undefined | PromiseLike<T | undefined>): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Zero-based position of a text in a document. */
export function positionOf(document: vscode.TextDocument, text: string, within = 0): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `${document.fileName} has the text ${text}`);
  return document.positionAt(offset + within);
}

/** One-based number of the first line that holds a text, as the debugger counts. */
export function lineOf(document: vscode.TextDocument, text: string): number {
  return positionOf(document, text).line + 1;
}

/** Fails unless a frame's source is a document; a path of the debugger may come as the URI of a remote file. */
export function assertSource(source: { readonly path?: string } | undefined, document: vscode.TextDocument): void {
  const path = source?.path ?? '';
  assert.ok(path === document.uri.fsPath || path.endsWith(document.uri.path), `${path} is ${document.uri.path}`);
}
