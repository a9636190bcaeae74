import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/**
 * Surveys can ask for a reason and one more question. Each message keeps its form, so what its link shows never
 * changes.
 */
export async function addForms(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const statements = [
  'CREATE TABLE forms (id text PRIMARY KEY NOT NULL, body text NOT NULL)',
  'ALTER TABLE messages ADD COLUMN form_id text REFERENCES forms (id)',
  ...['reason', 'question_kind', 'question_text', 'question_choice', 'question_words'].map(
    (column) => `ALTER TABLE answers ADD COLUMN ${column} text`,
  ),
];
