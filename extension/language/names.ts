/** Which nodes have names that can be found, referred to and renamed: declarations, not the names of calls. */

import { DefaultNameProvider } from 'langium';
import type { AstNode, CstNode, LangiumDocument } from 'langium';
import { DefaultRenameProvider } from 'langium/lsp';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { RenameParams, WorkspaceEdit } from 'vscode-languageserver';
import * as ast from '../../emulator/scenario/generated/ast';
import { isReservedName } from '../../emulator/scenario/vocabulary';
import { keywordNamed } from './keywords';

const isDeclaration = (node: AstNode) => ast.isReferable(node) || ast.isProcedure(node);

export class ScenarioNames extends DefaultNameProvider {
  override getName(node: AstNode): string | undefined {
    return isDeclaration(node) ? super.getName(node) : undefined;
  }

  override getNameNode(node: AstNode): CstNode | undefined {
    return isDeclaration(node) ? super.getNameNode(node) : undefined;
  }
}

export class ScenarioRename extends DefaultRenameProvider {
  override rename(document: LangiumDocument, params: RenameParams): Promise<WorkspaceEdit | undefined> {
    const name = params.newName;
    const free = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isReservedName(name) && !keywordNamed(name);
    if (free) return super.rename(document, params);
    const message = `'${name}' cannot be a name: it has other characters than letters, digits and _, or means something else already.`;
    return Promise.reject(new ResponseError(LSPErrorCodes.RequestFailed, message));
  }
}
