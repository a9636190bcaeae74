import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/**
 * What closings are grouped and filtered by gets columns of its own; before, only the evidence had it. Each statement
 * works through the rows inside SQLite, so memory does not grow with the ledger.
 */
export async function addGroups(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const columns = ['agent_id', 'inbox_id', 'channel', 'assignee_id', 'brand', 'responded_at'];
const inbox = `json_extract(evidence, '$.conversation.inbox.id')`;
const topics = `closings, json_each(closings.evidence, '$.conversation.topics') AS topic`;
const hasEvidence = 'json_valid(closings.evidence)';

/** What an id names, and when that name was read. The responders come first, because their emails are known. */
const named = [
  `SELECT 'agent' AS kind, agent ->> 'id' AS id, agent ->> 'name' AS name, agent ->> 'email' AS email, read_at
   FROM closings WHERE json_valid(agent)`,
  `SELECT 'agent' AS kind, evidence ->> '$.conversation.assignedAgentId' AS id,
     evidence ->> '$.conversation.assignedAgentName' AS name, NULL AS email, read_at
   FROM closings WHERE ${hasEvidence}`,
  `SELECT 'inbox' AS kind, ${inbox} AS id, evidence ->> '$.conversation.inbox.name' AS name, NULL AS email, read_at
   FROM closings WHERE ${hasEvidence}`,
  `SELECT 'topic' AS kind, topic.value ->> 'id' AS id, topic.value ->> 'name' AS name, NULL AS email, read_at
   FROM ${topics} WHERE ${hasEvidence}`,
];

const statements = [
  ...columns.map((column) => `ALTER TABLE closings ADD COLUMN ${column} text`),
  `UPDATE closings SET
     agent_id = CASE WHEN json_valid(agent) THEN json_extract(agent, '$.id') END,
     inbox_id = CASE WHEN ${hasEvidence} THEN ${inbox} END,
     channel = CASE WHEN ${hasEvidence} THEN json_extract(evidence, '$.attribution.channel') END,
     assignee_id = CASE WHEN ${hasEvidence} THEN json_extract(evidence, '$.conversation.assignedAgentId') END,
     responded_at = CASE WHEN ${hasEvidence} THEN json_extract(evidence, '$.attribution.respondedAt') END
   WHERE agent IS NOT NULL OR evidence IS NOT NULL`,
  // The time of the closing is stored with its topic, so that a topic's newest closings are found without reading all
  // of them.
  `CREATE TABLE closing_topics (
    closing_id text NOT NULL REFERENCES closings (id),
    topic_id text NOT NULL,
    closed_at text NOT NULL,
    PRIMARY KEY (closing_id, topic_id)
  )`,
  `INSERT OR IGNORE INTO closing_topics (closing_id, topic_id, closed_at)
   SELECT closings.id, topic.value ->> 'id', closings.closed_at FROM ${topics}
   WHERE ${hasEvidence} AND topic.value ->> 'id' IS NOT NULL`,
  'CREATE INDEX closing_topics_topic ON closing_topics (topic_id, closed_at, closing_id)',
  `CREATE TABLE names (
    kind text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    email text,
    PRIMARY KEY (kind, id)
  )`,
  ...named.map(
    // SQLite takes the other columns from the row that has the maximum.
    (rows) => `INSERT OR IGNORE INTO names (kind, id, name, email)
      SELECT kind, id, name, email FROM (
        SELECT kind, id, name, email, max(coalesce(read_at, '')) FROM (${rows})
        WHERE id IS NOT NULL AND name IS NOT NULL GROUP BY id
      )`,
  ),
  'DROP INDEX closings_range',
  // Covers everything that a report counts, so that a report reads no rows.
  `CREATE INDEX closings_range ON closings
     (closed_at, lane, state, agent_id, inbox_id, channel, brand, provider, reason_codes, survey_id, id)`,
  'CREATE INDEX closings_agent ON closings (agent_id, closed_at, id) WHERE agent_id IS NOT NULL',
  'CREATE INDEX closings_inbox ON closings (inbox_id, closed_at, id) WHERE inbox_id IS NOT NULL',
  'CREATE INDEX closings_channel ON closings (channel, closed_at, id) WHERE channel IS NOT NULL',
  'CREATE INDEX closings_brand ON closings (brand, closed_at, id) WHERE brand IS NOT NULL',
];
