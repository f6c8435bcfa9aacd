/** The outline: declarations, and in scenarios and procedures the actors. */

import type { CstNode, LangiumDocument } from 'langium';
import type { DocumentSymbolProvider } from 'langium/lsp';
import { SymbolKind } from 'vscode-languageserver';
import type { DocumentSymbol } from 'vscode-languageserver';
import * as ast from '../../emulator/scenario/generated/ast';
import { rangeOf, rangeOfProperty } from '../../emulator/scenario/source';
import { toRange } from './ranges';

const KINDS = {
  Guest: SymbolKind.Module,
  Scenario: SymbolKind.Event,
  Procedure: SymbolKind.Function,
  Constant: SymbolKind.Constant,
} as const;

export class ScenarioOutline implements DocumentSymbolProvider {
  getSymbols(document: LangiumDocument): DocumentSymbol[] {
    const model = document.parseResult.value as ast.Model;
    const machines = model.machines.map((machine) =>
      symbol('machine', SymbolKind.Struct, machine.$cstNode, machine.$cstNode),
    );
    return [...machines, ...model.declarations.flatMap(declaration)];
  }
}

function symbol(name: string, kind: SymbolKind, whole: CstNode | undefined, head: CstNode | undefined): DocumentSymbol {
  return { name, kind, range: toRange(rangeOf(whole)), selectionRange: toRange(rangeOf(head ?? whole)) };
}

function declaration(node: ast.Declaration): DocumentSymbol[] {
  // A declaration that is being typed has no name yet.
  if (!node.name) return [];
  const body = ast.isScenario(node) || ast.isProcedure(node) ? (node.body as ast.Block | undefined) : undefined;
  return [
    {
      name: ast.isScenario(node) ? `"${node.name}"` : node.name,
      detail: node.$type.toLowerCase(),
      kind: KINDS[node.$type],
      range: toRange(rangeOf(node.$cstNode)),
      selectionRange: toRange(rangeOfProperty(node, 'name')),
      children: body ? actors(body) : [],
    },
  ];
}

function actors(block: ast.Block): DocumentSymbol[] {
  return block.statements.flatMap((statement) => {
    if (!ast.isAsStatement(statement)) return [];
    const actor = statement.actor as ast.Actor | undefined;
    const body = statement.body as ast.Block | undefined;
    const found = symbol(
      `as ${actor?.$cstNode?.text ?? ''}`,
      SymbolKind.Namespace,
      statement.$cstNode,
      actor?.$cstNode,
    );
    return [{ ...found, children: body ? actors(body) : [] }];
  });
}
