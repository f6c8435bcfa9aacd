/** Counts of test results, from the files that the runners write. */
import fs from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Record<keyof Counts, string>} */
const MARKS = { passed: '✔', failed: '✘', skipped: '-' };

/**
 * @param {string} file
 * @returns {any} undefined when the runner did not get as far as to write it
 */
function readJson(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : undefined;
}

/**
 * Prints and counts the results of the suite inside VS Code (test/vscode/suite/index.ts).
 * @param {string} file
 * @returns {Counts | undefined}
 */
export function readResults(file) {
  /** @type {{ name: string, state: keyof Counts, milliseconds: number, error?: string }[] | undefined} */
  const results = readJson(file);
  if (!results) return undefined;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, state, milliseconds, error } of results) {
    counts[state]++;
    console.log(`  ${MARKS[state]} ${name} (${milliseconds} ms)`);
    if (error) console.log(error.replace(/^/gm, '      '));
  }
  return counts;
}

/**
 * Results of vitest's JSON reporter.
 * @param {string} file
 * @returns {Counts | undefined}
 */
export function readVitest(file) {
  const results = readJson(file);
  if (!results) return undefined;
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = results;
  // A file that does not load has no tests, but fails.
  const broken = results.testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return { passed, failed: numFailedTests + broken, skipped: numPendingTests + numTodoTests };
}
