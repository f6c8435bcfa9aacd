import prettier from 'eslint-config-prettier/flat';
import tseslint from 'typescript-eslint';
import { layers } from './scripts/lint/layers.mjs';

const pef = { rules: { layers } };

/** Sources of difference between two runs of the same scenario. */
const NONDETERMINISM = ['Date', 'performance', 'setTimeout', 'setInterval', 'process', 'crypto'];

export default tseslint.config(
  {
    ignores: ['dist/', '.cache/', 'test-results/', 'emulator/scenario/generated/', 'test/**/fixtures/', '**/*.d.ts'],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: [] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { pef },
    rules: {
      'pef/layers': ['error', { root: import.meta.dirname }],
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of literals or a table of rows.' },
        { selector: 'TSModuleDeclaration[declare!=true]', message: 'Use a file, not a namespace.' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers and bigints in messages read as they are.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `type` and `interface` each have their place; index signatures read better than Record in tables.
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/consistent-indexed-object-style': 'off',
      // Arrow functions of one call read better without braces.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // `a || b` on strings and numbers is meant where it stands.
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      // A bound check `while (true)` with a break in it is clearer than a condition far away.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  {
    files: ['emulator/**/*.ts'],
    ignores: ['emulator/tpm/devices/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...NONDETERMINISM.map((name) => ({
          name,
          message: 'The emulator is deterministic and runs in browsers; outside inputs come through the gate.',
        })),
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Use the seeded source.' }],
    },
  },
  {
    // vitest and langium-cli want a default export in their configuration.
    files: ['vitest.config.ts', 'langium-config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.base],
    rules: {
      eqeqeq: 'error',
      'no-undef': 'off',
      'no-unreachable': 'error',
      'prefer-const': 'error',
      'no-var': 'error',
    },
  },
  prettier,
);
