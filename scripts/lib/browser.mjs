/** Finds a Chromium and opens it without a desktop; also as root and on a machine without network. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { NotRunnable } from './not-runnable.mjs';
import { cacheFolder, installOnce, npm, onPath } from './vscode-server.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const MAC = ['Google Chrome.app/Contents/MacOS/Google Chrome', 'Chromium.app/Contents/MacOS/Chromium'];

/** A Chromium in an npm package, for machines that have none. */
const PACKAGED = '@sparticuz/chromium@153.0.0';

/**
 * Path of a Chromium: `CHROMIUM`, one in PATH, one that Playwright installed, or one from npm.
 * @param {(text: string) => void} say told before something slow begins
 * @returns {Promise<{ executable: string, args: string[] }>}
 */
async function findChromium(say) {
  const named = process.env.CHROMIUM;
  if (named && !fs.existsSync(named)) {
    throw new NotRunnable(`CHROMIUM=${named} does not exist`, 'set it to a Chromium or unset it');
  }
  const applications = process.platform === 'darwin' ? MAC.map((name) => path.join('/Applications', name)) : [];
  const candidates = [named, ...NAMES.map(onPath), ...applications, chromium.executablePath()];
  const executable = candidates.find((file) => file && fs.existsSync(file));
  if (executable) return { executable, args: [] };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new NotRunnable('no Chromium was found', 'install one or set CHROMIUM to its path');
  }
  const folder = path.join(cacheFolder(), PACKAGED.slice(1).replace('/', '-'));
  installOnce(folder, () => {
    say(`installing Chromium (npm ${PACKAGED}) into ${folder}: about 70 MB, once`);
    npm(['install', '--ignore-scripts', PACKAGED], folder);
  });
  const entry = path.join(folder, 'node_modules/@sparticuz/chromium/build/index.js');
  const { default: packaged } = await import(pathToFileURL(entry).href);
  return { executable: await packaged.executablePath(), args: ['--headless=shell'] };
}

/**
 * Opens a browser with one empty page.
 * @param {{ width?: number, height?: number, scale?: number, say?: (text: string) => void }} options
 */
export async function openBrowser({ width = 1500, height = 950, scale = 1, say = () => {} } = {}) {
  const { executable, args } = await findChromium(say);
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-chromium-'));
  const close = () => fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: executable,
      headless: true,
      viewport: { width, height },
      deviceScaleFactor: scale,
      args: [
        ...args,
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
        '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      ],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    return {
      page,
      close: async () => {
        await context.close();
        close();
      },
    };
  } catch (error) {
    close();
    const [reason = ''] = String(error)
      .split('\n')
      .filter((line) => /error while loading|Failed|Error:/i.test(line));
    throw new NotRunnable(
      `Chromium at ${executable} does not start (${reason.trim()})`,
      'set CHROMIUM to one that does',
    );
  }
}
