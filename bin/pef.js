#!/usr/bin/env node
// Starts the bundled command line, on the project's own Node where this one is too old; builds nothing.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 22;
const fail = 3;
const bundle = fileURLToPath(new URL('../dist/pef.cjs', import.meta.url));
const ownNode = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));

if (!fs.existsSync(bundle)) {
  console.error('pef: dist/pef.cjs is missing; run `npm run build` in the project first');
  process.exitCode = fail;
} else if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) {
  createRequire(import.meta.url)(bundle);
} else if (fs.existsSync(ownNode)) {
  const { status } = spawnSync(ownNode, [bundle, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? fail;
} else {
  console.error(`pef: needs Node ${OLDEST_NODE} or later, this is Node ${process.versions.node}`);
  process.exitCode = fail;
}
