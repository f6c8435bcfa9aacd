/**
 * Bundles what ships into dist/.
 *
 *   node scripts/build.mjs [--release]
 *
 * The activation entry is small, because its size is the activation time. What is heavy is loaded when it is needed:
 * the language client, and the adapter, the language server and the command line, which share the emulator in chunks.
 */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import path from 'node:path';
import { licenseNotices } from './lib/licenses.mjs';
import { prebuiltInterpreter } from './lib/prebuilt.mjs';
import { manifest, root } from './lib/project.mjs';

/** Without source maps. */
const release = process.argv.includes('--release');
const dist = path.join(root, 'dist');

/** @satisfies {esbuild.BuildOptions} */
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  platform: /** @type {const} */ ('node'),
  // The oldest Node of the VS Code versions that package.json names.
  target: 'node22',
  // Also for development, so that what is tried is what ships.
  minify: true,
  sourcemap: !release,
  // Names of classes appear in messages.
  keepNames: true,
  legalComments: /** @type {const} */ ('none'),
  logLevel: /** @type {const} */ ('warning'),
  metafile: true,
};

/** What VS Code loads as an extension: CommonJS, because `vscode` is a module that it gives to `require` alone. */
const inVscode = {
  ...common,
  entryPoints: { extension: 'extension/ui/extension.ts', client: 'extension/ui/language-client.ts' },
  outExtension: { '.js': '.cjs' },
  format: /** @type {const} */ ('cjs'),
  external: ['vscode'],
};

/** What runs in any Node. */
const anywhere = {
  ...common,
  entryPoints: {
    adapter: 'extension/adapter/session.ts',
    server: 'extension/language/server.ts',
    pef: 'cli/main.ts',
  },
  outExtension: { '.js': '.mjs' },
  format: /** @type {const} */ ('esm'),
  splitting: true,
  plugins: [prebuiltInterpreter],
  define: { PEF_VERSION: JSON.stringify(manifest().version) },
  // Bundled CommonJS packages ask for Node's modules in their own way.
  banner: {
    js: "import { createRequire as __makeRequire } from 'node:module'; const require = __makeRequire(import.meta.url);",
  },
};

/** @type {Record<string, { bytes: number }>} */
const outputs = {};
/** @type {string[]} */
const inputs = [];
for (const options of [inVscode, anywhere]) {
  // esbuild has told its errors already.
  const { metafile } = await esbuild.build(options).catch(() => process.exit(1));
  Object.assign(outputs, metafile.outputs);
  inputs.push(...Object.keys(metafile.inputs));
}
// A failing build leaves the last good one; a good one leaves nothing else.
for (const name of fs.readdirSync(dist)) {
  if (!(`dist/${name}` in outputs)) fs.rmSync(path.join(dist, name), { recursive: true });
}
fs.writeFileSync(path.join(dist, 'licenses.txt'), licenseNotices(inputs));

const sizes = Object.entries(outputs).filter(([name]) => /\.[cm]js$/.test(name));
console.log(sizes.map(([name, { bytes }]) => `${name} ${Math.ceil(bytes / 1024)} KiB`).join(', '));
