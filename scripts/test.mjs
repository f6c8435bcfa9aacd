/**
 * `npm test`: the unit tests, then the tests in a real VS Code. Ends with one line of counts over all of them.
 *
 * What this machine cannot run is named with the reason; where CI is set that counts as a failure.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { NotRunnable } from './lib/not-runnable.mjs';
import { root } from './lib/project.mjs';
import { readVitest } from './lib/results.mjs';
import { packageExtension } from './package.mjs';
import { runCases, runPrograms } from './test-qemu.mjs';
import { runSuite, runUserInterface } from './test-vscode.mjs';

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const summary = [];
let vsix = '';

/**
 * One part of the tests; a part that breaks counts as one failure.
 * @param {string} name
 * @param {() => import('./lib/results.mjs').Counts | Promise<import('./lib/results.mjs').Counts>} run
 */
async function part(name, run) {
  console.log(`\n=== ${name}`);
  const start = performance.now();
  const took = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    const { passed, failed, skipped } = await run();
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    summary.push(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${took()})`);
  } catch (error) {
    if (error instanceof NotRunnable) {
      summary.push(`not run: ${name}: ${error.message}`);
      if (process.env.CI) total.failed++;
    } else {
      console.error(error);
      summary.push(`${name}: broke: ${error instanceof Error ? error.message : String(error)} (${took()})`);
      total.failed++;
    }
  }
}

function unitTests() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-vitest-'));
  const results = path.join(folder, 'results.json');
  try {
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
    const counts = readVitest(results);
    if (!counts) throw new Error(`vitest left no results (exit code ${status})`);
    // An error outside of any test, such as an unhandled rejection, shows in the exit code alone.
    if (status !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

await part('Unit tests', unitTests);
await part('Instructions against QEMU', () => runCases());
await part('Programs against QEMU', () => runPrograms());
await part('Package', async () => {
  vsix = (await packageExtension()).file;
  return { passed: 1, failed: 0, skipped: 0 };
});
await part('Command line', () => {
  const args = [path.join(root, 'bin/pef.js'), 'run', 'examples/h-tpm-comm.pef', '--quiet'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
});
if (vsix) {
  await part('Suite in VS Code', () => runSuite(vsix));
  await part('User interface of VS Code', () => runUserInterface(vsix));
}

console.log(`\n${summary.join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
