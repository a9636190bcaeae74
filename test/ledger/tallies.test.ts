import { expect, test } from 'vitest';
import { recordFailure, settleMessage } from '../../src/ledger/decisions.ts';
import { countClosings, countDue } from '../../src/ledger/tallies.ts';
import { at, freshLedger, leaving, scheduled, sighted } from './support.ts';

const error = { code: 'network', message: 'broken', hint: 'again' };

test('closings are counted by state, since inclusive, until exclusive', async () => {
  const ledger = await freshLedger();
  await sighted(ledger, 'before', -1);
  await sighted(ledger, 'first', 0);
  await scheduled(ledger, 'second', { closedAtSeconds: 100 });
  const { id } = await leaving(ledger, 'third');
  await settleMessage(ledger, id, at(20), { status: 'sent', externalId: null });
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
  await recordFailure(ledger, again.id, at(20), error, at(50));
  const given = await sighted(ledger, 'given up');
  await recordFailure(ledger, given.id, at(20), error, null);
  const { id } = await leaving(ledger, 'sent');
  await settleMessage(ledger, id, at(20), { status: 'sent', externalId: null });
  expect([
    await countDue(ledger, at(49)),
    await countDue(ledger, at(100)),
    await countDue(ledger, at(101)),
  ]).toEqual([1, 3, 4]);
});
