import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { countGroups, type ScoreField } from '../../../src/store/views/score-counts.ts';
import { at, evidence, freshLedger, leaving, moved } from '../support.ts';

async function sent(ledger: Ledger, conversationId: string, topics: readonly string[]): Promise<void> {
  const { id } = await leaving(ledger, conversationId);
  const { conversation, ...rest } = evidence('CLOSED');
  await moved(ledger, id, 'confirm', at(20), {
    sentAt: at(20),
    evidence: {
      ...rest,
      conversation: { ...conversation, topics: topics.map((topic) => ({ id: topic, name: null })) },
    },
  });
}

test('by topic, each closing is first in one group, so that those add up to all', async () => {
  const ledger = await freshLedger();
  await sent(ledger, 'c1', ['t2', 't1']);
  await sent(ledger, 'c2', ['t2']);
  await sent(ledger, 'c3', ['t3', 't2', 't1']);
  await sent(ledger, 'c4', []);
  const filters = { agents: [], inboxes: [], topics: [], channels: [], brands: [] };
  const counted = async (by: readonly ScoreField[], topics: readonly string[] = []): Promise<unknown> => {
    const cohort = { since: at(0), until: at(900), filters: { ...filters, topics } };
    const groups = await ledger.read((db) => countGroups(db, cohort, by, 'UTC'));
    return groups.map(({ keys, isFirst, counts }) => [keys[0], isFirst, counts.closed].join(' ')).sort();
  };
  expect(await counted(['topic'])).toEqual([' true 1', 't1 true 2', 't2 false 2', 't2 true 1', 't3 false 1']);
  expect(await counted(['topic', 'week'])).toEqual(await counted(['topic']));
  // A filter leaves out closings, but none of a closing's topics.
  expect(await counted(['topic'], ['t3'])).toEqual(['t1 true 1', 't2 false 1', 't3 false 1']);
  expect(await counted([])).toEqual([' true 4']);
});
