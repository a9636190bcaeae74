import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { opened, shapeOf, temporaryFile } from '../support.ts';

/** A file as version 4 left it, changed. */
function versionFour(...more: string[]): string {
  const path = temporaryFile();
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, '../version-4.sql'), 'utf8'));
  for (const script of more) database.exec(script);
  database.close();
  return path;
}

function groupsOf(ledger: Ledger, conversationId: string) {
  return ledger.read((db) =>
    db
      .selectFrom('closings')
      .select(['agent_id', 'inbox_id', 'channel', 'assignee_id', 'brand', 'responded_at'])
      .where('conversation_id', '=', conversationId)
      .where('lane', '=', 'live')
      .execute(),
  );
}

const unknown = {
  agent_id: null,
  inbox_id: null,
  channel: null,
  assignee_id: null,
  brand: null,
  responded_at: null,
};

test('an older ledger is filled from its evidence, and one without evidence is not', async () => {
  const evidence = `json_set(evidence, '$.conversation.topics', json('[{"id":"t1","name":"One"},{"id":"t1"},{"id":"t2","name":null}]'),
    '$.conversation.assignedAgentId', 'a2', '$.conversation.assignedAgentName', 'Second',
    '$.conversation.inbox', json('{"id":"i9"}'))`;
  const ledger = await opened(
    versionFour(
      `UPDATE closings SET evidence = ${evidence} WHERE conversation_id = 'live-page'`,
      `UPDATE closings SET evidence = NULL, agent = NULL WHERE conversation_id = 'live-failed'`,
      `UPDATE closings SET evidence = 'broken', agent = '' WHERE conversation_id = 'live-uncertain'`,
      `UPDATE closings SET agent = json_set(agent, '$.name', 'Renamed'), read_at = '2099-01-01T00:00:00.000Z'
       WHERE conversation_id = 'live-sent'`,
    ),
  );
  const [agent] = await groupsOf(ledger, 'live-sent');
  expect(agent).toEqual({
    agent_id: 'Uqreq7yMNkzCMwGyEfzMsQ',
    inbox_id: 'LXAX_i70PGyD6J2cRceK-Q',
    channel: 'email',
    assignee_id: 'Uqreq7yMNkzCMwGyEfzMsQ',
    brand: null,
    responded_at: '2026-11-29T04:10:27.540Z',
  });
  expect(await groupsOf(ledger, 'live-page')).toMatchObject([{ assignee_id: 'a2', inbox_id: 'i9' }]);
  expect(await groupsOf(ledger, 'live-failed')).toEqual([unknown]);
  expect(await groupsOf(ledger, 'live-uncertain')).toEqual([unknown]);

  const topics = await ledger.read((db) => db.selectFrom('closing_topics').selectAll().execute());
  const closedAt = '2026-11-29T04:12:29.628Z';
  expect(topics.filter(({ closing_id }) => closing_id === `live-page@${closedAt}`)).toEqual(
    ['t1', 't2'].map((topic_id) => ({
      closing_id: `live-page@${closedAt}`,
      topic_id,
      closed_at: closedAt,
    })),
  );
  const names = await ledger.read((db) => db.selectFrom('names').selectAll().execute());
  expect(names).toContainEqual({
    kind: 'agent',
    id: 'Uqreq7yMNkzCMwGyEfzMsQ',
    name: 'Renamed',
    email: 'agent.1@acme.example.com',
  });
  expect(names).toContainEqual({ kind: 'agent', id: 'a2', name: 'Second', email: null });
  expect(names).toContainEqual({
    kind: 'inbox',
    id: 'LXAX_i70PGyD6J2cRceK-Q',
    name: 'Orders and Delivery',
    email: null,
  });
  expect(names.filter(({ id }) => ['t1', 't2', 'i9'].includes(id))).toEqual([
    { kind: 'topic', id: 't1', name: 'One', email: null },
  ]);
});

test('an older ledger ends with the same tables as a new one', async () => {
  expect(await shapeOf(await opened(versionFour()))).toEqual(await shapeOf(await opened(temporaryFile())));
});
