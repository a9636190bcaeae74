import {
  freshLimiter,
  pauseSlots,
  reserveSlot,
  type Bucket,
  type LimiterState,
} from '../domain/values/request-slot.ts';
import type { LimiterStore } from '../ports/limiter.ts';
import type { Ledger, Reading, Writing } from './ledger/ledger.ts';
import type { LimitsTable } from './ledger/tables.ts';

/** The organization's request budget, with one row for each bucket. */
export function limiterStore(ledger: Ledger): LimiterStore {
  return {
    reserve: (bucket, ask) =>
      ledger.write({ names: [`limiter ${bucket}`] }, async (trx) => {
        const { state, slot } = reserveSlot(await stateOf(trx, bucket), ask);
        if ('atMs' in slot) await keep(trx, bucket, state);
        return slot;
      }),
    pause: (bucket, untilMs) =>
      ledger.write({ names: [`limiter ${bucket}`] }, async (trx) => {
        await keep(trx, bucket, pauseSlots(await stateOf(trx, bucket), untilMs));
      }),
    async pausedUntil(bucket) {
      const row = await ledger.read((db) =>
        db.selectFrom('limits').select('paused_until').where('bucket', '=', bucket).executeTakeFirst(),
      );
      return row?.paused_until ?? 0;
    },
  };
}

async function stateOf(trx: Reading, bucket: Bucket): Promise<LimiterState> {
  const row = await trx.selectFrom('limits').selectAll().where('bucket', '=', bucket).executeTakeFirst();
  return row === undefined ? freshLimiter : toState(row);
}

async function keep(trx: Writing, bucket: Bucket, state: LimiterState): Promise<void> {
  const columns = {
    next_at: state.nextAtMs,
    paused_until: state.pausedUntilMs,
    interactive_until: state.interactiveUntilMs,
  };
  await trx
    .insertInto('limits')
    .values({ bucket, ...columns })
    .onConflict((conflict) => conflict.column('bucket').doUpdateSet(columns))
    .execute();
}

function toState({ next_at, paused_until, interactive_until }: LimitsTable): LimiterState {
  return { nextAtMs: next_at, pausedUntilMs: paused_until, interactiveUntilMs: interactive_until };
}
