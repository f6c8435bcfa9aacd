/** Completion: what can stand at the place, from the tables and from the names in reach. */

import type { FileSystemProvider, LangiumDocument, LangiumDocuments, Lexer } from 'langium';
import { UriUtils } from 'langium';
import type { CompletionProvider, LangiumServices } from 'langium/lsp';
import { CompletionItemKind, InsertTextFormat, MarkupKind } from 'vscode-languageserver';
import type { CompletionItem, CompletionList, CompletionParams } from 'vscode-languageserver';
import { INTERRUPTS } from '../../emulator/isa/interrupts';
import { CALLS, callNamed } from '../../emulator/pef/calls';
import type { CallRow } from '../../emulator/pef/calls';
import { FUNCTIONS } from '../../emulator/scenario/functions';
import * as ast from '../../emulator/scenario/generated/ast';
import type { Expected } from '../../emulator/scenario/ir';
import { DEFAULT_MACHINE } from '../../emulator/scenario/lower-machine';
import { guardText } from '../../emulator/scenario/parser';
import { CONSTANTS, registerNamed, registerWords } from '../../emulator/scenario/vocabulary';
import { commandFields, findCommand, tpmCommands } from '../../emulator/tpm/tables';
import { cursorAt, variablesAt } from './cursor';
import type { Argument, Cursor } from './cursor';
import {
  bitDoc,
  callDoc,
  callSignature,
  commandDoc,
  commandSignature,
  constantDoc,
  functionDoc,
  interruptDoc,
  keywordDoc,
  mnemonicDoc,
  mnemonicWords,
  registerDoc,
} from './docs';
import { guestSymbols, symbolDoc, usedDocuments } from './images';
import type { GuestSymbol } from './images';
import { KEYWORDS, keywordNamed } from './keywords';
import type { Place } from './keywords';

/** Order of groups of items: names of the file first, long tables last. */
type Rank = 0 | 1 | 2 | 3 | 4 | 5;

function item(
  label: string,
  kind: CompletionItemKind,
  rank: Rank,
  detail: string,
  doc?: string,
  snippet?: string,
): CompletionItem {
  return {
    label,
    kind,
    detail,
    sortText: `${rank}${label}`,
    ...(doc === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: doc } }),
    ...(snippet === undefined ? {} : { insertText: snippet, insertTextFormat: InsertTextFormat.Snippet }),
  };
}

/** A declaration that completion offers by its name. */
interface Declared {
  readonly guests: readonly string[];
  readonly procedures: readonly ast.Procedure[];
  readonly constants: readonly ast.Constant[];
}

export class ScenarioCompletion implements CompletionProvider {
  readonly completionOptions = { triggerCharacters: ['.', '(', ',', ' ', '"', '/', '>'] };
  private readonly lexer: Lexer;
  private readonly documents: () => LangiumDocuments;
  private readonly files: () => FileSystemProvider;

  constructor(services: LangiumServices) {
    this.lexer = services.parser.Lexer;
    this.documents = () => services.shared.workspace.LangiumDocuments;
    this.files = () => services.shared.workspace.FileSystemProvider;
  }

  async getCompletion(document: LangiumDocument, params: CompletionParams): Promise<CompletionList> {
    const text = document.textDocument.getText();
    if (guardText(text)) return { isIncomplete: false, items: [] };
    const offset = document.textDocument.offsetAt(params.position);
    const { tokens } = this.lexer.tokenize(text);
    const cursor = cursorAt(tokens, text, offset);
    // A blank after a word that leaves everything open asks for nothing.
    const typed = params.context?.triggerCharacter;
    if ((typed === ' ' || typed === ',' || typed === '>') && OPEN_PLACES.has(cursor.kind))
      return { isIncomplete: false, items: [] };
    if (cursor.kind === 'path') return { isIncomplete: false, items: await this.paths(document, cursor) };
    const names = () => [
      ...variablesAt(tokens, offset).map(({ name, kind }) => item(name, CompletionItemKind.Variable, 0, kind)),
      ...this.declaredItems(document),
    ];
    const members = (of: string | undefined) => [...memberItems(of), ...responseMembers(tokens, of, offset)];
    const items = itemsFor(cursor, names, () => this.declared(document), members);
    if (cursor.kind !== 'expression') return { isIncomplete: false, items: unique(items) };
    const prefix = /\w*$/.exec(text.slice(0, offset))?.[0] ?? '';
    const symbols = symbolItems(await guestSymbols(usedDocuments(document, this.documents())), prefix);
    return { isIncomplete: symbols.isIncomplete, items: unique([...items, ...symbols.items]) };
  }

