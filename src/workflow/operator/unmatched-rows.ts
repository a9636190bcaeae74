import type { UnmatchedRow } from '../../documents/unmatched.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { unmatchedMedalliaRows } from '../../store/medallia/rows.ts';

/** The first read of a company's rows may bring years of them. */
const mostRows = 1000;

/** Newest change first. */
export async function unmatchedRows(ledger: Ledger): Promise<UnmatchedRow[]> {
  const rows = await unmatchedMedalliaRows(ledger, mostRows);
  return rows.map((row) => ({
    uuid: row.uuid,
    interactionId: row.interactionId,
    url: row.interactionUrl,
    channel: row.channel,
    agent: { email: row.employee.email, customId: row.employee.customId },
    requestedAt: row.requestedAt,
    deliveryStatus: row.deliveryStatus,
    rating: row.rating,
    resolved: row.resolved,
    answeredAt: row.answeredAt,
  }));
}
