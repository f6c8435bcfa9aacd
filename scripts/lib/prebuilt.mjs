/** Puts the interpreter's modules into bundles (emulator/cpu/prebuilt.ts), so that a start need not generate them. */
import * as esbuild from 'esbuild';
import { root } from './project.mjs';

/** The modes of kernels and firmware; the others are generated when they are used. */
const MODES = [
  { littleEndian: true, sf: true, regions: true },
  { littleEndian: false, sf: true, regions: true },
];

/** @type {Promise<[string, Uint8Array][]> | undefined} */
let modules;

async function makeModules() {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['emulator/cpu/interpreter.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'node22',
  });
  const source = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  const { interpreterBytes, modeKey } = await import(`data:text/javascript;base64,${source}`);
  return MODES.map((mode) => /** @type {[string, Uint8Array]} */ ([modeKey(mode), interpreterBytes(mode)]));
}

/** @type {esbuild.Plugin} */
export const prebuiltInterpreter = {
  name: 'prebuilt interpreter',
  setup(build) {
    build.onLoad({ filter: /[\\/]emulator[\\/]cpu[\\/]prebuilt\.ts$/ }, async () => {
      modules ??= makeModules();
      const keys = (await modules).map(([key]) => key);
      const imports = keys.map((_, i) => `import m${i} from 'prebuilt:${i}';`);
      const entries = keys.map((key, i) => `${JSON.stringify(key)}: m${i}`);
      return { contents: `${imports.join('')}export const PREBUILT = { ${entries.join(', ')} };`, loader: 'js' };
    });
    build.onResolve({ filter: /^prebuilt:/ }, ({ path }) => ({ path, namespace: 'prebuilt' }));
    build.onLoad({ filter: /./, namespace: 'prebuilt' }, async ({ path }) => {
      const made = (await modules)?.[Number(path.split(':')[1])];
      return { contents: made?.[1] ?? new Uint8Array(), loader: 'binary' };
    });
  },
};
