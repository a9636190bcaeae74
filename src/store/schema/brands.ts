import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/** A message keeps the brand it was sent with, even if its closing is decided again for another brand. */
export async function addBrands(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
}

const statements = ['ALTER TABLE messages ADD COLUMN brand text'];
