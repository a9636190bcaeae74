import { sql } from 'kysely';
import type { Lane } from '../../domain/values/lanes.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isSendingBlockedIn } from './hourly-cap.ts';

/**
 * The id of the newest closing of the same customer that waits in the queue and is due, if it is newer than the given
 * one.
 */
export async function newerWaiting(
  ledger: Ledger,
  { customerId, closedAt, lane }: Pick<Closing, 'customerId' | 'closedAt' | 'lane'>,
  now: string,
  maxPerHour: number | null = null,
): Promise<string | null> {
  if (customerId === null) return null;
  const row = await ledger.read(async (db) => {
    const isSendingBlocked = await isSendingBlockedIn(db, { lane, maxPerHour }, now);
    return (
      db
        .selectFrom('closings')
        .select('id')
        .where('customer_id', '=', customerId)
        .where('closed_at', '>', closedAt)
        .where('queued', '=', sql.lit(1))
        .where((eb) => eb.or([eb('due_at', 'is', null), eb('due_at', '<=', now)]))
        // An expression keeps SQLite from using the queue's index, which is longer than one customer's closings.
        .where(sql`lane || ''`, '=', lane)
        .$if(isSendingBlocked, (query) => query.where('state', '<>', sql.lit('scheduled')))
        .orderBy('closed_at', 'desc')
        .limit(1)
        .executeTakeFirst()
    );
  });
  return row?.id ?? null;
}

/**
 * Ends the back-off of all failed closings in a range that wait for their next try. Closings that are scheduled for
 * later, or wait for a person, go on waiting.
 */
export async function endBackOffs(
  ledger: Ledger,
  { since, until }: { since: string; until: string },
  lane: Lane,
  now: string,
): Promise<void> {
  await ledger.write({ names: ['queue'] }, (trx) =>
    trx
      .updateTable('closings')
      .set({ due_at: now })
      // A literal: SQLite uses the queue's index only if it can see the value.
      .where('queued', '=', sql.lit(1))
      .where('lane', '=', lane)
      .where('due_at', '>', now)
      // A decision clears the error, so a scheduled closing with an error is waiting because of that error.
      .where('error', 'is not', null)
      // An expression keeps SQLite from using the index of times: a range may hold far more closings than the queue.
      .where(sql`closed_at || ''`, '>=', since)
      .where(sql`closed_at || ''`, '<', until)
      .execute(),
  );
}
