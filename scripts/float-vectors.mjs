/** Writes test/vectors/isa/float.txt: what QEMU's user mode answers to the cases of test/qemu/float-cases.ts. */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/project.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-float-vectors-'));
try {
  const outfile = path.join(folder, 'vectors.mjs');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['test/qemu/float-vectors.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
  });
  const { floatVectors } = await import(pathToFileURL(outfile).href);
  fs.writeFileSync(path.join(root, 'test/vectors/isa/float.txt'), floatVectors());
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
