/** Gives VS Code the debug adapter: in this process, or as one of its own (setting `pef.adapter`). */
import * as vscode from 'vscode';
import { loadAdapter, programPath } from './bundles';

export function registerAdapter(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('pef', {
      async createDebugAdapterDescriptor(session) {
        const settings = vscode.workspace.getConfiguration('pef', session.workspaceFolder);
        if (settings.get<string>('adapter') === 'process') {
          // VS Code's own executable is Electron, which acts as Node when told so.
          const env = { ELECTRON_RUN_AS_NODE: '1' };
          return new vscode.DebugAdapterExecutable(process.execPath, [programPath('pef'), 'adapter'], { env });
        }
        const { PefDebugSession } = await loadAdapter();
        return new vscode.DebugAdapterInlineImplementation(new PefDebugSession());
      },
    }),
  );
}
