/**
 * Random instructions and programs on the emulator and on QEMU: `npm run test:qemu -- [--cases N] [--seed S] [--only NAME]`.
 *
 * NAME is a row's name or a regular expression for whole names. The same seed makes the same cases. Exit code 1 when
 * something differs that test/qemu/differences.ts does not explain.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { NotRunnable } from './lib/not-runnable.mjs';
import { root } from './lib/project.mjs';
import { onPath } from './lib/vscode-server.mjs';

/** Cases of a run in `npm test`. */
export const SHARE = 20_000;
const PROGRAMS = ['qemu-ppc64le', 'qemu-ppc64'];

/**
 * @param {{ cases?: number, seed?: number, only?: string }} options
 * @returns {Promise<import('./lib/results.mjs').Counts>} one test a case
 */
export async function runQemu({ cases = SHARE, seed = 1, only } = {}) {
  const missing = PROGRAMS.filter((name) => !onPath(name));
  if (missing.length > 0) throw new NotRunnable(`${missing.join(', ')} missing`, 'install qemu-user');
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
      logLevel: 'error',
    });
    const { testAgainstQemu } = await import(pathToFileURL(outfile).href);
    const result = await testAgainstQemu({ cases, seed, only, say: console.log });
    return { passed: result.cases - result.failures, failed: result.failures, skipped: 0 };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { cases: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const start = performance.now();
  const { passed, failed } = await runQemu({
    cases: values.cases === undefined ? undefined : Number(values.cases),
    seed: values.seed === undefined ? undefined : Number(values.seed),
    only: values.only,
  });
  console.log(`${passed + failed} cases, ${failed} fail, ${((performance.now() - start) / 1000).toFixed(1)} s`);
  process.exitCode = failed > 0 ? 1 : 0;
}