  /** Guests, procedures and constants of the document and the files that it uses. */
  private declared(document: LangiumDocument): Declared {
    const nodes = usedDocuments(document, this.documents())
      .flatMap((file) => (file.parseResult.value as ast.Model).declarations)
      .filter(({ name }) => name);
    const guests = nodes.filter((node) => ast.isGuest(node)).map(({ name }) => name);
    return {
      guests: guests.length > 0 ? guests : DEFAULT_MACHINE.guests.map(({ name }) => name),
      procedures: nodes.filter((node) => ast.isProcedure(node)),
      constants: nodes.filter((node) => ast.isConstant(node)),
    };
  }

  private declaredItems(document: LangiumDocument): CompletionItem[] {
    const { procedures, constants } = this.declared(document);
    return [
      ...constants.map(({ name, $cstNode }) => item(name, CompletionItemKind.Constant, 0, $cstNode?.text ?? 'const')),
      ...procedures.map(procedureItem),
    ];
  }

  private async paths(document: LangiumDocument, cursor: Cursor & { kind: 'path' }): Promise<CompletionItem[]> {
    const folder = cursor.typed.includes('/') ? cursor.typed.slice(0, cursor.typed.lastIndexOf('/') + 1) : '';
    const uri = UriUtils.resolvePath(UriUtils.dirname(document.uri), folder === '' ? '.' : folder);
    try {
      const entries = await this.files().readDirectory(uri);
      return entries
        .map((entry) => ({ ...entry, name: UriUtils.basename(entry.uri) }))
        .filter(
          ({ name, isDirectory }) =>
            !name.startsWith('.') && (isDirectory || !cursor.scenario || name.endsWith('.pef')),
        )
        .map(({ name, isDirectory }) =>
          isDirectory
            ? item(`${name}/`, CompletionItemKind.Folder, 1, 'folder')
            : item(name, CompletionItemKind.File, 0, 'file'),
        );
    } catch {
      return [];
    }
  }
}

/** Most symbols of one list: a kernel has more than anybody reads. */
const MOST_SYMBOLS = 500;

/** Symbols that begin with what is typed; incomplete when there are more. */
function symbolItems(
  symbols: readonly GuestSymbol[],
  prefix: string,
): { items: CompletionItem[]; isIncomplete: boolean } {
  const lower = prefix.toLowerCase();
  const named = symbols.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name) && name.toLowerCase().startsWith(lower));
  const items = named
    .slice(0, MOST_SYMBOLS)
    .map((symbol) => item(symbol.name, CompletionItemKind.Function, 2, symbolDoc(symbol)));
  return { items, isIncomplete: named.length > items.length };
}

const OPEN_PLACES = new Set<Cursor['kind']>(['file', 'machine', 'guest', 'statement', 'nothing']);

function unique(items: readonly CompletionItem[]): CompletionItem[] {
  const byLabel = new Map<string, CompletionItem>();
  for (const each of items) if (!byLabel.has(each.label)) byLabel.set(each.label, each);
  return [...byLabel.values()];
}

