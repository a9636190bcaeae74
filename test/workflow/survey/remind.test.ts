import { describe, expect, test } from 'vitest';
import { makeToken, surveyIdOf } from '../../../src/domain/survey/token.ts';
import type { Policy } from '../../../src/domain/eligibility/policy.ts';
import { recordVisits } from '../../../src/store/answers/visits.ts';
import { pauseSending, resumeSending } from '../../../src/store/closings/pause.ts';
import { claimClosing, resolveAbandonedReminders } from '../../../src/store/queue/claims.ts';
import { markReminderLeaving } from '../../../src/store/queue/reminders.ts';
import { confirmReminder, resendReminder } from '../../../src/store/queue/reminder-acts.ts';
import { dueReminders, remindInPassing } from '../../../src/workflow/queue/work-reminders.ts';
import { createSurveyDesk } from '../../../src/workflow/serving/survey-desk.ts';
import { unsubscribeAddress } from '../../../src/workflow/operator/unsubscribed-addresses.ts';
import { remind } from '../../../src/workflow/survey/remind.ts';
import { forgetCustomer } from '../../../src/workflow/forgetting/forget.ts';
import { backfillOf, day, hour, iso, minute, world, type ServicesChanges, type World } from '../support.ts';
import { reminderOf } from '../../support/ledger.ts';

const email = 'kim@example.org';
const elsewhere = { host: 'another-host', pid: 4242, startedAt: '17' };
const none = { sent: 0, leftOut: 0, uncertain: 0, failed: 0 };
const unlimited = { maxSends: null, maxClosings: null, deadline: null };

function wanting(own: World, policy: Partial<Policy> = {}, changes: ServicesChanges = {}) {
  return own.services({ ...changes, policy: { suppressionDays: 0, reminderAfter: 3 * day, ...policy } });
}

/** A customer who was surveyed some days ago. */
async function asked(
  after = 3 * day + minute,
  changes: ServicesChanges = {},
): Promise<World & { id: string }> {
  const own = await world();
  await own.tell({ customer: { email } });
  own.time.now += minute;
  await backfillOf(wanting(own, {}, changes), [own.time.now - hour, own.time.now]);
  const [closing] = await own.closings();
  expect(closing).toMatchObject({ state: 'sent', reminder: null });
  own.time.now += after;
  return { ...own, id: closing!.id };
}

const run = (own: World, policy: Partial<Policy> = {}, changes: ServicesChanges = {}) =>
  remindInPassing(wanting(own, policy, changes), unlimited).then(({ reminders, failure }) => {
    expect(failure).toBeNull();
    return reminders;
  });

const reasonsOf = async (own: World & { id: string }) =>
  (await reminderOf(own.ledger, own.id))?.reasons.map(({ code }) => code);

describe('a survey that is not answered', () => {
  test('has one reminder, with the same link, and never a second', async () => {
    const own = await asked();
    expect(await run(own)).toEqual({ ...none, sent: 1 });
    const [first, second, ...others] = own.sandbox.mailbox();
    expect(others).toEqual([]);
    const link = /https:\/\/csat\.example\.com\/s\/[\w-]+/;
    expect(link.exec(second!.text ?? '')?.[0]).toBe(link.exec(first!.text ?? '')?.[0]);
    expect(second).toMatchObject({ to: email, subject: `Reminder: ${first!.subject ?? ''}` });
    expect(second!.text).toContain('We recently asked for your feedback');
    expect(first!.text).not.toContain('We recently asked');
    expect(await own.closings()).toMatchObject([
      { state: 'sent', reminder: 'sent', remindedAt: iso(own.time.now), claimedBy: null },
    ]);
    own.time.now += 10 * day;
    expect(await run(own)).toEqual(none);
    expect(own.sandbox.mailbox()).toHaveLength(2);
  });

  test('has none before its time, without the policy, and long after its time', async () => {
    const own = await asked(3 * day - 2 * minute);
    expect(await run(own)).toEqual(none);
    own.time.now += 3 * minute;
    expect(await run(own, { reminderAfter: null })).toEqual(none);
    own.time.now += 3 * day;
    expect(await run(own)).toEqual(none);
    expect(await own.closings()).toMatchObject([{ reminder: null }]);
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });

  test('by SMS has one, too', async () => {
    const own = await world();
    await own.tell({ customer: { email, phone: '+15550100123' } });
    own.time.now += minute;
    const changes = { delivery: 'gladly-sms' } as const;
    await backfillOf(wanting(own, {}, changes), [own.time.now - hour, own.time.now]);
    own.time.now += 4 * day;
    expect(await run(own, {}, changes)).toEqual({ ...none, sent: 1 });
    const [first, second] = own.sandbox.mailbox();
    expect(first!.text).toContain(': How did');
    expect(second!.text).toContain(': A reminder: How did');
  });
});

