import { expect, test } from 'vitest';
import type { Lane } from '../../../src/domain/values/lanes.ts';
import type { ReasonCode } from '../../../src/domain/closing/reason.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { cardsDue } from '../../../src/store/answers/cards-due.ts';
import { nextDueAt } from '../../../src/store/queue/next-due.ts';
import { cancelClosing, retryClosing } from '../../../src/store/queue/acts.ts';
import { decideClosing, recordDelivery, recordFailure } from '../../../src/store/queue/decisions.ts';
import {
  countClosings,
  countDue,
  failuresBetween,
  queueFigures,
  type FailedClosing,
} from '../../../src/store/views/counts.ts';
import { at, freshLedger, here, leaving, nothingRead, repeated, reported, scheduled } from '../support.ts';

const error = { code: 'network', message: 'broken', hint: 'again' };

test('closings are counted by state, since inclusive, until exclusive', async () => {
  const ledger = await freshLedger();
  await reported(ledger, 'before', -1);
  await reported(ledger, 'first', 0);
  await scheduled(ledger, 'second', { closedAtSeconds: 100 });
  const { id } = await leaving(ledger, 'third');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null }, 0);
  await reported(ledger, 'after', 200);
  await reported(ledger, 'first', 0, 5, 'trial');
  const counts = (since: number, until: number, lane: Lane = 'live') =>
    countClosings(ledger, { lane, since: at(since), until: at(until) });
  expect(await counts(0, 200)).toEqual({ states: { pending: 1, scheduled: 1, sent: 1 }, reasons: {} });
  expect(await counts(300, 400)).toEqual({ states: {}, reasons: {} });
  expect(await counts(0, 200, 'trial')).toEqual({ states: { pending: 1 }, reasons: {} });
});

test('every reason of a suppressed closing is counted, and none that it no longer has', async () => {
  const ledger = await freshLedger();
  const decide = async (conversationId: string, codes: readonly ReasonCode[]): Promise<string> => {
    const { id } = await reported(ledger, conversationId);
    const reading = {
      closingId: id,
      worker: here,
      at: at(10),
      address: null,
      since: null,
      reading: nothingRead,
    };
    const suppress = codes.map((code) => ({ code, detail: 'a, b' }));
    await decideClosing(ledger, reading, () => ({ suppress }));
    return id;
  };
  await decide('c1', ['too_old', 'no_address']);
  await decide('c2', ['no_address', 'too_old', 'no_address']);
  await decide('c3', ['no_address']);
  await cancelClosing(ledger, (await reported(ledger, 'c4')).id, at(20));
  await retryClosing(ledger, await decide('c5', ['opt_out_topic']), at(20));
  expect(await countClosings(ledger, { lane: 'live', since: at(0), until: at(1) })).toEqual({
    states: { suppressed: 4, pending: 1 },
    reasons: { too_old: 2, no_address: 3, cancelled: 1 },
  });
});

test('failures of a range are those that failed and those that could not leave yet, newest first, over all pages', async () => {
  const ledger = await freshLedger();
  const fail = async (
    conversationId: string,
    closedAtSeconds: number,
    lane: Lane = 'live',
  ): Promise<string> => {
    const { id } = await reported(ledger, conversationId, closedAtSeconds, 0, lane);
    await recordFailure(ledger, id, here, at(20), error, at(50));
    return id;
  };
  await fail('before', -1);
  await fail('after', 100);
  await fail('a trial', 50, 'trial');
  const held = await leaving(ledger, 'held up');
  const notSent = { status: 'not_sent', temporary: true, failure: error } as const;
  await recordDelivery(ledger, held.id, at(20), notSent, 0);
  await scheduled(ledger, 'not due yet', { dueAt: at(900) });
  // Pages end among closings with the same time.
  await repeated(ledger, await fail('c1000', 3), 1000, (number) => ({
    id: `c${number}`,
    conversation_id: `c${number}`,
    closed_at: at(Math.floor(number / 300)),
  }));
  const failures: FailedClosing[] = [];
  for await (const failure of failuresBetween(ledger, { lane: 'live', since: at(0), until: at(100) })) {
    failures.push(failure);
  }
  expect(failures.at(-1)).toEqual({ conversationId: 'held up', error, dueAt: at(80) });
  const failed = failures.slice(0, -1);
  expect(failed[0]?.conversationId).toBe('c999');
  expect(failed).toHaveLength(1001);
  expect(new Set(failed.map(({ conversationId }) => conversationId)).size).toBe(1001);
});

