/**
 * Makes pef-debug.vsix: bundles without source maps, packs with vsce, and refuses a package above the limit.
 *
 *   node scripts/package.mjs
 */
import { createVSIX } from '@vscode/vsce';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/project.mjs';

/** Limit of the package's size in bytes. */
export const VSIX_LIMIT = 1.5e6;

/**
 * @returns {Promise<{ file: string, bytes: number }>} path and size of the package
 */
export async function packageExtension() {
  const build = [path.join(root, 'scripts/build.mjs'), '--release'];
  const { status } = spawnSync(process.execPath, build, { stdio: 'inherit' });
  if (status !== 0) throw new Error('the build failed');
  const file = path.join(root, 'pef-debug.vsix');
  await createVSIX({
    cwd: root,
    packagePath: file,
    // Everything is in the bundles.
    dependencies: false,
    // The README's picture is in the package, so its links stay as they are.
    rewriteRelativeLinks: false,
    allowMissingRepository: true,
  });
  const bytes = fs.statSync(file).size;
  if (bytes > VSIX_LIMIT) throw new Error(`pef-debug.vsix has ${bytes} bytes, the limit is ${VSIX_LIMIT}`);
  return { file, bytes };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { bytes } = await packageExtension();
  console.log(`pef-debug.vsix: ${(bytes / 1e6).toFixed(2)} MB (limit ${VSIX_LIMIT / 1e6} MB)`);
}
