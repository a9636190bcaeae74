import { expect, test } from 'vitest';
import type { Ledger, Writing } from '../../src/store/ledger/ledger.ts';
import { postponeReminder, recordReminderOutcome } from '../../src/store/queue/reminders.ts';
import { personalData } from '../../src/store/schema/personal-data.ts';
import { mendStoredTimes } from '../../src/store/stored-times.ts';
import { freshLedger } from './support.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');
const minute = 60_000;
const hour = 60 * minute;
const iso = (ms: number): string => new Date(ms).toISOString();
const mend = (ledger: Ledger, reminderAfterMs: number | null = null): Promise<{ sentences: string[] }> =>
  mendStoredTimes(ledger, now, { reminderAfterMs });
const failure = '{"code":"x","message":"x","hint":"x"}';

/** Makes one row of each kind that waits for a next try, with its tries and the time of the next try. */
async function wait(ledger: Ledger, id: string, tries: number, due: number): Promise<void> {
  const settled = { settled_at: null, error: tries === 0 ? null : failure };
  const common = { state: 'due', at: iso(now - hour), tries, due_at: iso(due), ...settled } as const;
  await ledger.write('ledger', async (trx) => {
    await insertClosing(trx, id);
    await trx
      .insertInto('alerts')
      .values({ survey_id: id, revision: 1, way: 'mail', closing_id: id, ...common })
      .execute();
    await trx
      .insertInto('medallia_counts')
      .values({ closing_id: id, ...common })
      .execute();
    await trx
      .insertInto('reminders')
      .values({ closing_id: id, survey_id: id, provider: 'smtp', reasons: '[]', ...common })
      .execute();
    await trx
      .insertInto('erasures')
      .values({ kind: 'card', name: id, tries, retry_at: iso(due), error: tries === 0 ? null : 'x' })
      .execute();
  });
}

async function insertClosing(trx: Writing, id: string, sentAt = now - 2 * hour): Promise<void> {
  await trx
    .insertInto('closings')
    .values({
      ...{ id, conversation_id: id, lane: 'live', closed_at: iso(now - 3 * hour), source: 'events' },
      ...{ first_seen_at: iso(now - 3 * hour), state: 'sent', state_at: iso(sentAt), queued: 0 },
      ...{ attempts: 1, reasons: '[]', reason_codes: '', sent_at: iso(sentAt), left_at: iso(sentAt) },
    })
    .execute();
}

/** When each row is due, by table. */
async function dueTimes(ledger: Ledger): Promise<Record<string, (string | null)[]>> {
  return ledger.read(async (db) => {
    const [alerts, counts, reminders, erasures] = [
      await db.selectFrom('alerts').select('due_at').orderBy('closing_id').execute(),
      await db.selectFrom('medallia_counts').select('due_at').orderBy('closing_id').execute(),
      await db.selectFrom('reminders').select('due_at').orderBy('closing_id').execute(),
      await db.selectFrom('erasures').select('retry_at as due_at').orderBy('name').execute(),
    ];
    const dues = (rows: { due_at: string | null }[]): (string | null)[] => rows.map((row) => row.due_at);
    return {
      ...{ alerts: dues(alerts), counts: dues(counts) },
      ...{ reminders: dues(reminders), erasures: dues(erasures) },
    };
  });
}

test('what a clock that was a day ahead gave its next try is tried now', async () => {
  const ledger = await freshLedger();
  await wait(ledger, 'c1', 1, now + 24 * hour + minute);
  await wait(ledger, 'c2', 20, now + 48 * hour);
  expect((await mend(ledger)).sentences).toEqual(
    ['alerts: 2', 'closings to be counted in Agent Connect: 2', 'erasures: 2', 'reminders: 2'].map(
      (what) => expect.stringContaining(what) as unknown,
    ),
  );
  const both = [iso(now), iso(now)];
  expect(await dueTimes(ledger)).toEqual({ alerts: both, counts: both, reminders: both, erasures: both });
  expect((await mend(ledger)).sentences).toEqual([]);
});

test('what is untried, and was due a day ahead, is due now', async () => {
  const ledger = await freshLedger();
  await wait(ledger, 'c1', 0, now + 50 * hour);
  expect((await mend(ledger)).sentences).toHaveLength(4);
  await wait(ledger, 'c2', 0, now + hour);
  // Reminders wait for the end of quiet hours, and remnants for a day.
  expect((await mend(ledger)).sentences).toHaveLength(2);
});

test.each([
  [1, minute],
  [7, 64 * minute],
  [20, 64 * minute],
])('after %d tries a wait of %d ms stays', async (tries, ms) => {
  const ledger = await freshLedger();
  await wait(ledger, 'c1', tries, now + ms);
  expect((await mend(ledger)).sentences).toEqual([]);
});

