/**
 * A real VS Code without a desktop: the VS Code server inside the npm package `code-server`, started directly.
 *
 * The update server of VS Code is not reachable from every build machine; the npm registry is. The server is installed
 * on demand into a cache outside the checkout (about 600 MB, one minute) and used by every clone after that.
 * `server-main.js` is started without code-server's own front, because only it knows `--enable-smoke-test-driver`,
 * which makes a built workbench honour `?payload=` (extension under development, test suite).
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { NotRunnable } from './not-runnable.mjs';

/** Carries VS Code 1.139.1. */
export const CODE_SERVER_VERSION = '4.139.1';

/** Native modules that the server loads; all others are optional to it. */
const NATIVE_MODULES = ['@vscode/spdlog', '@vscode/native-watchdog', '@parcel/watcher'];

const START_TIMEOUT_MS = 60_000;

/** Folder for downloads that clones share; `PEF_DEBUG_CACHE` names another one. */
export function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return process.env.PEF_DEBUG_CACHE || path.join(base, 'pef-debug');
}

/**
 * Installs npm packages into a folder of the cache, once: a finished installation is marked by a file, so an
 * interrupted one is made again.
 * @param {string} folder
 * @param {(folder: string) => void} install
 */
export function installOnce(folder, install) {
  const mark = path.join(folder, '.complete');
  if (fs.existsSync(mark)) return;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  install(folder);
  fs.writeFileSync(mark, '');
}

/**
 * Runs npm with the Node that runs this script, quietly; npm's output is shown when it fails.
 * @param {string[]} args
 * @param {string} cwd
 */
export function npm(args, cwd) {
  const env = { ...process.env, npm_config_fund: 'false', npm_config_audit: 'false' };
  // An outer `npm run` describes its own package in these; the inner npm must not read them as its configuration.
  for (const name of Object.keys(env)) if (/^npm_(package|lifecycle|command)/.test(name)) delete env[name];
  delete env.npm_config_local_prefix;
  const headers = nodeHeaders();
  if (headers) Object.assign(env, { npm_config_nodedir: headers, npm_config_build_from_source: 'true' });
  try {
    execFileSync('npm', args, { cwd, env, stdio: 'pipe', encoding: 'utf8' });
  } catch (error) {
    const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-12).join('\n');
    throw new NotRunnable(
      `npm ${args.join(' ')} failed in ${cwd}:\n${tail}`,
      'look at the message above and run again',
    );
  }
}

/** Headers of the Node that runs this script, when its npm package carries them; node-gyp downloads them otherwise. */
function nodeHeaders() {
  const root = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  const candidates = [path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`), root];
  return candidates.find((folder) => fs.existsSync(path.join(folder, 'include/node/node.h')));
}

/**
 * Path of `server-main.js`, installed first where it is missing.
 * @param {(text: string) => void} say told before something slow begins
 */
export function installServer(say = () => {}) {
  if (process.platform === 'win32') {
    throw new NotRunnable('the VS Code server is not started on Windows', 'use `npm run test:electron`');
  }
  const folder = path.join(cacheFolder(), `code-server-${CODE_SERVER_VERSION}-node${process.versions.modules}`);
  installOnce(folder, () => {
    for (const tool of ['g++', 'make', 'python3']) {
      if (!onPath(tool)) {
        throw new NotRunnable(`${tool} is missing, which compiles native modules`, 'install g++, make and python3');
      }
    }
    say(`installing VS Code (npm code-server@${CODE_SERVER_VERSION}) into ${folder}: about 600 MB, once`);
    npm(['install', '--ignore-scripts', `code-server@${CODE_SERVER_VERSION}`], folder);
    const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
    npm(['install', '--omit=dev', '--ignore-scripts'], vscode);
    npm(['rebuild', ...NATIVE_MODULES], vscode);
  });
  return path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js');
}

/**
 * Path of a program in PATH.
 * @param {string} name
 */
export function onPath(name) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Resolves when the server answers.
 * @param {number} port
 * @param {() => string} log
 */
async function answering(port, log) {
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end) {
    const up = await new Promise((resolve) => {
      const request = http.get({ host: '127.0.0.1', port, path: '/version' }, (response) => {
        response.resume();
        resolve(true);
      });
      request.once('error', () => resolve(false));
    });
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the VS Code server did not answer within ${START_TIMEOUT_MS / 1000} s:\n${log()}`);
}

/**
 * Starts a VS Code server with a fresh profile.
 * @param {{ extensions?: string[], settings?: Record<string, unknown>, env?: Record<string, string>,
 *   say?: (text: string) => void }} options
 *   extensions: .vsix files to install first; env: added to the environment of the extension host
 * @returns {Promise<{ url: string, remote: (path: string) => string, log: () => string, stop: () => Promise<void> }>}
 */
export async function startServer({ extensions = [], settings = {}, env: added = {}, say } = {}) {
  const main = installServer(say);
  const state = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-vscode-'));
  const userData = path.join(state, 'user-data');
  fs.mkdirSync(path.join(userData, 'User'), { recursive: true });
  fs.writeFileSync(path.join(userData, 'User/settings.json'), JSON.stringify({ ...quietSettings, ...settings }));
  const common = [
    '--accept-server-license-terms',
    ...['--server-data-dir', state, '--user-data-dir', userData, '--extensions-dir', path.join(state, 'extensions')],
  ];
  // An empty gallery: nothing looks for extensions on the network.
  const env = { ...process.env, EXTENSIONS_GALLERY: '{}', ...added };
  for (const name of Object.keys(env)) if (name.startsWith('VSCODE_')) delete env[name];
  for (const file of extensions) {
    execFileSync(process.execPath, [main, ...common, '--install-extension', file], { env, stdio: 'pipe' });
  }
  const port = await freePort();
  const logFile = path.join(state, 'server.log');
  const output = fs.openSync(logFile, 'w');
  const log = () => fs.readFileSync(logFile, 'utf8');
  const server = spawn(
    process.execPath,
    [
      main,
      ...common,
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--enable-smoke-test-driver'],
      ...['--disable-telemetry', '--disable-experiments', '--disable-workspace-trust'],
    ],
    { env, stdio: ['ignore', output, output] },
  );
  const exited = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGTERM');
    await exited;
    fs.closeSync(output);
    // The extension host outlives the server by seconds and may still write; what it leaves is in the temporary folder.
    fs.rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await answering(port, log);
  } catch (error) {
    await stop();
    throw error;
  }
  const url = `http://127.0.0.1:${port}`;
  return { url, remote: (file) => `vscode-remote://127.0.0.1:${port}${file}`, log, stop };
}

/** A window that shows only what is asked for and asks nothing itself. */
export const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.editor.enablePreview': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'security.workspace.trust.enabled': false,
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'editor.minimap.enabled': false,
  'debug.toolBarLocation': 'floating',
  'files.simpleDialog.enable': true,
  'remote.autoForwardPorts': false,
};
