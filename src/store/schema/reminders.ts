import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/**
 * An unanswered survey gets one reminder, messages that left within an hour are counted, and a closing says who closed
 * it.
 */
export async function addReminders(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const statements = [
  'ALTER TABLE closings ADD COLUMN closed_by text',
  'ALTER TABLE closings ADD COLUMN closed_by_type text',
  'CREATE INDEX closings_closer ON closings (closed_by, closed_at) WHERE closed_by IS NOT NULL',
  'ALTER TABLE closings ADD COLUMN reminder text',
  'ALTER TABLE closings ADD COLUMN reminded_at text',
  `CREATE INDEX closings_unreminded ON closings (provider, sent_at) WHERE state = 'sent' AND reminder IS NULL`,
  `CREATE TABLE reminders (
    closing_id text PRIMARY KEY NOT NULL REFERENCES closings (id),
    survey_id text NOT NULL,
    provider text NOT NULL,
    state text NOT NULL,
    at text NOT NULL,
    tries integer NOT NULL,
    due_at text,
    address text,
    left_at text,
    settled_at text,
    external_id text,
    reasons text NOT NULL,
    error text
  )`,
  'CREATE INDEX reminders_due ON reminders (provider, due_at) WHERE due_at IS NOT NULL',
  'CREATE INDEX reminders_survey ON reminders (survey_id)',
  `CREATE INDEX reminders_open ON reminders (state, at) WHERE state IN ('due', 'leaving', 'uncertain', 'failed')`,
  'CREATE INDEX reminders_left ON reminders (left_at) WHERE left_at IS NOT NULL',
  'CREATE INDEX closings_reminder ON closings (reminder, closed_at, id) WHERE reminder IS NOT NULL',
  'DROP INDEX closings_range',
  // Covers everything that a report counts, so that a report reads no rows.
  `CREATE INDEX closings_range ON closings
     (closed_at, lane, state, agent_id, inbox_id, channel, brand, provider, reason_codes, survey_id, id, reminded_at)`,
  'CREATE INDEX messages_left ON messages (left_at)',
];
