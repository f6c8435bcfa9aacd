/** The lint rule that holds the directions of dependencies catches what it is for, in the project's own configuration. */
import { ESLint } from 'eslint';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const eslint = new ESLint({ cwd: root, ruleFilter: ({ ruleId }) => ruleId === 'pef/layers' });

async function problems(file: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath: path.join(root, file), warnIgnored: true });
  return results.flatMap(({ messages }) => messages.map((message) => message.messageId ?? message.message));
}

// Files that exist, because type-aware linting looks them up.
const COMMON = 'emulator/common/bytes.ts';
const PEF = 'emulator/pef/calls.ts';
const TIMELINE = 'emulator/timeline/replayable.ts';
const UI = 'extension/ui/scenarios.ts';

describe('pef/layers', () => {
  it.each([
    ['the emulator does not know VS Code', COMMON, `import * as vscode from 'vscode';`, ['package']],
    ['not even its types', COMMON, `import type * as vscode from 'vscode';`, ['package']],
    ['nor the debug adapter', PEF, `import { DebugSession } from '@vscode/debugadapter';`, ['package']],
    ['nor the language server', PEF, `export * from 'vscode-languageserver/node';`, ['package']],
    ['nor Node', TIMELINE, `import fs from 'node:fs';`, ['package']],
    ['nor Node, imported late', TIMELINE, `const fs = await import('node:fs');`, ['package']],
    ['it does not know its users', TIMELINE, `import { x } from '../../extension/adapter/session';`, ['folder']],
    ['it does not know the command line', PEF, `import { x } from '../../cli/main';`, ['folder']],
    ['common stands below all', COMMON, `import { x } from '../pef/calls';`, ['folder']],
    ['firmware stands below scenarios', PEF, `import { x } from '../scenario/run';`, ['folder']],
    ['not even its types', PEF, `export type { x } from '../scenario/run';`, ['folder']],
    ['types alone may point up', PEF, `import { x } from '../machine/machine';`, ['typesOnly']],
    ['they do', PEF, `import type { x } from '../machine/machine';`, []],
    ['down is free', TIMELINE, `import { x } from '../common/bytes';`, []],
    ['in the same folder too', PEF, `import { x } from './codes';`, []],
    [
      'the user interface starts the emulator through bundles',
      UI,
      `import { x } from '../adapter/session';`,
      ['typesOnly'],
    ],
    ['and knows VS Code', UI, `import * as vscode from 'vscode';`, []],
  ])('%s: %s', async (_statement, file, code, expected) => {
    expect(await problems(file, code)).toEqual(expected);
  });
});
