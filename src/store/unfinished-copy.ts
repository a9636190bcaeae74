import { Failure } from '../failure.ts';
import type { Reading } from './ledger/ledger.ts';

/** The name of the lock that says which ledger an unfinished copy is made from. */
export const copyLock = 'copy';

/** The ledger that this is an unfinished copy of; null: it is not a copy, or it is a complete one. */
export async function unfinishedCopyOf(db: Reading): Promise<string | null> {
  const row = await db
    .selectFrom('locks')
    .select('claimed_by')
    .where('name', '=', copyLock)
    .executeTakeFirst();
  return row?.claimed_by ?? null;
}

/**
 * Work on a partial copy would ask customers again whose rows have not come over.
 * @throws Failure ledger_copy_unfinished
 */
export async function refuseUnfinishedCopy(db: Reading, location: string): Promise<void> {
  if ((await unfinishedCopyOf(db)) === null) return;
  throw new Failure('ledger', 'ledger_copy_unfinished', `The ledger ${location} is an unfinished copy.`, {
    hint: 'Run the copy again; it resumes where it stopped. Or use the ledger that it was copied from.',
  });
}