describe('a reminder is left out where the survey', () => {
  const causes: Record<
    string,
    [code: string, (own: World & { id: string }) => Promise<unknown>, Partial<Policy>?]
  > = {
    'was begun by the link of a star': [
      'begun',
      (own) =>
        recordVisits(own.ledger, [{ surveyId: surveyIdOf(own.id), kind: 'clicked', at: iso(own.time.now) }]),
    ],
    'was begun by an answer that could not be taken': [
      'begun',
      (own) =>
        recordVisits(own.ledger, [{ surveyId: surveyIdOf(own.id), kind: 'begun', at: iso(own.time.now) }]),
    ],
    'has expired': ['expired', () => Promise.resolve(), { surveyExpires: 3 * day }],
    'is about a conversation that was reopened': [
      'not_closed',
      async (own) => own.change((await own.closings())[0]!.conversationId, 'reopen'),
    ],
    'went to an address that unsubscribed': [
      'unsubscribed',
      (own) => unsubscribeAddress(own.ledger, email, iso(own.time.now)),
    ],
    'is of an agent who is excluded since': ['agent_excluded', () => Promise.resolve()],
    'is of a customer who is excluded since': [
      'customer_excluded',
      () => Promise.resolve(),
      { excludedCustomers: [email] },
    ],
    'is of a channel that is excluded since': [
      'channel_excluded',
      () => Promise.resolve(),
      { excludedChannels: ['email', 'chat', 'sms', 'voice'] },
    ],
  };

  test.each(Object.entries(causes))('%s', async (_, [code, cause, policy = {}]) => {
    const own = await asked();
    await cause(own);
    const agent = (await own.closings())[0]!.agent?.id ?? '';
    const excluded = code === 'agent_excluded' ? { excludedAgents: [agent] } : {};
    expect(await run(own, { ...policy, ...excluded })).toEqual({ ...none, leftOut: 1 });
    expect(await reasonsOf(own)).toContain(code);
    expect(own.sandbox.mailbox()).toHaveLength(1);
    expect(await own.closings()).toMatchObject([{ state: 'sent', reminder: 'left_out', remindedAt: null }]);
    // It is left out for good.
    expect(await run(own)).toEqual(none);
  });

  test('was only opened, or visited by a program: then it leaves', async () => {
    const own = await asked();
    const surveyId = surveyIdOf(own.id);
    const at = iso(own.time.now);
    await recordVisits(own.ledger, [
      { surveyId, kind: 'opened', at },
      { surveyId, kind: 'scanner', at },
    ]);
    expect(await run(own)).toEqual({ ...none, sent: 1 });
  });

  test('is answered: it is not even looked for', async () => {
    const own = await asked();
    const services = wanting(own);
    const token = makeToken(await services.linkKey(), 'survey', surveyIdOf(own.id));
    const desk = createSurveyDesk(services, { onAnswer: () => undefined });
    await desk.answer(token, { rating: 5, resolved: null, comment: null });
    expect(await run(own)).toEqual(none);
    expect(await own.closings()).toMatchObject([{ state: 'answered', reminder: null }]);
  });

  test('went to an address that a newer closing is asked at', async () => {
    const own = await asked(2 * day);
    await own.tell({ customer: { email } });
    own.time.now += minute;
    await backfillOf(wanting(own), [own.time.now - hour, own.time.now]);
    own.time.now += day + minute;
    expect(await run(own)).toEqual({ ...none, leftOut: 1 });
    expect(await reasonsOf(own)).toEqual(['asked_since']);
  });

  test('is of somebody who was forgotten', async () => {
    const own = await asked();
    await dueReminders(wanting(own), 10);
    expect(await reminderOf(own.ledger, own.id)).toMatchObject({ state: 'due' });
    await forgetCustomer(wanting(own), email, {
      keepCards: true,
      dryRun: false,
      confirm: () => Promise.resolve(true),
    });
    expect(await run(own)).toEqual(none);
    expect(await reminderOf(own.ledger, own.id)).toMatchObject({
      state: 'left_out',
      dueAt: null,
      reasons: [{ code: 'forgotten' }],
    });
    expect(own.sandbox.mailbox()).toHaveLength(1);
  });

  test('left by another delivery than the one that is set', async () => {
    const own = await asked();
    await dueReminders(wanting(own), 10);
    expect(await remind(wanting(own, {}, { delivery: 'gladly-sms' }), own.id)).toMatchObject({
      result: 'left_out',
    });
    expect(await reasonsOf(own)).toContain('delivery_changed');
  });
});

