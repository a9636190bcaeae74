import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/** Marks what was imported from another survey program, so that the next import recognizes it. */
export async function addImports(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const statements = [
  'ALTER TABLE closings ADD COLUMN imported text',
  'CREATE INDEX closings_imported ON closings (imported) WHERE imported IS NOT NULL',
];
