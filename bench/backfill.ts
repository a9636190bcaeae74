import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSandbox } from '../src/sandbox/start.ts';
import type { BriefClosing } from '../src/store/closings/rows.ts';
import { openLedger } from '../src/store/open.ts';
import { listClosings } from '../src/store/views/surveys.ts';
import { observe, type Observer } from './local-server.ts';
import { readNaively } from './naive.ts';
import { numberOf } from './options.ts';
import { environmentOf, runProgram, withFolder, type Account, type Finished } from './program.ts';
import { countBy, operationOf, type Exchange } from './statistics.ts';
import { count, percent, print, printMachine, printTable, seconds, times } from './table.ts';

/** How many requests a backfill makes for each closing, and how much of the permitted rate it uses. */
const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '1500' },
    since: { type: 'string', default: '3d' },
    latency: { type: 'string', default: '200' },
  },
});
const [size, latencyMs] = [numberOf(options.size), numberOf(options.latency)];
const permittedPerSecond = 8;
const { since } = options;

interface Run {
  name: string;
  exchanges: Exchange[];
  took: number;
}

/** From the first request for a conversation to the last request of all: before that, the run waits for reports. */
function shareUsed(exchanges: readonly Exchange[]): number {
  const began = exchanges.map(({ beganMs }) => beganMs);
  const first = exchanges.find(({ path }) => path.includes('/conversations/'))?.beganMs ?? Number.NaN;
  const worked = began.filter((at) => at >= first);
  return (worked.length - 1) / ((Math.max(...worked) - first) / 1000) / permittedPerSecond;
}

async function withGladly<T>(work: (observer: Observer, account: Account) => Promise<T>): Promise<T> {
  const sandbox = await startSandbox({ size, faults: { latencyMs } });
  const observer = await observe(sandbox.origin);
  try {
    return await work(observer, { ...sandbox, origin: observer.origin });
  } finally {
    await observer.close();
    await sandbox.close();
  }
}

interface Backfilled {
  first: Run;
  again: Run;
  finished: Finished[];
  closings: BriefClosing[];
}

async function backfill(processes: number): Promise<Backfilled> {
  return withGladly((observer, account) =>
    withFolder(async (folder) => {
      const env = environmentOf(folder, account);
      const args = ['backfill', '--since', since, '--yes'];
      const once = async (name: string, among: number): Promise<{ run: Run; finished: Finished[] }> => {
        const began = performance.now();
        const finished = await Promise.all(Array.from({ length: among }, () => runProgram(args, env)));
        return {
          run: { name, exchanges: observer.taken(), took: (performance.now() - began) / 1000 },
          finished,
        };
      };
      const first = await once(processes === 1 ? 'backfill' : `backfill, ${processes} processes`, processes);
      const again = await once('the same range again', 1);
      const ledger = await openLedger(join(folder, 'ledger.db'));
      const closings: BriefClosing[] = [];
      const now = new Date().toISOString();
      for await (const { closing } of listClosings(ledger, {}, now)) closings.push(closing);
      await ledger.close();
      return { first: first.run, again: again.run, finished: first.finished, closings };
    }),
  );
}

async function naively(conversationIds: readonly string[]): Promise<Run> {
  return withGladly(async (observer, account) => {
    const took = await readNaively(account, conversationIds);
    return { name: 'six calls for each closing', exchanges: observer.taken(), took };
  });
}

/** Requests for a conversation and its timeline, by what became of its closing. */
function byVerdict({ first, closings }: Backfilled): string[][] {
  const asked = countBy(
    first.exchanges.filter(({ path }) => path.includes('/conversations/')),
    ({ path }) => decodeURIComponent(path.split('/')[4] ?? ''),
  );
  const perConversation = countBy(closings, ({ conversationId }) => conversationId);
  const groups = new Map<string, { closings: number; requests: number; most: number }>();
  for (const { conversationId, state, reasons } of closings) {
    // A request does not say which of several closings it was made for.
    if (perConversation.get(conversationId) !== 1) continue;
    const name = state === 'suppressed' ? `suppressed: ${reasons.map(({ code }) => code).join(', ')}` : state;
    const group = groups.get(name) ?? { closings: 0, requests: 0, most: 0 };
    const requests = asked.get(conversationId) ?? 0;
    groups.set(name, {
      closings: group.closings + 1,
      requests: group.requests + requests,
      most: Math.max(group.most, requests),
    });
  }
  return [...groups]
    .sort(([, a], [, b]) => b.closings - a.closings)
    .map(([name, group]) => [
      name,
      String(group.closings),
      (group.requests / group.closings).toFixed(2),
      String(group.most),
    ]);
}

printMachine('before');
const alone = await backfill(1);
if (alone.closings.length === 0) throw new Error(`No conversation was closed in the last ${since}.`);
const ids = alone.closings.map(({ conversationId }) => conversationId);
const [pair, naive] = await Promise.all([backfill(2), naively(ids)]);

const closings = alone.closings.length;
const sent = alone.closings.filter(({ state }) => state === 'sent').length;
const runs = [alone.first, alone.again, pair.first, naive];
print(`${closings} closings of ${since}, ${sent} of them surveyed; answers after ${latencyMs} ms`);
printTable(
  [
    'run',
    'requests',
    'each closing',
    'each surveyed',
    'of six calls',
    'rate used',
    '429s',
    'took',
    '10,000 would',
  ],
  runs.map(({ name, exchanges, took }, index) => [
    name,
    count(exchanges.length),
    (exchanges.length / closings).toFixed(2),
    (exchanges.length / sent).toFixed(2),
    times(exchanges.length / naive.exchanges.length),
    index === 1 ? '-' : percent(shareUsed(exchanges)),
    String(exchanges.filter(({ status }) => status === 429).length),
    seconds(took),
    index === 1 ? '-' : `${((took / closings) * (10_000 / 60)).toFixed(0)} min`,
  ]),
);
print('"10,000 would" is the time taken, multiplied: an extrapolation, not a measurement.');
print();

const operations = [...new Set(runs.flatMap(({ exchanges }) => exchanges.map(operationOf)))].sort();
printTable(
  ['operation', ...runs.map(({ name }) => name)],
  operations.map((operation) => [
    operation,
    ...runs.map(({ exchanges }) => String(countBy(exchanges, operationOf).get(operation) ?? 0)),
  ]),
);

const customers = alone.first.exchanges.filter(({ path }) => path.includes('/customer-profiles/'));
print(
  `requests for customers: ${customers.length}, for ${countBy(customers, ({ path }) => path).size} of them`,
);
print();
print('conversation and timeline requests, by verdict (one process; conversations with one closing):');
printTable(['verdict', 'closings', 'requests each', 'most'], byVerdict(alone));
const sentTwice = [alone, pair].map((one) => one.closings.filter(({ state }) => state === 'sent').length);
print(`surveyed by one process: ${sentTwice[0]}, by two: ${sentTwice[1]}`);
print(`what two processes sent: ${pair.finished.map(({ document }) => document.thisRun.sent).join(' and ')}`);
print();
printMachine('after');