test('a card and an alert that are refused again and again wait for a day', async () => {
  const ledger = await freshLedger();
  const common = { closing_id: 'c1', tries: 12, error: failure };
  await ledger.write('ledger', async (trx) => {
    await insertClosing(trx, 'c1');
    const due = { retry_at: iso(now + 23 * hour), answered_at: iso(now - 48 * hour) };
    await trx
      .insertInto('cards_due')
      .values({ survey_id: 's1', ...common, ...due })
      .execute();
  });
  expect((await mend(ledger)).sentences).toEqual([]);
});

test('a reminder that waits for the end of quiet hours is not one that failed', async () => {
  const ledger = await freshLedger();
  await wait(ledger, 'c1', 0, now);
  const refusal = { code: 'x', message: 'x', hint: 'x' };
  const unsent = { status: 'not_sent', temporary: true, failure: refusal } as const;
  await recordReminderOutcome(ledger, 'c1', iso(now), unsent, iso(now + minute));
  await postponeReminder(ledger, 'c1', iso(now + 10 * hour));
  expect((await mend(ledger)).sentences).toEqual([]);
});

test('a reminder that was begun, or retried by a person, in the future leaves so long after its survey as it should', async () => {
  const ledger = await freshLedger();
  const after = 24 * hour;
  await ledger.write('ledger', async (trx) => {
    for (const [id, sentAt, at] of [
      ['right', now - 2 * hour, now + 22 * hour],
      ['retried', now - 40 * hour, now + 24 * hour],
      ['sent ahead', now + 48 * hour, now + 72 * hour],
    ] as const) {
      await insertClosing(trx, id, sentAt);
      const due = { state: 'due', at: iso(at), due_at: iso(at), tries: 0, reasons: '[]' } as const;
      await trx
        .insertInto('reminders')
        .values({ closing_id: id, survey_id: id, provider: 'smtp', ...due })
        .execute();
    }
  });
  expect((await mend(ledger, after)).sentences).toEqual([expect.stringContaining('reminders: 2')]);
  expect((await dueTimes(ledger))['reminders']).toEqual([now, now + 22 * hour, now + after].map(iso));
  expect((await mend(ledger, after)).sentences).toEqual([]);
});

/** A time that holds up work while it lies in the future is mended, or compared with now when it is read. */
const looked = {
  mended: [
    ...[
      'checkpoints.at',
      'locks.claim_until',
      'closings.claim_until',
      'closings.due_at',
      'closings.state_at',
    ],
    ...['alerts.due_at', 'cards_due.retry_at', 'medallia_counts.due_at', 'erasures.retry_at'],
    ...['reminders.at', 'reminders.due_at', 'pauses.paused_at', 'pauses.until'],
  ],
  compared: [
    // For the hour that `maxPerHour` counts.
    ...['messages.left_at', 'reminders.left_at'],
    // For the pace of requests.
    ...['limits.next_at', 'limits.paused_until', 'limits.interactive_until'],
    // For what is requested again when it is old.
    'directories.fetched_at',
  ],
  // At worst they keep an address from being surveyed again, or a link from ending, for longer: moving them is worse.
  errsOnTheSafeSide: ['closings.left_at', 'closings.sent_at', 'closings.reminded_at', 'closings.decided_at'],
  // Times of Gladly's or Agent Connect's own.
  others: [
    ...['closings.closed_at', 'closings.reopened_at', 'closings.responded_at', 'closing_topics.closed_at'],
    ...['closing_reports.closed_at', 'reopenings.reopened_at'],
    ...['requested_at', 'sent_at', 'answered_at', 'delivered_at'].map((name) => `medallia_rows.${name}`),
  ],
  // Nothing waits for these: they are shown, counted, give an order, or say what is old enough to be forgotten.
  records: [
    ...['closings.first_seen_at', 'closings.read_at', 'closings.forgotten_at', 'closing_reports.seen_at'],
    ...['history.at', 'messages.settled_at', 'reminders.settled_at', 'alerts.at', 'alerts.settled_at'],
    ...['answers.answered_at', 'cards.posted_at', 'cards_due.answered_at', 'notes.at', 'unsubscribes.at'],
    ...['visits.first_at', 'visits.last_at', 'media_files.fetched_at', 'medallia_cursors.at'],
    ...['medallia_rows.read_at', 'medallia_counts.at', 'medallia_counts.settled_at'],
  ],
};

test('of every time in the ledger it is known what becomes of it when the clock was wrong', () => {
  const times = Object.entries(personalData).flatMap(([table, { columns }]) =>
    Object.keys(columns)
      .filter((column) => /(^|_)(at|until)$/.test(column))
      .map((column) => `${table}.${column}`),
  );
  expect(Object.values(looked).flat().toSorted()).toEqual(times.toSorted());
});
