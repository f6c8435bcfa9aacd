/** Guests' images in the editor: checked as they are when the scenario runs, with their symbols. */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { URI } from 'langium';
import { NodeFileSystem } from 'langium/node';
import { describe, expect, it } from 'vitest';
import { createEditorServices } from '../../extension/language/services';
import { hoverText, marked } from './helpers';

const { shared, pef } = createEditorServices(NodeFileSystem);
const FOLDER = path.resolve('test/image/fixtures');
let documents = 0;

async function open(text: string) {
  const uri = URI.parse(pathToFileURL(path.join(FOLDER, `unsaved${documents++}.pef`)).href);
  const document = shared.workspace.LangiumDocumentFactory.fromString(text, uri);
  shared.workspace.LangiumDocuments.addDocument(document);
  await shared.workspace.DocumentBuilder.build([document], { validation: true });
  return document;
}

/** What is asked for at the mark of a text. */
async function at(marks: string) {
  const { text, offset } = marked(marks);
  const document = await open(text);
  const params = {
    textDocument: { uri: document.textDocument.uri },
    position: document.textDocument.positionAt(offset),
  };
  return { document, params };
}

const GUEST = 'guest vm { memory 4 MiB image "hello-le.elf" }\n';

describe('an image in the editor', () => {
  it.each<[text: string, problems: string[]]>([
    [`${GUEST}scenario "s" { run until main expect NIA == main }`, []],
    [`${GUEST}scenario "s" { run until man }`, ["No variable, constant or register is named 'man'"]],
    ['guest vm { memory 1 MiB image "hello-le.elf" }', ['The segment at 0x100000 of "hello-le.elf"']],
    ['guest vm { image "hello.elf" }', ['"hello.elf" cannot be found']],
    ['guest vm { image "../../../../x" }', ['"../../../../x" leaves the workspace']],
    ['guest vm { image "hello.c" }', []],
  ])('%s', async (text, problems) => {
    const document = await open(text);
    const found = (document.diagnostics ?? []).map(({ message }) => message);
    expect(found).toEqual(problems.map((problem) => expect.stringContaining(problem) as string));
  });
  it('offers its symbols where a value is wanted', async () => {
    for (const [text, expected] of [
      [`${GUEST}scenario "s" { run until pa| }`, ['packed']],
      [`${GUEST}scenario "s" { let x = load doubleword to| }`, ['total']],
      [`${GUEST}scenario "s" { send TPM2_| }`, []],
    ] as const) {
      const { document, params } = await at(text);
      const list = await pef.lsp.CompletionProvider!.getCompletion(document, params);
      const symbols = list?.items.filter(({ detail }) => (detail ?? '').includes(' of vm, 0x'));
      expect(symbols?.map(({ label }) => label)).toEqual(expected);
    }
  });
  it('says what a symbol is', async () => {
    const { document, params } = await at(`${GUEST}scenario "s" { run until ma|in }`);
    const hover = await pef.lsp.HoverProvider!.getHoverContent(document, params);
    expect(hoverText(hover ?? undefined)).toBe('`main`: function of vm, 0x100258, 68 bytes');
  });
});
