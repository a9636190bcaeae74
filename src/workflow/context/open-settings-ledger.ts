import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { surveySecretFile } from '../../config/survey-secret.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { openLedger } from '../../store/open.ts';
import type { WriteCounters } from '../../store/sqlite/write-counter.ts';

/** @throws as `openLedger` does, and Failure ledger_shrank when the ledger holds less than before */
export function openSettingsLedger(
  settings: Pick<Settings, 'database' | 'dataDir'>,
  options: { busyTimeoutMs?: number } = {},
): Promise<Ledger> {
  return openLedger(settings.database, { ...options, writeCounters: writeCountersOf(settings) });
}

/** What gcsat remembers about a ledger is in the data folder, apart from the ledger itself. */
export function writeCountersOf({ dataDir }: Pick<Settings, 'dataDir'>): WriteCounters {
  return {
    folder: join(dataDir, 'ledger-marks'),
    signingKey: surveySecretFile(dataDir),
    ledgers: dataDir,
  };
}
