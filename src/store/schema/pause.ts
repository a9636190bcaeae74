import { sql } from 'kysely';
import { inDoubt } from '../../domain/closing/doubt.ts';
import type { ClosingError } from '../../domain/closing/closing.ts';
import type { Writing } from '../ledger/ledger.ts';

/**
 * Version 7: sending can be paused, a customer's closings are found by address, and the errors stored with uncertain
 * messages no longer say to run anything again.
 */
export async function addPause(trx: Writing): Promise<void> {
  await trx.schema
    .createTable('pauses')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('paused_at', 'text', (column) => column.notNull())
    .addColumn('until', 'text')
    .addColumn('reason', 'text')
    .execute();
  // While sending is paused, the queue hands out only these.
  await sql
    .raw(
      `CREATE INDEX closings_undecided ON closings (lane, due_at, first_seen_at)
       WHERE queued = 1 AND state <> 'scheduled'`,
    )
    .execute(trx);
  for (const field of ['email', 'phone']) {
    await sql
      .raw(
        `CREATE INDEX closings_customer_${field} ON closings (lower(json_extract(customer, '$.${field}')))
         WHERE customer IS NOT NULL`,
      )
      .execute(trx);
  }
  const closings = await trx
    .selectFrom('closings')
    .select(['id', 'survey_id', 'error'])
    .where('state', '=', 'uncertain')
    .where('error', 'is not', null)
    .execute();
  for (const { id, survey_id: surveyId, error } of closings) {
    await trx
      .updateTable('closings')
      .set({ error: rewritten(error, surveyId) })
      .where('id', '=', id)
      .execute();
  }
  const messages = await trx
    .selectFrom('messages')
    .select(['closing_id', 'sequence', 'survey_id', 'error'])
    .where('outcome', '=', 'uncertain')
    .where('error', 'is not', null)
    .execute();
  for (const { closing_id: closingId, sequence, survey_id: surveyId, error } of messages) {
    await trx
      .updateTable('messages')
      .set({ error: rewritten(error, surveyId) })
      .where('closing_id', '=', closingId)
      .where('sequence', '=', sequence)
      .execute();
  }
}

function rewritten(error: string | null, surveyId: string | null): string | null {
  return error === null ? null : JSON.stringify(inDoubt(JSON.parse(error) as ClosingError, surveyId ?? ''));
}
