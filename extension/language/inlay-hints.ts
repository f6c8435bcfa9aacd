/** Inlay hints: names of parameters before arguments that have none. */

import type { AstNode } from 'langium';
import { AbstractInlayHintProvider } from 'langium/lsp';
import type { InlayHintAcceptor } from 'langium/lsp';
import { InlayHintKind } from 'vscode-languageserver';
import { callNamed } from '../../emulator/pef/calls';
import * as ast from '../../emulator/scenario/generated/ast';
import { commandFields, findCommand } from '../../emulator/tpm/tables';

export class ScenarioInlayHints extends AbstractInlayHintProvider {
  override computeInlayHint(node: AstNode, accept: InlayHintAcceptor): void {
    const names = parameterNames(node);
    if (!names || !(ast.isMachineCall(node) || ast.isSendExpression(node))) return;
    node.arguments.forEach((argument, i) => {
      const name = names[i];
      const start = argument.$cstNode?.range.start;
      if (argument.name !== undefined || name === undefined || !start) return;
      accept({ position: start, label: `${name}:`, kind: InlayHintKind.Parameter, paddingRight: true });
    });
  }
}

function parameterNames(node: AstNode): readonly string[] | undefined {
  if (ast.isMachineCall(node)) return callNamed(node.name ?? '')?.parameters.map(({ name }) => name);
  if (!ast.isSendExpression(node) || !node.command) return undefined;
  const command = findCommand(node.command);
  return command && commandFields(command).map(({ name }) => name);
}
