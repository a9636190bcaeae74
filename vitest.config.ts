import { defineConfig } from 'vitest/config';

const rooms = [
  'commands',
  'config',
  'delivery',
  'domain',
  'gladly',
  'html',
  'server',
  'sources',
  'terminal',
  'workflow',
];
/** Files that leave nothing behind in their process, so that many share one. */
const sharing = rooms.map((room) => `test/${room}/**/!(browser).test.ts`);

export default defineConfig({
  define: { GCSAT_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    // Most files wait for processes that they start, which leaves a third of two cores idle with two workers.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/domain/**'], reporter: ['text'] },
    projects: [
      { extends: true, test: { name: 'sharing', include: sharing, isolate: false } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: sharing } },
    ],
  },
});
