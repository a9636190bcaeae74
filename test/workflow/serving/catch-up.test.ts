import { expect, test, vi } from 'vitest';
import { catchUp } from '../../../src/workflow/serving/catch-up.ts';
import { surveyingSince } from '../../../src/workflow/runs/sync-range.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { iso, minute, noon, world } from '../support.ts';

test('of two servers on one ledger one looks for closings at a time, and then the other may', async () => {
  const own = await world();
  await surveyingSince(own.services(), iso(noon), false);
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
