/**
 * Bundles what ships into dist/.
 *
 *   node scripts/build.mjs [--minify] [--watch]
 *
 * The activation entry is small, because its size is the activation time; what is heavy (adapter, language client and
 * server) is a bundle of its own, loaded when it is needed.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { licenseNotices } from './lib/licenses.mjs';
import { manifest, root } from './lib/project.mjs';

/** Bundle → entry. */
const BUNDLES = {
  extension: 'extension/ui/extension.ts',
  client: 'extension/ui/language-client.ts',
  adapter: 'extension/adapter/session.ts',
  server: 'extension/language/server.ts',
  pef: 'cli/main.ts',
};

const entries = Object.entries(BUNDLES);
const minify = process.argv.includes('--minify');
const watch = process.argv.includes('--watch');

/** @type {esbuild.BuildOptions} */
const options = {
  absWorkingDir: root,
  entryPoints: entries.map(([out, entry]) => ({ in: entry, out })),
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // The oldest Node of the VS Code versions that package.json names.
  target: 'node22',
  // VS Code gives this module to extensions; it is not on disk.
  external: ['vscode'],
  minify,
  sourcemap: !minify,
  // Names of classes appear in messages.
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Bundled ES modules of packages may ask for their own address.
  define: { 'import.meta.url': '__bundleUrl', PEF_VERSION: JSON.stringify(manifest().version) },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
};

if (watch) {
  const context = await esbuild.context({ ...options, logLevel: 'info' });
  await context.watch();
} else {
  // esbuild has told its errors already.
  const { metafile } = await esbuild.build({ ...options, metafile: true }).catch(() => process.exit(1));
  const dist = path.join(root, 'dist');
  // A failing build leaves the last good one; a good one leaves nothing else.
  for (const name of fs.readdirSync(dist)) {
    if (!(`dist/${name}` in metafile.outputs)) fs.rmSync(path.join(dist, name), { recursive: true });
  }
  fs.writeFileSync(path.join(dist, 'licenses.txt'), licenseNotices(Object.keys(metafile.inputs)));
  const sizes = entries.map(([out]) => {
    const bytes = fs.statSync(path.join(dist, `${out}.cjs`)).size;
    return `${out} ${Math.ceil(bytes / 1024)} KiB`;
  });
  console.log(`dist: ${sizes.join(', ')}`);
}
