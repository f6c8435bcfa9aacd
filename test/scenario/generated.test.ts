import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const GENERATED = 'emulator/scenario/generated';

it('the generated files are those of the grammar (run npm run generate)', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(path.resolve('test/.generated-'));
  try {
    const config = JSON.parse(readFileSync('langium-config.json', 'utf8')) as {
      out: string;
      languages: { grammar: string }[];
    };
    config.out = 'out';
    for (const language of config.languages) language.grammar = path.resolve(language.grammar);
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
    const cli = path.resolve('node_modules/langium-cli/bin/langium.js');
    execFileSync(process.execPath, [cli, 'generate', '--file', path.join(folder, 'config.json')], { stdio: 'pipe' });
    const names = readdirSync(GENERATED).sort();
    expect(readdirSync(path.join(folder, 'out')).sort()).toEqual(names);
    for (const name of names) {
      expect(readFileSync(path.join(folder, 'out', name), 'utf8'), name).toBe(
        readFileSync(path.join(GENERATED, name), 'utf8'),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
