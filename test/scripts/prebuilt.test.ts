/** Bundles have what the sources would generate. */
import * as esbuild from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { decodePlan, packRuns, unpackRuns } from '../../emulator/cpu/decode-plan';
import { interpreterBytes, modeKey } from '../../emulator/cpu/interpreter';
// @ts-expect-error: a program of the build, without types
import { prebuiltInterpreter } from '../../scripts/lib/prebuilt.mjs';

let bundle = '';
beforeAll(async () => {
  const { outputFiles } = await esbuild.build({
    entryPoints: ['emulator/cpu/prebuilt.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [prebuiltInterpreter],
  });
  bundle = outputFiles[0]!.text;
});

it.each([
  { littleEndian: true, sf: true, regions: true },
  { littleEndian: false, sf: true, regions: true },
])('the interpreter of %o', (mode) => {
  expect(bundle).toContain(JSON.stringify(modeKey(mode)));
  expect(bundle.includes(Buffer.from(interpreterBytes(mode)).toString('base64'))).toBe(true);
});

it('the decode table, in runs', () => {
  const { table } = decodePlan();
  const runs = packRuns(table);
  expect(bundle.includes(Buffer.from(runs).toString('base64'))).toBe(true);
  expect(Buffer.from(unpackRuns(runs).buffer).equals(Buffer.from(table.buffer))).toBe(true);
});
