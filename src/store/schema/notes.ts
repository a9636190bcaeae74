import { sql } from 'kysely';
import type { Writing } from '../ledger.ts';

/** People note what they did about an answer, and answers are found by their time. */
export async function addNotes(trx: Writing): Promise<void> {
  await sql
    .raw(
      `CREATE TABLE notes (
        closing_id text NOT NULL REFERENCES closings (id),
        sequence integer NOT NULL,
        at text NOT NULL,
        text text NOT NULL,
        done integer NOT NULL,
        PRIMARY KEY (closing_id, sequence)
      )`,
    )
    .execute(trx);
}
