/**
 * Runs the suite of test/vscode in a desktop VS Code, which @vscode/test-electron downloads.
 *
 *   node scripts/test-electron.mjs [version]
 *
 * Needs VS Code's update server; on Linux also a display (`xvfb-run`). Without them use `npm run test:vscode`.
 */
import { downloadAndUnzipVSCode, runTests, runVSCodeCommand } from '@vscode/test-electron';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readResults } from './lib/results.mjs';
import { prepareSuite } from './lib/suite.mjs';
import { cacheFolder, quietSettings } from './lib/vscode-server.mjs';
import { packageExtension } from './package.mjs';

const download = { version: process.argv[2] ?? 'stable', cachePath: path.join(cacheFolder(), 'vscode-desktop') };
const { file } = await packageExtension();

let vscodeExecutablePath;
try {
  vscodeExecutablePath = await downloadAndUnzipVSCode(download);
} catch (error) {
  console.log(
    `not run: VS Code ${download.version} could not be downloaded (${String(error)}); use \`npm run test:vscode\``,
  );
  process.exit(1);
}

const prepared = await prepareSuite();
const state = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-electron-'));
const profile = [`--user-data-dir=${path.join(state, 'user')}`, `--extensions-dir=${path.join(state, 'extensions')}`];
try {
  fs.mkdirSync(path.join(state, 'user/User'), { recursive: true });
  fs.writeFileSync(path.join(state, 'user/User/settings.json'), JSON.stringify(quietSettings));
  await runVSCodeCommand(['--install-extension', file, ...profile], download);
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: prepared.carrier,
    extensionTestsPath: prepared.suite,
    extensionTestsEnv: { PEF_SUITE_RESULTS: prepared.results },
    launchArgs: [prepared.workspace, ...profile, '--disable-workspace-trust', '--skip-welcome'],
  });
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
} finally {
  const counts = readResults(prepared.results);
  if (counts) console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  else process.exitCode = 1;
  prepared.remove();
  fs.rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
