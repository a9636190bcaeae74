import { existsSync, statSync } from 'node:fs';
import { Kysely, sql } from 'kysely';
import type { Further, Ledger } from './ledger/ledger.ts';
import { Failure } from '../failure.ts';
import { migrate, newestVersion, refuseNewer } from './schema/migrations.ts';
import type { LedgerTables } from './ledger/tables.ts';
import { isOnServer, shownAddress } from './postgres/shown-address.ts';
import { openSqlite, type SqliteOptions } from './sqlite/open-sqlite.ts';
import { compact } from './sqlite/compact.ts';
import { sqlitePath } from './sqlite/location.ts';
import { copyAll } from './transfer.ts';
import { refuseUnfinishedCopy } from './unfinished-copy.ts';

export type OpeningOptions = SqliteOptions & {
  migrates?: boolean;
  /** Opens a copy that was stopped, to bring over the rest; nothing else may use it. */
  finishesCopy?: boolean;
};

/** For people: the place as it was given, or without its password. */
export function shownPlace(location: string): string {
  return isOnServer(location) ? shownAddress(location) : location;
}

/**
 * Whether there is a file at this place. A database is assumed to be there: if it is not, opening it says so.
 *
 * @throws Failure database_unsupported, database_invalid
 */
export function ledgerExists(location: string): boolean {
  if (isOnServer(location)) return true;
  const path = sqlitePath(location);
  return path === ':memory:' || existsSync(path);
}

/**
 * Opens the ledger. Unless `migrates` is false, makes its tables if it is new, and brings them to this version.
 *
 * @param location a path, `sqlite:path`, `sqlite:///absolute/path`, `:memory:`, or a `postgres:` URL
 * @throws Failure `ledger` (ledger_busy, ledger_too_new, ledger_unreadable, ledger_not_writable, ledger_full,
 * ledger_unavailable, ledger_copy_unfinished) or `configuration` (database_unsupported, database_invalid)
 */
export async function openLedger(location: string, options: OpeningOptions = {}): Promise<Ledger> {
  return isOnServer(location) ? openServerLedger(location, options) : openFileLedger(location, options);
}

/** A ledger that is opened as it is may have no tables yet, so its caller looks for an unfinished copy. */
function looksForCopies({ migrates, finishesCopy }: OpeningOptions): boolean {
  return migrates !== false && finishesCopy !== true;
}

/** @throws as `check` does, and then the ledger is closed */
export async function closedOnFailure<Opened extends Pick<Ledger, 'close'>>(
  ledger: Opened,
  check: (ledger: Opened) => Promise<void>,
): Promise<Opened> {
  try {
    await check(ledger);
    return ledger;
  } catch (error) {
    await ledger.close();
    throw error;
  }
}

async function openServerLedger(location: string, options: OpeningOptions): Promise<Ledger> {
  // Imported here, so that a ledger in a file starts without it.
  const { openPostgres } = await import('./postgres/open-postgres.ts');
  const ledger = await closedOnFailure(await openPostgres(location, options), async (opened) => {
    if (looksForCopies(options)) await opened.read((db) => refuseUnfinishedCopy(db, opened.location));
  });
  return {
    ...ledger,
    async copyTo(copy) {
      await refuseOtherVersion(ledger);
      const file = await openFileLedger(copy);
      try {
        await file.write('ledger', (trx) => ledger.read((db) => copyAll(db, trx)));
      } finally {
        await file.close();
      }
    },
  };
}

/**
 * Other versions have other columns.
 * @throws Failure ledger_too_old; a ledger that is too new is refused when it is opened
 */
export async function refuseOtherVersion(ledger: Pick<Ledger, 'read' | 'location'>): Promise<void> {
  const row = await ledger.read((db) =>
    db
      .selectFrom('ledger_version')
      .select((eb) => eb.fn.max('version').as('version'))
      .executeTakeFirstOrThrow(),
  );
  if (row.version === newestVersion) return;
  throw new Failure('ledger', 'ledger_too_old', `The ledger ${ledger.location} has version ${row.version}.`, {
    hint: 'Upgrade it to the version of this gcsat first: `gcsat ledger upgrade`.',
  });
}

/** A file has one writer, which holds everything. */
const aloneAlready: Further = { tryAlone: () => Promise.resolve(true) };

async function openFileLedger(location: string, options: OpeningOptions = {}): Promise<Ledger> {
  const path = sqlitePath(location);
  const dialects = await openSqlite(path, options);
  const [reader, writer, first] = [dialects.reader, dialects.writer, dialects.first].map(
    (dialect) => new Kysely<LedgerTables>({ dialect }),
  ) as [Kysely<LedgerTables>, Kysely<LedgerTables>, Kysely<LedgerTables>];
  const close = async (): Promise<void> => {
    await reader.destroy();
    await writer.destroy();
  };
  try {
    if (options.migrates !== false) await migrate(writer, path);
    if (looksForCopies(options)) await refuseUnfinishedCopy(writer, path);
    dialects.watchVersion((version) => refuseNewer(version, path));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    read: (work) => reader.transaction().execute(work),
    write: (_alone, work, options) =>
      (options?.first === true ? first : writer).transaction().execute((trx) => work(trx, aloneAlready)),
    copyTo: async (copy) => {
      await sql`VACUUM INTO ${copy}`.execute(writer);
    },
    compact: (patienceMs) => compact(writer, patienceMs),
    location: path,
    exists: async () => {
      const tables = await reader
        .transaction()
        .execute((db) => sql`SELECT 1 FROM sqlite_master WHERE name = 'ledger_version'`.execute(db));
      return tables.rows.length > 0;
    },
    problems: async () => {
      const { rows } = await reader
        .transaction()
        .execute((db) => sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(db));
      return rows.map(({ integrity_check: said }) => said).filter((said) => said !== 'ok');
    },
    bytes: () => Promise.resolve(statSync(path, { throwIfNoEntry: false })?.size ?? 0),
    now: () => null,
    hints: null,
    close,
  };
}
