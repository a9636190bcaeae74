import { expect, test } from 'vitest';
import { reportSlots } from '../../../src/workflow/context/report-semaphore.ts';
import { takeLock } from '../../../src/store/queue/locks.ts';
import { ownHost } from '../../../src/store/ledger/processes.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { all, clientOf, localGladly } from '../../gladly/local-gladly.ts';
import { freshLedger, here } from '../../store/support.ts';

const now = Date.parse('2026-11-22T10:00:00.000Z');

/** The places as another process with this ledger sees them; `waits`: how often it found none free. */
function placesOn(ledger: Ledger, pause: () => Promise<void> = () => Promise.resolve()) {
  const own = { waits: 0 };
  const sleep = async (_: number, signal?: AbortSignal): Promise<void> => {
    own.waits += 1;
    await pause();
    signal?.throwIfAborted();
  };
  return { own, ...reportSlots(ledger, here, { clock: () => now, sleep }) };
}

test('two reports at a time are asked for by all processes on the ledger together', async () => {
  const ledger = await freshLedger();
  const first = await placesOn(ledger).take();
  const second = await placesOn(ledger).take();
  const third = placesOn(ledger, first);
  const held = await third.take();
  expect(third.own.waits).toBe(1);
  const fourth = placesOn(ledger, second);
  await fourth.take();
  expect(fourth.own.waits).toBe(1);
  await held();
});

test('a process that has died holds no place', async () => {
  const ledger = await freshLedger();
  const dead = { host: ownHost(), pid: 2 ** 22 + 1, startedAt: '1' };
  for (const name of ['report-1', 'report-2'])
    await takeLock(ledger, name, dead, new Date(now).toISOString());
  const places = placesOn(ledger);
  await places.take();
  await places.take();
  expect(places.own.waits).toBe(0);
});

test('who is told to stop does not wait for one any longer', async () => {
  const ledger = await freshLedger();
  const stop = new AbortController();
  const places = placesOn(ledger, async () => stop.abort(new Error('enough')));
  await places.take();
  await places.take();
  await expect(places.take(stop.signal)).rejects.toThrow('enough');
});

test('a report gives its place back, also when it fails', async () => {
  const ledger = await freshLedger();
  const gladly = await localGladly((_, response, number) => {
    response.statusCode = number > 2 ? 400 : 200;
    response.end('Timestamp\n2026-11-20T08:00:00Z\n');
  });
  const places = placesOn(ledger);
  const client = clientOf(gladly.origin, { reportSlots: places });
  const request = { metricSet: 'R', startAt: '2026-11-20', endAt: '2026-11-20', timezone: 'UTC' };
  for (let count = 0; count < 2; count += 1) await all(client.report(request, ['Timestamp']));
  for (let count = 0; count < 2; count += 1) {
    await expect(all(client.report(request, ['Timestamp']))).rejects.toThrow('400');
  }
  await places.take();
  await places.take();
  expect(places.own.waits).toBe(0);
});
