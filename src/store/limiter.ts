import {
  freshLimiter,
  pauseSlots,
  reserveSlot,
  type Bucket,
  type LimiterState,
  type Slot,
  type SlotAsk,
} from '../domain/values/request-slot.ts';
import type { Ledger, Reading, Writing } from './ledger.ts';
import type { LimitsTable } from './schema/tables.ts';

/** Hands out the moments at which requests may leave, to all processes on the ledger together. Epoch milliseconds. */
export interface LimiterStore {
  reserve(bucket: Bucket, ask: SlotAsk): Promise<Slot>;
  /** No request leaves before `untilMs`, at most 2 minutes from now; a shorter pause does not end a longer one. */
  pause(bucket: Bucket, untilMs: number): Promise<void>;
  /** When the pause ends, or ended; 0 if there never was one. */
  pausedUntil(bucket: Bucket): Promise<number>;
}

/** The budget of the organisation as one row for each bucket. */
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
