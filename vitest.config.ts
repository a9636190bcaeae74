import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { installedServer } from './test/support/postgres-server.ts';

const rooms = [
  'commands',
  'config',
  'delivery',
  'domain',
  'gladly',
  'html',
  'sandbox',
  'server',
  'sources',
  'terminal',
  'workflow',
];
/** Files that leave nothing behind in their process, so that many share one. */
const sharing = rooms.map((room) => `test/${room}/**/!(browser).test.ts`);

/** What is about the file of a ledger, the steps that a file has gone through, or how SQLite looks for rows. */
const aboutFiles = ['sqlite/**', 'schema/**', 'open.test.ts', 'queries.test.ts', 'storage-probe.test.ts'].map(
  (name) => `test/store/${name}`,
);
const aboutServers = ['test/store/postgres/**/*.test.ts', 'test/proof/postgres/**/*.test.ts'];

/** The tests of the store, and the proofs about it, run on both kinds of ledger. */
const onPostgres = {
  name: 'postgres',
  include: [
    'test/store/**/*.test.ts',
    ...['ledger-model', 'crash-sweep', 'act-sweep', 'frozen-host', 'random-freezes'].map(
      (name) => `test/proof/${name}.test.ts`,
    ),
    ...aboutServers,
  ],
  exclude: aboutFiles,
  env: { TEST_LEDGER: 'postgres' },
  // To load the program takes longer than most of these files, and so does it to make a database.
  isolate: false,
  setupFiles: './test/store/each-file.ts',
  globalSetup: './test/support/postgres-for-run.ts',
};
/**
 * In the whole proof, after all others: it counts the requests of each second of Gladly's, which lives in the process of the
 * test, and stands still where others keep the machine busy.
 */
const hosts = {
  ...onPostgres,
  name: 'hosts',
  include: ['test/proof/postgres/**/*.test.ts'],
  sequence: { groupOrder: 1 },
};
const isWholeProof = process.env['PROOF'] === 'all';
const onServers = isWholeProof
  ? [{ ...onPostgres, exclude: [...aboutFiles, ...hosts.include] }, hosts]
  : [onPostgres];

const hasServer = installedServer() !== null || process.env['CI'] !== undefined;
if (!hasServer)
  process.stderr.write('PostgreSQL is not installed, so the tests of ledgers on a server do not run.\n');

export default defineConfig({
  define: { GCSAT_VERSION: JSON.stringify('0.0.0-test') },
  test: {
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    // Most files wait for processes that they start, so that two cores have time for more than two.
    maxWorkers: 5,
    // Of one file, where its tests run at once.
    maxConcurrency: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/domain/**'], reporter: ['text'] },
    projects: [
      { extends: true, test: { name: 'sharing', include: sharing, isolate: false } },
      {
        extends: true,
        test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [...sharing, ...aboutServers] },
      },
      ...(hasServer ? onServers.map((test) => ({ extends: true as const, test })) : []),
    ],
  },
});
