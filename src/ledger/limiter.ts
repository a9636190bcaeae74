import type { Transaction } from 'kysely';
import { within, type Ledger } from './open.ts';
import type { LedgerTables, LimitsTable } from './tables.ts';

export type Bucket = 'requests' | 'reports';

export interface Ask {
  nowMs: number;
  /** Time between two requests, in milliseconds, fractions allowed. */
  intervalMs: number;
  priority: 'hand' | 'background';
}

/** Hands out the moments at which requests may leave, to all processes on the ledger together. Epoch milliseconds. */
export interface LimiterStore {
  /** `atMs`: when this request may leave. `askAgainMs`: nothing was reserved; ask then. */
  reserve(bucket: Bucket, ask: Ask): Promise<{ atMs: number } | { askAgainMs: number }>;
  /** No request leaves before `untilMs`, at most 2 minutes from now; a shorter pause does not end a longer one. */
  pause(bucket: Bucket, untilMs: number): Promise<void>;
  /** When the pause ends, or ended; 0 if there never was one. */
  pausedUntil(bucket: Bucket): Promise<number>;
}

/** A stored time further ahead than this, or than four intervals, was written by a clock that was put back since. */
const clockStepMs = 120_000;

/** Slots are given out this far ahead at most, so that a long queue is never mistaken for a clock put back. */
const horizonMs = 60_000;

/** Evenly spaced slots without a burst (GCRA); a command run by hand holds back background work while it goes on. */
export function limiterStore(ledger: Ledger): LimiterStore {
  return {
    reserve: (bucket, { nowMs, intervalMs, priority }) =>
      within(ledger, async (trx) => {
        const row = await rowOf(trx, bucket);
        const farthest = nowMs + Math.max(clockStepMs, 4 * intervalMs);
        const believable = (ms: number): number => (ms > farthest ? 0 : ms);
        const handUntil = believable(row.hand_until);
        if (priority === 'background' && nowMs < handUntil) return { askAgainMs: handUntil };
        const slot = Math.max(nowMs, believable(row.next_at), believable(row.paused_until));
        if (slot > nowMs + horizonMs) return { askAgainMs: slot - horizonMs };
        await trx
          .updateTable('limits')
          .set({
            next_at: slot + intervalMs,
            hand_until: priority === 'hand' ? slot + 2 * intervalMs : handUntil,
          })
          .where('bucket', '=', bucket)
          .execute();
        return { atMs: slot };
      }),
    pause: (bucket, untilMs) =>
      within(ledger, async (trx) => {
        const row = await rowOf(trx, bucket);
        const standing = row.paused_until > untilMs + clockStepMs ? 0 : row.paused_until;
        await trx
          .updateTable('limits')
          .set({ paused_until: Math.max(standing, untilMs) })
          .where('bucket', '=', bucket)
          .execute();
      }),
    async pausedUntil(bucket) {
      const row = await ledger.db
        .selectFrom('limits')
        .select('paused_until')
        .where('bucket', '=', bucket)
        .executeTakeFirst();
      return row?.paused_until ?? 0;
    },
  };
}

async function rowOf(trx: Transaction<LedgerTables>, bucket: Bucket): Promise<LimitsTable> {
  const row = await trx.selectFrom('limits').selectAll().where('bucket', '=', bucket).executeTakeFirst();
  if (row !== undefined) return row;
  return trx
    .insertInto('limits')
    .values({ bucket, next_at: 0, paused_until: 0, hand_until: 0 })
    .returningAll()
    .executeTakeFirstOrThrow();
}
