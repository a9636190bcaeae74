import { defineConfig } from 'vitest/config';

/** What `npm run mutate` asks: the tests of the rules alone, without a program or a ledger. */
export default defineConfig({
  define: { GCSAT_VERSION: JSON.stringify('0.0.0-test') },
  test: { include: ['test/domain/**/*.test.ts'], isolate: false, testTimeout: 60_000 },
});
