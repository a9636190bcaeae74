import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/**
 * People note what they did about an answer. A closing keeps its newest rating, and answers are indexed by time, so
 * that low ratings are listed without reading all closings.
 */
export async function addNotes(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const statements = [
  `CREATE TABLE notes (
    closing_id text NOT NULL REFERENCES closings (id),
    sequence integer NOT NULL,
    at text NOT NULL,
    text text NOT NULL,
    done integer NOT NULL,
    PRIMARY KEY (closing_id, sequence)
  )`,
  'ALTER TABLE closings ADD COLUMN rating integer',
  `UPDATE closings SET rating =
     (SELECT rating FROM answers WHERE answers.survey_id = closings.survey_id ORDER BY revision DESC LIMIT 1)
   WHERE survey_id IN (SELECT survey_id FROM answers)`,
  'CREATE INDEX closings_rating ON closings (rating, closed_at, id) WHERE rating IS NOT NULL',
  'CREATE INDEX answers_answered ON answers (answered_at, survey_id)',
];
