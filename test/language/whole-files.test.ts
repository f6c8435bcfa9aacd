/** The services over whole files: nothing throws, wherever the cursor stands, and edits keep what a text means. */

import { readFileSync, readdirSync } from 'node:fs';
import { EmptyFileSystem } from 'langium';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createScenarioServices } from '../../emulator/scenario/services';
import { hoverAt, open, pef, positionOf } from './helpers';

const EXAMPLES = readdirSync('examples')
  .filter((name) => name.endsWith('.pef'))
  .map((name) => [name, readFileSync(`examples/${name}`, 'utf8')] as const);

const FORMATTING = { tabSize: 2, insertSpaces: true };

async function formatted(text: string): Promise<string> {
  const document = await open(text);
  const edits = await pef.lsp.Formatter!.formatDocument(document, {
    textDocument: { uri: document.textDocument.uri },
    options: FORMATTING,
  });
  return TextDocument.applyEdits(document.textDocument, [...edits]);
}

/** The tokens of a text that mean something, with the words of asm blocks. */
function tokens(text: string): string[] {
  const { tokens: found } = createScenarioServices(EmptyFileSystem).parser.Lexer.tokenize(text);
  return found.map(({ image }) => image.replace(/\s+/g, ' '));
}

describe.each(EXAMPLES)('%s', (_name, text) => {
  it('can be typed: completion at every place answers', async () => {
    // Every third place of the text, of which only what is before it is there.
    for (let end = 0; end <= text.length; end += 3) {
      const half = await open(text.slice(0, end));
      const list = await pef.lsp.CompletionProvider!.getCompletion(half, {
        textDocument: { uri: half.textDocument.uri },
        position: positionOf(half, end),
      });
      expect(list?.items).toBeDefined();
    }
  }, 120_000);

  it('has a hover, definition, references and rename everywhere that do not throw', async () => {
    const document = await open(text);
    for (let at = 0; at < text.length; at += 2) {
      const params = { textDocument: { uri: document.textDocument.uri }, position: positionOf(document, at) };
      await hoverAt(document, at);
      await pef.lsp.DefinitionProvider!.getDefinition(document, params);
      await pef.lsp.ReferencesProvider!.findReferences(document, { ...params, context: { includeDeclaration: true } });
      await pef.lsp.RenameProvider!.rename(document, { ...params, newName: 'other' });
      await pef.lsp.SignatureHelp!.provideSignatureHelp(document, params);
    }
  }, 120_000);

  it.each([
    ['as it is', (whole: string) => whole],
    ['on few lines', (whole: string) => whole.replace(/^ +/gm, '')],
    ['with wide gaps', (whole: string) => whole.replace(/^( *)(?=\S)/gm, '$1      ')],
    ['with CRLF', (whole: string) => whole.replace(/\n/g, '\r\n')],
  ])('formats %s to the same meaning, once and for all', async (_what, change) => {
    const once = await formatted(change(text));
    expect(tokens(once)).toEqual(tokens(text));
    expect(await formatted(once)).toBe(once);
  });
});
