/** The files of the editor as the checks want them: documents with all that they use. */

import { UriUtils } from 'langium';
import type { FileSystemProvider, LangiumDocument, LangiumDocuments } from 'langium';
import type { SourceFile } from '../../emulator/scenario/analyse';
import type { FileProblem } from '../../emulator/scenario/context';
import type * as ast from '../../emulator/scenario/generated/ast';
import { fileProblem, outside } from '../../emulator/scenario/load';
import { MAX_BYTES } from '../../emulator/scenario/operators';
import { usedUri } from '../../emulator/scenario/scope';
import { namedFiles, syntaxDiagnostics } from '../../emulator/scenario/syntax';
import { imageBytes } from './images';

/** What the sources need of the language server. */
export interface Workspace {
  readonly documents: LangiumDocuments;
  readonly files: FileSystemProvider;
  /** Folders that are open; relative paths of a file may not leave its folder. */
  readonly folders: readonly Uri[];
}

type Uri = LangiumDocument['uri'];

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
      const used = leaves(from, path, workspace) ? outside(path) : (before ?? (await usable(path, uri, workspace)));
      (file.uses as Map<string, SourceFile | FileProblem>).set(path, 'parseResult' in used ? add(used) : used);
    }
    for (const path of named.images) {
      const content = leaves(from, path, workspace) ? outside(path) : await image(from, path, workspace);
      (file.files as Map<string, Uint8Array | 'unread' | FileProblem>).set(path, content);
    }
    for (const path of named.files) {
      const there = await exists(usedUri(from, path), workspace);
      const found = there ? 'unread' : fileProblem('not-found', path, MAX_BYTES);
      const content = leaves(from, path, workspace) ? outside(path) : found;
      (file.files as Map<string, 'unread' | FileProblem>).set(path, content);
    }
  }
  return root;
}

async function image(from: LangiumDocument, path: string, workspace: Workspace) {
  const uri = usedUri(from, path);
  return (await exists(uri, workspace)) ? imageBytes(uri) : fileProblem('not-found', path, MAX_BYTES);
}

/** Whether a path leaves the folder that is open, or the file's own when it is in none. Absolute paths may. */
function leaves(document: LangiumDocument, path: string, { folders }: Workspace): boolean {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return false;
  const inside = (folder: Uri, uri: Uri) => !UriUtils.relative(folder, uri).startsWith('..');
  const home = folders.find((folder) => inside(folder, document.uri)) ?? UriUtils.dirname(document.uri);
  return !inside(home, usedUri(document, path));
}

/** The document of a used file, or why it cannot be used. */
async function usable(path: string, uri: Uri, workspace: Workspace): Promise<LangiumDocument | FileProblem> {
  const { documents } = workspace;
  const open = documents.getDocument(uri);
  if (!open && !(await exists(uri, workspace))) return fileProblem('not-found', path, MAX_BYTES);
  try {
    const document = open ?? (await documents.getOrCreateDocument(uri));
    if (!hasSyntaxErrors(document)) return document;
    return { code: 'syntax', message: `"${path}" has errors of syntax; mend them first.` };
  } catch {
    return fileProblem('unreadable', path, MAX_BYTES);
  }
}

async function exists(uri: Uri, { files }: Workspace): Promise<boolean> {
  try {
    return (await files.stat(uri)).isFile;
  } catch {
    return false;
  }
}
