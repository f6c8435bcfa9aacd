/**
 * Runs test/vscode in a real VS Code without a desktop: the suite inside the extension host, then the user interface.
 *
 *   node scripts/test-vscode.mjs [--no-ui | --ui]
 *
 * The packaged .vsix is installed first. Pictures of the user interface are left in test-results/.
 */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { drive } from '../test/vscode/ui/drive.mjs';
import { openBrowser } from './lib/browser.mjs';
import { NotRunnable } from './lib/not-runnable.mjs';
import { root } from './lib/project.mjs';
import { readResults } from './lib/results.mjs';
import { prepareSuite } from './lib/suite.mjs';
import { startServer } from './lib/vscode-server.mjs';
import { packageExtension } from './package.mjs';

const SUITE_TIMEOUT_MS = 240_000;

/** Pictures and logs. */
const OUTPUT = path.join(root, 'test-results');

/**
 * The suite inside the extension host.
 * @param {string} vsix
 * @returns {Promise<import('./lib/results.mjs').Counts>}
 */
export async function runSuite(vsix) {
  const prepared = await prepareSuite();
  const closing = [prepared.remove];
  try {
    const env = { PEF_SUITE_RESULTS: prepared.results };
    const server = await startServer({ extensions: [vsix], env, say: console.log });
    closing.unshift(server.stop);
    const { page, close } = await openBrowser({ say: console.log });
    closing.unshift(close);

    const ended = new Promise((resolve) => void page.exposeFunction('codeAutomationExit', resolve));
    // What the workbench and the extension host say about themselves; the tests' results come in a file.
    fs.mkdirSync(OUTPUT, { recursive: true });
    const log = fs.createWriteStream(path.join(OUTPUT, 'workbench.log'));
    await page.exposeFunction('codeAutomationLog', (type, args) => {
      log.write(`${type}: ${Array.isArray(args) ? format(...args) : String(args)}\n`);
    });
    const payload = JSON.stringify([
      ['extensionDevelopmentPath', server.remote(prepared.carrier)],
      ['extensionTestsPath', server.remote(prepared.suite)],
    ]);
    const query = new URLSearchParams({ folder: prepared.workspace, payload });
    await page.goto(`${server.url}/?${query}`);
    const timeout = new Promise((resolve) => setTimeout(resolve, SUITE_TIMEOUT_MS, 'timeout').unref());
    const outcome = await Promise.race([ended, timeout]);
    const counts = readResults(prepared.results);
    if (outcome === 'timeout') throw new Error(`the suite did not end within ${SUITE_TIMEOUT_MS / 1000} s`);
    if (!counts) throw new Error(`the suite left no results:\n${server.log()}`);
    return counts;
  } finally {
    for (const close of closing) await close();
  }
}

/**
 * The user interface, driven as a user drives it.
 * @param {string} vsix
 * @returns {Promise<import('./lib/results.mjs').Counts>}
 */
export async function runUserInterface(vsix) {
  return drive({ vsix, pictures: OUTPUT });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    const { file } = await packageExtension();
    const parts = process.argv.includes('--ui') ? [runUserInterface] : [runSuite];
    if (process.argv.length === 2) parts.push(runUserInterface);
    let passed = 0;
    let failed = 0;
    let skipped = 0;
    for (const part of parts) {
      const counts = await part(file);
      passed += counts.passed;
      failed += counts.failed;
      skipped += counts.skipped;
    }
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (failed > 0 || passed === 0) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof NotRunnable)) throw error;
    console.log(`not run: VS Code: ${error.message}`);
    process.exitCode = 1;
  }
}
