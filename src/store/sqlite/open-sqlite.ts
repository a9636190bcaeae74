import type { Dialect } from 'kysely';
import { createSemaphore } from '../../domain/values/semaphore.ts';
import { openConnection, type Connection } from './connection.ts';
import { dialectOf } from './dialect.ts';
import { openDatabase, type Database } from './engine.ts';
import { ledgerGone, storageFailure, unreadableLedger } from './failures.ts';
import { inodeOf, makePrivate, memory, prepareFile } from './files.ts';
import { reading, whenFree, writing } from './transactions.ts';

export interface SqliteOptions {
  /** How long a write waits for another process, in milliseconds. */
  busyTimeoutMs: number;
}

export interface SqliteDialects {
  /** Transactions that write, in the order in which they are begun. */
  readonly writer: Dialect;
  /** The same connection, before all writes that wait for it. */
  readonly first: Dialect;
  /** Snapshots for reading, on a connection of its own. */
  readonly reader: Dialect;
}

/**
 * Opens the file, made private to the user if it is new. A file that is not a ledger is left as it is.
 *
 * @throws Failure ledger_unreadable, ledger_not_writable, ledger_full, ledger_busy, ledger_engine_too_old or
 * database_invalid
 */
export async function openSqlite(path: string, { busyTimeoutMs }: SqliteOptions): Promise<SqliteDialects> {
  let database: Database | undefined;
  try {
    if (path !== memory) prepareFile(path);
    database = await whenFree(busyTimeoutMs, () => openDatabase(path));
    await prepareDatabase(database, path, busyTimeoutMs);
    const connection = openConnection(database, path);
    const permits = createSemaphore(1);
    const give = (): void => permits.end();
    const writes = writing(connection, path, busyTimeoutMs);
    const inOrder = { ...writes, take: () => permits.take(), give };
    return {
      writer: dialectOf(connection, { ...inOrder, lastly: () => closeWriter(connection) }),
      first: dialectOf(connection, { ...writes, take: () => permits.take('first'), give }),
      reader: path === memory ? dialectOf(connection, inOrder) : readerOf(path, busyTimeoutMs),
    };
  } catch (error) {
    database?.close();
    throw storageFailure(error, path);
  }
}

async function prepareDatabase(database: Database, path: string, busyTimeoutMs: number): Promise<void> {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  await whenFree(busyTimeoutMs, () => refuseForeign(database, path));
  if (path !== memory) makePrivate(path);
  // Switching to WAL needs the file alone and does not wait by itself.
  await whenFree(busyTimeoutMs, () => database.exec('PRAGMA journal_mode = WAL'));
  database.exec('PRAGMA synchronous = FULL');
  database.exec('PRAGMA foreign_keys = ON');
  // What is erased at a customer's request must not survive in free pages.
  database.exec('PRAGMA secure_delete = ON');
}

function refuseForeign(database: Database, path: string): void {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
    name: string;
  }[];
  if (tables.length > 0 && !tables.some(({ name }) => name === 'ledger_version')) {
    throw unreadableLedger(path, 'is a database of something else than gcsat');
  }
}

function closeWriter({ database, clear }: Connection): void {
  clear();
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Whoever opens the file next does it; nothing is lost in the -wal file.
  }
  database.close();
}

/** Opened at the first read: many commands only write. */
function readerOf(path: string, busyTimeoutMs: number): Dialect {
  const permits = createSemaphore(1);
  const opened = inodeOf(path);
  let connection: Connection | null = null;
  const open = (): Connection => {
    if (connection !== null) return connection;
    // SQLite would make a new file where there is none.
    if (inodeOf(path) !== opened) throw ledgerGone(path);
    const database = openDatabase(path, busyTimeoutMs);
    database.exec('PRAGMA query_only = ON');
    return (connection = openConnection(database, path));
  };
  return dialectOf(
    { execute: (query) => open().execute(query) },
    {
      ...reading(open, path),
      take: () => permits.take(),
      give: () => permits.end(),
      lastly() {
        connection?.clear();
        connection?.database.close();
      },
    },
  );
}
