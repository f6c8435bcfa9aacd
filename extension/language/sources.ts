/** The files of the editor as the checks want them: documents with all that they use. */

import type { LangiumDocument, LangiumDocuments } from 'langium';
import type { FileSystemProvider } from 'langium';
import type { SourceFile } from '../../emulator/scenario/analyse';
import type { FileProblem } from '../../emulator/scenario/context';
import type * as ast from '../../emulator/scenario/generated/ast';
import { fileProblem } from '../../emulator/scenario/load';
import { MAX_BYTES } from '../../emulator/scenario/operators';
import { usedUri } from '../../emulator/scenario/scope';
import { namedFiles, syntaxDiagnostics } from '../../emulator/scenario/syntax';

/** What the sources need of the language server. */
export interface Workspace {
  readonly documents: LangiumDocuments;
  readonly files: FileSystemProvider;
}

/** A name for a document in messages: the last parts of its address are enough. */
export function documentName(document: LangiumDocument): string {
  return document.uri.scheme === 'file' ? document.uri.fsPath : document.uri.toString();
}

export function hasSyntaxErrors(document: LangiumDocument): boolean {
  return syntaxDiagnostics('', document.textDocument.getText(), document.parseResult).length > 0;
}

/** A document and everything that it uses, for the checks. */
export async function sourceFile(document: LangiumDocument, workspace: Workspace): Promise<SourceFile> {
  const known = new Map<string, SourceFile>();
  const add = (found: LangiumDocument): SourceFile => {
    const file: SourceFile = {
      path: documentName(found),
      model: found.parseResult.value as ast.Model,
      uses: new Map(),
      files: new Map(),
    };
    known.set(found.uri.toString(), file);
    pending.push([found, file]);
    return file;
  };
  const pending: [LangiumDocument, SourceFile][] = [];
  const root = add(document);
  for (const [from, file] of pending) {
    const named = namedFiles(file.model);
    for (const path of named.uses) {
      const uri = usedUri(from, path);
      const before = known.get(uri.toString());
      const used = before ?? (await usable(path, uri, workspace));
      (file.uses as Map<string, SourceFile | FileProblem>).set(path, 'parseResult' in used ? add(used) : used);
    }
    for (const path of named.files) {
      const there = await exists(usedUri(from, path), workspace);
      const content = there ? 'unread' : fileProblem('not-found', path, MAX_BYTES);
      (file.files as Map<string, 'unread' | FileProblem>).set(path, content);
    }
  }
  return root;
}

type Uri = LangiumDocument['uri'];

/** The document of a used file, or why it cannot be used. */
async function usable(path: string, uri: Uri, { documents }: Workspace): Promise<LangiumDocument | FileProblem> {
  try {
    const document = documents.getDocument(uri) ?? (await documents.getOrCreateDocument(uri));
    if (!hasSyntaxErrors(document)) return document;
    return { code: 'syntax', message: `"${path}" has errors of syntax; mend them first.` };
  } catch {
    return fileProblem('not-found', path, MAX_BYTES);
  }
}

async function exists(uri: Uri, { files }: Workspace): Promise<boolean> {
  try {
    return (await files.stat(uri)).isFile;
  } catch {
    return false;
  }
}
