/** The other bundles in dist/, loaded on demand so that activation stays short. */
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DebugAdapter } from 'vscode';
import type * as client from './language-client';

/** Path of a bundle that runs as a program of its own. */
export function programPath(name: 'pef' | 'server'): string {
  return path.join(__dirname, `${name}.mjs`);
}

/** The debug adapter, in this process. */
export async function loadAdapter(): Promise<{ readonly PefDebugSession: new () => DebugAdapter }> {
  return (await import(pathToFileURL(path.join(__dirname, 'adapter.mjs')).href)) as Awaited<
    ReturnType<typeof loadAdapter>
  >;
}

/** The language client, which asks for `vscode` and so comes by `require`. */
export function loadClient(): typeof client {
  return createRequire(__filename)('./client.cjs') as typeof client;
}
