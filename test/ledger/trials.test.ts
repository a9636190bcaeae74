import { expect, test } from 'vitest';
import { recordAnswer } from '../../src/ledger/answers.ts';
import { answersWithoutCard } from '../../src/ledger/cards-due.ts';
import type { Closing } from '../../src/ledger/closing.ts';
import { closingById } from '../../src/ledger/closings.ts';
import { settleMessage } from '../../src/ledger/decisions.ts';
import type { Ledger } from '../../src/ledger/open.ts';
import { story } from '../../src/ledger/story.ts';
import { isTried, supersedeTrials } from '../../src/ledger/trials.ts';
import { at, freshLedger, leaving, opened, scheduled, sighted, temporaryFile } from './support.ts';
import type { DeliveryName } from '../../src/domain/delivery.ts';

async function sent(ledger: Ledger, conversationId: string, provider: DeliveryName): Promise<Closing> {
  const { id } = await leaving(ledger, conversationId, { provider });
  return settleMessage(ledger, id, at(20), { status: 'sent', externalId: 'x' });
}

test('what a trial sent goes back to the queue without its survey, and the history tells why', async () => {
  const ledger = await freshLedger();
  const closing = await sent(ledger, 'c1', 'outbox');
  expect(isTried(closing)).toBe(true);
  await supersedeTrials(ledger, [closing.id], at(30));
  expect(await closingById(ledger, closing.id)).toMatchObject({
    state: 'pending',
    surveyId: null,
    provider: null,
    address: null,
    sentAt: null,
    dueAt: null,
  });
  const { history } = await story(ledger, closing.id);
  expect(history.at(-1)).toMatchObject({ transition: 'supersede_trial', note: 'outbox was a trial' });
});

test('what was answered to a trial gets no card when the trial is over', async () => {
  const ledger = await freshLedger();
  const closing = await sent(ledger, 'c1', 'outbox');
  const given = { rating: 1, resolved: null, comment: 'tried', at: at(25), source: 'page' };
  await recordAnswer(ledger, { surveyId: closing.surveyId!, closingId: closing.id, ...given });
  expect(await answersWithoutCard(ledger, 9)).toHaveLength(1);
  await supersedeTrials(ledger, [closing.id], at(30));
  expect(await answersWithoutCard(ledger, 9)).toEqual([]);
});

test('nothing else changes: not a real survey, nor what waits', async () => {
  const ledger = await freshLedger();
  const others = [
    await sent(ledger, 'real', 'smtp'),
    await sighted(ledger, 'pending'),
    await scheduled(ledger, 'scheduled', { provider: 'outbox' }),
  ];
  expect(others.filter(isTried)).toEqual([]);
  const before = await Promise.all(others.map(({ id }) => closingById(ledger, id)));
  await supersedeTrials(
    ledger,
    others.map(({ id }) => id),
    at(30),
  );
  expect(await Promise.all(others.map(({ id }) => closingById(ledger, id)))).toEqual(before);
});

test('a process that saw the trial late does not take back what was sent for real meanwhile', async () => {
  const file = temporaryFile();
  const [one, other] = [await opened(file), await opened(file)];
  const seen = await sent(one, 'c1', 'outbox');
  await supersedeTrials(one, [seen.id], at(30));
  const real = await sent(one, 'c1', 'smtp');
  expect(real.id).toBe(seen.id);
  await supersedeTrials(other, [seen.id], at(40));
  expect(await closingById(one, seen.id)).toMatchObject({ state: 'sent', provider: 'smtp' });
});
