/** Files and paths, as this process sees them. */

import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FileProvider } from '../../emulator/scenario/load';

/** The one form of a path that everything here compares: absolute, with a small drive letter on Windows. */
export function toPath(text: string): string {
  let path = text;
  if (/^file:/i.test(text)) {
    try {
      path = fileURLToPath(text);
    } catch {
      path = text;
    }
  }
  return resolve(path).replace(/^([A-Z]):/, (drive) => drive.toLowerCase());
}

export function toClientPath(path: string, asUri: boolean): string {
  return asUri ? pathToFileURL(path).href : path;
}

/** A provider of scenario files over the file system; relative paths may not leave `workspace`. */
export function diskFiles(workspace: string): FileProvider {
  const root = toPath(workspace);
  return {
    read: async (path, limitBytes) => {
      try {
        const about = await stat(path);
        if (!about.isFile()) return 'unreadable';
        if (about.size > limitBytes) return 'too-large';
        return new Uint8Array(await readFile(path));
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'not-found' : 'unreadable';
      }
    },
    resolve: (base, named) => {
      const path = toPath(resolve(dirname(base), named));
      if (isAbsolute(named)) return path;
      const inside = relative(root, path);
      return inside.startsWith('..') || isAbsolute(inside) ? undefined : path;
    },
  };
}

/** The folder that a scenario's paths may not leave: the given one when the file is in it, else the file's own. */
export function workspaceOf(program: string, folder: string | undefined): string {
  const home = dirname(program);
  if (folder === undefined) return home;
  const inside = relative(toPath(folder), program);
  return inside.startsWith('..') || isAbsolute(inside) ? home : toPath(folder);
}
