/**
 * Makes docs/screenshot.png, the picture in the README: the example stopped inside H_TPM_COMM in a real VS Code.
 *
 *   node scripts/screenshot.mjs
 */
import path from 'node:path';
import { openBrowser } from './lib/browser.mjs';
import { root } from './lib/project.mjs';
import { prepareSuite } from './lib/suite.mjs';
import { startServer } from './lib/vscode-server.mjs';
import { Workbench } from './lib/workbench.mjs';
import { packageExtension } from './package.mjs';

const SIZE = { width: 1440, height: 900 };
const LISTING_LINE = 'copy the response to out_buffer';

/** Larger letters and fewer decorations than a user's window. */
const settings = {
  'editor.fontSize': 14,
  'editor.stickyScroll.enabled': false,
  'editor.guides.indentation': false,
  'editor.codeLens': true,
  'breadcrumbs.enabled': false,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'debug.toolBarLocation': 'docked',
  'workbench.activityBar.location': 'default',
  'debug.inlineValues': 'on',
};

const { file } = await packageExtension();
const prepared = await prepareSuite();
const closing = [prepared.remove];
try {
  const server = await startServer({ extensions: [file], settings, say: console.log });
  closing.unshift(server.stop);
  const { page, close } = await openBrowser({ ...SIZE, say: console.log });
  closing.unshift(close);
  const workbench = new Workbench(page);
  await workbench.openFolder(server.url, prepared.workspace);
  await workbench.openFile('h-tpm-comm.pef');

  await workbench.line('hypercall H_TPM_COMM').click();
  await page.keyboard.press('F9');
  await page.keyboard.press('F5');
  await workbench.stopped();
  await workbench.stepInto('H_TPM_COMM');
  await workbench.stepUntil('F10', LISTING_LINE);
  await workbench.arrange();
  const picture = path.join(root, 'docs/screenshot.png');
  await page.screenshot({ path: picture });
  console.log(picture);
} finally {
  for (const close of closing) await close();
}
