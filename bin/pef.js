#!/usr/bin/env node
// Starts the bundled command line; builds nothing.
import fs from 'node:fs';

const bundle = new URL('../dist/pef.mjs', import.meta.url);
const major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  console.error(
    `pef: needs Node 22 or later, this is Node ${process.versions.node}; \`npx pef\` uses the project's own`,
  );
  process.exitCode = 3;
} else if (!fs.existsSync(bundle)) {
  console.error('pef: dist/pef.mjs is missing; run `npm run build` in the project first');
  process.exitCode = 3;
} else {
  await import(bundle.href);
}
