/** What a user does and sees, one step after the other in one window. */
import assert from 'node:assert/strict';
import fs from 'node:fs';

/** @typedef {import('../../../scripts/lib/workbench.mjs').Workbench} Workbench */

// Inlay hints stand between the words before this one.
const CALL = 'in_buffer: IN_BUFFER, in_size: 12';
const EXAMPLE = fs.readFileSync(new URL('../../../examples/h-tpm-comm.pef', import.meta.url), 'utf8');
/** @param {string} text */
const lineOf = (text) => EXAMPLE.split('\n').findIndex((line) => line.includes(text)) + 1;
const SCENARIO = 'random numbers from the TPM';

/**
 * Waits until a view has a row; views follow a stop with a delay.
 * @param {Workbench} workbench
 * @param {'variables' | 'call-stack'} view
 * @param {RegExp} pattern
 */
const shows = (workbench, view, pattern) =>
  workbench.until(`${pattern} in ${view}`, async () =>
    (await workbench.texts(view)).some((text) => pattern.test(text)),
  );

/** @type {readonly (readonly [string, (workbench: Workbench) => Promise<void>])[]} */
export const steps = [
  [
    'opens a scenario with colours and buttons',
    async (workbench) => {
      await workbench.openFile('h-tpm-comm.pef');
      await workbench.page.locator('.codelens-decoration a', { hasText: 'Debug' }).first().waitFor();
      const colours = await workbench
        .line(CALL)
        .locator('span span')
        .evaluateAll((spans) => spans.map((span) => getComputedStyle(span).color));
      assert.ok(new Set(colours).size >= 3, `colours: ${[...new Set(colours)].join(', ')}`);
    },
  ],
  [
    'explains a call under the mouse',
    async (workbench) => {
      await workbench
        .line(CALL)
        .locator('span', { hasText: /^H_TPM_COMM$/ })
        .first()
        .hover();
      const hover = workbench.page
        .locator('.monaco-hover:not(.hidden) .hover-contents', { hasText: 'in_buffer' })
        .first();
      await hover.waitFor();
    },
  ],
  [
    'stops at a breakpoint with F9 and F5',
    async (workbench) => {
      await workbench.page.keyboard.press('Escape');
      await workbench.line(CALL).click();
      await workbench.page.keyboard.press('F9');
      await workbench.page.locator('.codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified').first().waitFor();
      await workbench.page.keyboard.press('F5');
      await workbench.stopped();
      await workbench.until('the call', async () => (await workbench.currentLine()).includes(CALL));
      await shows(workbench, 'call-stack', new RegExp(SCENARIO));
    },
  ],
  [
    'steps into the hypervisor with F11',
    async (workbench) => {
      await workbench.page.keyboard.press('F11');
      await workbench.until('the listing', async () => (await workbench.currentLine()).includes('TPM proxy device'));
      await shows(workbench, 'call-stack', /H_TPM_COMM/);
      await shows(workbench, 'call-stack', new RegExp(SCENARIO));
      await workbench.expand('Call');
      await shows(workbench, 'variables', /in_size.*(12|0xc)/);
    },
  ],
  [
    'walks the checks and comes to the TPM',
    async (workbench) => {
      await workbench.stepUntil('F10', 'copy the response to out_buffer');
      await workbench.page.waitForTimeout(500);
    },
  ],
  [
    'opens the exchange in the variables',
    async (workbench) => {
      await workbench.collapse('Call');
      await workbench.expand('TPM exchange');
      await workbench.expand(/^command/);
      await shows(workbench, 'variables', /TPM_CC_GetRandom/);
    },
  ],
  [
    'steps back by the button of the toolbar',
    async (workbench) => {
      await workbench.toolbar('debug-step-back').click();
      await workbench.until('the line before', async () =>
        (await workbench.currentLine()).includes('send the command to the TPM'),
      );
    },
  ],
  [
    'continues backwards to the breakpoint',
    async (workbench) => {
      await workbench.toolbar('debug-reverse-continue').click();
      await workbench.until('the breakpoint', async () => (await workbench.currentLine()).includes(CALL));
    },
  ],
  [
    'evaluates in the Debug Console',
    async (workbench) => {
      await workbench.page.keyboard.press('F10');
      await workbench.until('the next line', async () => (await workbench.currentLine()).includes('expect r4'));
      await workbench.command('Debug Console: Focus on Debug Console View');
      const input = workbench.page.locator('.repl-input-wrapper .monaco-editor');
      await input.click();
      await workbench.page.keyboard.type('r4 + 1');
      await workbench.page.keyboard.press('Escape');
      await workbench.page.keyboard.press('Enter');
      await workbench.page
        .locator('.repl .monaco-list-row', { hasText: /\b(45|0x2d)\b/ })
        .first()
        .waitFor();
    },
  ],
  [
    'ends with the outcome in the Debug Console',
    async (workbench) => {
      await workbench.page.keyboard.press('F5');
      await workbench.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
      await workbench.page.locator('.repl .monaco-list-row', { hasText: /pass/i }).first().waitFor();
    },
  ],
  [
    'shows the code of an asm block in the Disassembly View',
    async (workbench) => {
      await workbench.goToLine(lineOf('ori   r3, r3'));
      await workbench.page.keyboard.press('F9');
      await workbench.page.keyboard.press('F5');
      await workbench.stopped();
      await workbench.command('Open Disassembly View');
      await workbench.page.locator('.disassembly-view .monaco-list-row', { hasText: 'ori' }).first().waitFor();
      await workbench.page.waitForTimeout(500);
    },
  ],
];
