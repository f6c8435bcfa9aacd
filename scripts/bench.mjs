/**
 * Runs bench/*.bench.ts on the packaged bundles and prints a table of figures beside their goals.
 *
 *   node scripts/bench.mjs [part of a name...]
 *
 * Ends with exit code 1 when a goal is missed. The machine should have nothing else to do.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { prebuiltInterpreter } from './lib/prebuilt.mjs';
import { root } from './lib/project.mjs';
import { packageExtension } from './package.mjs';

const wanted = process.argv.slice(2);
const files = fs
  .readdirSync(path.join(root, 'bench'))
  .filter((name) => name.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort();

process.chdir(root);
// Those of the emulator alone need no package.
if (!files.every((name) => /^(cpu|pef)/.test(name))) await packageExtension();

const out = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-bench-'));
await esbuild.build({
  absWorkingDir: root,
  entryPoints: files.map((name) => `bench/${name}`),
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  packages: 'bundle',
  plugins: [prebuiltInterpreter],
  // Bundled CommonJS packages ask for Node's modules in their own way.
  banner: {
    js: "import { createRequire as __makeRequire } from 'node:module'; const require = __makeRequire(import.meta.url);",
  },
  logLevel: 'error',
});

/** @type {{ name: string, figure: string, goal: string, met: boolean }[]} */
const rows = [];
try {
  for (const name of files) {
    const module = await import(pathToFileURL(path.join(out, name.replace(/\.ts$/, '.mjs'))).href);
    for (const { name, value, unit, goal } of await module.bench()) {
      const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 1000 ? 1 : 0;
      const met = !goal || ('atMost' in goal ? value <= goal.atMost : value >= goal.atLeast);
      const limit = !goal ? '' : 'atMost' in goal ? `≤ ${goal.atMost} ${unit}` : `≥ ${goal.atLeast} ${unit}`;
      rows.push({ name, figure: `${value.toFixed(digits)} ${unit}`, goal: limit, met });
    }
  }
} finally {
  fs.rmSync(out, { recursive: true, force: true });
}

/** @param {'name' | 'figure' | 'goal'} column */
const width = (column) => Math.max(...rows.map((row) => row[column].length), 4);
console.log();
for (const { name, figure, goal, met } of rows) {
  const verdict = goal === '' ? '' : met ? 'met' : 'MISSED';
  console.log(
    `${name.padEnd(width('name'))}  ${figure.padStart(width('figure'))}  ${goal.padEnd(width('goal'))}  ${verdict}`,
  );
}
process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