function itemsFor(
  cursor: Exclude<Cursor, { kind: 'path' }>,
  names: () => CompletionItem[],
  declared: () => Declared,
  members: (of: string | undefined) => CompletionItem[],
): CompletionItem[] {
  switch (cursor.kind) {
    case 'nothing':
      return [];
    case 'file':
    case 'machine':
    case 'guest':
      return keywordItems(cursor.kind);
    case 'statement':
      return [...keywordItems('statement'), keywordItem('else'), ...names(), ...registerItems(5)];
    case 'choice':
      return cursor.words.map((word) => item(word, CompletionItemKind.EnumMember, 0, '', docOfWord(word)));
    case 'call':
      return CALLS.filter((row) => row.lev === cursor.lev).map(callItem);
    case 'command':
      return commandItems();
    case 'actor':
      return [
        ...declared().guests.map((name) => item(name, CompletionItemKind.Module, 0, 'guest')),
        ...['hypervisor', 'ultravisor', 'host user'].map((word) =>
          item(word, CompletionItemKind.Module, 1, 'actor', docOfWord(word.split(' ')[0] ?? '')),
        ),
      ];
    case 'guest name':
      return declared().guests.map((name) => item(name, CompletionItemKind.Module, 0, 'guest'));
    case 'interrupt':
      return INTERRUPTS.map((row) => item(row.abbreviation, CompletionItemKind.Event, 0, row.name, interruptDoc(row)));
    case 'result':
      return resultItems(cursor.call, cursor.word);
    case 'member':
      return members(cursor.of);
    case 'asm':
      return asmItems(cursor.mnemonic);
    case 'expression':
      return [...argumentItems(cursor.argument, declared), ...names(), ...expressionItems()];
  }
}

const docOfWord = (word: string): string | undefined => {
  const row = keywordNamed(word);
  return row && keywordDoc(row);
};

function keywordItem(word: string): CompletionItem {
  const row = keywordNamed(word);
  return item(word, CompletionItemKind.Keyword, 1, row?.form ?? '', row && keywordDoc(row), row?.snippet);
}

function keywordItems(place: Place): CompletionItem[] {
  return KEYWORDS.filter(({ places }) => places.includes(place)).map(({ word }) => keywordItem(word));
}

function procedureItem({ name, parameters }: ast.Procedure): CompletionItem {
  const list = parameters.map((parameter) => parameter.name);
  const snippet = `${name}(${list.map((parameter, i) => `\${${i + 1}:${parameter}}`).join(', ')})`;
  return item(name, CompletionItemKind.Function, 0, `procedure ${name}(${list.join(', ')})`, undefined, snippet);
}

/** The call with its arguments by name, each a stop of the snippet. */
function callItem(row: CallRow): CompletionItem {
  const list = row.parameters.map(({ name }, i) => `${name}: \${${i + 1}}`).join(', ');
  return item(
    row.name,
    CompletionItemKind.Function,
    0,
    `${callSignature(row)}, 0x${row.number.toString(16)}`,
    callDoc(row),
    `${row.name}(${list})`,
  );
}

function commandItems(): CompletionItem[] {
  return tpmCommands().map((row) => {
    const list = commandFields(row)
      .map(({ name }, i) => `${name}: \${${i + 1}}`)
      .join(', ');
    return item(
      row.name,
      CompletionItemKind.Function,
      0,
      commandSignature(row),
      commandDoc(row),
      `${row.name}(${list})`,
    );
  });
}

function constantItem(name: string, rank: Rank): CompletionItem[] {
  const word = CONSTANTS.get(name);
  return word ? [item(name, CompletionItemKind.EnumMember, rank, word.kind, constantDoc(word))] : [];
}

/** Results: those that the row of the call lists first, with when they come. */
function resultItems(call: string | undefined, word: string | undefined): CompletionItem[] {
  const families: readonly Expected['family'][] =
    word === 'ultracall' ? ['U'] : word === 'hypercall' ? ['H'] : word === 'send' ? ['TPM', 'H'] : ['U', 'H', 'TPM'];
  const row = call === undefined ? undefined : callNamed(call);
  const listed = Object.entries(row?.returns ?? {}).flatMap(([name, when]) =>
    constantItem(name, 0).map((found) => ({ ...found, detail: when })),
  );
  const all = [...CONSTANTS.values()].filter(({ family }) => family !== undefined && families.includes(family));
  return [...listed, ...all.flatMap(({ name, family }) => constantItem(name, family === families[0] ? 2 : 3))];
}

function registerItems(rank: Rank): CompletionItem[] {
  return [...registerWords()].map((register) =>
    item(register.name, CompletionItemKind.Field, rank, register.row.doc, registerDoc(register)),
  );
}

