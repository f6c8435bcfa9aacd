/** VS Code's window, in the words of a user: open a file, run a command, read a view. Over Playwright. */

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Locator} Locator */

const START_TIMEOUT_MS = 60_000;

export class Workbench {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    page.setDefaultTimeout(15_000);
  }

  /**
   * Opens a folder and waits until its files are listed.
   * @param {string} server address of the VS Code server
   * @param {string} folder
   */
  async openFolder(server, folder) {
    await this.page.goto(`${server}/?${new URLSearchParams({ folder })}`);
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: START_TIMEOUT_MS });
  }

  /** @param {string} text with its prefix, `>` for commands @param {string} row text of the row to take */
  async #quickPick(text, row) {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.page.keyboard.press('F1');
    await input.waitFor();
    await input.fill(text);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: row }).first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** @param {string} name title of a command */
  async command(name) {
    await this.#quickPick(`>${name}`, name);
  }

  /** @param {string} name file name in the open folder */
  async openFile(name) {
    await this.#quickPick(name, name);
    await this.page.locator(`.tabs-container .tab[data-resource-name="${name}"]`).waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** Moves the cursor. @param {number} line from 1 */
  async goToLine(line) {
    const input = this.page.locator('.quick-input-widget input.input');
    await this.page.keyboard.press('F1');
    await input.waitFor();
    await input.fill(`:${line}`);
    await this.page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** The line of the active editor that holds a text. @param {string} text */
  line(text) {
    // The editor draws spaces as no-break spaces, which text matching takes as spaces.
    return this.page.locator('.editor-group-container.active .view-line', { hasText: text }).first();
  }

  /** Rows of a debug view. @param {'variables' | 'call-stack' | 'watch' | 'breakpoints'} view */
  rows(view) {
    return this.page.locator(`.debug-${view} .monaco-list-row`);
  }

  /** Texts of the rows on the screen. @param {'variables' | 'call-stack' | 'watch' | 'breakpoints'} view */
  async texts(view) {
    const texts = await this.rows(view).allInnerTexts();
    return texts.map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Waits until the debugger shows where it stopped. */
  async stopped() {
    await this.page.locator('.codicon-debug-stackframe').first().waitFor();
  }

  /**
   * Opens a row of the variables, which stays open when it is.
   * @param {string | RegExp} text
   */
  async expand(text) {
    const row = this.rows('variables').filter({ hasText: text }).first();
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') return row;
    await row.locator('.monaco-tl-twistie').click();
    await this.page.waitForTimeout(400);
    return row;
  }

  /** Closes a row of the variables. @param {string | RegExp} text */
  async collapse(text) {
    const row = this.rows('variables').filter({ hasText: text }).first();
    if ((await row.getAttribute('aria-expanded')) === 'true') await row.locator('.monaco-tl-twistie').click();
  }

  /** The line at which the active editor shows that execution stands; empty when it shows none. */
  async currentLine() {
    // The mark and the text of a line are in different layers; they stand at the same height.
    return this.page.evaluate(() => {
      const editor = document.querySelector('.editor-group-container.active');
      const mark = editor?.querySelector('.debug-top-stack-frame-line')?.getBoundingClientRect();
      const stands = [...(editor?.querySelectorAll('.view-line') ?? [])].find((line) => {
        const { top, height } = line.getBoundingClientRect();
        return mark && Math.abs(top - mark.top) < height / 2;
      });
      return (stands?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
    });
  }

  /**
   * Presses a key until execution stands at a line that holds a text.
   * @param {string} key
   * @param {string} text
   */
  async stepUntil(key, text) {
    for (let step = 0; step < 40; step++) {
      const before = await this.currentLine();
      if (before.includes(text)) return;
      await this.page.keyboard.press(key);
      await this.until(`a step from ${before}`, async () => ![before, ''].includes(await this.currentLine()));
    }
    throw new Error(`no step came to ${text}`);
  }

  /** Opens or closes a section of the side bar. @param {string} title @param {boolean} open */
  async section(title, open) {
    const header = this.page.locator('.sidebar .pane-header', { hasText: title }).first();
    if (((await header.getAttribute('aria-expanded')) === 'true') !== open) await header.click();
  }

  /** @param {import('playwright-core').Locator} part @param {'top' | 'right'} edge @param {number} pixels down or right */
  async #dragEdge(part, edge, pixels) {
    const box = await part.boundingBox();
    if (!box) throw new Error('what should be dragged is not on the screen');
    const [x, y] = edge === 'top' ? [box.x + box.width / 2, box.y] : [box.x + box.width, box.y + box.height / 2];
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    const [right, down] = edge === 'top' ? [0, pixels] : [pixels, 0];
    await this.page.mouse.move(x + right, y + down, { steps: 5 });
    await this.page.mouse.up();
  }

  /** Makes the side bar wider. @param {number} pixels */
  async widenSideBar(pixels) {
    await this.#dragEdge(this.page.locator('.part.sidebar'), 'right', pixels);
  }

  /** Gives the sections above one more room. @param {string} title @param {number} pixels */
  async lowerSection(title, pixels) {
    await this.#dragEdge(this.page.locator('.sidebar .pane-header', { hasText: title }).first(), 'top', pixels);
  }

  /** A button of the debug toolbar. @param {string} icon name of its codicon */
  toolbar(icon) {
    return this.page.locator(`.debug-toolbar a.action-label.codicon-${icon}`);
  }

  /**
   * Asks until a condition holds.
   * @param {string} what named when the time is over
   * @param {() => Promise<boolean>} holds
   */
  async until(what, holds) {
    const end = Date.now() + 15_000;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`timed out waiting for ${what}`);
      await this.page.waitForTimeout(100);
    }
  }
}
