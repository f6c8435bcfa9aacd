/** Gives VS Code the debug adapter: in this process, or as one of its own (setting `pef.adapter`). */
import * as vscode from 'vscode';
import { bundlePath, loadBundle } from './bundles';

/** What dist/adapter.cjs exports, in the eyes of VS Code. */
interface AdapterBundle {
  readonly PefDebugSession: new () => vscode.DebugAdapter;
}

export function registerAdapter(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('pef', {
      createDebugAdapterDescriptor(session) {
        const settings = vscode.workspace.getConfiguration('pef', session.workspaceFolder);
        if (settings.get<string>('adapter') === 'process') {
          // VS Code's own executable is Electron, which acts as Node when told so.
          const env = { ELECTRON_RUN_AS_NODE: '1' };
          return new vscode.DebugAdapterExecutable(process.execPath, [bundlePath('pef'), 'adapter'], { env });
        }
        const { PefDebugSession } = loadBundle('adapter') as AdapterBundle;
        return new vscode.DebugAdapterInlineImplementation(new PefDebugSession());
      },
    }),
  );
}
