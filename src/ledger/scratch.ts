import { sql } from 'kysely';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger, type Ledger } from './open.ts';

/**
 * A copy of the ledger as it is now, on which a dry run can do everything that the real run would do. Private to the
 * user, and gone when it is closed.
 */
export async function scratchCopy(ledger: Ledger): Promise<Ledger> {
  const folder = await mkdtemp(join(tmpdir(), 'gcsat-dry-run-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const location = join(folder, 'ledger.db');
    await sql`vacuum into ${location}`.execute(ledger.db);
    const copy = await openLedger(location);
    return {
      db: copy.db,
      location,
      async close() {
        await copy.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
