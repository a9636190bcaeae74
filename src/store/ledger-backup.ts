import { existsSync } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { sql } from 'kysely';
import { Failure } from '../failure.ts';
import { makePrivateFolder, syncFolder } from '../private-folder.ts';
import type { Ledger, Reading } from './ledger/ledger.ts';
import { closedOnFailure, openLedger } from './open.ts';
import { isOnServer } from './postgres/shown-address.ts';
import { sqlitePath } from './sqlite/location.ts';
import { openWriteCounter } from './sqlite/write-counter.ts';
import type { SqliteOptions } from './sqlite/open-sqlite.ts';
import { refuseEmptied } from './sqlite/opening-checks.ts';
import { refuseUnfinishedCopy } from './unfinished-copy.ts';

/**
 * Opens the ledger as it is: not created, and not brought to this version, because a backup is often made before that.
 *
 * @param options `writeCounters`: how much the ledger held, to notice that it is gone or holds less
 * @throws Failure `ledger_missing`, and as `openLedger`
 */
export async function openExistingLedger(
  location: string,
  { busyTimeoutMs = 10_000, writeCounters = null }: SqliteOptions = {},
): Promise<Ledger> {
  if (isOnServer(location)) return refuseNone(await openLedger(location, { busyTimeoutMs, migrates: false }));
  const path = sqlitePath(location);
  if (!existsSync(path)) {
    refuseEmptied(path, openWriteCounter(writeCounters, path), writeCounters);
    throw missing(path);
  }
  return refuseNone(await openLedger(location, { busyTimeoutMs, writeCounters, migrates: false }));
}

/** @throws Failure ledger_missing, ledger_copy_unfinished, and then the ledger is closed */
function refuseNone(opened: Ledger): Promise<Ledger> {
  return closedOnFailure(opened, async (ledger) => {
    if (!(await ledger.exists())) throw missing(ledger.location);
    await ledger.read((db) => refuseUnfinishedCopy(db, ledger.location));
  });
}

function missing(path: string): Failure {
  return new Failure('configuration', 'ledger_missing', `There is no ledger at ${path}.`, {
    hint: 'Check --database and --profile. `gcsat configure show` prints where the ledger is.',
  });
}

/**
 * Copies everything as it is at one moment into a new file that only this user can read, while other processes go on.
 * The file appears once all of it is on disk; a killed backup leaves `FILE.partial`, which the next backup replaces.
 *
 * @returns its path and its size in bytes
 * @throws Failure `backup_exists` of kind usage, `backup_failed`
 */
export async function backUp(ledger: Ledger, given: string): Promise<{ file: string; bytes: number }> {
  const file = resolve(given);
  if (existsSync(file)) throw backupExists(file);
  const partial = `${file}.partial`;
  try {
    makePrivateFolder(dirname(file));
    await rm(partial, { force: true });
    // SQLite would make the file with the mode that the umask leaves, but accepts an empty file.
    await (await open(partial, 'wx', 0o600)).close();
    await ledger.copyTo(partial);
    const handle = await open(partial, 'r+');
    await handle.sync().finally(() => handle.close());
    await place(partial, file);
    await syncFolder(dirname(file));
    return { file, bytes: (await stat(file)).size };
  } catch (error) {
    if (error instanceof Failure && error.code === 'backup_exists') throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Failure(
      'ledger',
      'backup_failed',
      `The ledger could not be copied to ${file} (${code ?? message}).`,
      {
        hint: 'Check the folder, its permissions, and the free space there.',
        cause: error,
      },
    );
  } finally {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

/** Never replaces another file, which may have appeared meanwhile. */
async function place(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || existsSync(file)) throw backupExists(file);
    // The file system has no hard links.
    await rename(partial, file);
  }
}

export function backupExists(file: string): Failure {
  return new Failure('usage', 'backup_exists', `${file} already exists; nothing was written`, {
    hint: 'Name another file, e.g. one with the date in its name.',
  });
}

export interface LedgerCondition {
  version: number;
  /** The damage that the engine finds; empty if all is well. */
  problems: string[];
}

/** Reads the whole ledger. */
export async function conditionOf(ledger: Ledger): Promise<LedgerCondition> {
  return { version: await versionOf(ledger), problems: await ledger.problems() };
}

export function versionOf(ledger: Ledger): Promise<number> {
  return ledger.read(versionIn);
}

async function versionIn(db: Reading): Promise<number> {
  const { rows } = await sql<{ version: number }>`SELECT max(version) AS version FROM ledger_version`.execute(
    db,
  );
  return rows[0]?.version ?? 0;
}
