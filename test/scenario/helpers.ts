/** What the tests of the language share: files in memory. */

import type { FileProvider } from '../../emulator/scenario/load';

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
