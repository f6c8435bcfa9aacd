/** Bundles have what the sources would generate. */
import * as esbuild from 'esbuild';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { Cpu } from '../../emulator/cpu/cpu';
import { decodePlan, packRuns, unpackRuns } from '../../emulator/cpu/decode-plan';
import { interpreterBytes, modeKey } from '../../emulator/cpu/interpreter';
import { MSR_BIT } from '../../emulator/isa/registers';
import { INSTRUCTIONS } from '../../emulator/isa/table';
import { PhysicalMemory } from '../../emulator/memory/physical';
import { HV, LE, SF } from '../cpu/helpers';
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

it('functions of rows, which the interpreter calls by number', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pef-prebuilt-'));
  try {
    const outfile = path.join(folder, 'cpu.mjs');
    await esbuild.build({
      stdin: {
        contents: "export * from './emulator/cpu/cpu'; export * from './emulator/memory/physical';",
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node22',
      plugins: [prebuiltInterpreter],
    });
    const built = (await import(outfile)) as { Cpu: typeof Cpu; PhysicalMemory: typeof PhysicalMemory };
    const rows = INSTRUCTIONS.filter((row) => row.functions.length > 0);
    expect(rows.length).toBeGreaterThan(200);
    // The last rows first: what a program asks for has no order.
    for (const row of rows.toReversed()) {
      const state = (cpu: Cpu): Buffer => {
        cpu.msr = SF | HV | LE | MSR_BIT.FP | MSR_BIT.VEC | MSR_BIT.VSX;
        for (let n = 0; n < 64; n++) cpu.setVsr(n, BigInt(n + 1) * 0x0123_4567_89ab_cdef_0fed_cba9_8765_4321n);
        cpu.execute(row.value);
        return Buffer.from(cpu.stateBytes());
      };
      const ours = state(new Cpu(new PhysicalMemory(1 << 16, 0)));
      expect(state(new built.Cpu(new built.PhysicalMemory(1 << 16, 0))).equals(ours), row.name).toBe(true);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
