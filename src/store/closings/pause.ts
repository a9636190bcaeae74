import type { SendingPause } from '../../domain/closing/pause.ts';
import { Failure } from '../../failure.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';

/** Marking a message as leaving takes this lock too, so that a recorded pause stops every later message. */
export const sendingLock = 'sending';

/** Begins a pause, or replaces the current one. */
export async function pauseSending(ledger: Ledger, { pausedAt, until, reason }: SendingPause): Promise<void> {
  const columns = { paused_at: pausedAt, until, reason };
  await ledger.write({ names: [sendingLock] }, (trx) =>
    trx
      .insertInto('pauses')
      .values({ id: 1, ...columns })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
      .execute(),
  );
}

/** Ends the pause. @returns the pause that was in effect; null if there was none */
export async function resumeSending(ledger: Ledger, now: string): Promise<SendingPause | null> {
  return ledger.write({ names: [sendingLock] }, async (trx) => {
    const pause = await pauseIn(trx, now);
    await trx.deleteFrom('pauses').execute();
    return pause;
  });
}

export async function sendingPause(ledger: Ledger, now: string): Promise<SendingPause | null> {
  return ledger.read((db) => pauseIn(db, now));
}

/** The pause that is in effect at `now`; null if there is none. */
export async function pauseIn(db: Reading, now: string): Promise<SendingPause | null> {
  const row = await db.selectFrom('pauses').selectAll().where('id', '=', 1).executeTakeFirst();
  if (row === undefined || (row.until !== null && row.until <= now)) return null;
  return { pausedAt: row.paused_at, until: row.until, reason: row.reason };
}

/** @throws Failure sending_paused */
export async function refuseWhilePaused(db: Reading, now: string): Promise<void> {
  const pause = await pauseIn(db, now);
  if (pause === null) return;
  throw new Failure('temporary', 'sending_paused', 'sending is paused', {
    hint: 'Resume with `gcsat resume`.',
    scope: 'contention',
  });
}
