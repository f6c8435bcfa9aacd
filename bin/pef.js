#!/usr/bin/env node
// Starts the bundled command line; builds nothing.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const bundle = fileURLToPath(new URL('../dist/pef.cjs', import.meta.url));
const major = Number(process.versions.node.split('.')[0]);
if (major < 22) {
  console.error(
    `pef: needs Node 22 or later, this is Node ${process.versions.node}; \`npx pef\` uses the project's own`,
  );
  process.exitCode = 3;
} else if (!fs.existsSync(bundle)) {
  console.error('pef: dist/pef.cjs is missing; run `npm run build` in the project first');
  process.exitCode = 3;
} else {
  createRequire(import.meta.url)(bundle);
}
