import type { Settings } from '../../config/settings.ts';
import { sqlitePath } from '../../store/sqlite/location.ts';
import { acceptLedger } from '../../store/sqlite/write-counter.ts';
import { writeCountersOf, openSettingsLedger } from '../context/open-settings-ledger.ts';

/**
 * Accepts the ledger as it is now, however much it held before.
 *
 * @throws as `openLedger` does, and Failure ledger_log_foreign: the log of another file is never accepted
 */
export async function acceptSettingsLedger(settings: Settings, dryRun: boolean): Promise<{ ledger: string }> {
  const ledger = sqlitePath(settings.database);
  if (dryRun) return { ledger };
  acceptLedger(writeCountersOf(settings), ledger);
  const opened = await openSettingsLedger(settings);
  await opened.close();
  return { ledger };
}
