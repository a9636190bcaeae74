import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/**
 * A report by topic walks through the closings in the order of time. By their ids, which are random, the topics of each would
 * be in another place; by their times, they are beside those of the closing before.
 */
export async function indexTopicTimes(trx: Writing): Promise<void> {
  await sql
    .raw('CREATE INDEX closing_topics_closed ON closing_topics (closed_at, closing_id, topic_id)')
    .execute(trx);
}
