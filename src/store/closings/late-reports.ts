import { timeAt } from '../../domain/values/instant.ts';
import { adoptedClosing, sameClosingMilliseconds } from '../../domain/closing/identity.ts';
import { longestRequestDelayMs } from '../../domain/closing/imports.ts';
import type { Reading } from '../ledger/ledger.ts';
import { prepared } from '../ledger/prepared.ts';
import {
  around,
  closingsOf,
  nearColumns,
  toNearClosing,
  type ClosingKey,
  type NearClosing,
  type Stretch,
} from './near-closings.ts';

const reportedBetween = prepared((db, { lane, conversationId, since, until }: Stretch) =>
  db
    .selectFrom('closing_reports as report')
    .innerJoin('closings', 'closings.id', 'report.closing_id')
    .selectAll('closings')
    .select('report.closed_at as reported_at')
    .where('report.conversation_id', '=', conversationId)
    .where('report.lane', '=', lane)
    .where('report.closed_at', '>=', since)
    .where('report.closed_at', '<=', until),
);

/**
 * A closing that was first reported with a time far from its real time, earlier or later, is also known by the time
 * that the conversation itself gives.
 */
export async function reportedOtherwiseAs(db: Reading, key: ClosingKey): Promise<NearClosing | null> {
  const rows = await reportedBetween(db, around(key));
  const wrong = rows.filter(
    (row) => Math.abs(Date.parse(row.closed_at) - Date.parse(row.reported_at)) > sameClosingMilliseconds,
  );
  if (wrong.length === 0) return null;
  const reported = wrong.map((row) => ({ ...toNearClosing(row), closedAt: row.reported_at }));
  const adopted = adoptedClosing(reported, key.closedAt, await nextReopening(db, key));
  const row = wrong.find(({ id }) => id === adopted?.id);
  return row === undefined ? null : toNearClosing(row);
}

const importedBetween = prepared((db, stretch: Stretch) =>
  closingsOf(db, stretch)
    .select(nearColumns)
    .where('closed_at', '>', stretch.since)
    .where('closed_at', '<=', stretch.until)
    .where('imported', 'is not', null)
    .orderBy('closed_at')
    .limit(1),
);

/** An imported closing has the time when the other survey program was told to ask, which is after the real closing. */
export async function importedLateAs(db: Reading, key: ClosingKey): Promise<NearClosing | null> {
  const { lane, conversationId, closedAt } = key;
  const until = timeAt(Date.parse(closedAt) + longestRequestDelayMs);
  const [row] = await importedBetween(db, { lane, conversationId, since: closedAt, until });
  if (row === undefined) return null;
  const reopenedAt = await nextReopening(db, key);
  return reopenedAt !== null && reopenedAt < row.closed_at ? null : toNearClosing(row);
}

const reopeningFrom = prepared((db, { conversationId, since }: Pick<Stretch, 'conversationId' | 'since'>) =>
  db
    .selectFrom('reopenings')
    .select('reopened_at')
    .where('conversation_id', '=', conversationId)
    .where('reopened_at', '>=', since)
    .orderBy('reopened_at')
    .limit(1),
);

export async function nextReopening(
  db: Reading,
  { conversationId, closedAt }: Pick<ClosingKey, 'conversationId' | 'closedAt'>,
): Promise<string | null> {
  const [row] = await reopeningFrom(db, { conversationId, since: closedAt });
  return row?.reopened_at ?? null;
}
