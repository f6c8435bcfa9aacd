/** Prepares what a run inside VS Code needs: the bundled suite, a workspace, an empty extension that carries the tests. */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './project.mjs';

/**
 * Bundles test/vscode/suite and lays out the folders of a run.
 * @returns {Promise<{ suite: string, carrier: string, workspace: string, results: string, remove: () => void }>}
 *   suite: the module that exports `run`; carrier: the extension under development that VS Code wants for a suite, empty
 *   because the tests are about the installed .vsix; workspace: a copy of examples/; results: file for the outcome
 */
export async function prepareSuite() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-suite-'));
  const suite = path.join(folder, 'suite.cjs');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['test/vscode/suite/index.ts'],
    outfile: suite,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    define: { 'import.meta.url': '__bundleUrl' },
    banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    sourcemap: 'inline',
    logLevel: 'error',
  });
  const carrier = path.join(folder, 'carrier');
  fs.mkdirSync(carrier);
  const manifest = { name: 'carrier', publisher: 'pef-debug-test', version: '0.0.1', engines: { vscode: '*' } };
  fs.writeFileSync(path.join(carrier, 'package.json'), JSON.stringify(manifest));
  const workspace = path.join(folder, 'workspace');
  fs.cpSync(path.join(root, 'examples'), workspace, { recursive: true });
  fs.cpSync(path.join(root, 'test/vscode/fixtures/workspace'), workspace, { recursive: true });
  const remove = () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  return { suite, carrier, workspace, results: path.join(folder, 'results.json'), remove };
}
