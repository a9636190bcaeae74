import type { Closing } from '../../domain/closing/closing.ts';
import type { ClosingsTable } from '../ledger/tables.ts';
import { closerIn } from './rows.ts';

/** What a report has to know about the closings near its time. */
export type NearClosing = Pick<
  Closing,
  'id' | 'closedAt' | 'reopenedAt' | 'state' | 'customerId' | 'closedBy' | 'forgottenAt'
>;

/** The columns of a near closing: far fewer than a closing has, for a backfill may look at a million. */
export const nearColumns = [
  'id',
  'closed_at',
  'reopened_at',
  'state',
  'customer_id',
  'closed_by',
  'closed_by_type',
  'forgotten_at',
] as const satisfies readonly (keyof ClosingsTable)[];

export function toNearClosing(row: Pick<ClosingsTable, (typeof nearColumns)[number]>): NearClosing {
  return {
    id: row.id,
    closedAt: row.closed_at,
    reopenedAt: row.reopened_at,
    state: row.state,
    customerId: row.customer_id,
    closedBy: closerIn(row),
    forgottenAt: row.forgotten_at,
  };
}
