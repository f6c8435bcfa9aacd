import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LangiumDocument } from 'langium';
import { describe, expect, it } from 'vitest';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { diagnosticsOf, marked, open, pef, positionOf } from './helpers';

const id = (document: LangiumDocument) => ({ textDocument: { uri: document.textDocument.uri } });

/** The text after edits of a document. */
function edited(document: LangiumDocument, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(document.textDocument, [...edits]);
}

const place = ({
  start,
  end,
}: {
  start: { line: number; character: number };
  end: { line: number; character: number };
}) => `${start.line}:${start.character}-${end.line}:${end.character}`;

describe('diagnostics', () => {
  it('are those of the checks, with ranges counted from 0', async () => {
    const document = await open('scenario "s" {\n  ultracall UV_ESN(1, 2)\n}');
    expect(diagnosticsOf(document)).toEqual([
      {
        range: { start: { line: 1, character: 12 }, end: { line: 1, character: 18 } },
        severity: 1,
        code: 'unknown-call',
        source: 'pef',
        message: "No ultracall is named 'UV_ESN'; did you mean 'UV_ESM'?",
        data: { code: 'unknown-call', replacement: 'UV_ESM' },
      },
    ]);
  });

  it('are those of the file itself, not of the files it uses', async () => {
    const others = { 'other.pef': 'const A = r3', 'broken.pef': 'const = ' };
    expect(diagnosticsOf(await open('use "other.pef"', others))).toEqual([]);
    expect(diagnosticsOf(await open('use "broken.pef"', others)).map(({ code }) => code)).toEqual(['syntax']);
    expect(diagnosticsOf(await open('use "gone.pef"')).map(({ code }) => code)).toEqual(['file-not-found']);
    expect(diagnosticsOf(await open('use "../x.pef"')).map(({ code }) => code)).toEqual(['file-outside']);
    expect(diagnosticsOf(await open('const A = file "../x"')).map(({ code }) => code)).toEqual(['file-outside']);
    expect(diagnosticsOf(await open('const A = file "x"')).map(({ code }) => code)).toEqual(['file-not-found']);
  });

  it('see declarations of used files', async () => {
    const others = { 'a.pef': 'use "b.pef" procedure p(x) { }', 'b.pef': 'const SIZE = 1 guest svm { lpid 4 }' };
    expect(diagnosticsOf(await open('use "a.pef" scenario "s" { as svm { p(SIZE) } }', others))).toEqual([]);
  });

  it('are of the syntax alone while there are holes in the text', async () => {
    const document = await open('scenario "s" { print nothing let = }');
    expect(new Set(diagnosticsOf(document).map(({ code }) => code))).toEqual(new Set(['syntax']));
  });

  it('bear a text that is far too deep', async () => {
    expect(diagnosticsOf(await open(`const A = ${'('.repeat(50_000)}`)).map(({ code }) => code)).toEqual(['too-deep']);
  });
});

describe('quick fixes', () => {
  it.each([
    ['ultracall UV_SHAREPAGE(1, 2)', 'ultracall UV_SHARE_PAGE(1, 2)'],
    ['ultracall UV_SHARE_PAGE(1, nun: 2)', 'ultracall UV_SHARE_PAGE(1, num: 2)'],
    ['ultracall UV_ESM(1, 2) -> U_SUCCES', 'ultracall UV_ESM(1, 2) -> U_SUCCESS'],
    ['print MSR.HW', 'print MSR.HV'],
    ['asm { adddi r3, r3, 1 }', 'asm { addi r3, r3, 1 }'],
    ['hypercal H_CEDE()', 'hypercall H_CEDE()'],
  ])('%s', async (wrong, right) => {
    const document = await open(`scenario "s" {\n${wrong}\n}`);
    const [diagnostic] = diagnosticsOf(document);
    const range = diagnostic!.range;
    const actions = await pef.lsp.CodeActionProvider!.getCodeActions(document, {
      ...id(document),
      range,
      context: { diagnostics: [diagnostic!] },
    });
    const [action] = actions ?? [];
    const edit = (action as { edit: WorkspaceEdit }).edit.changes![document.textDocument.uri]!;
    expect(edited(document, edit)).toBe(`scenario "s" {\n${right}\n}`);
  });
});

const PROGRAM = `const SIZE = 4 KiB
guest svm1 { lpid 1 }
procedure fill(address, value) {
  store byte address = value
}
scenario "first" {
  as svm1 {
    let size = SIZE
    size = size + SIZE
    fill(size, 1)
    print ra(svm1, size)
    as svm1 user { print size }
  }
}
scenario "second" { }
`;

