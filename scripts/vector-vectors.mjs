/** Writes test/vectors/isa/vector-*.txt anew: `node scripts/vector-vectors.mjs`. Needs qemu-user. */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/project.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-vectors-'));
try {
  const outfile = path.join(folder, 'vector-vectors.mjs');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['test/qemu/vector-vectors.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
  });
  const { writeVectors } = await import(pathToFileURL(outfile).href);
  writeVectors(path.join(root, 'test/vectors/isa'));
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
