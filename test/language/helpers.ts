/** What the tests of the language server share: documents in memory, and texts with a marked place. */

import type { LangiumDocument } from 'langium';
import { EmptyFileSystem, URI } from 'langium';
import type { CompletionItem, Diagnostic, Hover, Position } from 'vscode-languageserver';
import { createEditorServices } from '../../extension/language/services';

export const { shared, pef } = createEditorServices(EmptyFileSystem);

/** Texts where `|` marks the place: it is removed. */
export function marked(text: string): { text: string; offset: number } {
  const offset = text.indexOf('|');
  return { text: text.slice(0, offset) + text.slice(offset + 1), offset };
}

let documents = 0;

/** Opens a text as a document, with everything built. Other files are given by name. */
export async function open(text: string, others: Readonly<Record<string, string>> = {}): Promise<LangiumDocument> {
  const folder = `file:///test${documents++}`;
  const factory = shared.workspace.LangiumDocumentFactory;
  const all = Object.entries({ ...others, 'main.pef': text }).map(([name, content]) =>
    factory.fromString(content, URI.parse(`${folder}/${name}`)),
  );
  for (const document of all) shared.workspace.LangiumDocuments.addDocument(document);
  await shared.workspace.DocumentBuilder.build(all, { validation: true });
  return all.at(-1)!;
}

export function positionOf(document: LangiumDocument, offset: number): Position {
  return document.textDocument.positionAt(offset);
}

/** Completion at the mark of a text. */
export async function complete(marks: string, others?: Readonly<Record<string, string>>): Promise<CompletionItem[]> {
  const { text, offset } = marked(marks);
  const document = await open(text, others);
  const list = await pef.lsp.CompletionProvider!.getCompletion(document, {
    textDocument: { uri: document.textDocument.uri },
    position: positionOf(document, offset),
  });
  return list?.items ?? [];
}

export function hoverText(hover: Hover | undefined): string {
  const contents = hover?.contents;
  return contents && typeof contents === 'object' && 'value' in contents ? contents.value : '';
}

/** Hover at an offset of a document. */
export async function hoverAt(document: LangiumDocument, offset: number): Promise<string> {
  const hover = await pef.lsp.HoverProvider!.getHoverContent(document, {
    textDocument: { uri: document.textDocument.uri },
    position: positionOf(document, offset),
  });
  return hoverText(hover ?? undefined);
}

/** Hover at the mark of a text. */
export async function hover(marks: string, others?: Readonly<Record<string, string>>): Promise<string> {
  const { text, offset } = marked(marks);
  return hoverAt(await open(text, others), offset);
}

export function diagnosticsOf(document: LangiumDocument): readonly Diagnostic[] {
  return document.diagnostics ?? [];
}
