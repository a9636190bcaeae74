import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { unsubscribe } from '../../../src/store/addresses/unsubscribes.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import {
  claimClosing,
  countLeaving,
  resolveAbandonedReminders,
  releaseClaim,
} from '../../../src/store/queue/claims.ts';
import { recordDelivery } from '../../../src/store/queue/decisions.ts';
import { claimNextDue } from '../../../src/store/queue/next-due.ts';
import {
  beginReminders,
  leaveOutReminder,
  markReminderLeaving,
  postponeReminder,
  remindersDue,
  recordReminderOutcome,
} from '../../../src/store/queue/reminders.ts';
import { queueFigures } from '../../../src/store/views/counts.ts';
import { at, day, elsewhere, freshLedger, here, leaving, opened, temporaryPlace } from '../support.ts';
import { reminderOf } from '../../support/ledger.ts';

const uncapped = { lane: 'live', maxPerHour: null } as const;
const failure = { code: 'broken', message: 'It broke.', hint: '' };
const later = 3 * day + 60;

/** A survey that was sent three days before `later`. */
async function sent(ledger: Ledger, conversationId: string): Promise<string> {
  const { id } = await leaving(ledger, conversationId);
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: 'x' }, 0);
  await releaseClaim(ledger, id, here);
  return id;
}

function begin(ledger: Ledger, seconds = later): Promise<number> {
  return beginReminders(ledger, { provider: 'smtp', afterMs: 3 * day * 1000, now: at(seconds) });
}

async function due(ledger: Ledger, conversationId = 'c1'): Promise<string> {
  const id = await sent(ledger, conversationId);
  await begin(ledger);
  await claimClosing(ledger, id, here, at(later));
  return id;
}

test('each survey whose time has come is put down once, whoever looks, also at the same time', async () => {
  const place = temporaryPlace();
  const [one, other] = [await opened(place), await opened(place)];
  const ids = [await sent(one, 'c1'), await sent(one, 'c2')];
  expect(await begin(one, 3 * day)).toBe(0);
  await Promise.all([begin(one), begin(other)]);
  expect((await remindersDue(one, 'smtp', 10, at(later))).toSorted()).toEqual(ids.toSorted());
  expect(await begin(one)).toBe(0);
  expect(await remindersDue(one, 'gladly-email', 10, at(later))).toEqual([]);
});

test('one of two workers marks it, and only while it holds the closing', async () => {
  const ledger = await freshLedger();
  const id = await due(ledger);
  await expect(markReminderLeaving(ledger, id, elsewhere, at(later), uncapped)).rejects.toMatchObject({
    code: 'claim_lost',
  });
  const marks = await Promise.allSettled(
    [1, 2, 3].map(() => markReminderLeaving(ledger, id, here, at(later), uncapped)),
  );
  expect(marks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await countLeaving(ledger, at(later))).toBe(1);
  expect(await closingById(ledger, id)).toMatchObject({ reminder: 'leaving', remindedAt: at(later) });
  // A live process keeps the reminder, and another process cannot take the closing.
  expect(await resolveAbandonedReminders(ledger, at(later + day))).toEqual([]);
  await recordReminderOutcome(ledger, id, at(later + 1), { status: 'sent', externalId: 'r1' }, null);
  expect(await reminderOf(ledger, id)).toMatchObject({ state: 'sent', externalId: 'r1', dueAt: null });
  await recordReminderOutcome(
    ledger,
    id,
    at(later + 2),
    { status: 'not_sent', temporary: true, failure },
    at(later + 9),
  );
  expect(await reminderOf(ledger, id)).toMatchObject({ state: 'sent', leftAt: at(later) });
});

test.each([
  [
    'answered',
    (ledger: Ledger, closingId: string) =>
      recordAnswer(ledger, {
        surveyId: `survey-${closingId}`,
        closingId,
        ...{ rating: 5, resolved: null, comment: null, at: at(later), source: 'page' },
      }),
  ],
  ['unsubscribed', (ledger: Ledger) => unsubscribe(ledger, 'c1@example.com', at(later), 'page')],
])('one whose customer %s since it was decided does not leave', async (_, change) => {
  const ledger = await freshLedger();
  const id = await due(ledger);
  await change(ledger, id);
  await expect(markReminderLeaving(ledger, id, here, at(later), uncapped)).rejects.toMatchObject({
    code: 'reminder_changed',
    scope: 'contention',
  });
  expect(await closingById(ledger, id)).toMatchObject({ reminder: 'due', remindedAt: null });
});

test('one that another host was sending is in doubt when its claim is over, unless it says that it was sent', async () => {
  const ledger = await freshLedger();
  const id = await sent(ledger, 'c1');
  await begin(ledger);
  await claimClosing(ledger, id, elsewhere, at(later));
  await markReminderLeaving(ledger, id, elsewhere, at(later), uncapped);
  expect(await resolveAbandonedReminders(ledger, at(later + 29))).toEqual([]);
  // Looking for work frees expired claims, but does not lose the doubt.
  expect(await claimNextDue(ledger, here, at(later + 31), 'live')).toBeNull();
  expect(await resolveAbandonedReminders(ledger, at(later + 31))).toEqual([id]);
  expect(await reminderOf(ledger, id)).toMatchObject({
    state: 'uncertain',
    error: { code: 'send_interrupted' },
  });
  expect((await queueFigures(ledger, at(later + 31), 'live')).reminders).toEqual({
    due: 0,
    uncertain: 1,
    failed: 0,
  });
  await recordReminderOutcome(ledger, id, at(later + 40), { status: 'sent', externalId: null }, null);
  expect(await reminderOf(ledger, id)).toMatchObject({ state: 'sent', error: null });
});

test('what did not leave is tried again or failed, and what waits or is left out says so', async () => {
  const ledger = await freshLedger();
  const id = await due(ledger);
  const refused = { status: 'not_sent', temporary: true, failure } as const;
  await markReminderLeaving(ledger, id, here, at(later), uncapped);
  await recordReminderOutcome(ledger, id, at(later + 1), refused, at(later + 60));
  expect(await reminderOf(ledger, id)).toMatchObject({
    state: 'due',
    tries: 1,
    dueAt: at(later + 60),
    leftAt: null,
  });
  expect(await closingById(ledger, id)).toMatchObject({ reminder: 'due', remindedAt: null });
  expect(await remindersDue(ledger, 'smtp', 10, at(later + 59))).toEqual([]);
  await postponeReminder(ledger, id, at(later + 100));
  expect(await remindersDue(ledger, 'smtp', 10, at(later + 99))).toEqual([]);
  await recordReminderOutcome(ledger, id, at(later + 101), refused, null);
  expect(await reminderOf(ledger, id)).toMatchObject({ state: 'failed', tries: 2, dueAt: null });
  const other = await due(ledger, 'c2');
  await leaveOutReminder(ledger, other, at(later), [{ code: 'expired', detail: 'over' }]);
  expect(await reminderOf(ledger, other)).toMatchObject({
    state: 'left_out',
    reasons: [{ code: 'expired' }],
  });
  expect(await closingById(ledger, other)).toMatchObject({ reminder: 'left_out', remindedAt: null });
});
