/** The language's services without an editor: what loading and evaluating need. The server adds its own to them. */

import {
  DefaultValueConverter,
  EmptyFileSystem,
  createDefaultCoreModule,
  createDefaultSharedCoreModule,
  inject,
} from 'langium';
import type {
  CstNode,
  DefaultSharedCoreModuleContext,
  GrammarAST,
  LangiumCoreServices,
  LangiumSharedCoreServices,
  Module,
  PartialLangiumCoreServices,
  ValueType,
} from 'langium';
import { PefGeneratedModule, PefGeneratedSharedModule } from './generated/module';
import { ScenarioLexerMessages, ScenarioParserMessages, createScenarioParser } from './parser';
import { ScenarioScopeComputation, ScenarioScopeProvider } from './scope';
import { unquote } from './source';
import { ScenarioTokenBuilder } from './tokens';

/** A quoted string stands for its text, also one that is not closed yet. */
class ScenarioValueConverter extends DefaultValueConverter {
  protected override runConverter(rule: GrammarAST.AbstractRule, input: string, cst: CstNode): ValueType {
    if (rule.name === 'STRING') return unquote(input);
    return rule.name === 'ASM_BLOCK' || rule.name === 'NUMBER' ? input : super.runConverter(rule, input, cst);
  }
}

/** Tokens, parser and scopes of the language. */
export const ScenarioModule: Module<LangiumCoreServices, PartialLangiumCoreServices> = {
  parser: {
    LangiumParser: (services) => createScenarioParser(services),
    TokenBuilder: () => new ScenarioTokenBuilder(),
    ValueConverter: () => new ScenarioValueConverter(),
    ParserErrorMessageProvider: () => new ScenarioParserMessages(),
    LexerErrorMessageProvider: () => new ScenarioLexerMessages(),
  },
  references: {
    ScopeComputation: (services) => new ScenarioScopeComputation(services),
    ScopeProvider: (services) => new ScenarioScopeProvider(services),
  },
};

/** The services for parsing without documents or an editor. */
export function createScenarioServices(context: DefaultSharedCoreModuleContext = EmptyFileSystem): LangiumCoreServices {
  const shared: LangiumSharedCoreServices = inject(createDefaultSharedCoreModule(context), PefGeneratedSharedModule);
  const services = inject(createDefaultCoreModule({ shared }), PefGeneratedModule, ScenarioModule);
  shared.ServiceRegistry.register(services);
  return services;
}

let parsing: LangiumCoreServices | undefined;

/** One set of services for all parsing of this process: it takes some 30 ms to make, and keeps no state. */
export function parsingServices(): LangiumCoreServices {
  parsing ??= createScenarioServices();
  return parsing;
}
