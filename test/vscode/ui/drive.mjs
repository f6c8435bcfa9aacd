/** Drives the user interface of VS Code with the installed .vsix and takes pictures on the way. */
import fs from 'node:fs';
import path from 'node:path';
import { openBrowser } from '../../../scripts/lib/browser.mjs';
import { prepareSuite } from '../../../scripts/lib/suite.mjs';
import { startServer } from '../../../scripts/lib/vscode-server.mjs';
import { Workbench } from '../../../scripts/lib/workbench.mjs';
import { steps } from './steps.mjs';

/**
 * Runs the steps in order in one window; after a failing step the rest does not run and counts as failed.
 * @param {{ vsix: string, pictures: string }} options pictures: folder for them
 * @returns {Promise<import('../../../scripts/lib/results.mjs').Counts>}
 */
export async function drive({ vsix, pictures }) {
  fs.mkdirSync(pictures, { recursive: true });
  const prepared = await prepareSuite();
  const closing = [prepared.remove];
  try {
    const server = await startServer({ extensions: [vsix], say: console.log });
    closing.unshift(server.stop);
    const { page, close } = await openBrowser({ say: console.log });
    closing.unshift(close);
    const workbench = new Workbench(page);
    await workbench.openFolder(server.url, prepared.workspace);

    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const [index, [name, step]] of steps.entries()) {
      const start = performance.now();
      try {
        await step(workbench);
        counts.passed++;
        console.log(`  ✔ ${name} (${Math.round(performance.now() - start)} ms)`);
      } catch (error) {
        counts.failed = steps.length - index;
        console.error(`  ✘ ${name}:`, error);
        break;
      } finally {
        const picture = `${index + 1}-${name.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.png`;
        await page.screenshot({ path: path.join(pictures, picture) });
      }
    }
    return counts;
  } finally {
    for (const close of closing) await close();
  }
}
