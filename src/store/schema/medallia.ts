import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/** What Agent Connect says about its interactions, and how far its list has been read. */
export async function addMedallia(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const statements = [
  `CREATE TABLE medallia_rows (
    uuid text PRIMARY KEY NOT NULL,
    sequence double precision NOT NULL,
    interaction_id text,
    interaction_url text,
    channel text,
    requested_at text,
    sent_at text,
    delivery_status text,
    answered_at text,
    rating integer,
    resolved integer,
    comment text,
    employee_email text,
    employee_id text,
    closing_id text,
    due integer NOT NULL,
    read_at text NOT NULL
  )`,
  'CREATE INDEX medallia_rows_due ON medallia_rows (sequence) WHERE due = 1',
  'CREATE INDEX medallia_rows_closing ON medallia_rows (closing_id) WHERE closing_id IS NOT NULL',
  'CREATE INDEX medallia_rows_unmatched ON medallia_rows (sequence) WHERE closing_id IS NULL AND due = 0',
  'CREATE TABLE medallia_cursors (origin text PRIMARY KEY NOT NULL, sequence double precision NOT NULL, at text NOT NULL)',
];
