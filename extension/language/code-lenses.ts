/** "Debug | Run" above each scenario. The commands are the extension's. */

import type { LangiumDocument } from 'langium';
import type { CodeLensProvider } from 'langium/lsp';
import type { CodeLens } from 'vscode-languageserver';
import * as ast from '../../emulator/scenario/generated/ast';
import { rangeOfProperty } from '../../emulator/scenario/source';
import { toRange } from './ranges';

const COMMANDS = [
  { title: '$(debug-alt) Debug', command: 'pef.debugScenario' },
  { title: '$(play) Run', command: 'pef.runScenario' },
] as const;

export class ScenarioCodeLenses implements CodeLensProvider {
  provideCodeLens(document: LangiumDocument): CodeLens[] {
    const { declarations } = document.parseResult.value as ast.Model;
    return declarations
      .filter((node) => ast.isScenario(node) && node.name)
      .flatMap((node) => {
        const range = toRange(rangeOfProperty(node, 'name'));
        const args = [document.textDocument.uri, node.name];
        return COMMANDS.map((command) => ({ range, command: { ...command, arguments: args } }));
      });
  }
}
