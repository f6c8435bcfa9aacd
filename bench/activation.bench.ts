/** Time to load and activate the extension's entry, in a fresh process with an empty stand-in for VS Code. */
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { type Figure, median } from './figure';

const RUNS = 15;

/** Answers any property with something callable, so that what is measured is the extension alone. */
const PROBE = `
  const Module = require('node:module');
  const anything = new Proxy(function () {}, {
    get: (target, name) => (name === 'textDocuments' ? [] : name === Symbol.toPrimitive ? () => '' : anything),
    apply: () => anything,
    construct: () => anything,
  });
  // A bundle copies a module's own properties and keeps its prototype.
  const vscode = Object.create(anything);
  const load = Module._load;
  Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
  const start = performance.now();
  require(process.argv[1]).activate({ subscriptions: [] });
  console.log(performance.now() - start);
`;

export async function bench(): Promise<Figure[]> {
  const entry = path.resolve('dist/extension.cjs');
  const times = Array.from({ length: RUNS }, () =>
    Number(execFileSync(process.execPath, ['-e', PROBE, entry], { encoding: 'utf8' })),
  );
  return await Promise.resolve([
    { name: 'activation of the extension (load and activate)', value: median(times), unit: 'ms', goal: { atMost: 15 } },
  ]);
}
