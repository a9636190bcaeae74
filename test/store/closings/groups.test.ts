import { expect, test } from 'vitest';
import type { Evidence } from '../../../src/domain/attribution/evidence.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { at, evidence, freshLedger, moved, reported } from '../support.ts';

const agent = { id: 'a1', name: 'Ada', email: 'ada@example.com' };

function readEvidence(topics: string[], names: { inbox: string; assignee: string }): Evidence {
  const { conversation, ...rest } = evidence('CLOSED');
  return {
    ...rest,
    conversation: {
      ...conversation,
      assignedAgentId: 'a2',
      assignedAgentName: names.assignee,
      inbox: { id: 'i1', name: names.inbox },
      topics: topics.map((id) => ({ id, name: `Topic ${id}` })),
    },
    attribution: {
      agent,
      itemId: null,
      itemType: 'EMAIL',
      channel: 'email',
      respondedAt: at(-5),
      confidence: 'exact',
      considered: [],
      omitted: null,
    },
  };
}

async function kept(ledger: Ledger) {
  return ledger.read(async (db) => ({
    closing: await db
      .selectFrom('closings')
      .select(['agent_id', 'inbox_id', 'channel', 'assignee_id', 'responded_at'])
      .executeTakeFirstOrThrow(),
    topics: (await db.selectFrom('closing_topics').select('topic_id').execute()).map(
      ({ topic_id }) => topic_id,
    ),
    names: await db.selectFrom('names').selectAll().orderBy('kind').orderBy('id').execute(),
  }));
}

test('what a closing is grouped by follows its newest reading', async () => {
  const ledger = await freshLedger();
  const { id } = await reported(ledger, 'c1');
  const first = readEvidence(['t1', 't2', 't1'], { inbox: 'Orders', assignee: 'Grace' });
  await moved(ledger, id, 'schedule', at(10), { agent, evidence: first });
  expect(await kept(ledger)).toEqual({
    closing: { agent_id: 'a1', inbox_id: 'i1', channel: 'email', assignee_id: 'a2', responded_at: at(-5) },
    topics: ['t1', 't2'],
    names: [
      { kind: 'agent', id: 'a1', name: 'Ada', email: 'ada@example.com' },
      { kind: 'agent', id: 'a2', name: 'Grace', email: null },
      { kind: 'inbox', id: 'i1', name: 'Orders', email: null },
      { kind: 'topic', id: 't1', name: 'Topic t1', email: null },
      { kind: 'topic', id: 't2', name: 'Topic t2', email: null },
    ],
  });

  // A move that read nothing leaves all of this as it is.
  await moved(ledger, id, 'leave', at(20), { leftAt: at(20) });
  await moved(ledger, id, 'resume', at(30), { dueAt: at(40) });
  expect((await kept(ledger)).topics).toEqual(['t1', 't2']);

  const second = readEvidence(['t2', 't3'], { inbox: 'Orders and Delivery', assignee: 'Ada' });
  second.conversation.assignedAgentId = 'a1';
  await moved(ledger, id, 'schedule', at(50), { agent: { ...agent, email: null }, evidence: second });
  const after = await kept(ledger);
  expect(after.topics).toEqual(['t2', 't3']);
  expect(after.closing).toMatchObject({ assignee_id: 'a1' });
  expect(after.names).toContainEqual({ kind: 'inbox', id: 'i1', name: 'Orders and Delivery', email: null });
  // A known email address stays.
  expect(after.names).toContainEqual({ kind: 'agent', id: 'a1', name: 'Ada', email: 'ada@example.com' });

  await moved(ledger, id, 'suppress', at(60), { agent: null, evidence: evidence('CLOSED') });
  const last = await kept(ledger);
  expect([last.closing, last.topics]).toEqual([
    { agent_id: null, inbox_id: null, channel: null, assignee_id: null, responded_at: null },
    [],
  ]);
});
