import { expect, test } from 'vitest';
import { readCheckpoint, setCheckpointOnce } from '../../src/store/checkpoints.ts';
import { takeLock } from '../../src/store/queue/locks.ts';
import { mendStoredTimes } from '../../src/store/stored-times.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { pauseSending, sendingPause } from '../../src/store/closings/pause.ts';
import { freshLedger } from './support.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');
const hour = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const mend = (ledger: Ledger): Promise<{ sentences: string[] }> =>
  mendStoredTimes(ledger, now, { reminderAfterMs: null });
const other = { host: 'another-host', pid: 17, startedAt: '1' };

test.each([
  ['until', now + 2 * hour, now - 23 * hour],
  ['until', now + 365 * 24 * hour, now - 23 * hour],
  ['until', Date.UTC(2000, 0, 1), now - 23 * hour],
  ['started', now + 24 * hour, now - hour / 6],
  ['started', 0, now - hour / 6],
] as const)('the checkpoint %s at %d is none, and is mended once', async (name, stored, mended) => {
  const ledger = await freshLedger();
  await setCheckpointOnce(ledger, { lane: 'live', name }, iso(stored));
  expect((await mend(ledger)).sentences).toHaveLength(1);
  expect(await readCheckpoint(ledger, { lane: 'live', name })).toBe(iso(mended));
  expect((await mend(ledger)).sentences).toEqual([]);
});

test('what a clock that is a little ahead wrote stays', async () => {
  const ledger = await freshLedger();
  const at = iso(now + 4 * 60_000);
  await setCheckpointOnce(ledger, { lane: 'live', name: 'until' }, at);
  expect((await mend(ledger)).sentences).toEqual([]);
  expect(await readCheckpoint(ledger, { lane: 'live', name: 'until' })).toBe(at);
});

test('a lock from before the clock was set back ends after 30 s', async () => {
  const ledger = await freshLedger();
  await takeLock(ledger, 'catch-up live', other, iso(now + 5 * hour));
  const mine = { ...other, pid: 18 };
  expect((await takeLock(ledger, 'catch-up live', mine, iso(now + 31_000))).locked).toBe(false);
  expect((await mend(ledger)).sentences).toEqual([expect.stringContaining('catch-up live')]);
  expect((await takeLock(ledger, 'catch-up live', mine, iso(now + 29_000))).locked).toBe(false);
  expect((await takeLock(ledger, 'catch-up live', mine, iso(now + 31_000))).locked).toBe(true);
});

test('claims, pauses, schedules and cards from the future are mended', async () => {
  const ledger = await freshLedger();
  const future = iso(now + 48 * hour);
  await ledger.write('ledger', async (trx) => {
    for (const [id, state, error] of [
      ['c1', 'failed', '{"code":"x","message":"x","hint":"x"}'],
      ['c2', 'scheduled', null],
    ] as const) {
      await trx
        .insertInto('closings')
        .values({
          id,
          conversation_id: id,
          lane: 'live',
          closed_at: iso(now - hour),
          first_seen_at: iso(now - hour),
          source: 'events',
          state,
          state_at: future,
          due_at: future,
          queued: 1,
          attempts: 1,
          reasons: '[]',
          reason_codes: '',
          error,
          claimed_by: '17@another-host#1',
          claim_until: future,
        })
        .execute();
    }
    await trx
      .insertInto('cards_due')
      .values({
        survey_id: 's1',
        closing_id: 'c1',
        answered_at: iso(now),
        tries: 1,
        retry_at: future,
        error: null,
      })
      .execute();
  });
  expect((await mend(ledger)).sentences).toHaveLength(4);
  const [closings, cards] = await ledger.read(async (db) => [
    await db.selectFrom('closings').select(['due_at', 'claim_until']).execute(),
    await db.selectFrom('cards_due').select('retry_at').execute(),
  ]);
  const mended = { due_at: iso(now), claim_until: iso(now + 30_000) };
  expect(closings).toEqual([mended, mended]);
  expect(cards).toEqual([{ retry_at: iso(now) }]);
});

test('a pause that began in the future lasts as long as it was to', async () => {
  const ledger = await freshLedger();
  const [pausedAt, until] = [iso(now + 24 * hour), iso(now + 26 * hour)];
  await pauseSending(ledger, { pausedAt, until, reason: 'holiday' });
  expect((await mend(ledger)).sentences).toEqual([expect.stringContaining('Sending was paused at')]);
  const mended = { pausedAt: iso(now), until: iso(now + 2 * hour), reason: 'holiday' };
  expect(await sendingPause(ledger, iso(now))).toEqual(mended);
  expect(await sendingPause(ledger, iso(now + 2 * hour))).toBeNull();
  await pauseSending(ledger, { pausedAt, until: null, reason: null });
  expect((await mend(ledger)).sentences).toHaveLength(1);
  expect(await sendingPause(ledger, iso(now + 999 * hour))).toMatchObject({ until: null });
  expect((await mend(ledger)).sentences).toEqual([]);
});
