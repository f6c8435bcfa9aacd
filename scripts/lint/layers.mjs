/**
 * ESLint rule `pef/layers`: which folder may import from which, and which packages.
 *
 * The table is the design (ARCHITECTURE.md): the emulator knows nothing of editors and runs in browsers; inside it
 * dependencies point down only. `types` lists what a folder may name in `import type` alone, which leaves no trace at
 * run time.
 */
import path from 'node:path';

const COMMON = ['emulator/common'];
const HARDWARE = [...COMMON, 'emulator/isa', 'emulator/memory'];
const MACHINE = [...HARDWARE, 'emulator/image', 'emulator/crypto', 'emulator/cpu', 'emulator/pef', 'emulator/tpm'];
const EMULATOR = [...MACHINE, 'emulator/machine', 'emulator/timeline', 'emulator/scenario', 'emulator/user'];

/**
 * First match wins, so that longer prefixes stand first. `packages`: patterns of bare imports that are allowed.
 * @type {readonly { folder: string, imports: readonly string[], types?: readonly string[], packages: readonly RegExp[] }[]}
 */
export const LAYERS = [
  { folder: 'emulator/common', imports: [], packages: [/^@noble\/hashes\//] },
  { folder: 'emulator/isa', imports: COMMON, packages: [] },
  { folder: 'emulator/memory', imports: COMMON, packages: [] },
  { folder: 'emulator/image', imports: COMMON, packages: [] },
  { folder: 'emulator/crypto', imports: COMMON, packages: [/^@noble\//] },
  { folder: 'emulator/cpu', imports: HARDWARE, types: ['emulator/machine'], packages: [] },
  {
    folder: 'emulator/pef',
    // H_TPM_COMM carries bytes to a TPM; ESM blobs are device trees in archives.
    imports: [...HARDWARE, 'emulator/image', 'emulator/crypto', 'emulator/tpm'],
    types: ['emulator/machine', 'emulator/timeline', 'emulator/cpu'],
    packages: [/^@noble\//],
  },
  // Devices outside the machine talk to sockets and files.
  { folder: 'emulator/tpm/devices', imports: [...COMMON, 'emulator/tpm'], packages: [/^@noble\//, /^node:/] },
  { folder: 'emulator/tpm', imports: [...COMMON, 'emulator/crypto'], packages: [/^@noble\//] },
  { folder: 'emulator/machine', imports: MACHINE, types: ['emulator/timeline'], packages: [/^@noble\//] },
  { folder: 'emulator/timeline', imports: COMMON, types: ['emulator/machine'], packages: [/^@noble\//] },
  {
    folder: 'emulator/scenario',
    imports: [...MACHINE, 'emulator/machine', 'emulator/timeline'],
    // chevrotain is the parser inside Langium; its types name tokens.
    packages: [/^@noble\//, /^langium$/, /^langium\/(?!lsp|node)/, /^chevrotain$/],
  },
  { folder: 'emulator/user', imports: [...HARDWARE, 'emulator/image', 'emulator/cpu'], packages: [] },
  { folder: 'emulator', imports: EMULATOR, packages: [/^@noble\//] },
  { folder: 'extension/adapter', imports: EMULATOR, packages: [/^node:/, /^@vscode\/debug(adapter|protocol)$/] },
  {
    folder: 'extension/language',
    imports: EMULATOR,
    packages: [/^node:/, /^langium(\/|$)/, /^vscode-languageserver([/-]|$)/],
  },
  {
    folder: 'extension/ui',
    imports: [],
    types: ['extension/adapter', 'extension/language', ...EMULATOR],
    packages: [/^node:/, /^vscode$/, /^vscode-languageclient(\/|$)/],
  },
  { folder: 'cli', imports: [...EMULATOR, 'extension/adapter'], packages: [/^node:/, /^yaml$/] },
];

/** @param {string} file path from the project's root, with slashes */
function layerOf(file) {
  return LAYERS.find(({ folder }) => file === `${folder}.ts` || file.startsWith(`${folder}/`));
}

/** @param {string} folder @param {readonly string[]} allowed */
const within = (folder, allowed) => allowed.some((prefix) => folder === prefix || folder.startsWith(`${prefix}/`));

/** @type {import('eslint').Rule.RuleModule} */
export const layers = {
  meta: {
    type: 'problem',
    docs: { description: 'dependencies between folders point down only' },
    schema: [{ type: 'object', properties: { root: { type: 'string' } }, additionalProperties: false }],
    messages: {
      folder: '{{from}} must not import from {{to}}: dependencies point down only (scripts/lint/layers.mjs).',
      typesOnly: '{{from}} may only `import type` from {{to}} (scripts/lint/layers.mjs).',
      package: '{{from}} must not import the package {{to}} (scripts/lint/layers.mjs).',
    },
  },
  create(context) {
    const root = context.options[0]?.root ?? context.cwd;
    const file = path.relative(root, context.filename).split(path.sep).join('/');
    const layer = layerOf(file);
    if (!layer) return {};

    /** @param {import('estree').Node} node @param {unknown} specifier @param {boolean} typeOnly */
    const check = (node, specifier, typeOnly) => {
      if (typeof specifier !== 'string') return;
      if (!specifier.startsWith('.')) {
        if (!layer.packages.some((pattern) => pattern.test(specifier))) {
          context.report({ node, messageId: 'package', data: { from: layer.folder, to: specifier } });
        }
        return;
      }
      const target = path.posix.join(path.posix.dirname(file), specifier);
      const to = layerOf(`${target}.ts`)?.folder ?? path.posix.dirname(target);
      if (to === layer.folder || within(to, layer.imports)) return;
      if (!within(to, layer.types ?? [])) {
        context.report({ node, messageId: 'folder', data: { from: layer.folder, to } });
      } else if (!typeOnly) {
        context.report({ node, messageId: 'typesOnly', data: { from: layer.folder, to } });
      }
    };

    /** @param {any} node an import or export declaration of the TypeScript parser, which adds the kinds */
    const declaration = (node) => {
      const kind = node.importKind ?? node.exportKind;
      check(node, node.source?.value, kind === 'type');
    };
    return {
      ImportDeclaration: declaration,
      ExportNamedDeclaration: declaration,
      ExportAllDeclaration: declaration,
      ImportExpression: (node) => check(node, /** @type {any} */ (node.source).value, false),
      /** @param {any} node `import('x').T` in a type */
      TSImportType: (node) => check(node, node.source?.value ?? node.argument?.literal?.value, true),
    };
  },
};
