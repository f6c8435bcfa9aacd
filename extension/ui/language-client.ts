/** The language client: a bundle of its own, because the client library is larger than the rest of the extension. */
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

/**
 * Starts the language server in a process of its own.
 * @param server path of the server's bundle
 * @returns stops it again
 */
export function startClient(server: string): () => Promise<void> {
  const client = new LanguageClient(
    'pef',
    'PEF Language Server',
    {
      run: { module: server, transport: TransportKind.ipc },
      debug: { module: server, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6011'] } },
    },
    {
      documentSelector: [
        { language: 'pef', scheme: 'file' },
        { language: 'pef', scheme: 'untitled' },
      ],
      // Files that others `use` change outside the editor too.
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher('**/*.pef') },
    },
  );
  client.start().catch((error: unknown) => {
    void vscode.window.showErrorMessage(`PEF Debug: the language server did not start: ${String(error)}`);
  });
  return () => client.dispose();
}
