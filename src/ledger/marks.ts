import type { Ledger } from './open.ts';

/** Moments that outlive a run: when the first tick of `sync` was, and how far closings have been enumerated. */
export type MarkName = 'sync_started' | 'sync_until';

export async function readMark(ledger: Ledger, name: MarkName): Promise<string | null> {
  const row = await ledger.db.selectFrom('marks').select('at').where('name', '=', name).executeTakeFirst();
  return row?.at ?? null;
}

/** The moment as first written: a mark that exists stays. */
export async function setMarkOnce(ledger: Ledger, name: MarkName, at: string): Promise<string> {
  await ledger.db
    .insertInto('marks')
    .values({ name, at })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await readMark(ledger, name)) ?? at;
}

/** Moves a mark forward; of two ticks at the same time the later moment stays. */
export async function advanceMark(ledger: Ledger, name: MarkName, at: string): Promise<void> {
  await ledger.db
    .insertInto('marks')
    .values({ name, at })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }).where('marks.at', '<', at))
    .execute();
}
