import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { claimClosing } from '../../../src/store/queue/claims.ts';
import { markLeaving, recordDelivery } from '../../../src/store/queue/decisions.ts';
import { fullUntil } from '../../../src/store/queue/hourly-cap.ts';
import { claimNextDue } from '../../../src/store/queue/next-due.ts';
import { newerWaiting } from '../../../src/store/queue/waiting.ts';
import { countDue, queueFigures } from '../../../src/store/views/counts.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import { at, day, freshLedger, here, opened, reported, scheduled, temporaryPlace } from '../support.ts';

const two = { lane: 'live', maxPerHour: 2 } as const;
const hour = 3600;
const full = { code: 'hourly_cap_reached', kind: 'temporary', scope: 'contention' };

async function leave(ledger: Ledger, conversationId: string, seconds: number, cap = two) {
  const { id } = await scheduled(ledger, conversationId);
  await claimClosing(ledger, id, here, at(seconds));
  return { id, mark: await markLeaving(ledger, id, here, at(seconds), { cap }) };
}

test('as many messages leave within any hour as the cap permits, and the next one when there is room', async () => {
  const ledger = await freshLedger();
  await leave(ledger, 'c1', 20);
  expect(await fullUntil(ledger, two, at(30))).toBeNull();
  await leave(ledger, 'c2', 100);
  expect(await fullUntil(ledger, two, at(100))).toBe(at(20 + hour));
  const third = await scheduled(ledger, 'c3');
  await claimClosing(ledger, third.id, here, at(200));
  await expect(markLeaving(ledger, third.id, here, at(200), { cap: two })).rejects.toMatchObject(full);
  expect(await closingById(ledger, third.id)).toMatchObject({ state: 'scheduled', leftAt: null });
  await expect(markLeaving(ledger, third.id, here, at(19.999 + hour), { cap: two })).rejects.toMatchObject(
    full,
  );
  await markLeaving(ledger, third.id, here, at(20 + hour), { cap: two });
  expect(await fullUntil(ledger, two, at(20 + hour))).toBe(at(100 + hour));
});

test('what certainly did not leave does not count, and what may have left does', async () => {
  const ledger = await freshLedger();
  const failure = { code: 'refused', message: '', hint: '' };
  const one = await leave(ledger, 'c1', 20);
  await recordDelivery(ledger, one.id, at(21), { status: 'not_sent', temporary: true, failure }, 0, one.mark);
  const other = await leave(ledger, 'c2', 22);
  await recordDelivery(ledger, other.id, at(23), { status: 'uncertain', failure }, 0, other.mark);
  expect(await fullUntil(ledger, two, at(24))).toBeNull();
  // The process may have been killed: nobody knows yet.
  await leave(ledger, 'c3', 25);
  expect(await fullUntil(ledger, two, at(26))).toBe(at(22 + hour));
});

test('what left while the clock was ahead takes no place in the hour of now', async () => {
  const ledger = await freshLedger();
  await leave(ledger, 'c1', day);
  await leave(ledger, 'c2', day + 1);
  expect(await fullUntil(ledger, two, at(day + 2))).toBe(at(day + hour));
  expect(await fullUntil(ledger, two, at(30))).toBeNull();
  await scheduled(ledger, 'c3');
  expect(await countDue(ledger, at(30), 'live', 2)).toBe(1);
  expect(await queueFigures(ledger, at(30), 'live', 2)).toMatchObject({ due: 1, fullUntil: null });
  await leave(ledger, 'c4', 30);
  // Another machine's clock is a little ahead.
  await leave(ledger, 'c5', 30 + 4 * 60);
  expect(await fullUntil(ledger, two, at(31))).toBe(at(30 + hour));
  const last = await scheduled(ledger, 'c6');
  await claimClosing(ledger, last.id, here, at(32));
  await expect(markLeaving(ledger, last.id, here, at(32), { cap: two })).rejects.toMatchObject(full);
});

test('trials and real messages have an hour each', async () => {
  const ledger = await freshLedger();
  const { id } = await scheduled(ledger, 'c1', { provider: 'outbox' });
  await claimClosing(ledger, id, here, at(20));
  await markLeaving(ledger, id, here, at(20), { cap: { lane: 'trial', maxPerHour: 1 } });
  expect(await fullUntil(ledger, { lane: 'trial', maxPerHour: 1 }, at(30))).toBe(at(20 + hour));
  expect(await fullUntil(ledger, { lane: 'live', maxPerHour: 1 }, at(30))).toBeNull();
});

test('the queue hands out what is undecided while the hour is full, and nothing that is decided', async () => {
  const ledger = await freshLedger();
  await leave(ledger, 'c1', 20);
  await leave(ledger, 'c2', 21);
  const waits = await scheduled(ledger, 'c3', { address: 'c3@example.com' });
  const undecided = await reported(ledger, 'c4');
  expect(await countDue(ledger, at(30), 'live', 2)).toBe(1);
  expect(await queueFigures(ledger, at(30), 'live', 2)).toMatchObject({
    due: 1,
    fullUntil: at(20 + hour),
    states: { scheduled: 1 },
  });
  expect((await claimNextDue(ledger, here, at(30), 'live', 2))?.id).toBe(undecided.id);
  expect(await claimNextDue(ledger, here, at(30), 'live', 2)).toBeNull();
  // An older closing of the customer is not given up for it.
  const older = { customerId: waits.customerId, closedAt: at(-9), lane: 'live' } as const;
  expect(await newerWaiting(ledger, older, at(30), 2)).toBeNull();
  expect(await newerWaiting(ledger, older, at(30), 3)).toBe(waits.id);
  expect((await claimNextDue(ledger, here, at(20 + hour), 'live', 2))?.id).toBe(waits.id);
});

test('two that take the last place at once are one message', async () => {
  const place = temporaryPlace();
  const ledgers = [await opened(place), await opened(place)] as const;
  const rows = await Promise.all(
    Array.from({ length: 12 }, async (_, number) => {
      const ledger = ledgers[0];
      const { id } = await scheduled(ledger, `c${number}`);
      await claimClosing(ledger, id, here, at(15));
      return id;
    }),
  );
  const cap = { lane: 'live', maxPerHour: 5 } as const;
  const results = await Promise.allSettled(
    rows.map((id, number) => markLeaving(ledgers[(number % 2) as 0 | 1], id, here, at(20), { cap })),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(full);
});
