import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from './ledger/ledger.ts';
import { openLedger } from './open.ts';
import { makeOwnFolder, removeAbandonedFolders } from './copy-folders.ts';

/**
 * A copy of the ledger as it is now, for a dry run to work on. It is private to the user and removed when it is closed;
 * if the process is killed before that, the next copy removes it.
 */
export async function copyLedger(ledger: Ledger): Promise<Ledger> {
  await removeAbandonedFolders();
  const folder = await makeOwnFolder('dry-run');
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // The copy holds what the ledger holds, and must not outlive a process that has to exit at once.
  process.once('exit', remove);
  try {
    const location = join(folder, 'ledger.db');
    await ledger.copyTo(location);
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
