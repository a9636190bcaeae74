import { parseArgs } from 'node:util';
import { startSandbox } from '../src/sandbox/start.ts';
import { observe } from './local-server.ts';
import { readNaively } from './naive.ts';
import { numberOf } from './options.ts';
import { environmentOf, runProgram, withFolder, type Account } from './program.ts';
import { countBy, operationOf, type Exchange } from './statistics.ts';
import { count, megabytes, print, printMachine, printTable, seconds } from './table.ts';

/** What the closings of two weeks cost, by their source. */
const { values: options } = parseArgs({
  options: {
    whole: { type: 'string', default: '24000' },
    size: { type: 'string', default: '1200' },
    days: { type: 'string', default: '13' },
    latency: { type: 'string', default: '50' },
  },
});
const [whole, size, days] = [numberOf(options.whole), numberOf(options.size), numberOf(options.days)];
const latencyMs = numberOf(options.latency);

const day = 86_400_000;
const midnight = Math.floor(Date.now() / day) * day;
/** Whole days, because export files cover only whole days. */
const range = [
  '--since',
  new Date(midnight - days * day).toISOString(),
  '--until',
  new Date(midnight).toISOString(),
];

interface Run {
  name: string;
  closings: number;
  sent: number;
  exchanges: Exchange[];
  took: number;
  /** Null if it was not a run of the program. */
  peakBytes: number | null;
}

async function withGladly<T>(
  conversations: number,
  work: (account: Account, taken: () => Exchange[]) => Promise<T>,
): Promise<T> {
  // A day's job is done as soon as the day ends, so that all runs cover the same days.
  const sandbox = await startSandbox({ size: conversations, faults: { latencyMs, exportLagMs: 0 } });
  const observer = await observe(sandbox.origin);
  try {
    return await work({ ...sandbox, origin: observer.origin }, observer.taken);
  } finally {
    await observer.close();
    await sandbox.close();
  }
}

function backfill(name: string, conversations: number, args: readonly string[]): Promise<Run> {
  return withGladly(conversations, (account, taken) =>
    withFolder(async (folder) => {
      const env = environmentOf(folder, account);
      const { document, seconds: took, peakBytes } = await runProgram(['backfill', ...range, ...args], env);
      const { closings, thisRun } = document;
      return { name, closings, sent: thisRun.sent, exchanges: taken(), took, peakBytes };
    }),
  );
}

/** The workflow from the vendor's documentation, for as many closings as a run had. */
function sixCalls(closings: number, sent: number, ids: readonly string[]): Promise<Run> {
  return withGladly(size, async (account, taken) => {
    const asked = Array.from({ length: closings }, (_, index) => ids[index % ids.length] ?? '');
    const took = await readNaively(account, asked);
    return { name: 'six calls a closing', closings, sent, exchanges: taken(), took, peakBytes: null };
  });
}

printMachine('before');
const large = await backfill('dry run, files', whole, ['--dry-run', '--source', 'export']);
const small = await backfill('dry run, files', size, ['--dry-run', '--source', 'export']);
const [fromFiles, fromReport] = await Promise.all([
  backfill('real run, files', size, ['--yes', '--source', 'export']),
  backfill('real run, report', size, ['--yes', '--source', 'report']),
]);
const ids = fromReport.exchanges.flatMap(({ path }) => /\/conversations\/([^/]+)$/.exec(path)?.[1] ?? []);
const naive = await sixCalls(fromReport.closings, fromReport.sent, ids.map(decodeURIComponent));

const runs = [large, small, fromFiles, fromReport, naive];
print(`closings of ${days} days; answers after ${latencyMs} ms`);
printTable(
  ['run', 'closings', 'surveyed', 'requests', 'each closing', '429s', 'memory', 'took', '10,000 would'],
  runs.map(({ name, closings, sent, exchanges, took, peakBytes }) => [
    name,
    count(closings),
    count(sent),
    count(exchanges.length),
    (exchanges.length / closings).toFixed(3),
    String(exchanges.filter(({ status }) => status === 429).length),
    peakBytes === null ? '-' : megabytes(peakBytes),
    seconds(took),
    `${((took / closings) * (10_000 / 60)).toFixed(1)} min`,
  ]),
);
print('"10,000 would" is the time taken, multiplied: an extrapolation, unless the run had as many.');
print();

const nameOf = (exchange: Exchange): string =>
  exchange.path.includes('/export/jobs/') ? 'GET export file' : operationOf(exchange);
const operations = [...new Set(runs.flatMap(({ exchanges }) => exchanges.map(nameOf)))].sort();
printTable(
  ['operation', ...runs.map(({ name, closings }) => `${name} (${count(closings)})`)],
  operations.map((operation) => [
    operation,
    ...runs.map(({ exchanges }) => String(countBy(exchanges, nameOf).get(operation) ?? 0)),
  ]),
);
printMachine('after');
