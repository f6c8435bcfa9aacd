/** The language in the editor: what VS Code gets from the grammar and the language server of the packaged extension. */
import * as assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, lineOf, openExample, positionOf } from './helpers';

/** Runs a provider command until it has an answer; the language server may be on its way. */
async function provided<T>(command: string, document: vscode.TextDocument, ...args: unknown[]): Promise<T[]> {
  return eventually(command, async () => {
    const answer = await vscode.commands.executeCommand<T[] | undefined>(`vscode.${command}`, document.uri, ...args);
    return answer && answer.length > 0 ? answer : undefined;
  });
}

async function hoverText(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const hovers = await provided<vscode.Hover>('executeHoverProvider', document, position);
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))
    .join('\n');
}

/** Labels offered at the end of a text that replaces a document's content. */
async function completions(text: string): Promise<string[]> {
  const document = await vscode.workspace.openTextDocument({ language: 'pef', content: text });
  await vscode.window.showTextDocument(document);
  const end = document.positionAt(text.length);
  const labels = await eventually(`completions after ${text}`, async () => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      end,
    );
    return list.items.length > 0 ? list.items : undefined;
  });
  return labels.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

describe('language', () => {
  it('finds nothing wrong in the example', async () => {
    const document = await openExample();
    // Symbols come from the same parse as the diagnostics, so they are there when it is done.
    await provided('executeDocumentSymbolProvider', document);
    assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
  });

  it('names what is wrong, and where', async () => {
    const document = await openExample('broken.pef');
    const [problem] = await eventually('diagnostics', () => {
      const problems = vscode.languages.getDiagnostics(document.uri);
      return problems.length > 0 ? problems : undefined;
    });
    assert.ok(problem);
    assert.equal(problem.range.start.line + 1, lineOf(document, 'H_TPM_COM('));
    assert.equal(document.getText(problem.range), 'H_TPM_COM');
    assert.match(problem.message, /H_TPM_COM\b/);
    assert.ok(problem.code, 'it has a code');

    const fixes = await provided<vscode.CodeAction>('executeCodeActionProvider', document, problem.range);
    assert.ok(fixes.some(({ title }) => title.includes('H_TPM_COMM')));
  });

  const offers: readonly (readonly [string, string, readonly string[]])[] = [
    ['ultracalls', 'scenario "s" {\n  as vm {\n    ultracall ', ['UV_ESM', 'UV_SHARE_PAGE', 'UV_PAGE_IN']],
    ['hypercalls', 'scenario "s" {\n  as vm {\n    hypercall ', ['H_TPM_COMM', 'H_SVM_PAGE_IN']],
    ['bits of the MSR', 'scenario "s" {\n  as vm {\n    expect MSR.', ['S', 'HV', 'PR']],
    ['TPM commands', 'scenario "s" {\n  as vm {\n    send ', ['TPM2_GetRandom', 'TPM2_PCR_Read']],
    ['mnemonics', 'scenario "s" {\n  as vm {\n    asm {\n      ', ['addi', 'ld', 'sc']],
    ['return codes', 'scenario "s" {\n  as vm {\n    hypercall H_TPM_COMM(1, 0, 0, 0, 0) -> ', ['H_SUCCESS', 'H_P3']],
  ];
  for (const [what, text, expected] of offers) {
    it(`offers ${what}`, async () => {
      const labels = await completions(text);
      for (const label of expected) assert.ok(labels.includes(label), `${label} in ${labels.slice(0, 60).join(', ')}`);
    });
  }

  const hovers: readonly (readonly [string, string, RegExp])[] = [
    ['a hypercall', 'H_TPM_COMM(TPM', /H_TPM_COMM[^]*in_buffer/],
    ['an ultracall', 'UV_SHARE_PAGE', /UV_SHARE_PAGE[^]*gfn/],
    ['a return code', 'H_SUCCESS', /H_SUCCESS[^]*0/],
    ['a register', 'r4 == 44', /r4/],
    ['a TPM command', 'TPM2_GetRandom(', /TPM2_GetRandom[^]*bytesRequested/],
    ['a mnemonic', 'lwz ', /lwz/],
  ];
  for (const [what, text, expected] of hovers) {
    it(`explains ${what}`, async () => {
      const document = await openExample();
      assert.match(await hoverText(document, positionOf(document, text, 1)), expected);
    });
  }

  it('lists the scenarios with buttons to debug and run them', async () => {
    const document = await openExample();
    const symbols = await provided<vscode.DocumentSymbol>('executeDocumentSymbolProvider', document);
    assert.ok(symbols.some(({ name }) => name.includes('random numbers from the TPM')));
    const lenses = await provided<vscode.CodeLens>('executeCodeLensProvider', document, 100);
    const commands = new Set(lenses.map(({ command }) => command?.command));
    assert.ok(commands.has('pef.debugScenario') && commands.has('pef.runScenario'), [...commands].join(', '));
  });

  it('goes to a definition and renames', async () => {
    const document = await openExample();
    const use = positionOf(document, 'random.responseCode', 1);
    const [definition] = await provided<vscode.Location | vscode.LocationLink>(
      'executeDefinitionProvider',
      document,
      use,
    );
    assert.ok(definition);
    const range = 'range' in definition ? definition.range : definition.targetRange;
    assert.equal(range.start.line + 1, lineOf(document, 'let random'));
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      use,
      'answer',
    );
    assert.equal(edit.get(document.uri).length, 3);
  });
});