test('due are those that the queue may take now', async () => {
  const ledger = await freshLedger();
  await reported(ledger, 'pending');
  await scheduled(ledger, 'due', { dueAt: at(100) });
  await scheduled(ledger, 'later', { dueAt: at(101) });
  const again = await reported(ledger, 'tried again');
  await recordFailure(ledger, again.id, here, at(20), error, at(50));
  const given = await reported(ledger, 'given up');
  await recordFailure(ledger, given.id, here, at(20), error, null);
  const { id } = await leaving(ledger, 'sent');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null }, 0);
  expect([
    await countDue(ledger, at(49), 'live'),
    await countDue(ledger, at(100), 'live'),
    await countDue(ledger, at(101), 'live'),
  ]).toEqual([1, 3, 4]);
});

test('the figures of the queue are those of what is not settled', async () => {
  const ledger = await freshLedger();
  const none = { pending: 0, scheduled: 0, sending: 0, uncertain: 0, failed: 0 };
  expect(await queueFigures(ledger, at(0), 'live')).toEqual({
    pause: null,
    fullUntil: null,
    due: 0,
    oldestDueAt: null,
    states: none,
    oldestClaimAt: null,
    cardsMissing: 0,
    alertsDue: 0,
    reminders: { due: 0, uncertain: 0, failed: 0 },
  });
  await scheduled(ledger, 'due', { dueAt: at(90) });
  expect((await queueFigures(ledger, at(100), 'live')).oldestDueAt).toBe(at(90));
  await reported(ledger, 'first', 0, 80);
  await reported(ledger, 'second', 0, 81);
  await scheduled(ledger, 'later', { dueAt: at(500) });
  const given = await reported(ledger, 'given up');
  await recordFailure(ledger, given.id, here, at(20), error, null);
  const doubtful = await leaving(ledger, 'in doubt');
  await recordDelivery(ledger, doubtful.id, at(20), { status: 'uncertain', failure: error }, 0);
  const sent = await leaving(ledger, 'sent');
  await recordDelivery(ledger, sent.id, at(20), { status: 'sent', externalId: null }, 0);
  await leaving(ledger, 'leaving');
  const content = { rating: 5, resolved: null, comment: null, at: at(30), source: 'page' };
  await recordAnswer(ledger, { surveyId: 's1', closingId: sent.id, ...content });
  expect(await queueFigures(ledger, at(100), 'live')).toEqual({
    pause: null,
    fullUntil: null,
    due: 3,
    oldestDueAt: at(80),
    states: { pending: 2, scheduled: 2, sending: 1, uncertain: 1, failed: 1 },
    oldestClaimAt: at(12),
    cardsMissing: 1,
    alertsDue: 0,
    reminders: { due: 0, uncertain: 0, failed: 0 },
  });
});

test('an answer that a person posted to a closing that is not known is no missing card of the queue', async () => {
  const ledger = await freshLedger();
  const content = { rating: 5, resolved: null, comment: null, at: at(30), source: 'post' };
  await recordAnswer(ledger, { surveyId: 's1', closingId: null, ...content });
  const rows = await ledger.read((db) => db.selectFrom('cards_due').selectAll().execute());
  expect(rows).toMatchObject([{ survey_id: 's1', closing_id: null }]);
  expect(await cardsDue(ledger, 10, at(100))).toEqual([]);
  expect((await queueFigures(ledger, at(100), 'live')).cardsMissing).toBe(0);
});

test('the queue has work again when the next closing gets due', async () => {
  const ledger = await freshLedger();
  expect(await nextDueAt(ledger, at(0), 'live')).toBeNull();
  await reported(ledger, 'timeless');
  await scheduled(ledger, 'now', { dueAt: at(100) });
  expect(await nextDueAt(ledger, at(100), 'live')).toBeNull();
  await scheduled(ledger, 'later', { dueAt: at(300) });
  const again = await reported(ledger, 'tried again');
  await recordFailure(ledger, again.id, here, at(20), error, at(400));
  expect(await nextDueAt(ledger, at(100), 'live')).toBe(at(300));
  expect(await nextDueAt(ledger, at(300), 'live')).toBe(at(400));
  expect(await nextDueAt(ledger, at(400), 'live')).toBeNull();
});
