import type { Reading } from '../ledger/ledger.ts';

/** What Agent Connect says about a request, in its own words. Times are RFC 3339 in UTC. */
export interface MedalliaState {
  uuid: string;
  deliveryStatus: string | null;
  requestedAt: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
}

/**
 * The states of those closings that have a row, by closing id. A request that asked takes precedence over one that only
 * counts.
 */
export async function medalliaStatesIn(
  db: Reading,
  closingIds: readonly string[],
): Promise<ReadonlyMap<string, MedalliaState>> {
  if (closingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('medallia_rows')
    .select(['closing_id', 'uuid', 'delivery_status', 'requested_at', 'sent_at', 'delivered_at'])
    .where('closing_id', 'in', closingIds)
    .orderBy('only_counted', 'desc')
    .orderBy('sequence')
    .execute();
  // The last of several rows wins.
  return new Map(
    rows.flatMap((row) => (row.closing_id === null ? [] : [[row.closing_id, stateOf(row)] as const])),
  );
}

function stateOf(row: {
  uuid: string;
  delivery_status: string | null;
  requested_at: string | null;
  sent_at: string | null;
  delivered_at: string | null;
}): MedalliaState {
  return {
    uuid: row.uuid,
    deliveryStatus: row.delivery_status,
    requestedAt: row.requested_at,
    sentAt: row.sent_at,
    deliveredAt: row.delivered_at,
  };
}
