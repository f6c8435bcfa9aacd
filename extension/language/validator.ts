/** Diagnostics: the checks of the emulator, in place of the language tool's own. */

import { DefaultDocumentValidator, URI } from 'langium';
import type { LangiumDocument, ValidationOptions } from 'langium';
import type { LangiumServices } from 'langium/lsp';
import { DiagnosticSeverity } from 'vscode-languageserver';
import type { CancellationToken, Diagnostic } from 'vscode-languageserver';
import { analyse } from '../../emulator/scenario/analyse';
import { DIAGNOSTIC_CODES } from '../../emulator/scenario/diagnostics';
import type { Diagnostic as ScenarioDiagnostic } from '../../emulator/scenario/diagnostics';
import { syntaxDiagnostics } from '../../emulator/scenario/syntax';
import { toRange } from './ranges';
import { documentName, sourceFile } from './sources';
import type { Workspace } from './sources';

/** What a quick fix needs of a diagnostic. */
export interface FixData {
  readonly code: string;
  readonly replacement?: string;
}

export class ScenarioValidator extends DefaultDocumentValidator {
  private readonly scenarioWorkspace: () => Workspace;

  constructor(services: LangiumServices) {
    super(services);
    const { workspace } = services.shared;
    this.scenarioWorkspace = () => ({
      documents: workspace.LangiumDocuments,
      files: workspace.FileSystemProvider,
      folders: (workspace.WorkspaceManager.workspaceFolders ?? []).map(({ uri }) => URI.parse(uri)),
    });
  }

  override async validateDocument(
    document: LangiumDocument,
    _options?: ValidationOptions,
    _cancel?: CancellationToken,
  ): Promise<Diagnostic[]> {
    const path = documentName(document);
    const syntax = syntaxDiagnostics(path, document.textDocument.getText(), document.parseResult);
    // A tree with holes is not analysed: its errors would be about the holes.
    if (syntax.length > 0) return syntax.map(toDiagnostic);
    try {
      const { diagnostics } = analyse(await sourceFile(document, this.scenarioWorkspace()));
      return diagnostics.filter((diagnostic) => diagnostic.path === path).map(toDiagnostic);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const range = { line: 1, column: 1, endLine: 1, endColumn: 1 };
      return [
        toDiagnostic({ path, range, severity: 'error', code: 'too-deep', message: DIAGNOSTIC_CODES['too-deep'] }),
      ];
    }
  }
}

function toDiagnostic({ range, severity, code, message, replacement }: ScenarioDiagnostic): Diagnostic {
  const data: FixData = { code, replacement };
  return {
    range: toRange(range),
    severity: severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    message,
    source: 'pef',
    data,
  };
}
