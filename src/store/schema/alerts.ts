import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/** Low ratings raise alerts. An alert is written together with its answer, and is kept after it is settled. */
export async function addAlerts(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const statements = [
  `CREATE TABLE alerts (
    survey_id text NOT NULL,
    revision integer NOT NULL,
    way text NOT NULL,
    closing_id text NOT NULL REFERENCES closings (id),
    state text NOT NULL,
    at text NOT NULL,
    tries integer NOT NULL,
    due_at text,
    settled_at text,
    error text,
    PRIMARY KEY (survey_id, revision, way)
  )`,
  'CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL',
  'CREATE INDEX alerts_closing ON alerts (closing_id)',
];