describe('names', () => {
  /** Places of the references of the name at the mark. */
  async function references(marks: string, others: Record<string, string> = {}) {
    const { text, offset } = marked(marks);
    const document = await open(text, others);
    const position = positionOf(document, offset);
    const found = await pef.lsp.ReferencesProvider!.findReferences(document, {
      ...id(document),
      position,
      context: { includeDeclaration: true },
    });
    return found.map(({ uri, range }) => `${uri.split('/').at(-1)}:${place(range)}`).sort();
  }

  it.each([
    ['a variable', PROGRAM.replace('let size', 'let si|ze'), 6],
    ['a constant', PROGRAM.replace('let size = SIZE', 'let size = SI|ZE'), 3],
    ['a procedure', PROGRAM.replace('fill(size', 'fi|ll(size'), 2],
    ['a parameter', PROGRAM.replace('byte address', 'byte addr|ess'), 2],
    ['a guest', PROGRAM.replace('as svm1 {', 'as sv|m1 {'), 4],
  ])('finds all references of %s', async (_what, text, count) => {
    expect(await references(text)).toHaveLength(count);
  });

  it('keeps variables of the same name apart', async () => {
    expect(await references('scenario "s" { let a = 1 if 1 { let a| = 2 print a } print a }')).toEqual([
      'main.pef:0:36-0:37',
      'main.pef:0:48-0:49',
    ]);
  });

  it('finds references across files', async () => {
    const found = await references('use "a.pef" scenario "s" { print SI|ZE }', {
      'a.pef': 'const SIZE = 1 const TWICE = SIZE * 2',
    });
    expect(found).toEqual(['a.pef:0:29-0:33', 'a.pef:0:6-0:10', 'main.pef:0:33-0:37']);
  });

  it('goes to definitions', async () => {
    const definition = async (marks: string, others: Record<string, string> = {}) => {
      const { text, offset } = marked(marks);
      const document = await open(text, others);
      const links = await pef.lsp.DefinitionProvider!.getDefinition(document, {
        ...id(document),
        position: positionOf(document, offset),
      });
      return (links ?? []).map((link) => `${link.targetUri.split('/').at(-1)}:${place(link.targetSelectionRange)}`);
    };
    expect(await definition(PROGRAM.replace('fill(size', 'fi|ll(size'))).toEqual(['main.pef:2:10-2:14']);
    expect(await definition('use "a.p|ef"', { 'a.pef': '' })).toEqual(['a.pef:0:0-0:0']);
    expect(await definition('use "a.pef" const B = SI|ZE', { 'a.pef': 'const SIZE = 1' })).toEqual(['a.pef:0:6-0:10']);
    expect(await definition('scenario "s" { print r|3 }')).toEqual([]);
  });

  it('renames declarations with all their uses, and refuses names that are taken', async () => {
    const { text, offset } = marked(PROGRAM.replace('let size', 'let si|ze'));
    const document = await open(text);
    const position = positionOf(document, offset);
    const rename = (newName: string) =>
      Promise.resolve(pef.lsp.RenameProvider!.rename(document, { ...id(document), position, newName }));
    const edit = await rename('length');
    expect(edited(document, edit!.changes![document.textDocument.uri]!)).toBe(
      PROGRAM.replaceAll(/\bsize\b/g, 'length'),
    );
    for (const name of ['r3', 'U_SUCCESS', 'let', '1a', 'a b', 'sha256', ''])
      await expect(rename(name)).rejects.toThrow('cannot be a name');
  });

  it('does not rename what the tables name', async () => {
    for (const marks of [
      'scenario "s" { hypercall H_CE|DE() }',
      'scenario "s" { print U_SUC|CESS }',
      'scenario "s" { ultracall UV_ESM(fd|t: 1, esm_blob_addr: 2) }',
    ]) {
      const { text, offset } = marked(marks);
      const document = await open(text);
      expect(
        await pef.lsp.RenameProvider!.prepareRename(document, {
          ...id(document),
          position: positionOf(document, offset),
        }),
      ).toBeUndefined();
    }
  });
});

