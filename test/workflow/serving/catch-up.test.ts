import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { catchUp } from '../../../src/workflow/serving/catch-up.ts';
import { surveyingSince } from '../../../src/workflow/runs/sync-range.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { iso, minute, noon, world } from '../support.ts';

test('of two servers on one ledger one looks for closings at a time, and then the other may', async () => {
  const own = await world();
  await surveyingSince(own.services(), iso(noon));
  await own.tell();
  own.time.now += minute;
  const { origin, seen } = await faultyProxy(own.sandbox.origin, (request) =>
    request === 'GET /api/v1/events' ? 'never answer' : 'pass',
  );
  const asked = (): number => seen.filter((request) => request === 'GET /api/v1/events').length;
  const stop = new AbortController();
  const first = catchUp(own.services({ origin, signal: stop.signal }), () => undefined);
  const ended = expect(first).rejects.toThrow('the first server stops');
  await vi.waitFor(() => expect(asked()).toBe(1), { timeout: 20_000, interval: 5 });
  const worker = { host: 'another-host', pid: 4242, startedAt: '17' };
  expect(await catchUp(own.services({ origin, worker }), () => undefined)).toBeNull();
  expect(asked()).toBe(1);
  stop.abort(new Error('the first server stops'));
  await ended;
  expect(await catchUp(own.services({ worker }), () => undefined)).not.toBeNull();
});

test('one that finds nothing for 15 minutes renews its lock no more, and another server goes on', async () => {
  const own = await world();
  await surveyingSince(own.services(), iso(noon));
  own.time.now += minute;
  const { origin, seen } = await faultyProxy(own.sandbox.origin, (request) =>
    request === 'GET /api/v1/events' ? 'never answer' : 'pass',
  );
  // With these faked, `vi.waitFor` would move them.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const stop = new AbortController();
  const stuck = catchUp(own.services({ origin, signal: stop.signal }), () => undefined);
  const ended = expect(stuck).rejects.toThrow('the first server stops');
  while (!seen.includes('GET /api/v1/events')) await wait(5);
  const later = (ms: number): void => {
    own.time.now += ms;
    vi.advanceTimersByTime(ms);
  };
  const lockedUntil = async (): Promise<string | undefined> =>
    (await own.ledger.read((db) => db.selectFrom('locks').select('claim_until').executeTakeFirst()))
      ?.claim_until;
  const renewals = (15 * minute) / 10_000 - 1;
  for (let count = 0; count < renewals; count += 1) {
    later(10_000);
    const renewed = iso(own.time.now + 30_000);
    while ((await lockedUntil()) !== renewed) await wait(1);
  }
  const worker = { host: 'another-host', pid: 4242, startedAt: '17' };
  const byAnother = () => catchUp(own.services({ worker }), () => undefined);
  later(20_000);
  expect(await byAnother()).toBeNull();
  later(10_000);
  expect(await byAnother()).not.toBeNull();
  stop.abort(new Error('the first server stops'));
  await ended;
});
