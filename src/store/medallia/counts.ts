import { sql } from 'kysely';
import type { Count, CountState } from '../../domain/closing/counting.ts';
import type { Closing, ClosingError } from '../../domain/closing/closing.ts';
import { closingIn, fromJson, toClosing, toJson } from '../closings/rows.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import { refuseWhilePaused, sendingLock } from '../closings/pause.ts';
import type { MedalliaCountsTable } from '../ledger/medallia-tables.ts';

/** Held by the process that tells Agent Connect about a closing. */
export function countLock(closingId: string): string {
  return `count of ${closingId}`;
}

/**
 * Runs in the transaction that suppresses the closing, so that no count is lost. A request that left, or may have left,
 * is never repeated.
 */
export async function expectCount(trx: Writing, closingId: string, at: string): Promise<void> {
  const due = { state: 'due', at, tries: 0, due_at: at, settled_at: null, error: null } as const;
  await trx
    .insertInto('medallia_counts')
    .values({ closing_id: closingId, ...due })
    .onConflict((conflict) =>
      conflict
        .column('closing_id')
        .doUpdateSet(due)
        .where('medallia_counts.state', 'in', ['due', 'left_out']),
    )
    .execute();
}

/** Closings whose count is due, the longest due first. */
export async function countsDue(ledger: Ledger, limit: number, now: string): Promise<string[]> {
  const rows = await ledger.read((db) =>
    db
      .selectFrom('medallia_counts')
      .select('closing_id')
      .where('due_at', '<=', now)
      .orderBy('due_at')
      .limit(limit)
      .execute(),
  );
  return rows.map((row) => row.closing_id);
}

/** Null if the closing was not to count. */
export async function countOf(ledger: Ledger, closingId: string): Promise<Count | null> {
  return ledger.read((db) => countIn(db, closingId));
}

/** The count as it is now; null if it is no longer due or no longer exists. */
export async function dueCount(
  ledger: Ledger,
  closingId: string,
): Promise<{ count: Count; closing: Closing } | null> {
  return ledger.read(async (db) => {
    const count = await countIn(db, closingId);
    const row = await db.selectFrom('closings').selectAll().where('id', '=', closingId).executeTakeFirst();
    return count === null || count.dueAt === null || row === undefined
      ? null
      : { count, closing: toClosing(row) };
  });
}

export async function countIn(db: Reading, closingId: string): Promise<Count | null> {
  const row = await db
    .selectFrom('medallia_counts')
    .selectAll()
    .where('closing_id', '=', closingId)
    .executeTakeFirst();
  return row === undefined ? null : toCount(row);
}

/**
 * Records that the request is about to leave, right before it does. No request leaves for a closing that is no longer
 * suppressed: a person had it decided again, or the customer answered.
 *
 * @returns false when nothing may leave
 * @throws Failure sending_paused
 */
export async function markCountLeaving(ledger: Ledger, closingId: string, at: string): Promise<boolean> {
  return ledger.write({ closings: [closingId], shared: [sendingLock] }, async (trx) => {
    await refuseWhilePaused(trx, at);
    const { state, forgottenAt } = await closingIn(trx, closingId);
    if (state !== 'suppressed' || forgottenAt !== null) {
      await dropIn(trx, closingId);
      return false;
    }
    return change(trx, closingId, ['due'], { state: 'leaving' });
  });
}

/** Drops the count of a closing that now counts by itself. A request that has left stays as it is. */
export async function dropCount(ledger: Ledger, closingId: string): Promise<void> {
  await ledger.write({ closings: [closingId] }, (trx) => dropIn(trx, closingId));
}

async function dropIn(trx: Writing, closingId: string): Promise<void> {
  await trx
    .deleteFrom('medallia_counts')
    .where('closing_id', '=', closingId)
    .where('state', '=', 'due')
    .execute();
}

/**
 * Records how a request ended, unless more is known already: what Agent Connect shows has been counted.
 *
 * @returns whether anything changed
 */
export async function recordCountOutcome(
  ledger: Ledger,
  closingId: string,
  {
    state,
    at,
    error,
  }: { state: Exclude<CountState, 'due' | 'leaving'>; at: string; error: ClosingError | null },
): Promise<boolean> {
  const to = { state, due_at: null, settled_at: at, error: toJson(error) };
  // Agent Connect shows it, even to a ledger that was restored from a backup older than the request.
  const from: CountState[] = state === 'counted' ? uncounted : ['due', 'leaving'];
  return ledger.write({ closings: [closingId] }, (trx) => change(trx, closingId, from, to));
}

/** Agent Connect certainly was not told. */
export async function postponeCount(
  ledger: Ledger,
  closingId: string,
  { dueAt, error }: { dueAt: string; error: ClosingError },
): Promise<void> {
  const to = { state: 'due', due_at: dueAt, error: toJson(error) } as const;
  await ledger.write({ closings: [closingId] }, (trx) => change(trx, closingId, ['due', 'leaving'], to));
}

async function change(
  trx: Writing,
  closingId: string,
  from: readonly CountState[],
  to: Partial<MedalliaCountsTable>,
): Promise<boolean> {
  const failed = to.error !== undefined && to.error !== null;
  const { numUpdatedRows } = await trx
    .updateTable('medallia_counts')
    .set({ ...to, ...(failed ? { tries: sql<number>`tries + 1` } : {}) })
    .where('closing_id', '=', closingId)
    .where('state', 'in', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export interface OpenCounts {
  /** Not told yet. */
  count: number;
  /** How many of these have failed before. */
  failed: number;
  oldestAt: string | null;
  /** Those that Agent Connect may or may not have been told. */
  uncertain: number;
  /** Those that cannot be told. */
  leftOut: number;
}

const uncounted: CountState[] = ['due', 'leaving', 'uncertain', 'left_out'];

/** The cost grows with the number of closings that are not counted. */
async function openCountsIn(db: Reading): Promise<OpenCounts> {
  const rows = await db
    .selectFrom('medallia_counts')
    .select(({ fn }) => [
      'state',
      fn.countAll().as('count'),
      fn.count('error').as('failed'),
      fn.min('at').as('oldest'),
    ])
    .where('state', 'in', uncounted)
    .groupBy('state')
    .execute();
  const open = rows.filter(({ state }) => state === 'due' || state === 'leaving');
  const number = (state: CountState): number => Number(rows.find((row) => row.state === state)?.count ?? 0);
  return {
    count: number('due') + number('leaving'),
    failed: open.reduce((sum, { failed }) => sum + Number(failed), 0),
    oldestAt: open.map(({ oldest }) => oldest).toSorted()[0] ?? null,
    uncertain: number('uncertain'),
    leftOut: number('left_out'),
  };
}

export async function openCounts(ledger: Ledger): Promise<OpenCounts> {
  return ledger.read(openCountsIn);
}

function toCount(row: MedalliaCountsTable): Count {
  return {
    closingId: row.closing_id,
    state: row.state,
    at: row.at,
    tries: row.tries,
    dueAt: row.due_at,
    settledAt: row.settled_at,
    error: fromJson(row.error) as ClosingError | null,
  };
}
