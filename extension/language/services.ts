/** All services of the language server: those of the language, and the editor's. */

import { inject } from 'langium';
import type { Module } from 'langium';
import { createDefaultModule, createDefaultSharedModule } from 'langium/lsp';
import type {
  DefaultSharedModuleContext,
  LangiumServices,
  LangiumSharedServices,
  PartialLangiumServices,
} from 'langium/lsp';
import { PefGeneratedModule, PefGeneratedSharedModule } from '../../emulator/scenario/generated/module';
import { ScenarioModule } from '../../emulator/scenario/services';
import { ScenarioCodeLenses } from './code-lenses';
import { ScenarioCompletion } from './completion';
import { ScenarioDefinition } from './definition';
import { ScenarioFormatter } from './formatter';
import { ScenarioHover } from './hover';
import { ScenarioInlayHints } from './inlay-hints';
import { ScenarioNames, ScenarioRename } from './names';
import { ScenarioOutline } from './outline';
import { ScenarioQuickFixes } from './quick-fixes';
import { ScenarioSignatureHelp } from './signature-help';
import { ScenarioValidator } from './validator';

const EditorModule: Module<LangiumServices, PartialLangiumServices> = {
  references: {
    NameProvider: () => new ScenarioNames(),
  },
  validation: {
    DocumentValidator: (services) => new ScenarioValidator(services),
  },
  lsp: {
    CompletionProvider: (services) => new ScenarioCompletion(services),
    HoverProvider: (services) => new ScenarioHover(services),
    SignatureHelp: (services) => new ScenarioSignatureHelp(services),
    DocumentSymbolProvider: () => new ScenarioOutline(),
    DefinitionProvider: (services) => new ScenarioDefinition(services),
    RenameProvider: (services) => new ScenarioRename(services),
    CodeActionProvider: () => new ScenarioQuickFixes(),
    CodeLensProvider: () => new ScenarioCodeLenses(),
    InlayHintProvider: () => new ScenarioInlayHints(),
    Formatter: (services) => new ScenarioFormatter(services),
  },
};

/** Creates the services over a connection and a file system, or over neither, for tests. */
export function createEditorServices(context: DefaultSharedModuleContext): {
  shared: LangiumSharedServices;
  pef: LangiumServices;
} {
  const shared = inject(createDefaultSharedModule(context), PefGeneratedSharedModule);
  const pef = inject(createDefaultModule({ shared }), PefGeneratedModule, ScenarioModule, EditorModule);
  shared.ServiceRegistry.register(pef);
  if (!context.connection) shared.workspace.ConfigurationProvider.initialized({}).catch(() => undefined);
  return { shared, pef };
}