function memberItems(of: string | undefined): CompletionItem[] {
  const register = of === undefined ? undefined : registerNamed(of);
  return (register?.row.fields ?? []).map((bit) =>
    item(bit.name, CompletionItemKind.Field, 0, bit.doc, register && bitDoc(register, bit.name)),
  );
}

/** Fields of a response, where the variable was declared with one. */
function responseMembers(
  tokens: readonly { readonly image: string; readonly startOffset: number }[],
  of: string | undefined,
  offset: number,
): CompletionItem[] {
  const declaration = tokens.findLastIndex(
    (token, i) =>
      token.startOffset < offset &&
      token.image === 'let' &&
      tokens[i + 1]?.image === of &&
      tokens[i + 2]?.image === '=',
  );
  const [kind, name] = [tokens[declaration + 3]?.image, tokens[declaration + 4]?.image];
  if (declaration < 0 || (kind !== 'send' && kind !== 'tpm')) return [];
  const command = kind === 'send' && name !== undefined ? findCommand(name) : undefined;
  const header = ['tag', 'responseSize', 'responseCode'].map((field) =>
    item(field, CompletionItemKind.Field, 1, 'header of the response'),
  );
  const fields = [...(command?.responseHandles ?? []), ...(command?.responseParameters ?? [])];
  return [...fields.map((field) => item(field.name, CompletionItemKind.Field, 0, field.type, field.doc)), ...header];
}

function asmItems(mnemonic: boolean): CompletionItem[] {
  if (mnemonic) {
    return [...mnemonicWords()].map(({ mnemonic: name, operands }) =>
      item(name, CompletionItemKind.Keyword, 0, operands, mnemonicDoc(name)),
    );
  }
  return registerItems(0);
}

/** Parameters that an argument can name. */
function argumentItems(argument: Argument | undefined, declared: () => Declared): CompletionItem[] {
  if (!argument) return [];
  if (argument.word === undefined) {
    const row = FUNCTIONS.find(({ name }) => name === argument.name);
    const guest = row?.parameters[argument.index]?.kind === 'guest';
    return guest ? declared().guests.map((name) => item(name, CompletionItemKind.Module, 0, 'guest')) : [];
  }
  const parameters = parametersOf(argument);
  if (argument.named !== undefined || !argument.begins) {
    return valuesNamedIn(parameters.find(({ name }) => name === argument.named)?.doc ?? '');
  }
  const free = parameters.filter(({ name }) => !argument.used.includes(name));
  return [
    ...free.map(({ name, doc }) => item(`${name}:`, CompletionItemKind.Property, 0, doc, undefined, `${name}: $0`)),
    ...valuesNamedIn(parameters[argument.index]?.doc ?? ''),
  ];
}

/** Parameters of a call or fields of a command. */
export function parametersOf(argument: Argument): readonly { readonly name: string; readonly doc: string }[] {
  if (argument.word === 'send') {
    const command = findCommand(argument.name);
    return command ? commandFields(command).map(({ name, type, doc }) => ({ name, doc: `${type}: ${doc}` })) : [];
  }
  const row = callNamed(argument.name);
  return row && (argument.word === 'ultracall') === (row.lev === 2) ? row.parameters : [];
}

/** Constants that the documentation of a parameter names. */
function valuesNamedIn(doc: string): CompletionItem[] {
  return [...doc.matchAll(/[A-Z][A-Z0-9_]{3,}/g)].flatMap(([name]) => constantItem(name, 0));
}

function expressionItems(): CompletionItem[] {
  return [
    ...keywordItems('expression'),
    item('tpm response at', CompletionItemKind.Keyword, 1, 'tpm response at ADDRESS', docOfWord('response')),
    ...FUNCTIONS.map((row) =>
      item(row.name, CompletionItemKind.Function, 1, row.doc, functionDoc(row), `${row.name}($1)`),
    ),
    ...registerItems(3),
    item('gpr', CompletionItemKind.Field, 3, 'The general purpose registers as a list: gpr[3].'),
    ...[...CONSTANTS.values()].flatMap(({ name, family }) =>
      constantItem(name, family === 'U' || family === 'H' ? 4 : 5),
    ),
  ];
}
