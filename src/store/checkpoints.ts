import type { Kysely } from 'kysely';
import { within, type Ledger } from './open.ts';
import type { LedgerTables } from './schema/tables.ts';

/** Moments that outlive a run: when the first tick of `sync` was, and how far closings have been enumerated; of trials, too. */
export type CheckpointName = 'sync_started' | 'sync_until' | 'trial_started' | 'trial_until';

export async function readCheckpoint(ledger: Ledger, name: CheckpointName): Promise<string | null> {
  return markIn(ledger.db, name);
}

/** The moment as first written: a mark that exists stays. */
export async function setCheckpointOnce(ledger: Ledger, name: CheckpointName, at: string): Promise<string> {
  return within(ledger, async (trx) => {
    await trx
      .insertInto('marks')
      .values({ name, at })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    return (await markIn(trx, name)) ?? at;
  });
}

/** Moves a mark forward; of two ticks at the same time the later moment stays. */
export async function advanceCheckpoint(ledger: Ledger, name: CheckpointName, at: string): Promise<void> {
  await within(ledger, (trx) =>
    trx
      .insertInto('marks')
      .values({ name, at })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }).where('marks.at', '<', at))
      .execute(),
  );
}

async function markIn(db: Kysely<LedgerTables>, name: CheckpointName): Promise<string | null> {
  const row = await db.selectFrom('marks').select('at').where('name', '=', name).executeTakeFirst();
  return row?.at ?? null;
}
