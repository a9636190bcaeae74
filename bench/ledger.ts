import { DatabaseSync } from '@photostructure/sqlite';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { recordEvents } from '../src/store/closings/events.ts';
import { openLedger } from '../src/store/open.ts';
import { installedServer, startPostgres } from '../test/support/postgres-server.ts';
import type { LedgerFigures, LedgerTask } from './ledger-process.ts';
import { numberOf, numbersOf } from './options.ts';
import { withFolder } from './program.ts';
import { median, quantile } from './statistics.ts';
import { count, milliseconds, print, printMachine, printTable, times } from './table.ts';

/** How much a ledger stores and works off in a second, in a file and on a server, with one process and with several. */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    closings: { type: 'string', default: '3000' },
    processes: { type: 'string', default: '1,2,3' },
  },
});
const forMs = numberOf(options.seconds) * 1000;
const closings = numberOf(options.closings);
const processes = numbersOf(options.processes);
/** As many pieces as `serve` works on at once, over as many connections as a process has. */
const [atOnce, connections] = [16, 8];
const day = 86_400_000;

interface Place {
  name: string;
  location: string;
}

async function measured(task: LedgerTask, howMany: number): Promise<{ perSecond: number; took: number[] }> {
  const file = fileURLToPath(new URL('./ledger-process.js', import.meta.url));
  const children = await Promise.all(
    Array.from({ length: howMany }, async () => {
      const child = spawn(process.execPath, [file, JSON.stringify(task)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const ended = once(child, 'exit');
      if ((await lines.next()).value !== 'ready') throw new Error('a process of the benchmark did not start');
      return { child, lines, ended };
    }),
  );
  for (const { child } of children) child.stdin.write('go\n');
  const figures = await Promise.all(
    children.map(async ({ lines, ended }) => {
      const line = await lines.next();
      await ended;
      if (line.done === true) throw new Error('a process of the benchmark ended early');
      return JSON.parse(line.value) as LedgerFigures;
    }),
  );
  const took = figures.flatMap((one) => one.took);
  const seconds = Math.max(...figures.map((one) => one.seconds));
  return { perSecond: took.length / seconds, took };
}

/** When processes start together, only one can switch a file to a write-ahead log, and the others do not wait. */
function makeBareFile({ location }: Place): void {
  const database = new DatabaseSync(location);
  database.exec('PRAGMA journal_mode = WAL');
  database.close();
}

let filled = 0;

async function fill({ location }: Place): Promise<void> {
  const ledger = await openLedger(location);
  for (let left = closings; left > 0; left -= 500) {
    const events = Array.from({ length: Math.min(500, left) }, () => {
      filled += 1;
      const id = `filled-${filled}`;
      const time = new Date(Date.now() - day + filled * 10).toISOString();
      return { kind: 'closed', conversationId: id, customerId: id, closedAt: time, seenAt: time } as const;
    });
    await recordEvents(ledger, events, 'live');
  }
  await ledger.close();
}

/** How many transactions about different closings, each taking 20 ms, ran at the same time. */
async function overlap({ location }: Place): Promise<number> {
  const ledger = await openLedger(location);
  const each = 20;
  const turns = 5 * connections;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: turns }, (_, index) =>
      ledger.write({ closings: [`c${index}@x`] }, async () => {
        await wait(each);
      }),
    ),
  );
  const tookMs = performance.now() - began;
  await ledger.close();
  return (turns * each) / tookMs;
}

const rows: string[][] = [];
const overlaps: string[][] = [];

/** Takes each measurement in a new ledger, so that what one leaves behind does not slow down the next. */
async function measure(kind: string, newPlace: () => Promise<Place>): Promise<void> {
  for (const howMany of processes) {
    const place = await newPlace();
    await (await openLedger(place.location)).close();
    const bare = await newPlace();
    if (!bare.location.startsWith('postgres:')) makeBareFile(bare);
    const floor = await measured({ what: 'floor', location: bare.location, atOnce, forMs }, howMany);
    const store = await measured({ what: 'store', location: place.location, atOnce, forMs }, howMany);
    const working = await newPlace();
    await fill(working);
    const work = await measured({ what: 'work', location: working.location, atOnce, forMs }, howMany);
    rows.push([
      `${kind}, ${howMany} ${howMany === 1 ? 'process' : 'processes'}`,
      count(Math.round(floor.perSecond)),
      count(Math.round(store.perSecond)),
      times(store.perSecond / floor.perSecond),
      ...[quantile(store.took, 0.5), quantile(store.took, 0.99)].map(milliseconds),
      count(Math.round(work.perSecond)),
      ...[median(work.took), quantile(work.took, 0.99)].map(milliseconds),
    ]);
  }
  overlaps.push([kind, (await overlap(await newPlace())).toFixed(1)]);
}

printMachine('before');
await withFolder(async (folder) => {
  let number = 0;
  const next = (): number => (number += 1);
  await measure('file', () =>
    Promise.resolve({ name: 'file', location: join(folder, `ledger-${next()}.db`) }),
  );
  if (installedServer() === null) {
    print('PostgreSQL is not installed, so only files are measured.\n');
    return;
  }
  // As a server is set up by default: what it acknowledges is on its disk.
  const server = await startPostgres({
    fsync: 'on',
    full_page_writes: 'on',
    autovacuum: 'on',
    wal_level: 'replica',
    jit: 'on',
  });
  try {
    await measure('PostgreSQL', async () => {
      const name = `ledger_${next()}`;
      await server.query('postgres', `CREATE DATABASE ${name}`);
      return { name, location: `${server.url(name)}?connections=${connections}` };
    });
  } finally {
    await server.remove();
  }
});
print(`${atOnce} at once in each process; one webhook a transaction, five transactions a closing:`);
printTable(
  ['ledger', 'bare inserts/s', 'webhooks/s', 'ratio', 'median', '99 %', 'closings/s', 'median', '99 %'],
  rows,
);
print('transactions about different closings that run at the same time, of 8 that may:');
printTable(['kind', 'at once'], overlaps);
printMachine('after');
