/**
 * The images of guests for the editor: their bytes for the checks, their symbols for completion and hover.
 *
 * An image is read once and again when its file has changed. Larger ones than the limit are left alone: the checks then
 * take every unknown name for a symbol.
 */

import { readFile, stat } from 'node:fs/promises';
import type { LangiumDocument, LangiumDocuments } from 'langium';
import { hexNumber } from '../../emulator/common/bytes';
import { FormatError } from '../../emulator/common/errors';
import { type ElfSymbol, isElf, parseElfOnce } from '../../emulator/image/elf';
import * as ast from '../../emulator/scenario/generated/ast';
import { usedUri } from '../../emulator/scenario/scope';

type Uri = LangiumDocument['uri'];

/** Largest image that is read while somebody types, in bytes. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Images that are kept. */
const MOST_FILES = 8;

interface Known {
  readonly stamp: string;
  readonly bytes: Uint8Array;
}

const known = new Map<string, Known>();

/** The bytes of an image, or `unread` when it is too large or cannot be had. Never rejects. */
export async function imageBytes(uri: Uri): Promise<Uint8Array | 'unread'> {
  if (uri.scheme !== 'file') return 'unread';
  const path = uri.fsPath;
  try {
    const about = await stat(path);
    if (!about.isFile() || about.size > MOST_BYTES) return 'unread';
    const stamp = `${about.size} ${about.mtimeMs}`;
    const before = known.get(path);
    if (before?.stamp === stamp) return before.bytes;
    const bytes = new Uint8Array(await readFile(path));
    known.delete(path);
    known.set(path, { stamp, bytes });
    for (const oldest of known.keys()) if (known.size > MOST_FILES) known.delete(oldest);
    return bytes;
  } catch {
    return 'unread';
  }
}

/** A symbol of a guest's image. */
export interface GuestSymbol extends ElfSymbol {
  readonly guest: string;
}

/** Symbols of the images that the guests of these documents have, the first guest's first. */
export async function guestSymbols(documents: readonly LangiumDocument[]): Promise<readonly GuestSymbol[]> {
  const symbols: GuestSymbol[] = [];
  for (const document of documents) {
    for (const guest of (document.parseResult.value as ast.Model).declarations) {
      if (!ast.isGuest(guest)) continue;
      for (const option of guest.options) {
        if (!ast.isImageOption(option) || option.kind !== 'image' || !option.path) continue;
        const found = symbolsIn(await imageBytes(usedUri(document, option.path)));
        symbols.push(...found.map((symbol) => ({ ...symbol, guest: guest.name })));
      }
    }
  }
  return symbols;
}

/** What a symbol is, in a few words: `function of vm, 0x100258, 68 bytes`. */
export function symbolDoc({ type, guest, address, size }: GuestSymbol): string {
  return `${type} of ${guest}, ${hexNumber(address)}${size > 0n ? `, ${size} bytes` : ''}`;
}

/** A document and those that it uses, directly or through others, as far as they are open. */
export function usedDocuments(document: LangiumDocument, documents: LangiumDocuments): readonly LangiumDocument[] {
  const found = new Map<string, LangiumDocument>([[document.uri.toString(), document]]);
  for (const file of found.values()) {
    for (const use of (file.parseResult.value as ast.Model).uses) {
      const used = use.path ? documents.getDocument(usedUri(file, use.path)) : undefined;
      if (used && !found.has(used.uri.toString())) found.set(used.uri.toString(), used);
    }
  }
  return [...found.values()];
}

function symbolsIn(bytes: Uint8Array | 'unread'): readonly ElfSymbol[] {
  if (bytes === 'unread' || !isElf(bytes)) return [];
  try {
    return parseElfOnce(bytes).symbols;
  } catch (error) {
    // The checks have said what is wrong with it.
    if (error instanceof FormatError) return [];
    throw error;
  }
}
