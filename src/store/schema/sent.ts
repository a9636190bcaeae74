import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';

/** Closings are indexed by the time when their message left or may have left. */
export async function indexSent(trx: Writing): Promise<void> {
  await sql
    .raw(
      `CREATE INDEX closings_sent ON closings (coalesce(sent_at, left_at), id)
       WHERE coalesce(sent_at, left_at) IS NOT NULL`,
    )
    .execute(trx);
}
