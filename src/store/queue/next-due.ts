import { sql } from 'kysely';
import type { Closing } from '../../domain/closing/closing.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import type { Ledger, Writing } from '../ledger/ledger.ts';
import type { ClosingsTable } from '../ledger/tables.ts';
import { isClaimValid, type Worker } from '../ledger/workers.ts';
import { claim } from './claims.ts';
import { isSendingBlockedIn } from './hourly-cap.ts';

/**
 * Claims the closing that became due last, so that current closings need not wait for a long backfill. Pending and
 * scheduled closings are due without a time or once their time has come, failed ones once it is time to try them again.
 * One customer has one closing in work at a time; claims for different customers do not wait for each other. While
 * sending is paused, or the hour is full, scheduled closings wait. A row that another transaction has locked is left
 * for the next call.
 */
export async function claimNextDue(
  ledger: Ledger,
  worker: Worker,
  now: string,
  lane: Lane,
  maxPerHour: number | null = null,
): Promise<Closing | null> {
  return ledger.write({}, async (trx, { tryAlone }) => {
    await freeLapsedClaims(trx, now);
    const isSendingBlocked = await isSendingBlockedIn(trx, { lane, maxPerHour }, now);
    const passed: string[] = [];
    for (;;) {
      const next = await nextFree(trx, { now, lane, isSendingBlocked, passed });
      if (next === undefined) return null;
      const { id, customer_id: customerId } = next;
      if (customerId === null) return claim(trx, id, worker, now);
      // Another transaction may have claimed a closing of the customer since the query.
      const isAlone = await tryAlone(`customer ${lane} ${customerId}`);
      if (isAlone && !(await isInWork(trx, customerId, lane))) return claim(trx, id, worker, now);
      passed.push(customerId);
    }
  });
}

interface QueueSearch {
  now: string;
  lane: Lane;
  isSendingBlocked: boolean;
  /** Customers whose closings other workers hold or are claiming. */
  passed: readonly string[];
}

async function nextFree(
  trx: Writing,
  { now, lane, isSendingBlocked, passed }: QueueSearch,
): Promise<{ id: string; customer_id: string | null } | undefined> {
  const inWork = trx
    .selectFrom('closings as other')
    .select('other.customer_id')
    .where('other.queued', '=', sql.lit(1))
    .where('other.claimed_by', 'is not', null)
    // An expression keeps SQLite from using the queue's index, which is longer than the list of claims.
    .where(sql`other.lane || ''`, '=', lane)
    .where('other.customer_id', 'is not', null);
  const free = trx
    .selectFrom('closings')
    .select(['id', 'customer_id', 'due_at', 'first_seen_at'])
    // A literal: SQLite uses the partial index only if it can see the value.
    .where('queued', '=', sql.lit(1))
    .where('claimed_by', 'is', null)
    .where((eb) => eb.or([eb('customer_id', 'is', null), eb('customer_id', 'not in', inWork)]))
    .$if(passed.length > 0, (query) =>
      query.where((eb) => eb.or([eb('customer_id', 'is', null), eb('customer_id', 'not in', passed)])),
    )
    .where('lane', '=', lane)
    .$if(isSendingBlocked, (query) => query.where('state', '<>', sql.lit('scheduled')))
    .limit(1)
    .forUpdate()
    .skipLocked();
  const timeless = await free.where('due_at', 'is', null).orderBy('first_seen_at', 'desc').executeTakeFirst();
  const timed = await free.where('due_at', '<=', now).orderBy('due_at', 'desc').executeTakeFirst();
  return timeless === undefined || (timed !== undefined && (timed.due_at ?? '') > timeless.first_seen_at)
    ? timed
    : timeless;
}

async function isInWork(trx: Writing, customerId: string, lane: Lane): Promise<boolean> {
  const row = await trx
    .selectFrom('closings')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('queued', '=', sql.lit(1))
    .where('claimed_by', 'is not', null)
    // An expression keeps SQLite from using the queue's index, which is longer than one customer's closings.
    .where(sql`lane || ''`, '=', lane)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** When the queue has work again: the earliest time after `now` at which a closing becomes due; null: never. */
export async function nextDueAt(ledger: Ledger, now: string, lane: Lane): Promise<string | null> {
  const row = await ledger.read((db) =>
    db
      .selectFrom('closings')
      .select('due_at')
      .where('queued', '=', sql.lit(1))
      .where('due_at', '>', now)
      .where('lane', '=', lane)
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst(),
  );
  return row?.due_at ?? null;
}

async function freeLapsedClaims(trx: Writing, now: string): Promise<void> {
  const claims = trx
    .selectFrom('closings')
    .select(['id', 'claimed_by', 'claim_until', 'reminder'])
    .where('claimed_by', 'is not', null)
    // A closing whose message was leaving keeps its claim until the outcome is recorded.
    .where('state', '!=', 'sending');
  type Row = Pick<ClosingsTable, 'claimed_by' | 'claim_until' | 'reminder'>;
  const hasLapsed = ({ claimed_by: by, claim_until: until, reminder }: Row): boolean =>
    !isClaimValid(by ?? '', until ?? '', now, reminder === 'leaving');
  // Usually all claims hold, and then no row is locked that other workers renew or release.
  const found = (await claims.execute()).filter(hasLapsed).map(({ id }) => id);
  if (found.length === 0) return;
  const free = await claims.where('id', 'in', found).forUpdate().skipLocked().execute();
  await trx
    .updateTable('closings')
    .set({ claimed_by: null, claim_until: null } satisfies Partial<ClosingsTable>)
    .where(
      'id',
      'in',
      free.filter(hasLapsed).map(({ id }) => id),
    )
    .execute();
}