describe('a reminder waits', () => {
  test('until the quiet hours are over', async () => {
    const own = await asked();
    // All day except for its last hour.
    const quietHours = { from: 0, until: 23 * 60 };
    expect(await run(own, { quietHours })).toEqual(none);
    const waits = await reminderOf(own.ledger, own.id);
    expect(waits).toMatchObject({ state: 'due', tries: 0 });
    expect(Date.parse(waits!.dueAt!)).toBeGreaterThan(own.time.now);
    own.time.now = Date.parse(waits!.dueAt!);
    expect(await run(own, { quietHours })).toEqual({ ...none, sent: 1 });
  });

  test('while sending is paused, and while the hour is full', async () => {
    const own = await asked();
    await pauseSending(own.ledger, { pausedAt: iso(own.time.now), until: null, reason: null });
    expect(await run(own)).toEqual(none);
    await resumeSending(own.ledger, iso(own.time.now));
    await own.tell({ customer: { email: 'other@example.org' } });
    own.time.now += minute;
    await backfillOf(wanting(own), [own.time.now - hour, own.time.now]);
    expect(await run(own, { maxPerHour: 1 })).toEqual(none);
    expect(own.sandbox.mailbox()).toHaveLength(2);
    own.time.now += hour;
    expect(await run(own, { maxPerHour: 1 })).toEqual({ ...none, sent: 1 });
    // The reminder took a place in the hour itself.
    await own.tell({ customer: { email: 'third@example.org' } });
    own.time.now += minute;
    await backfillOf(wanting(own, { maxPerHour: 1 }), [own.time.now - hour, own.time.now]);
    expect((await own.closings()).find(({ state }) => state === 'scheduled')).toBeDefined();
  });

  test('for surveys that are due', async () => {
    const own = await asked();
    await own.tell({ customer: { email: 'other@example.org' } });
    own.time.now += minute;
    const only = { ...unlimited, maxSends: 0 };
    await backfillOf(wanting(own), [own.time.now - hour, own.time.now], { limits: only });
    expect(await run(own)).toEqual(none);
    await backfillOf(wanting(own), [own.time.now - hour, own.time.now]);
    expect(await run(own)).toEqual({ ...none, sent: 1 });
  });
});

describe('a reminder whose process ended while it was leaving', () => {
  async function interrupted(changes: ServicesChanges = {}) {
    const own = await asked(undefined, changes);
    await dueReminders(wanting(own, {}, changes), 10);
    await claimClosing(own.ledger, own.id, elsewhere, iso(own.time.now));
    const cap = { lane: 'live', maxPerHour: null } as const;
    await markReminderLeaving(own.ledger, own.id, elsewhere, iso(own.time.now), cap);
    // Another host holds the reminder and may still send it.
    expect(await run(own, {}, changes)).toEqual(none);
    expect(await resolveAbandonedReminders(own.ledger, iso(own.time.now + 29_000))).toEqual([]);
    own.time.now += minute;
    return own;
  }

  test('is uncertain, is never repeated by itself, and is counted as sent', async () => {
    const own = await interrupted();
    expect(await run(own)).toEqual({ ...none, uncertain: 1 });
    own.time.now += 5 * day;
    expect(await run(own)).toEqual(none);
    expect(own.sandbox.mailbox()).toHaveLength(1);
    const [closing] = await own.closings();
    expect(closing).toMatchObject({ state: 'sent', reminder: 'uncertain' });
    expect(closing!.remindedAt).not.toBeNull();
    expect(await reminderOf(own.ledger, own.id)).toMatchObject({
      state: 'uncertain',
      dueAt: null,
      error: { code: 'send_interrupted', hint: expect.stringContaining('--was-sent') },
    });
  });

  test('a person says that it arrived', async () => {
    const own = await interrupted();
    await run(own);
    await confirmReminder(own.ledger, own.id, iso(own.time.now));
    expect(await own.closings()).toMatchObject([{ reminder: 'sent' }]);
    await expect(confirmReminder(own.ledger, own.id, iso(own.time.now))).rejects.toMatchObject({
      code: 'reminder_changed',
    });
    expect(await run(own)).toEqual(none);
  });

  test('a person says that it did not leave, and it is sent again, once', async () => {
    const own = await interrupted();
    await run(own);
    await resendReminder(own.ledger, own.id, iso(own.time.now));
    expect(await own.closings()).toMatchObject([{ reminder: 'due', remindedAt: null }]);
    expect(await run(own)).toEqual({ ...none, sent: 1 });
    expect(own.sandbox.mailbox()).toHaveLength(2);
  });

  test('into the outbox is written again', async () => {
    const own = await interrupted({ delivery: 'outbox' });
    expect(await run(own, {}, { delivery: 'outbox' })).toEqual({ ...none, sent: 1 });
    expect(await own.closings()).toMatchObject([{ lane: 'trial', reminder: 'sent' }]);
  });
});

test('two processes that find one reminder send one', async () => {
  const own = await asked();
  const both = await Promise.all([
    remindInPassing(wanting(own), unlimited),
    remindInPassing(wanting(own, {}, { worker: elsewhere }), unlimited),
  ]);
  expect(both.map(({ failure }) => failure)).toEqual([null, null]);
  expect(both.reduce((sum, { reminders }) => sum + reminders.sent, 0)).toBe(1);
  expect(own.sandbox.mailbox()).toHaveLength(2);
});

test('the suppression of an address counts from the reminder', async () => {
  const own = await asked();
  await run(own);
  own.time.now += 5 * day;
  await own.tell({ customer: { email } });
  own.time.now += minute;
  await backfillOf(wanting(own, { suppressionDays: 7 }), [own.time.now - hour, own.time.now]);
  expect((await own.closings())[0]).toMatchObject({
    state: 'suppressed',
    reasons: [{ code: 'recently_surveyed' }],
  });
});
