import type { Closing, ClosingReport } from '../../domain/closing/closing.ts';
import { sameClosingMilliseconds } from '../../domain/closing/identity.ts';
import { timeAt } from '../../domain/values/instant.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import type { Reading } from '../ledger/ledger.ts';
import { prepared } from '../ledger/prepared.ts';
import type { ClosingsTable } from '../ledger/tables.ts';
import { closerIn } from './rows.ts';

/** What identifies a closing in a report. */
export type ClosingKey = Pick<ClosingReport, 'lane' | 'conversationId' | 'closedAt'>;

/** A stretch of time of one conversation in one lane, both ends included. */
export interface Stretch {
  lane: Lane;
  conversationId: string;
  since: string;
  until: string;
}

/** The stretch in which times may mean the same closing. */
export function around({ lane, conversationId, closedAt }: ClosingKey): Stretch {
  const closedMs = Date.parse(closedAt);
  return {
    lane,
    conversationId,
    since: timeAt(closedMs - sameClosingMilliseconds),
    until: timeAt(closedMs + sameClosingMilliseconds),
  };
}

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

type ConversationKey = Pick<ClosingKey, 'lane' | 'conversationId'>;

/** The closings of one conversation in one lane, as the beginning of a query. */
export function closingsOf(db: Reading, { lane, conversationId }: ConversationKey) {
  return db.selectFrom('closings').where('conversation_id', '=', conversationId).where('lane', '=', lane);
}

const firstClosing = prepared((db, key: ConversationKey) => closingsOf(db, key).select('id').limit(1));

/** Whether the ledger knows any closing of the conversation in the lane, at whatever time. */
export async function hasClosings(db: Reading, key: ConversationKey): Promise<boolean> {
  return (await firstClosing(db, key)).length > 0;
}

const closingsBetween = prepared((db, stretch: Stretch) =>
  closingsOf(db, stretch)
    .select(nearColumns)
    .where('closed_at', '>=', stretch.since)
    .where('closed_at', '<=', stretch.until)
    .orderBy('closed_at'),
);

/** The closings whose own time may mean the same closing, oldest first. */
export async function nearClosings(db: Reading, key: ClosingKey): Promise<NearClosing[]> {
  return (await closingsBetween(db, around(key))).map(toNearClosing);
}
