import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { ClosingState } from '../../../src/domain/closing/transitions.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { beginCard, markCardPosted } from '../../../src/store/answers/cards.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { resolveAbandonedSends } from '../../../src/store/queue/claims.ts';
import { recordDelivery } from '../../../src/store/queue/decisions.ts';
import type { ClosingFilter } from '../../../src/store/views/closing-filter.ts';
import { listClosings, type ListedClosing } from '../../../src/store/views/surveys.ts';
import { at, freshLedger, here, leaving, reported } from '../support.ts';

async function listed(ledger: Ledger, filter: ClosingFilter = {}): Promise<ListedClosing[]> {
  const rows: ListedClosing[] = [];
  for await (const row of listClosings(ledger, filter, at(20))) rows.push(row);
  return rows;
}

test('a message whose process has ended is listed as what it will be resolved to, and nothing is written', async () => {
  const ledger = await freshLedger();
  const ended = spawn(process.execPath, ['-e', '']);
  await once(ended, 'exit');
  const worker = { ...here, pid: ended.pid! };
  const doubtful = await leaving(ledger, 'c1', { worker });
  const repeatable = await leaving(ledger, 'c2', { worker, provider: 'outbox' });
  const underWay = await leaving(ledger, 'c3');

  const states = async (filter: ClosingFilter = {}): Promise<Record<string, ClosingState>> =>
    Object.fromEntries((await listed(ledger, filter)).map(({ closing: { id, state } }) => [id, state]));
  const shown = { [doubtful.id]: 'uncertain', [repeatable.id]: 'scheduled', [underWay.id]: 'sending' };
  expect(await states()).toEqual(shown);
  for (const [id, state] of Object.entries(shown)) {
    expect(await states({ states: [state as ClosingState] })).toEqual({ [id]: state });
    expect(await states({ states: [state as ClosingState], limit: 1 })).toEqual({ [id]: state });
  }
  expect(await states({ states: ['sent'] })).toEqual({});
  for (const { id } of [doubtful, repeatable, underWay]) {
    expect(await closingById(ledger, id)).toMatchObject({ state: 'sending' });
  }

  const before = (await listed(ledger)).map(({ closing }) => closing);
  await resolveAbandonedSends(ledger, at(20));
  const after = (await listed(ledger)).map(({ closing }) => closing);
  expect(after).toEqual(before.map((closing, index) => ({ ...closing, stateAt: after[index]?.stateAt })));
});

test('a closing is listed with its newest answer and the newest card that is posted', async () => {
  const ledger = await freshLedger();
  const { id } = await leaving(ledger, 'c1');
  await recordDelivery(ledger, id, at(20), { status: 'sent', externalId: null }, 0);
  await reported(ledger, 'c2', 100);
  const surveyId = `survey-${id}`;
  const rest = { resolved: false, comment: 'fine', at: at(30), source: 'page' };
  for (const rating of [1, 5]) await recordAnswer(ledger, { surveyId, closingId: id, rating, ...rest });
  for (const revision of [1, 2]) {
    const card = { itemId: `i${revision}`, surveyId, revision, customerId: 'k1', body: '{}' };
    await beginCard(ledger, card);
    if (revision === 1) await markCardPosted(ledger, card, at(40));
  }
  expect(await listed(ledger)).toMatchObject([
    { closing: { conversationId: 'c2' }, answer: null, card: null },
    {
      closing: { id, state: 'answered' },
      answer: { surveyId, revision: 2, rating: 5, resolved: false, comment: 'fine', source: 'page' },
      card: { itemId: 'i1', postedAt: at(40) },
    },
  ]);
});
