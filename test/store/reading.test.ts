import { existsSync, renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { addressHistory } from '../../src/store/addresses/history.ts';
import { isUnsubscribed, unsubscribe } from '../../src/store/addresses/unsubscribes.ts';
import { currentAnswer } from '../../src/store/answers/answers.ts';
import { readCheckpoint } from '../../src/store/checkpoints.ts';
import { knownClosing } from '../../src/store/closings/closing-reports.ts';
import { closingById, closingOfSurvey } from '../../src/store/closings/closings.ts';
import { directoryCache } from '../../src/store/directories.ts';
import { limiterStore } from '../../src/store/limiter.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { openLedger } from '../../src/store/open.ts';
import { boundOrganization } from '../../src/store/organization.ts';
import { resolveAbandonedSends } from '../../src/store/queue/claims.ts';
import { newerWaiting } from '../../src/store/queue/waiting.ts';
import { countClosings, countDue, failuresBetween, queueFigures } from '../../src/store/views/counts.ts';
import { story } from '../../src/store/views/story.ts';
import { findClosings } from '../../src/store/views/found-closings.ts';
import { listClosings } from '../../src/store/views/surveys.ts';
import {
  at,
  freshLedger,
  opened,
  reported,
  scheduled,
  startChild,
  temporaryFile,
  temporaryPlace,
  type Child,
  onFiles,
} from './support.ts';

/** Another process that has a transaction open until its stdin ends. */
async function holding(location: string): Promise<Child> {
  const holder = await startChild({ action: 'hold', location });
  holder.go();
  expect(await holder.next()).toBe('holding');
  return holder;
}

async function all(rows: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const range = { lane: 'live', since: at(0), until: at(100) } as const;
const question = { address: 'c1@example.com', since: at(0), lane: 'live', except: null } as const;

const reads: Record<string, (ledger: Ledger, id: string) => Promise<unknown>> = {
  'a query': (ledger) => ledger.read((db) => db.selectFrom('closings').selectAll().execute()),
  listClosings: (ledger) => all(listClosings(ledger, {}, at(50))),
  findClosings: (ledger) => findClosings(ledger, 'c1'),
  story: (ledger, id) => story(ledger, id),
  closingById: (ledger, id) => closingById(ledger, id),
  closingOfSurvey: (ledger, id) => closingOfSurvey(ledger, `survey-${id}`),
  knownClosing: (ledger) => knownClosing(ledger, { lane: 'live', conversationId: 'c1', closedAt: at(20) }),
  addressHistory: (ledger) => addressHistory(ledger, question),
  countClosings: (ledger) => countClosings(ledger, range),
  failuresBetween: (ledger) => all(failuresBetween(ledger, range)),
  queueFigures: (ledger) => queueFigures(ledger, at(50), 'live'),
  countDue: (ledger) => countDue(ledger, at(50), 'live'),
  newerWaiting: (ledger) =>
    newerWaiting(ledger, { customerId: 'customer of c1', closedAt: at(-1), lane: 'live' }, at(50)),
  readCheckpoint: (ledger) => readCheckpoint(ledger, { lane: 'live', name: 'until' }),
  boundOrganization: (ledger) => boundOrganization(ledger),
  isUnsubscribed: (ledger) => isUnsubscribed(ledger, 'held@example.com'),
  currentAnswer: (ledger, id) => currentAnswer(ledger, `survey-${id}`),
  'the cached directories': (ledger) => directoryCache(ledger).read('agents', ''),
  'the pause of the limiter': (ledger) => limiterStore(ledger).pausedUntil('requests'),
  'resolving abandoned sends, where there are none': (ledger) => resolveAbandonedSends(ledger, at(50)),
};

describe('reading never waits for a writer', () => {
  // A read that waited would take a minute, and the test fails long before.
  test('of another process: every read answers while a write waits for it', async () => {
    const location = temporaryPlace();
    const ledger = await opened(location, { busyTimeoutMs: 60_000 });
    const { id } = await scheduled(ledger, 'c1');
    const before: Record<string, unknown> = {};
    for (const [name, read] of Object.entries(reads)) before[name] = await read(ledger, id);

    const holder = await holding(location);
    let written = false;
    const writing = unsubscribe(ledger, 'kim@example.com', at(60), 'page').then(() => {
      written = true;
    });
    for (const [name, read] of Object.entries(reads)) {
      expect([name, await read(ledger, id)]).toEqual([name, before[name]]);
    }
    await sleep(20);
    expect(written).toBe(false);
    holder.process.stdin?.end();
    expect(await holder.next()).toBe('let go');
    await writing;
    expect(await isUnsubscribed(ledger, 'kim@example.com')).toBe(true);
    expect(await isUnsubscribed(ledger, 'held@example.com')).toBe(true);
  });

  test('also where it is the first read of its process', async () => {
    const location = temporaryPlace();
    const ledger = await opened(location, { busyTimeoutMs: 60_000 });
    const holder = await holding(location);
    expect(await closingById(ledger, 'none')).toBeNull();
    holder.process.stdin?.end();
  });

  test('of its own process', async () => {
    const ledger = await freshLedger();
    await reported(ledger, 'c1');
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const writing = ledger.write('ledger', async (trx) => {
      await trx.updateTable('closings').set({ attempts: 7 }).execute();
      await finished;
    });
    expect(await closingById(ledger, `c1@${at(0)}`)).toMatchObject({ attempts: 0 });
    finish();
    await writing;
    expect(await closingById(ledger, `c1@${at(0)}`)).toMatchObject({ attempts: 7 });
  });
});

test('a read sees the ledger of one moment, whatever is written before it ends', async () => {
  const ledger = await freshLedger();
  await reported(ledger, 'c1');
  const counts = await ledger.read(async (db) => {
    const count = async (): Promise<number> =>
      (await db.selectFrom('closings').select('id').execute()).length;
    const before = await count();
    await reported(ledger, 'c2');
    return [before, await count()];
  });
  expect(counts).toEqual([1, 1]);
  expect(await closingById(ledger, `c2@${at(0)}`)).not.toBeNull();
});

test('a read cannot write, and one that fails leaves the next one unharmed', async () => {
  const ledger = await freshLedger();
  await reported(ledger, 'c1');
  const writing = ledger.read((db) => db.updateTable('closings').set({ attempts: 7 }).execute());
  await expect(writing).rejects.toMatchObject({ code: 'ledger_not_writable' });
  await expect(ledger.read(() => Promise.reject(new Error('stop')))).rejects.toThrow('stop');
  expect(await closingById(ledger, `c1@${at(0)}`)).toMatchObject({ attempts: 0 });
});

onFiles(() =>
  test('a file that was moved before the first read is not made anew', async () => {
    const file = temporaryFile();
    const ledger = await openLedger(file);
    renameSync(file, `${file}.moved`);
    await expect(closingById(ledger, 'none')).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_gone' });
    expect(existsSync(file)).toBe(false);
    renameSync(`${file}.moved`, file);
    expect(await closingById(ledger, 'none')).toBeNull();
    await ledger.close();
  }),
);
