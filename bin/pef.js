#!/usr/bin/env node
// Starts the bundled command line; builds nothing. A Node that is too old hands over to the project's own.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const OLDEST = 22;
const NOT_USABLE = 3;
const bundle = new URL('../dist/pef.mjs', import.meta.url);
const ownNode = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));

if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  // The mark keeps a `node_modules/.bin/node` that is no newer from starting itself for ever.
  if (process.env.PEF_NODE || !fs.existsSync(ownNode)) {
    console.error(
      `pef: needs Node ${OLDEST} or later, this is Node ${process.versions.node}; run \`npm ci\` in the project`,
    );
    process.exitCode = NOT_USABLE;
  } else {
    // Ctrl-C is for the program; this process passes on how it ends.
    process.on('SIGINT', () => {});
    const env = { ...process.env, PEF_NODE: ownNode };
    const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    const { status, error } = spawnSync(ownNode, args, { stdio: 'inherit', env });
    if (error) console.error(`pef: ${ownNode} does not start: ${error.message}`);
    process.exitCode = status ?? NOT_USABLE;
  }
} else if (!fs.existsSync(bundle)) {
  console.error('pef: dist/pef.mjs is missing; run `npm run build` in the project first');
  process.exitCode = NOT_USABLE;
} else {
  await import(bundle.href);
}
