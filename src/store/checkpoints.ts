import type { Lane } from '../domain/values/lanes.ts';
import type { Ledger, Reading } from './ledger/ledger.ts';

/**
 * `started`: when surveying began, at the first tick of `sync` or the first start of `serve`. `until`: how far closings
 * have been looked for. `medallia`: when everything that Agent Connect had was last read.
 */
export type CheckpointName = 'started' | 'until' | 'medallia';

export interface Checkpoint {
  lane: Lane;
  name: CheckpointName;
}

export async function readCheckpoint(ledger: Ledger, checkpoint: Checkpoint): Promise<string | null> {
  return ledger.read((db) => checkpointIn(db, checkpoint));
}

/** Sets a checkpoint unless it exists already. @returns the time that it has */
export async function setCheckpointOnce(ledger: Ledger, checkpoint: Checkpoint, at: string): Promise<string> {
  return ledger.write(aloneWith(checkpoint), async (trx) => {
    await trx
      .insertInto('checkpoints')
      .values({ ...checkpoint, at })
      .onConflict((conflict) => conflict.columns(['lane', 'name']).doNothing())
      .execute();
    return (await checkpointIn(trx, checkpoint)) ?? at;
  });
}

/** Moves a checkpoint forward, never back: if two ticks run at the same time, the later time stays. */
export async function advanceCheckpoint(ledger: Ledger, checkpoint: Checkpoint, at: string): Promise<void> {
  await ledger.write(aloneWith(checkpoint), (trx) =>
    trx
      .insertInto('checkpoints')
      .values({ ...checkpoint, at })
      .onConflict((conflict) =>
        conflict.columns(['lane', 'name']).doUpdateSet({ at }).where('checkpoints.at', '<', at),
      )
      .execute(),
  );
}

function aloneWith({ lane, name }: Checkpoint): { names: string[] } {
  return { names: [`checkpoint ${lane} ${name}`] };
}

async function checkpointIn(db: Reading, { lane, name }: Checkpoint): Promise<string | null> {
  const row = await db
    .selectFrom('checkpoints')
    .select('at')
    .where('lane', '=', lane)
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.at ?? null;
}
