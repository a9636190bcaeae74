import { expect, test } from 'vitest';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { cardsDue } from '../../../src/store/answers/cards-due.ts';
import { nextDueAt } from '../../../src/store/queue/claims.ts';
import { recordFailure, recordDelivery } from '../../../src/store/queue/decisions.ts';
import { countClosings, countDue, queueFigures } from '../../../src/store/queue/counts.ts';
import { at, freshLedger, here, leaving, scheduled, sighted } from '../support.ts';

const error = { code: 'network', message: 'broken', hint: 'again' };

test('closings are counted by state, since inclusive, until exclusive', async () => {
  const ledger = await freshLedger();
  await sighted(ledger, 'before', -1);
  await sighted(ledger, 'first', 0);
  await scheduled(ledger, 'second', { closedAtSeconds: 100 });
  const { id } = await leaving(ledger, 'third');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null });
  await sighted(ledger, 'after', 200);
  expect(await countClosings(ledger, { since: at(0), until: at(200) })).toEqual({
    pending: 1,
    scheduled: 1,
    sent: 1,
  });
  expect(await countClosings(ledger, { since: at(300), until: at(400) })).toEqual({});
});

test('due are those that the queue may take now', async () => {
  const ledger = await freshLedger();
  await sighted(ledger, 'pending');
  await scheduled(ledger, 'due', { dueAt: at(100) });
  await scheduled(ledger, 'later', { dueAt: at(101) });
  const again = await sighted(ledger, 'tried again');
  await recordFailure(ledger, again.id, here, at(20), error, at(50));
  const given = await sighted(ledger, 'given up');
  await recordFailure(ledger, given.id, here, at(20), error, null);
  const { id } = await leaving(ledger, 'sent');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null });
  expect([
    await countDue(ledger, at(49), 'smtp'),
    await countDue(ledger, at(100), 'smtp'),
    await countDue(ledger, at(101), 'smtp'),
  ]).toEqual([1, 3, 4]);
});

test('the figures of the queue are those of what is not settled', async () => {
  const ledger = await freshLedger();
  const none = { pending: 0, scheduled: 0, sending: 0, uncertain: 0, failed: 0 };
  expect(await queueFigures(ledger, at(0), 'smtp')).toEqual({
    due: 0,
    oldestDueAt: null,
    states: none,
    cardsMissing: 0,
  });
  await scheduled(ledger, 'due', { dueAt: at(90) });
  expect((await queueFigures(ledger, at(100), 'smtp')).oldestDueAt).toBe(at(90));
  await sighted(ledger, 'first', 0, 80);
  await sighted(ledger, 'second', 0, 81);
  await scheduled(ledger, 'later', { dueAt: at(500) });
  const given = await sighted(ledger, 'given up');
  await recordFailure(ledger, given.id, here, at(20), error, null);
  const doubtful = await leaving(ledger, 'in doubt');
  await recordDelivery(ledger, doubtful.id, at(20), { status: 'uncertain', error });
  const sent = await leaving(ledger, 'sent');
  await recordDelivery(ledger, sent.id, at(20), { status: 'sent', externalId: null });
  await leaving(ledger, 'leaving');
  const content = { rating: 5, resolved: null, comment: null, at: at(30), source: 'page' };
  await recordAnswer(ledger, { surveyId: 's1', closingId: sent.id, ...content });
  expect(await queueFigures(ledger, at(100), 'smtp')).toEqual({
    due: 3,
    oldestDueAt: at(80),
    states: { pending: 2, scheduled: 2, sending: 1, uncertain: 1, failed: 1 },
    cardsMissing: 1,
  });
});

test('an answer that was posted by hand, of a closing that is not known, is no missing card of the queue', async () => {
  const ledger = await freshLedger();
  const content = { rating: 5, resolved: null, comment: null, at: at(30), source: 'cli' };
  await recordAnswer(ledger, { surveyId: 's1', closingId: null, ...content });
  expect(await cardsDue(ledger, 10)).toEqual([{ surveyId: 's1', closingId: null }]);
  expect((await queueFigures(ledger, at(100), 'smtp')).cardsMissing).toBe(0);
});

test('the queue has work again when the next closing gets due', async () => {
  const ledger = await freshLedger();
  expect(await nextDueAt(ledger, at(0), 'smtp')).toBeNull();
  await sighted(ledger, 'timeless');
  await scheduled(ledger, 'now', { dueAt: at(100) });
  expect(await nextDueAt(ledger, at(100), 'smtp')).toBeNull();
  await scheduled(ledger, 'later', { dueAt: at(300) });
  const again = await sighted(ledger, 'tried again');
  await recordFailure(ledger, again.id, here, at(20), error, at(400));
  expect(await nextDueAt(ledger, at(100), 'smtp')).toBe(at(300));
  expect(await nextDueAt(ledger, at(300), 'smtp')).toBe(at(400));
  expect(await nextDueAt(ledger, at(400), 'smtp')).toBeNull();
});
