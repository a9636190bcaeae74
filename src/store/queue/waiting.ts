import { sql } from 'kysely';
import type { Lane } from '../../domain/values/lanes.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isSendingBlockedIn } from './hourly-cap.ts';

/**
 * The id of the newest closing of the same customer that waits for the queue and is due, if it is newer than the
 * given one.
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
        // An expression keeps SQLite from the index of the queue, which is longer than one customer's closings.
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
 * Ends the pause after a failure for all closings of a range that wait for their next try. Those that are scheduled for
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
      // A literal: SQLite uses the index of the queue only if it can see the value.
      .where('queued', '=', sql.lit(1))
      .where('lane', '=', lane)
      .where('due_at', '>', now)
      // A decision clears the error, so what is scheduled with one waits because of it.
      .where('error', 'is not', null)
      // An expression keeps SQLite from the index of times: a stretch may hold far more closings than the queue.
      .where(sql`closed_at || ''`, '>=', since)
      .where(sql`closed_at || ''`, '<', until)
      .execute(),
  );
}
