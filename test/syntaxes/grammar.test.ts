import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEYWORDS } from '../../extension/language/keywords';

const GRAMMAR = 'syntaxes/pef.tmLanguage.json';
const FOLDER = 'test/syntaxes';

describe('the TextMate grammar', () => {
  it.each(readdirSync(FOLDER).filter((name) => name.endsWith('.test.pef')))('%s', { timeout: 60_000 }, (name) => {
    const cli = path.resolve('node_modules/vscode-tmgrammar-test/dist/unit.js');
    const args = [cli, '-g', GRAMMAR, '--compact', `${FOLDER}/${name}`];
    try {
      execFileSync(process.execPath, args, { encoding: 'utf8' });
    } catch (error) {
      // The runner says which line has which scopes.
      throw new Error((error as { stdout: string }).stdout);
    }
  });

  it('names scopes of this language only', () => {
    const names = [...readFileSync(GRAMMAR, 'utf8').matchAll(/"name": "([^"]+)"/g)].map(([, name]) => name);
    for (const scopes of names.slice(1)) for (const scope of scopes!.split(' ')) expect(scope).toMatch(/\.pef$/);
  });
});

describe('the snippets', () => {
  const snippets = JSON.parse(readFileSync('syntaxes/snippets.json', 'utf8')) as Record<
    string,
    { prefix: string; body: string[]; description: string }
  >;

  it('are texts of the language', async () => {
    const { parseText } = await import('../../emulator/scenario/syntax');
    const starters = new Set(KEYWORDS.filter(({ places }) => places.includes('file')).map(({ word }) => word));
    for (const { prefix, body } of Object.values(snippets)) {
      // Each stop with its default, or the first of its choices.
      const text = body
        .join('\n')
        .replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
        .replace(/\$\{\d+:([^}]*)\}/g, '$1')
        .replace(/\$\d/g, '');
      const [first = ''] = text.split(/\W/);
      const whole = starters.has(first) ? text : `scenario "s" {\n${text}\n}`;
      expect(parseText('snippet', whole).diagnostics, prefix).toEqual([]);
    }
  });
});
