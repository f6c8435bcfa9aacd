/**
 * The emulator against QEMU: random instructions and short programs, and whole compiled programs.
 *
 *   npm run test:qemu -- [--cases N] [--seed S] [--only NAME] [--programs some|all|none]
 *
 * NAME is a row's name or a regular expression for whole names; with it only such instructions are tried. The same seed
 * makes the same cases. Exit code 1 when something differs that test/qemu/differences*.ts do not explain.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { NotRunnable } from './lib/not-runnable.mjs';
import { prebuiltInterpreter } from './lib/prebuilt.mjs';
import { root } from './lib/project.mjs';
import { onPath } from './lib/vscode-server.mjs';

/** Cases of a run in `npm test`. */
export const SHARE = 20_000;

/**
 * Calls back with the tests, bundled.
 * @template T
 * @param {(tests: typeof import('../test/qemu/main')) => T | Promise<T>} use
 */
async function withTests(use) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-test-qemu-'));
  try {
    const outfile = path.join(folder, 'main.mjs');
    await esbuild.build({
      absWorkingDir: root,
      entryPoints: ['test/qemu/main.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node22',
      // What ships is compared.
      plugins: [prebuiltInterpreter],
      logLevel: 'error',
    });
    return await use(await import(pathToFileURL(outfile).href));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} programs */
function need(programs) {
  const missing = programs.filter((name) => !onPath(name));
  if (missing.length === 0) return;
  throw new NotRunnable(
    `${missing.join(', ')} missing`,
    'install qemu-user, gcc-powerpc64le-linux-gnu and gcc-powerpc64-linux-gnu',
  );
}

/**
 * Random instructions and programs of them.
 * @param {{ cases?: number, seed?: number, only?: string }} options
 * @returns {Promise<import('./lib/results.mjs').Counts>} one test a case
 */
export function runCases({ cases = SHARE, seed = 1, only } = {}) {
  return withTests(async ({ testAgainstQemu, CASE_TOOLS }) => {
    need(CASE_TOOLS);
    const result = await testAgainstQemu({ cases, seed, only, say: console.log });
    return { passed: result.cases - result.failures, failed: result.failures, skipped: 0 };
  });
}

/**
 * The programs of test/programs.
 * @param {{ all?: boolean }} options
 * @returns {Promise<import('./lib/results.mjs').Counts>} one test a built program
 */
export function runPrograms({ all = false } = {}) {
  return withTests(async ({ comparePrograms, PROGRAM_TOOLS }) => {
    need(PROGRAM_TOOLS);
    const folder = path.join(root, 'test/programs');
    return { ...(await comparePrograms({ folder, all, say: console.log })), skipped: 0 };
  });
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      programs: { type: 'string' },
    },
  });
  const number = (/** @type {string | undefined} */ text) => (text === undefined ? undefined : Number(text));
  const took = (/** @type {number} */ start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const start = performance.now();
  const cases = await runCases({ cases: number(values.cases), seed: number(values.seed), only: values.only });
  console.log(`${cases.passed + cases.failed} cases, ${cases.failed} fail, ${took(start)}`);
  const which = values.programs ?? (values.only === undefined ? 'some' : 'none');
  const programs = which === 'none' ? { passed: 0, failed: 0 } : await runPrograms({ all: which === 'all' });
  console.log(`${programs.passed + programs.failed} programs, ${programs.failed} fail, ${took(start)}`);
  process.exitCode = cases.failed + programs.failed > 0 ? 1 : 0;
}
