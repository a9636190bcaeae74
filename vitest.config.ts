import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { GCSAT_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    // Most files wait for processes that they start.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/domain/**'], reporter: ['text'] },
  },
});
