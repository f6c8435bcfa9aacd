/** Hover: what the word under the pointer is, from the tables or from its declaration. */

import { CstUtils } from 'langium';
import type { LangiumDocument, LangiumDocuments, LeafCstNode, References } from 'langium';
import type { HoverProvider, LangiumServices } from 'langium/lsp';
import { MarkupKind } from 'vscode-languageserver';
import type { Hover, HoverParams } from 'vscode-languageserver';
import { callNamed } from '../../emulator/pef/calls';
import { functionNamed } from '../../emulator/scenario/functions';
import * as ast from '../../emulator/scenario/generated/ast';
import { parseNumber } from '../../emulator/scenario/source';
import { CONSTANTS, registerNamed } from '../../emulator/scenario/vocabulary';
import { commandFields, findCommand } from '../../emulator/tpm/tables';
import { asmBody } from '../../emulator/scenario/asm-block';
import {
  bitDoc,
  callDoc,
  commandDoc,
  constantDoc,
  functionDoc,
  interruptDoc,
  interruptRow,
  keywordDoc,
  mnemonicDoc,
  numberDoc,
  registerDoc,
} from './docs';
import { guestSymbols, symbolDoc, usedDocuments } from './images';
import { keywordNamed } from './keywords';

export class ScenarioHover implements HoverProvider {
  private readonly references: References;
  private readonly documents: () => LangiumDocuments;

  constructor(services: LangiumServices) {
    this.references = services.references.References;
    this.documents = () => services.shared.workspace.LangiumDocuments;
  }

  async getHoverContent(document: LangiumDocument, { position }: HoverParams): Promise<Hover | undefined> {
    const root = document.parseResult.value.$cstNode;
    const offset = document.textDocument.offsetAt(position);
    const leaf = root && CstUtils.findLeafNodeAtOffset(root, offset);
    if (!leaf || leaf.hidden) return undefined;
    if (ast.isAsmStatement(leaf.astNode)) return asmHover(document, leaf.astNode, offset);
    const value = this.text(leaf) ?? (await this.symbolText(document, leaf));
    return value === undefined ? undefined : { contents: { kind: MarkupKind.Markdown, value }, range: leaf.range };
  }

  /** A symbol of a guest's image. */
  private async symbolText(document: LangiumDocument, leaf: LeafCstNode): Promise<string | undefined> {
    if (!ast.isNameExpression(leaf.astNode)) return undefined;
    const symbols = await guestSymbols(usedDocuments(document, this.documents()));
    const symbol = symbols.find(({ name }) => name === leaf.text);
    return symbol && `\`${symbol.name}\`: ${symbolDoc(symbol)}`;
  }

  private text(leaf: LeafCstNode): string | undefined {
    const word = leaf.text;
    const { astNode } = leaf;
    if (/^[0-9]/.test(word)) return numberText(leaf);
    if (!/^[A-Za-z_]/.test(word)) return undefined;
    const [declaration] = this.references.findDeclarations(leaf);
    if (declaration) return declarationText(declaration);
    if (ast.isFieldSuffix(astNode)) return memberText(astNode);
    if (ast.isArgument(astNode) && astNode.name === word) return argumentText(astNode);
    if (ast.isExpectInterrupt(astNode) && astNode.word === word) {
      const row = interruptRow(word);
      return row && interruptDoc(row);
    }
    return nameText(word);
  }
}

/** The documentation of a name of the tables, or of a word of the language. */
export function nameText(word: string): string | undefined {
  const call = callNamed(word);
  if (call) return callDoc(call);
  const constant = CONSTANTS.get(word);
  if (constant) return constantDoc(constant);
  const command = word.startsWith('TPM2_') ? findCommand(word) : undefined;
  if (command) return commandDoc(command);
  const keyword = keywordNamed(word);
  if (keyword) return keywordDoc(keyword);
  const builtin = functionNamed(word);
  if (builtin) return functionDoc(builtin);
  const register = registerNamed(word);
  if (register) return registerDoc(register);
  if (word === 'gpr') return 'The general purpose registers as a list: `gpr[3]` is r3.';
  const interrupt = interruptRow(word);
  return interrupt && interruptDoc(interrupt);
}

