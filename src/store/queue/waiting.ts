import { sql } from 'kysely';
import type { DeliveryName } from '../../domain/delivery.ts';
import type { Closing } from '../closings/closing.ts';
import { within, type Ledger } from '../open.ts';
import { inQueueOf } from './queues.ts';
import type { ClosedBetween } from './counts.ts';

/**
 * The id of the newest closing of the same customer that waits for the queue and is due, if it is newer than the
 * given one.
 */
export async function newerWaiting(
  ledger: Ledger,
  { customerId, closedAt }: Pick<Closing, 'customerId' | 'closedAt'>,
  now: string,
  delivery: DeliveryName,
): Promise<string | null> {
  if (customerId === null) return null;
  const row = await ledger.db
    .selectFrom('closings')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('closed_at', '>', closedAt)
    .where('queued', '=', sql.lit(1))
    .where((eb) => eb.or([eb('due_at', 'is', null), eb('due_at', '<=', now)]))
    .where(inQueueOf(delivery))
    .orderBy('closed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/**
 * Ends the pause after a failure for all closings of a stretch of time that wait for their next try. Those that wait for
 * their time to be asked, or for a person, go on waiting.
 */
export async function endPauses(ledger: Ledger, { since, until }: ClosedBetween, now: string): Promise<void> {
  await within(ledger, (trx) =>
    trx
      .updateTable('closings')
      .set({ due_at: now })
      // A literal: SQLite uses the index of the queue only if it can see the value.
      .where('queued', '=', sql.lit(1))
      .where('due_at', '>', now)
      // Deciding on a survey forgets the error; so that what is scheduled with one is scheduled by its failure.
      .where('error', 'is not', null)
      // The plus keeps SQLite from the index of times: a stretch may hold far more closings than the queue.
      .where(sql`+closed_at`, '>=', since)
      .where(sql`+closed_at`, '<', until)
      .execute(),
  );
}
