import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/**
 * A report by topic walks through the closings in order of time. In an index by closing id, which is random, the topics
 * of each closing would be somewhere else; by time, they are next to those of the closing before.
 */
export async function indexTopicTimes(trx: Writing): Promise<void> {
  await sql
    .raw('CREATE INDEX closing_topics_closed ON closing_topics (closed_at, closing_id, topic_id)')
    .execute(trx);
}
