/** Signature help: the arguments of the call that is being typed. */

import type { LangiumDocument, Lexer } from 'langium';
import type { LangiumServices, SignatureHelpProvider } from 'langium/lsp';
import type { SignatureHelp, SignatureHelpParams } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import { callNamed } from '../../emulator/pef/calls';
import { functionNamed } from '../../emulator/scenario/functions';
import * as ast from '../../emulator/scenario/generated/ast';
import { findCommand } from '../../emulator/tpm/tables';
import { parametersOf } from './completion';
import { argumentAround } from './cursor';
import type { Argument } from './cursor';

interface Signature {
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly doc: string }[];
}

export class ScenarioSignatureHelp implements SignatureHelpProvider {
  readonly signatureHelpOptions = { triggerCharacters: ['(', ','], retriggerCharacters: [':'] };
  private readonly lexer: Lexer;

  constructor(services: LangiumServices) {
    this.lexer = services.parser.Lexer;
  }

  provideSignatureHelp(document: LangiumDocument, { position }: SignatureHelpParams): SignatureHelp | undefined {
    const text = document.textDocument.getText();
    const { tokens } = this.lexer.tokenize(text);
    const argument = argumentAround(tokens, text, document.textDocument.offsetAt(position));
    const signature = argument && signatureOf(argument, document.parseResult.value as ast.Model);
    if (!signature) return undefined;
    const { parameters, summary } = signature;
    // Labels of parameters are ranges of the signature's label.
    let label = `${argument.name}(`;
    const labels = parameters.map(({ name, doc }, i) => {
      if (i > 0) label += ', ';
      const start = label.length;
      label += name;
      return {
        label: [start, label.length] as [number, number],
        documentation: { kind: MarkupKind.Markdown, value: doc },
      };
    });
    const named = parameters.findIndex(({ name }) => name === argument.named);
    return {
      signatures: [
        { label: `${label})`, documentation: { kind: MarkupKind.Markdown, value: summary }, parameters: labels },
      ],
      activeSignature: 0,
      activeParameter: named >= 0 ? named : argument.index,
    };
  }
}

function signatureOf(argument: Argument, model: ast.Model): Signature | undefined {
  const { word, name } = argument;
  if (word !== undefined) {
    const summary = word === 'send' ? findCommand(name)?.doc : callNamed(name)?.summary;
    return summary === undefined ? undefined : { summary, parameters: parametersOf(argument) };
  }
  const procedure = model.declarations.find(
    (node): node is ast.Procedure => ast.isProcedure(node) && node.name === name,
  );
  if (procedure)
    return { summary: '', parameters: procedure.parameters.map((parameter) => ({ name: parameter.name, doc: '' })) };
  const row = functionNamed(name);
  return row && { summary: row.doc, parameters: row.parameters };
}
