import { timeAt } from '../../domain/values/instant.ts';
import { bulkReachMs, bulkSize } from '../../domain/closing/bulk.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';

export interface BulkQuestion {
  lane: Lane;
  /** Of the closing in question, if the ledger has it. */
  closingId: string | null;
  /** RFC 3339. */
  closedAt: string;
  /** The id of whoever closed it; null: unknown, and then it is one of no bulk. */
  closedBy: string | null;
}

/** So many in a minute are a bulk by every measure. */
const mostLookedAt = 20_000;

/** How many closings by the same initiator there were in the fullest minute around this one, as far as the ledger knows them. */
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
