import type { Dialect } from 'kysely';
import { createSemaphore } from '../../domain/values/semaphore.ts';
import { openConnection, type Connection } from './connection.ts';
import { dialectOf } from './dialect.ts';
import { createGuard, openDatabase, type Database } from './engine.ts';
import { ledgerGone, storageFailure, unreadableLedger } from './failures.ts';
import { identityOf, makePrivate, memory, prepareFile, type HeldFile } from './files.ts';
import { createIdleCheckpoint } from './idle-checkpoint.ts';
import { openWriteCounter, type WriteCounter, type WriteCounters } from './write-counter.ts';
import { checkAfterCrash, checkSmall, refuseEmptied, refuseLost } from './opening-checks.ts';
import { reading, whenFree, writing } from './transactions.ts';
import { watchFiles, type Watch } from './watch.ts';

export interface SqliteOptions {
  /** How long a write waits for another process, in milliseconds. */
  busyTimeoutMs?: number;
  /** Where to record how much the ledger held; null: nowhere. */
  writeCounters?: WriteCounters | null;
}

export interface SqliteDialects {
  /** Transactions that write, in the order in which they are begun. */
  readonly writer: Dialect;
  /** The same connection, ahead of all writes that wait for it. */
  readonly first: Dialect;
  /** Snapshots for reading, on a connection of its own. */
  readonly reader: Dialect;
  /** From now on, every transaction checks the version first. @param refuse throws when it is too new */
  watchVersion(refuse: (version: number) => void): void;
}

/**
 * Opens the file, made private to the user if it is new. A file that is not a ledger is left as it is.
 *
 * @throws Failure ledger_unreadable, ledger_shrank, ledger_log_foreign, ledger_not_writable, ledger_full, ledger_busy,
 * ledger_engine_too_old, or database_invalid
 */
export async function openSqlite(
  path: string,
  { busyTimeoutMs = 10_000, writeCounters = null }: SqliteOptions,
): Promise<SqliteDialects> {
  const writeCounter = openWriteCounter(writeCounters, path);
  let file: HeldFile | null = null;
  let database: Database | undefined;
  try {
    if (path !== memory) {
      refuseEmptied(path, writeCounter, writeCounters);
      file = prepareFile(path);
      const held = file;
      await refuseLost(path, held, writeCounter);
      await whenFree(busyTimeoutMs, () => checkAfterCrash(path, held));
    }
    const guard = createGuard(path);
    database = await whenFree(busyTimeoutMs, () => openDatabase(path));
    await prepareDatabase(database, path, file, busyTimeoutMs);
    const watch = watchFiles(path, file, database);
    return dialectsOf({ database, path, busyTimeoutMs, file, watch, writeCounter, guard });
  } catch (error) {
    database?.close();
    file?.release();
    throw storageFailure(error, path);
  }
}

async function prepareDatabase(
  database: Database,
  path: string,
  file: HeldFile | null,
  busyTimeoutMs: number,
): Promise<void> {
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  await whenFree(busyTimeoutMs, () => refuseForeign(database, path));
  if (path !== memory) makePrivate(path);
  // Switching to WAL needs exclusive use of the file and does not wait by itself.
  await whenFree(busyTimeoutMs, () => database.exec('PRAGMA journal_mode = WAL'));
  database.exec('PRAGMA synchronous = FULL');
  // Sixty webhooks change 200 pages, and more in a large ledger. SQLite's own bounds are 500 pages in memory, and 1,000
  // in the log before it is copied.
  database.exec('PRAGMA cache_size = -8000');
  database.exec('PRAGMA wal_autocheckpoint = 2000');
  database.exec('PRAGMA foreign_keys = ON');
  // What is erased at a customer's request must not survive in free pages.
  database.exec('PRAGMA secure_delete = ON');
  if (file === null) return;
  // The first read makes the -wal and -shm files.
  await whenFree(busyTimeoutMs, () => checkSmall(path, file, database));
  await whenFree(busyTimeoutMs, () => database.exec('SELECT 1 FROM sqlite_master'));
  makePrivate(path);
}

function refuseForeign(database: Database, path: string): void {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
    name: string;
  }[];
  if (tables.length > 0 && !tables.some(({ name }) => name === 'ledger_version')) {
    throw unreadableLedger(path, 'is a database of another program');
  }
}

interface OpenLedger {
  database: Database;
  path: string;
  busyTimeoutMs: number;
  file: HeldFile | null;
  watch: Watch;
  writeCounter: WriteCounter;
  /** Keeps the log from being copied into the file. */
  guard: () => void;
}

function dialectsOf({
  database,
  path,
  busyTimeoutMs,
  file,
  watch,
  writeCounter,
  guard,
}: OpenLedger): SqliteDialects {
  const connection = openConnection(database, path);
  const permits = createSemaphore(1);
  const give = (): void => permits.end();
  const idle = createIdleCheckpoint(connection, watch);
  let refuse: ((version: number) => void) | null = null;
  const refuseNewer = ({ execute }: Connection): void => {
    if (refuse === null) return;
    const sql = 'SELECT max(version) AS version FROM ledger_version';
    const [row] = execute({ sql, parameters: [] }).rows as { version: number }[];
    refuse(row?.version ?? 0);
  };
  const writes = writing(connection, {
    ...{ path, busyTimeoutMs, watch, writeCounter },
    refuse: refuseNewer,
    written: () => idle.postpone(),
  });
  const inOrder = { ...writes, take: () => permits.take(), give };
  const lastly = (): void => {
    idle.close();
    closeWriter(connection, watch, guard);
    writeCounter.close();
    watch.release();
    file?.release();
  };
  return {
    writer: dialectOf(connection, { ...inOrder, lastly }),
    first: dialectOf(connection, { ...writes, take: () => permits.take('first'), give }),
    reader: path === memory ? dialectOf(connection, inOrder) : readerOf(path, busyTimeoutMs, refuseNewer),
    watchVersion(check) {
      refuse = check;
      const [row] = database.prepare('PRAGMA user_version').all() as { user_version: number }[];
      writeCounter.raise(row?.user_version ?? 0);
    },
  };
}

function closeWriter({ database, clear }: Connection, watch: Watch, guard: () => void): void {
  clear();
  try {
    database.exec('PRAGMA busy_timeout = 0');
    if (watch.isReplaced()) guard();
    else database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // The next process that opens the file copies the log; nothing in the -wal file is lost.
  }
  database.close();
}

/** Opened at the first read: many commands only write. */
function readerOf(path: string, busyTimeoutMs: number, refuse: (connection: Connection) => void): Dialect {
  const permits = createSemaphore(1);
  const opened = identityOf(path);
  let connection: Connection | null = null;
  const open = (): Connection => {
    if (connection !== null) return connection;
    if (identityOf(path) !== opened) throw ledgerGone(path);
    return (connection = openConnection(openDatabase(path, { busyTimeoutMs, readOnly: true }), path));
  };
  return dialectOf(
    { execute: (query) => open().execute(query) },
    {
      ...reading(open, path, refuse),
      take: () => permits.take(),
      give: () => permits.end(),
      lastly() {
        connection?.clear();
        connection?.database.close();
      },
    },
  );
}
