import { existsSync } from 'node:fs';
import { Kysely, sql } from 'kysely';
import type { Ledger } from './ledger.ts';
import { migrate, refuseNewer } from './schema/migrations.ts';
import type { LedgerTables } from './schema/tables.ts';
import { openSqlite, type SqliteOptions } from './sqlite/open-sqlite.ts';
import { compact } from './sqlite/compact.ts';
import { sqlitePath } from './sqlite/location.ts';

/** Whether there is a file at this place. @throws Failure database_unsupported, database_invalid */
export function ledgerExists(location: string): boolean {
  const path = sqlitePath(location);
  return path === ':memory:' || existsSync(path);
}

/**
 * Opens the ledger, creates it if it is new, and brings its tables to this version, unless it is to stay as it is.
 *
 * @param location a path, `sqlite:path`, `sqlite:///absolute/path` or `:memory:`
 * @throws Failure `ledger` (ledger_busy, ledger_too_new, ledger_unreadable, ledger_not_writable, ledger_full) or
 * `configuration` (database_unsupported, database_invalid)
 */
export async function openLedger(
  location: string,
  options: SqliteOptions & { migrates?: boolean } = {},
): Promise<Ledger> {
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
    dialects.watchVersion((version) => refuseNewer(version, path));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    read: (work) => reader.transaction().execute(work),
    write: (_alone, work, options) => (options?.first === true ? first : writer).transaction().execute(work),
    copyTo: async (copy) => {
      await sql`VACUUM INTO ${copy}`.execute(writer);
    },
    compact: (patienceMs) => compact(writer, patienceMs),
    location: path,
    close,
  };
}
