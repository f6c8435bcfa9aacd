/** Command `pef.newScenario`: a first scenario that runs as it stands. */
import * as vscode from 'vscode';

const FIRST_SCENARIO = `// A guest asks the machine's TPM for random bytes.
scenario "first" {
  as vm {
    let random = send TPM2_GetRandom(bytesRequested: 16) -> TPM_RC_SUCCESS
    print random.randomBytes
  }
}
`;

export function registerNewScenario(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.commands.registerCommand('pef.newScenario', async () => {
      const document = await vscode.workspace.openTextDocument({ language: 'pef', content: FIRST_SCENARIO });
      await vscode.window.showTextDocument(document);
    }),
  );
}
