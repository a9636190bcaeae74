import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BackupDocument, LedgerDocument } from '../../documents/ledger.ts';
import { backUp, backupExists, conditionOf, openExistingLedger } from '../../store/ledger-backup.ts';
import { boundOrganization } from '../../store/organization.ts';

/** @throws Failure kind usage, ledger or configuration */
export async function backUpLedger(
  { database, alsoNeeded }: { database: string; alsoNeeded: BackupDocument['alsoNeeded'] },
  file: string,
  dryRun: boolean,
): Promise<BackupDocument> {
  const ledger = await openExistingLedger(database);
  try {
    const { location } = ledger;
    if (!dryRun) return { ledger: location, ...(await backUp(ledger, file)), dryRun, alsoNeeded };
    if (existsSync(file)) throw backupExists(resolve(file));
    return { ledger: location, file: resolve(file), bytes: 0, dryRun, alsoNeeded };
  } finally {
    await ledger.close();
  }
}

/** @throws Failure kind ledger or configuration */
export async function checkLedger(database: string): Promise<LedgerDocument> {
  const ledger = await openExistingLedger(database);
  try {
    const { version, problems } = await conditionOf(ledger);
    const bound = problems.length === 0 ? await boundOrganization(ledger) : null;
    return {
      ledger: ledger.location,
      version,
      bytes: await ledger.bytes(),
      organization: bound === null ? null : { id: bound.organizationId, origin: bound.origin },
      problems,
    };
  } finally {
    await ledger.close();
  }
}
