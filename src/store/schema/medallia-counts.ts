import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/**
 * Closings that get no survey but still count in Agent Connect. An imported row of Agent Connect is linked to its
 * closing as far as the times of the export, which may lack seconds, allow.
 */
export async function addMedalliaCounts(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const isImported = `closings.imported = medallia_rows.uuid
  OR (closings.imported IS NOT NULL AND closings.conversation_id = medallia_rows.interaction_id
    AND substr(closings.sent_at, 1, 16) = substr(medallia_rows.sent_at, 1, 16))`;

const statements = [
  `CREATE TABLE medallia_counts (
    closing_id text PRIMARY KEY NOT NULL REFERENCES closings (id),
    state text NOT NULL,
    at text NOT NULL,
    tries integer NOT NULL,
    due_at text,
    settled_at text,
    error text
  )`,
  'CREATE INDEX medallia_counts_due ON medallia_counts (due_at) WHERE due_at IS NOT NULL',
  'CREATE INDEX medallia_counts_state ON medallia_counts (state, at)',
  'ALTER TABLE medallia_rows ADD COLUMN delivered_at text',
  'ALTER TABLE medallia_rows ADD COLUMN only_counted integer NOT NULL DEFAULT 0',
  'CREATE INDEX medallia_rows_interaction ON medallia_rows (interaction_id) WHERE closing_id IS NULL',
  `UPDATE medallia_rows
    SET closing_id = (SELECT min(closings.id) FROM closings WHERE ${isImported})
    WHERE closing_id IS NULL AND due = 0 AND EXISTS (SELECT 1 FROM closings WHERE ${isImported})`,
];
