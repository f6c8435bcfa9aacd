/**
 * Makes docs/screenshot.png, the picture in the README: the example stopped inside H_TPM_COMM in a real VS Code.
 *
 *   node scripts/screenshot.mjs
 */
import fs from 'node:fs';
import path from 'node:path';
import { openBrowser } from './lib/browser.mjs';
import { root } from './lib/project.mjs';
import { prepareSuite } from './lib/suite.mjs';
import { startServer } from './lib/vscode-server.mjs';
import { Workbench } from './lib/workbench.mjs';
import { packageExtension } from './package.mjs';

const SIZE = { width: 1400, height: 860 };
const CALL = 'in_buffer: IN_BUFFER, in_size: 12';
const LISTING_LINE = 'copy the response to out_buffer';

/** Fewer decorations than a user's window. */
const settings = {
  'breadcrumbs.enabled': false,
  'debug.openDebug': 'openOnDebugBreak',
  'debug.internalConsoleOptions': 'neverOpen',
  'editor.renderWhitespace': 'none',
  'editor.scrollBeyondLastLine': false,
  'editor.stickyScroll.enabled': false,
  'window.commandCenter': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.layoutControl.enabled': false,
  'debug.toolBarLocation': 'docked',
};

const { file } = await packageExtension();
const prepared = await prepareSuite();
const closing = [prepared.remove];
try {
  // A file with an error on purpose.
  fs.rmSync(path.join(prepared.workspace, 'broken.pef'));
  const server = await startServer({ extensions: [file], settings, say: console.log });
  closing.unshift(server.stop);
  const { page, close } = await openBrowser({ ...SIZE, say: console.log });
  closing.unshift(close);
  const workbench = new Workbench(page);
  await workbench.openFolder(server.url, prepared.workspace);
  await workbench.openFile('h-tpm-comm.pef');

  // The scenario stays above; what the debugger opens goes below.
  const example = fs.readFileSync(path.join(prepared.workspace, 'h-tpm-comm.pef'), 'utf8').split('\n');
  const call = example.findIndex((line) => line.includes(CALL)) + 1;
  await workbench.goToLine(call + 10);
  await workbench.command('View: Split Editor Down');
  await workbench.goToLine(call);
  await page.keyboard.press('F9');
  await page.keyboard.press('F5');
  await workbench.stopped();
  await workbench.widenSideBar(110);
  await page.keyboard.press('F11');
  await workbench.until('the listing', async () => (await workbench.currentLine()).includes('TPM proxy device'));
  await workbench.stepUntil('F10', LISTING_LINE);

  for (const title of ['Watch', 'Loaded Scripts', 'Breakpoints']) await workbench.section(title, false);
  // The sections move to their places; what is dragged before may be another.
  await page.waitForTimeout(800);
  await workbench.lowerSection('Call Stack', 330);
  await workbench.expand('TPM exchange');
  await workbench.expand(/^response/);
  await workbench.expand(/^parameters/);
  await workbench.expand(/^command/);
  await page.mouse.move(SIZE.width - 200, SIZE.height - 80);
  await page.waitForTimeout(1500);

  const picture = path.join(root, 'docs/screenshot.png');
  await page.screenshot({ path: picture });
  console.log(picture);
} finally {
  for (const close of closing) await close();
}