describe('the outline', () => {
  it('lists declarations, and actors in scenarios', async () => {
    const document = await open(`machine { }\n${PROGRAM}`);
    const symbols = await pef.lsp.DocumentSymbolProvider!.getSymbols(document, id(document));
    expect(symbols.map(({ name }) => name)).toEqual(['machine', 'SIZE', 'svm1', 'fill', '"first"', '"second"']);
    const [as] = symbols[4]!.children!;
    expect([as!.name, as!.children!.map(({ name }) => name)]).toEqual(['as svm1', ['as svm1 user']]);
    for (const { range, selectionRange } of symbols) {
      expect(selectionRange.start.line).toBeGreaterThanOrEqual(range.start.line);
      expect(selectionRange.end.line).toBeLessThanOrEqual(range.end.line);
    }
  });

  it('bears texts with holes', async () => {
    for (const text of [
      'scenario',
      'guest {',
      'procedure (',
      'const =',
      'scenario "s" { as',
      'scenario "s" { as { let',
    ]) {
      const document = await open(text);
      await pef.lsp.DocumentSymbolProvider!.getSymbols(document, id(document));
      await pef.lsp.CodeLensProvider!.provideCodeLens(document, id(document));
      await pef.lsp.FoldingRangeProvider!.getFoldingRanges(document, id(document));
    }
  });
});

describe('code lenses', () => {
  it('debug and run each scenario', async () => {
    const document = await open(PROGRAM);
    const lenses = await pef.lsp.CodeLensProvider!.provideCodeLens(document, id(document));
    const { uri } = document.textDocument;
    expect(lenses?.map(({ range, command }) => [range.start.line, command?.command, command?.arguments])).toEqual([
      [5, 'pef.debugScenario', [uri, 'first']],
      [5, 'pef.runScenario', [uri, 'first']],
      [14, 'pef.debugScenario', [uri, 'second']],
      [14, 'pef.runScenario', [uri, 'second']],
    ]);
  });
});

describe('folding', () => {
  it('folds blocks', async () => {
    const document = await open(PROGRAM);
    const ranges = await pef.lsp.FoldingRangeProvider!.getFoldingRanges(document, id(document));
    expect(ranges.map(({ startLine, endLine }) => `${startLine}-${endLine}`)).toEqual(
      expect.arrayContaining(['2-3', '5-12', '6-11']),
    );
  });
});

describe('inlay hints', () => {
  it('name positional arguments', async () => {
    const document = await open(
      'scenario "s" { ultracall UV_SHARE_PAGE(1, num: 2) hypercall 0x10(1) send TPM2_GetRandom(4) }',
    );
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const hints = await pef.lsp.InlayHintProvider!.getInlayHints(document, { ...id(document), range });
    expect(
      hints?.map(({ label, position }) => `${position.character} ${typeof label === 'string' ? label : ''}`),
    ).toEqual(['39 gfn:', '88 bytesRequested:']);
  });
});

describe('signature help', () => {
  it.each<[text: string, label: string, active: number]>([
    ['scenario "s" { ultracall UV_SHARE_PAGE(| }', 'UV_SHARE_PAGE(gfn, num)', 0],
    ['scenario "s" { ultracall UV_SHARE_PAGE(1, | }', 'UV_SHARE_PAGE(gfn, num)', 1],
    ['scenario "s" { ultracall UV_SHARE_PAGE(num: |) }', 'UV_SHARE_PAGE(gfn, num)', 1],
    ['scenario "s" { ultracall UV_SHARE_PAGE((1 + 2), [1, 2]|) }', 'UV_SHARE_PAGE(gfn, num)', 1],
    [
      'scenario "s" { send TPM2_GetCapability(capability: 1, |) }',
      'TPM2_GetCapability(capability, property, propertyCount)',
      1,
    ],
    ['scenario "s" { print ra(|) }', 'ra(guest, gpa)', 0],
    ['procedure fill(a, b) { } scenario "s" { fill(1, |) }', 'fill(a, b)', 1],
  ])('%s', async (marks, label, active) => {
    const { text, offset } = marked(marks);
    const document = await open(text);
    const help = await pef.lsp.SignatureHelp!.provideSignatureHelp(document, {
      ...id(document),
      position: positionOf(document, offset),
    });
    expect(help?.signatures[0]?.label).toBe(label);
    expect(help?.activeParameter).toBe(active);
    for (const { label: range } of help!.signatures[0]!.parameters!) {
      expect(label.slice(range[0] as number, range[1] as number)).toMatch(/^\w+$/);
    }
  });

  it('is silent outside of calls', async () => {
    const { text, offset } = marked('scenario "s" { print (1 + |2) }');
    const document = await open(text);
    expect(
      await pef.lsp.SignatureHelp!.provideSignatureHelp(document, {
        ...id(document),
        position: positionOf(document, offset),
      }),
    ).toBeUndefined();
  });
});

