import { timeAt } from '../../domain/values/instant.ts';
import { bulkReachMs, bulkSize } from '../../domain/closing/bulk.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';

export interface BulkQuestion {
  lane: Lane;
  /** The id of the closing in question; null: the ledger does not have it. */
  closingId: string | null;
  /** RFC 3339. */
  closedAt: string;
  /** The id of whoever closed the conversation; null: unknown, and the closing belongs to no bulk. */
  closedBy: string | null;
}

/** This many in a minute are a bulk by any measure. */
const mostLookedAt = 20_000;

/**
 * The number of closings by the same initiator in the fullest minute around this closing, as far as the ledger knows.
 */
export async function bulkIn(
  db: Reading,
  { lane, closingId, closedAt, closedBy }: BulkQuestion,
): Promise<number> {
  if (closedBy === null) return 1;
  const at = Date.parse(closedAt);
  const rows = await db
    .selectFrom('closings')
    .select(['id', 'closed_at'])
    .where('closed_by', '=', closedBy)
    .where('closed_at', '>=', timeAt(at - bulkReachMs))
    .where('closed_at', '<=', timeAt(at + bulkReachMs))
    .where('lane', '=', lane)
    .limit(mostLookedAt)
    .execute();
  const others = rows.filter(({ id }) => id !== closingId);
  return bulkSize(
    others.map((row) => Date.parse(row.closed_at)),
    at,
  );
}

export async function bulkOf(ledger: Ledger, question: BulkQuestion): Promise<number> {
  return ledger.read((db) => bulkIn(db, question));
}
