import { sql } from 'kysely';
import type { Ledger, Writing } from '../ledger/ledger.ts';
import type { ErasuresTable } from '../ledger/tables.ts';

/** What must still be erased for forgotten customers, besides the rows of the ledger. */
export type ErasureToDo = Pick<ErasuresTable, 'kind' | 'name' | 'tries' | 'error'>;

type Named = Pick<ErasuresTable, 'kind' | 'name'>;

/** How long the file may hold remnants of expired data: rewriting the file takes a while. */
export const remnantsMs = 24 * 3_600_000;

export async function expectErasures(trx: Writing, toDos: readonly Named[]): Promise<void> {
  for (const { kind, name } of toDos) {
    const untried = { tries: 0, retry_at: null, error: null };
    await trx
      .insertInto('erasures')
      .values({ kind, name, ...untried })
      .onConflict((conflict) => conflict.columns(['kind', 'name']).doUpdateSet(untried))
      .execute();
  }
}

/** Data expires all the time; its remnants are erased later, all at once. */
export async function expectRemnants(trx: Writing, at: string): Promise<void> {
  await trx
    .insertInto('erasures')
    .values({ kind: 'remnants', name: '', tries: 0, retry_at: at, error: null })
    .onConflict((conflict) => conflict.columns(['kind', 'name']).doNothing())
    .execute();
}

/** @param now null: includes erasures whose next try has not come */
export async function openErasures(
  ledger: Ledger,
  now: string | null,
  limit: number,
): Promise<ErasureToDo[]> {
  return ledger.read((db) =>
    db
      .selectFrom('erasures')
      .select(['kind', 'name', 'tries', 'error'])
      .$if(now !== null, (query) =>
        query.where((eb) => eb.or([eb('retry_at', 'is', null), eb('retry_at', '<=', now)])),
      )
      .orderBy('kind')
      .orderBy('name')
      .limit(limit)
      .execute(),
  );
}

const mostLate = 10_000;

/** Erasures that failed before or are due. Remnants of expired data do not count before their time. */
export async function lateErasures(ledger: Ledger, now: string): Promise<ErasureToDo[]> {
  const due = await openErasures(ledger, now, mostLate);
  const all = await openErasures(ledger, null, mostLate);
  const dueNames = new Set(due.map(({ kind, name }) => `${kind} ${name}`));
  return all.filter(({ kind, name, tries }) => tries > 0 || dueNames.has(`${kind} ${name}`));
}

export async function endErasure(ledger: Ledger, { kind, name }: Named): Promise<void> {
  await ledger.write({ names: [`erasure ${kind} ${name}`] }, async (trx) => {
    await trx.deleteFrom('erasures').where('kind', '=', kind).where('name', '=', name).execute();
    if (kind !== 'card') return;
    await trx.updateTable('cards').set({ state: 'deleted' }).where('item_id', '=', name).execute();
  });
}

export async function noteErasureFailure(
  ledger: Ledger,
  { kind, name }: Named,
  { retryAt, code }: { retryAt: string; code: string },
): Promise<void> {
  await ledger.write({ names: [`erasure ${kind} ${name}`] }, (trx) =>
    trx
      .updateTable('erasures')
      .set({ tries: sql`tries + 1`, retry_at: retryAt, error: code })
      .where('kind', '=', kind)
      .where('name', '=', name)
      .execute(),
  );
}
