import { Failure } from '../failure.ts';
import type { Reading } from './ledger/ledger.ts';

/** The name of the lock that says in an unfinished copy whose copy it is. */
export const copyLock = 'copy';

/** Whose copy this ledger is, where not all of it is there; null: it is not a copy, or it is a whole one. */
export async function unfinishedCopyOf(db: Reading): Promise<string | null> {
  const row = await db
    .selectFrom('locks')
    .select('claimed_by')
    .where('name', '=', copyLock)
    .executeTakeFirst();
  return row?.claimed_by ?? null;
}

/** Who worked with what has come over so far would ask again whoever has not. @throws Failure ledger_copy_unfinished */
export async function refuseUnfinishedCopy(db: Reading, location: string): Promise<void> {
  if ((await unfinishedCopyOf(db)) === null) return;
  throw new Failure('ledger', 'ledger_copy_unfinished', `The ledger ${location} is an unfinished copy.`, {
    hint: 'Run the copy again; it resumes where it stopped. Or use the ledger that it was copied from.',
  });
}
