import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type {
  BackupDocument,
  LedgerCopyDocument,
  LedgerDocument,
  LedgerUpgradeDocument,
} from '../../documents/ledger.ts';
import { Failure } from '../../failure.ts';
import { countRows, moveLedger } from '../../store/ledger-move.ts';
import { openLedger, refuseOtherVersion, shownPlace } from '../../store/open.ts';
import { newestVersion } from '../../store/schema/migrations.ts';
import {
  backUp,
  backupExists,
  conditionOf,
  openExistingLedger,
  versionOf,
} from '../../store/ledger-backup.ts';
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

/**
 * Copies a ledger into a new one; either may be of either kind.
 *
 * @param now ISO 8601
 * @param onTable is told which table is being copied
 * @throws Failure kind usage, ledger or configuration
 */
export async function copyLedgerTo(
  { from, to, dryRun, now }: { from: string; to: string; dryRun: boolean; now: string },
  onTable: (table: string) => void,
): Promise<LedgerCopyDocument> {
  const source = await openExistingLedger(from);
  try {
    await refuseOtherVersion(source);
    const shown = { from: source.location, to: shownPlace(to), dryRun };
    if (dryRun) {
      const counted = await countRows(source);
      const tables = counted.map((table) => ({ ...table, sha256: null }));
      return { ...shown, rows: sumOf(tables), tables };
    }
    const target = await openLedger(to, { finishesCopy: true });
    try {
      if (target.location === source.location) {
        throw new Failure('usage', 'ledger_not_empty', 'a ledger cannot be copied into itself', {
          hint: 'Name another one.',
        });
      }
      const tables = await moveLedger(source, target, now, onTable);
      return { ...shown, to: target.location, rows: sumOf(tables), tables };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function sumOf(tables: readonly { rows: number }[]): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

/** Upgrades the tables to this gcsat, as the next command that works on closings would. @throws as `openLedger` does */
export async function upgradeLedger(database: string, dryRun: boolean): Promise<LedgerUpgradeDocument> {
  const before = await openExistingLedger(database);
  const from = await versionOf(before).finally(() => before.close());
  const document = { ledger: shownPlace(database), from, to: newestVersion, dryRun };
  if (dryRun) return document;
  await (await openLedger(database)).close();
  return document;
}
