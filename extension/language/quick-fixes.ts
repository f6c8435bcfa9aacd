/** Quick fixes: the name that was most likely meant. */

import type { LangiumDocument } from 'langium';
import type { CodeActionProvider } from 'langium/lsp';
import { CodeActionKind } from 'vscode-languageserver';
import type { CodeAction, CodeActionParams, Diagnostic } from 'vscode-languageserver';
import type { FixData } from './validator';

export class ScenarioQuickFixes implements CodeActionProvider {
  getCodeActions(document: LangiumDocument, { context }: CodeActionParams): CodeAction[] {
    const uri = document.textDocument.uri;
    const fixes = context.diagnostics.flatMap((diagnostic) => fixOf(uri, diagnostic));
    const [only] = fixes;
    return fixes.length === 1 && only ? [{ ...only, isPreferred: true }] : fixes;
  }
}

function fixOf(uri: string, diagnostic: Diagnostic): CodeAction[] {
  const data = diagnostic.data as FixData | undefined;
  if (data?.replacement === undefined) return [];
  const edit = { range: diagnostic.range, newText: data.replacement };
  return [
    {
      title: `Change to '${data.replacement}'`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      edit: { changes: { [uri]: [edit] } },
    },
  ];
}
