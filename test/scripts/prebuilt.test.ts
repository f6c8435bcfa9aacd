/** Bundles have the interpreter's modules that the sources would generate. */
import * as esbuild from 'esbuild';
import { expect, it } from 'vitest';
import { interpreterBytes, modeKey } from '../../emulator/cpu/interpreter';
// @ts-expect-error: a program of the build, without types
import { prebuiltInterpreter } from '../../scripts/lib/prebuilt.mjs';

it.each([
  { littleEndian: true, sf: true, regions: true },
  { littleEndian: false, sf: true, regions: true },
])('%o', async (mode) => {
  const { outputFiles } = await esbuild.build({
    entryPoints: ['emulator/cpu/prebuilt.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [prebuiltInterpreter],
  });
  const text = outputFiles[0]!.text;
  expect(text).toContain(JSON.stringify(modeKey(mode)));
  expect(text.includes(Buffer.from(interpreterBytes(mode)).toString('base64'))).toBe(true);
});
