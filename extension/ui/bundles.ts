/** The other bundles in dist/, loaded on demand so that activation stays short. */
import { createRequire } from 'node:module';
import * as path from 'node:path';

/** Path of a bundle beside this one. */
export function bundlePath(name: 'adapter' | 'client' | 'server' | 'pef'): string {
  return path.join(__dirname, `${name}.cjs`);
}

/** Loads a bundle into this process; the second time it is there already. */
export function loadBundle(name: 'adapter' | 'client'): unknown {
  return createRequire(__filename)(bundlePath(name));
}
