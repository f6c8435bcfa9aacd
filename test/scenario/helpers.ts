/** What the tests of the language share: files in memory. */

import { renderDiagnostic } from '../../emulator/scenario/diagnostics';
import { loadScenario } from '../../emulator/scenario/load';
import type { FileProvider, LoadedScenario } from '../../emulator/scenario/load';

/** A provider over texts and bytes by path. Relative paths are joined to the folder of their base. */
export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): FileProvider {
  return {
    read(path, limitBytes) {
      const content = files[path];
      if (content === undefined) return Promise.resolve('not-found');
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      return Promise.resolve(bytes.length > limitBytes ? 'too-large' : bytes);
    },
    resolve(base, relative) {
      if (relative.startsWith('/')) return relative;
      const parts = base.split('/').slice(0, -1);
      for (const part of relative.split('/')) {
        if (part === '..') {
          if (parts.pop() === undefined) return undefined;
        } else if (part !== '.') parts.push(part);
      }
      return parts.join('/');
    },
  };
}

/** Loads a text as `main.pef`. */
export function load(text: string, others: Readonly<Record<string, string | Uint8Array>> = {}) {
  return loadScenario('main.pef', memoryFiles({ ...others, 'main.pef': text }));
}

/** Loads a text that must have no errors. */
export async function loaded(
  text: string,
  others: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<LoadedScenario> {
  const result = await load(text, others);
  if (result.kind === 'refused') throw new Error(result.diagnostics.map(renderDiagnostic).join('\n'));
  return result;
}

/** Diagnostics of a text, in short: `line:column code`. */
export async function wrong(
  text: string,
  others: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<string[]> {
  const { diagnostics } = await load(text, others);
  return diagnostics.map(({ range, code }) => `${range.line}:${range.column} ${code}`);
}
