/** Puts what a start would have to generate into bundles (emulator/cpu/prebuilt.ts). */
import * as esbuild from 'esbuild';
import { root } from './project.mjs';

/** The modes of kernels and firmware; modules of the others are generated when they are used. */
const MODES = [
  { littleEndian: true, sf: true, regions: true },
  { littleEndian: false, sf: true, regions: true },
];

/** @type {Promise<{ keys: string[], parts: Uint8Array[] }> | undefined} */
let made;

/** The modules by their keys, and behind them the runs of the decode table. */
async function make() {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    stdin: {
      contents: "export * from './emulator/cpu/interpreter'; export * from './emulator/cpu/decode-plan';",
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'node22',
  });
  const source = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  const { decodeTable, interpreterBytes, modeKey, packRuns } = await import(`data:text/javascript;base64,${source}`);
  return { keys: MODES.map(modeKey), parts: [...MODES.map(interpreterBytes), packRuns(decodeTable())] };
}

/** @type {esbuild.Plugin} */
export const prebuiltInterpreter = {
  name: 'prebuilt interpreter',
  setup(build) {
    build.onLoad({ filter: /[\\/]emulator[\\/]cpu[\\/]prebuilt\.ts$/ }, async () => {
      made ??= make();
      const { keys, parts } = await made;
      const imports = parts.map((_, i) => `import p${i} from 'prebuilt:${i}';`).join('');
      const modules = keys.map((key, i) => `${JSON.stringify(key)}: p${i}`).join(', ');
      const contents = `${imports}export const PREBUILT = { modules: { ${modules} }, decodeRuns: p${keys.length} };`;
      return { contents, loader: 'js' };
    });
    build.onResolve({ filter: /^prebuilt:/ }, ({ path }) => ({ path, namespace: 'prebuilt' }));
    build.onLoad({ filter: /./, namespace: 'prebuilt' }, async ({ path }) => {
      const part = (await made)?.parts[Number(path.split(':')[1])];
      return { contents: part ?? new Uint8Array(), loader: 'binary' };
    });
  },
};
