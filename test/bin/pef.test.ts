import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PEF = join(ROOT, 'bin/pef.js');
const EXAMPLE = join(ROOT, 'examples/h-tpm-comm.pef');

/** Starts bin/pef.js with a Node that says it is another version. */
function pef(version: string, args: readonly string[], { input = '', env = {} } = {}) {
  const says = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const before = ['--import', `data:text/javascript,${encodeURIComponent(says)}`];
  return spawnSync(process.execPath, [...before, PEF, ...args], {
    input,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
}

describe.runIf(existsSync(join(ROOT, 'dist/pef.mjs')))('bin/pef.js (a test of the build: npm run build)', () => {
  it.each(['20.9.0', '24.0.0'])('works for a Node that says it is %s', (version) => {
    const { status, stdout, stderr } = pef(version, ['check', EXAMPLE]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('no errors');
  });

  it('passes input, output and the exit code of the other Node on', () => {
    expect(pef('20.9.0', ['check', '/nowhere.pef']).status).toBe(2);
    expect(pef('20.9.0', ['asm'], { input: 'nop\n' }).stdout).toContain('60000000');
  });

  it('says what is missing when the other Node is no newer', () => {
    const { status, stderr } = pef('20.9.0', ['check', EXAMPLE], { env: { PEF_NODE: 'node' } });
    expect(status).toBe(3);
    expect(stderr).toBe('pef: needs Node 22 or later, this is Node 20.9.0; run `npm ci` in the project\n');
  });
});
