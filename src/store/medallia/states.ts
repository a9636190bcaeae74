import type { Reading } from '../ledger/ledger.ts';

/** What Agent Connect says of a request, in its own words. Times are RFC 3339 in UTC. */
export interface MedalliaState {
  uuid: string;
  deliveryStatus: string | null;
  requestedAt: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
}

/** Of closings by their ids, those of which there is a row. A request that asked goes before one that only counts. */
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
  // Of several rows the last one stands.
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
