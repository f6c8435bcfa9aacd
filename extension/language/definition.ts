/** Going to a definition: names by the language tool, and the file of a `use` line. */

import { CstUtils } from 'langium';
import type { LangiumDocument } from 'langium';
import { DefaultDefinitionProvider } from 'langium/lsp';
import type { DefinitionParams, LocationLink } from 'vscode-languageserver';
import * as ast from '../../emulator/scenario/generated/ast';
import { usedUri } from '../../emulator/scenario/scope';

const START = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

export class ScenarioDefinition extends DefaultDefinitionProvider {
  override getDefinition(
    document: LangiumDocument,
    params: DefinitionParams,
  ): ReturnType<DefaultDefinitionProvider['getDefinition']> {
    const root = document.parseResult.value.$cstNode;
    const leaf = root && CstUtils.findLeafNodeAtOffset(root, document.textDocument.offsetAt(params.position));
    if (!leaf || !ast.isUse(leaf.astNode) || !leaf.astNode.path) return super.getDefinition(document, params);
    const link: LocationLink = {
      originSelectionRange: leaf.range,
      targetUri: usedUri(document, leaf.astNode.path).toString(),
      targetRange: START,
      targetSelectionRange: START,
    };
    return [link];
  }
}