describe('formatting', () => {
  const format = async (text: string) => {
    const document = await open(text);
    const edits = await pef.lsp.Formatter!.formatDocument(document, {
      ...id(document),
      options: { tabSize: 2, insertSpaces: true },
    });
    return edited(document, edits);
  };

  it('indents by blocks, and keeps what is inside of lines', async () => {
    const messy = [
      'scenario "s" {',
      'as svm1 {   ',
      '      let   x = 1',
      'if x {',
      'print x',
      '} else {',
      'print 2',
      '}',
      'hypercall H_TPM_COMM(1, 2, 3,',
      '                     4, 5)',
      'asm {',
      'li r3, 1',
      '  nop',
      '}',
      '}',
      '',
      '',
      '/* a comment',
      '     as it is */',
      '}',
      '',
    ].join('\n');
    expect(await format(messy)).toBe(
      [
        'scenario "s" {',
        '  as svm1 {',
        '    let   x = 1',
        '    if x {',
        '      print x',
        '    } else {',
        '      print 2',
        '    }',
        '    hypercall H_TPM_COMM(1, 2, 3,',
        '                     4, 5)',
        '    asm {',
        '      li r3, 1',
        '      nop',
        '    }',
        '  }',
        '',
        '',
        '  /* a comment',
        '     as it is */',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('leaves well formatted texts alone', async () => {
    for (const name of ['h-tpm-comm.pef']) {
      const text = readFileSync(`examples/${name}`, 'utf8');
      expect(await format(text)).toBe(text);
    }
    expect(await format(PROGRAM)).toBe(PROGRAM);
  });
});

describe('the server', () => {
  it('speaks the protocol over standard input and output', { timeout: 60_000 }, async () => {
    // The bundle that ships is made by the build; the entry itself is bundled here.
    const { build } = await import('esbuild');
    const folder = mkdtempSync(path.join(tmpdir(), 'pef-server-'));
    const outfile = path.join(folder, 'server.cjs');
    await build({
      entryPoints: ['extension/language/server.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      logLevel: 'error',
    });
    const server = spawn(process.execPath, [outfile, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      const send = (message: object) => {
        const text = JSON.stringify({ jsonrpc: '2.0', ...message });
        server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
      };
      const answers = new Map<number, unknown>();
      const published: { uri: string; diagnostics: { code: string }[] }[] = [];
      let wake: () => void = () => undefined;
      let buffer = Buffer.alloc(0);
      server.stdout.on('data', (chunk: Buffer) => {
        buffer = Buffer.concat([buffer, chunk]);
        for (;;) {
          const head = /^Content-Length: (\d+)[^]*?\r\n\r\n/.exec(buffer.toString('latin1'));
          if (!head || buffer.length < head[0].length + Number(head[1])) break;
          const body = buffer.subarray(head[0].length, head[0].length + Number(head[1])).toString('utf8');
          buffer = buffer.subarray(head[0].length + Number(head[1]));
          const message = JSON.parse(body) as {
            id?: number;
            method?: string;
            result?: unknown;
            params?: (typeof published)[0];
          };
          if (message.method === undefined) answers.set(message.id!, message.result);
          else if (message.method === 'textDocument/publishDiagnostics') published.push(message.params!);
          else if (message.id !== undefined) send({ id: message.id, result: null });
          wake();
        }
      });
      const until = async (condition: () => boolean) => {
        while (!condition()) await new Promise<void>((resolve) => (wake = resolve));
      };
      const uri = 'file:///nowhere/main.pef';
      send({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
      await until(() => answers.has(1));
      expect(answers.get(1)).toMatchObject({
        capabilities: {
          hoverProvider: true,
          definitionProvider: true,
          completionProvider: { triggerCharacters: expect.any(Array) as string[] },
        },
      });
      send({ method: 'initialized', params: {} });
      const text = 'scenario "s" { hypercall H_TPM_COM() }';
      send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'pef', version: 1, text } } });
      await until(() => published.some(({ diagnostics }) => diagnostics.length > 0));
      expect(published.at(-1)?.diagnostics.map(({ code }) => code)).toEqual(['unknown-call']);
      send({
        id: 2,
        method: 'textDocument/completion',
        params: { textDocument: { uri }, position: { line: 0, character: 25 } },
      });
      await until(() => answers.has(2));
      expect((answers.get(2) as { items: { label: string }[] }).items.map(({ label }) => label)).toContain(
        'H_TPM_COMM',
      );
      send({ id: 3, method: 'shutdown' });
      await until(() => answers.has(3));
      send({ method: 'exit' });
      await new Promise((resolve) => server.on('exit', resolve));
    } finally {
      server.kill();
      rmSync(folder, { recursive: true });
    }
  });
});
