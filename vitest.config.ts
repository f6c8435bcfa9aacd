import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**', 'node_modules/**'],
    testTimeout: 60_000,
    // Keys of RSA are made in some hooks.
    hookTimeout: 60_000,
    reporters: ['default'],
  },
});