function numberText(leaf: LeafCstNode): string | undefined {
  const unit = ast.isNumberLiteral(leaf.astNode) ? leaf.astNode.unit : undefined;
  const value = parseNumber(leaf.text, unit);
  return value === undefined || value >= 1n << 64n ? undefined : numberDoc(value);
}

function declarationText(node: object): string | undefined {
  if (!('$type' in node) || !('$cstNode' in node)) return undefined;
  const { $type, $cstNode } = node as ast.Referable | ast.Procedure;
  const text = $cstNode?.text ?? '';
  // Without its block a declaration fits a few lines.
  const head = $type === 'Procedure' ? text.slice(0, text.indexOf('{')).trim() : text;
  const lines = head.split('\n');
  const shown = lines.length > 12 ? [...lines.slice(0, 12), '...'] : lines;
  const prefix = $type === 'Parameter' ? 'parameter ' : $type === 'LoopVariable' ? 'for ' : '';
  return `\`\`\`pef\n${prefix}${shown.join('\n')}\n\`\`\``;
}

/** A bit of a register. */
function memberText(suffix: ast.FieldSuffix): string | undefined {
  const operand = suffix.$container;
  const primary = ast.isOperand(operand) && operand.suffixes[0] === suffix ? operand.primary : undefined;
  if (!ast.isNameExpression(primary)) return undefined;
  const register = registerNamed(primary.target.$refText);
  const bit = register?.bits.find((known) => known.toLowerCase() === suffix.field.toLowerCase());
  return register && bit !== undefined ? bitDoc(register, bit) : undefined;
}

/** A parameter of a call by its name. */
function argumentText({ $container: call, name }: ast.Argument): string | undefined {
  if (ast.isMachineCall(call)) {
    const row = callNamed(call.name ?? '');
    const index = row?.parameters.findIndex((parameter) => parameter.name === name) ?? -1;
    const parameter = row?.parameters[index];
    return parameter && `\`${parameter.name}\` (r${index + 4}): ${parameter.doc}`;
  }
  if (!ast.isSendExpression(call)) return undefined;
  const command = findCommand(call.command);
  const field = command && commandFields(command).find((known) => known.name === name);
  return field && `\`${field.name}\` (${field.type}): ${field.doc}`;
}

/** A mnemonic or a register inside of an asm block. */
function asmHover(document: LangiumDocument, statement: ast.AsmStatement, offset: number): Hover | undefined {
  const text = document.textDocument.getText();
  let [start, end] = [offset, offset];
  while (start > 0 && /[\w.+-]/.test(text.charAt(start - 1))) start--;
  while (end < text.length && /[\w.+-]/.test(text.charAt(end))) end++;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const before = text.slice(lineStart, start);
  if (/#|\/\/|;/.test(before)) return undefined;
  const word = text.slice(start, end);
  const body = asmBody(statement);
  const first =
    document.textDocument.positionAt(lineStart).line + 1 === body.line ? before.slice(body.column - 1) : before;
  const isMnemonic = /^\s*(?:[A-Za-z_.$][\w.$]*:\s*)*$/.test(first);
  const name = word.replace(/[^\w].*$/, '');
  const register = registerNamed(name);
  const value = isMnemonic ? mnemonicDoc(word) : register && registerDoc(register);
  if (value === undefined)
    return word === 'asm' ? { contents: { kind: MarkupKind.Markdown, value: nameText('asm') ?? '' } } : undefined;
  const range = { start: document.textDocument.positionAt(start), end: document.textDocument.positionAt(end) };
  return { contents: { kind: MarkupKind.Markdown, value }, range };
}
