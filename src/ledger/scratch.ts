import { sql } from 'kysely';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger, type Ledger } from './open.ts';

/**
 * A copy of the ledger as it is now, on which a dry run can do everything that the real run would do. Private to the
 * user, and gone when it is closed.
 */
export async function scratchCopy(ledger: Ledger): Promise<Ledger> {
  const folder = await mkdtemp(join(tmpdir(), 'gcsat-dry-run-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // The copy holds what the ledger holds, and must not outlive a process that is told to exit at once.
  process.once('exit', remove);
  try {
    const location = join(folder, 'ledger.db');
    await sql`vacuum into ${location}`.execute(ledger.db);
    const copy = await openLedger(location);
    return {
      ...copy,
      async close() {
        try {
          await copy.close();
        } finally {
          remove();
          process.off('exit', remove);
        }
      },
    };
  } catch (error) {
    remove();
    process.off('exit', remove);
    throw error;
  }
}
