import { expect, test } from 'vitest';
import type { ImportedInteraction } from '../../src/domain/closing/imports.ts';
import { addressHistory } from '../../src/store/addresses/history.ts';
import { recordClosing } from '../../src/store/closings/closing-reports.ts';
import { closingsOfConversation } from '../../src/store/closings/closings.ts';
import { recordReopening } from '../../src/store/closings/reopenings.ts';
import { importInteractions } from '../../src/store/imports/import-interactions.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { at, freshLedger } from './support.ts';

const hour = 3600;

function interaction(changes: Partial<ImportedInteraction> = {}): ImportedInteraction {
  return {
    id: 'i1',
    interactionId: 'c1',
    conversationId: 'c1',
    customerId: null,
    closedAt: at(hour),
    address: 'kim@example.org',
    agent: { id: 'a1', name: 'Amara', email: 'amara@acme.com' },
    channel: 'chat',
    sentAt: at(hour),
    reason: { code: 'already_surveyed', detail: '' },
    answer: null,
    hasUnsubscribed: false,
    ...changes,
  };
}

const answer = { rating: 4, resolved: null, comment: 'fine', answeredAt: at(2 * hour) };

async function take(ledger: Ledger, ...interactions: ImportedInteraction[]) {
  return (await importInteractions(ledger, { interactions, unsubscribing: [] }, at(9 * hour))).results;
}

function reported(closedAt: string) {
  const about = { lane: 'live', conversationId: 'c1', customerId: 'k1' } as const;
  return { ...about, closedAt, source: 'report', seenAt: at(9 * hour) } as const;
}

test('what was asked holds its address, and is known again', async () => {
  const ledger = await freshLedger();
  expect(await take(ledger, interaction(), interaction())).toEqual([{ took: 'asked' }, { known: true }]);
  const question = { address: 'kim@example.org', since: at(0), lane: 'live', except: null } as const;
  expect((await addressHistory(ledger, question)).others).toMatchObject([{ state: 'sent' }]);
  expect((await addressHistory(ledger, { ...question, since: at(2 * hour) })).others).toEqual([]);
  expect(await take(ledger, interaction({ answer }))).toEqual([{ took: 'answer' }]);
  expect(await closingsOfConversation(ledger, 'c1', 'live')).toMatchObject([
    { state: 'answered', provider: null, imported: 'i1', agent: { name: 'Amara' } },
  ]);
});

test('a closing that is found later is the one that was imported, unless it was reopened between', async () => {
  const ledger = await freshLedger();
  await take(ledger, interaction());
  expect(await recordClosing(ledger, reported(at(0)))).toMatchObject({
    isNew: false,
    closing: { imported: 'i1', state: 'suppressed' },
  });
  const other = await freshLedger();
  await recordReopening(other, { conversationId: 'c1', reopenedAt: at(hour / 2) });
  await take(other, interaction());
  expect((await recordClosing(other, reported(at(0)))).isNew).toBe(true);
});

test('a closing that waits here is asked about no more, and one that was reopened is another', async () => {
  const ledger = await freshLedger();
  await recordClosing(ledger, reported(at(0)));
  expect(await take(ledger, interaction())).toEqual([{ took: 'asked' }]);
  expect(await closingsOfConversation(ledger, 'c1', 'live')).toMatchObject([
    { state: 'suppressed', customerId: 'k1', imported: 'i1' },
  ]);
  await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(2 * hour) });
  expect(await take(ledger, interaction({ id: 'i2', closedAt: at(3 * hour) }))).toEqual([{ took: 'asked' }]);
  expect(await closingsOfConversation(ledger, 'c1', 'live')).toHaveLength(2);
});

test('of two rows of one closing the answer counts, and nothing that was not asked ends what waits here', async () => {
  const ledger = await freshLedger();
  const second = interaction({ id: 'i2', closedAt: at(hour + 5) });
  expect(await take(ledger, interaction(), second, { ...second, answer })).toEqual([
    { took: 'asked' },
    { left: 'same_closing' },
    { took: 'answer' },
  ]);
  const other = await freshLedger();
  await recordClosing(other, reported(at(0)));
  expect(await take(other, interaction({ sentAt: null }))).toEqual([{ left: 'decided_here' }]);
  expect(await closingsOfConversation(other, 'c1', 'live')).toMatchObject([{ state: 'pending' }]);
});
