import { chmodSync, closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import Database from 'libsql';
import { createSemaphore } from '../../domain/values/semaphore.ts';
import { makePrivateFolder } from '../../private-folder.ts';
import { isBusy, ledgerGone, storageFailure, unreadableLedger } from './failures.ts';
import { fromStored, toStored } from './stored-text.ts';

type Connection = InstanceType<typeof Database>;
type Statement = ReturnType<Connection['prepare']>;

/** The longest that queries may hold up the event loop. */
const longestBreathMs = 5;

export interface SqliteOptions {
  /** How long a write waits for another process, in milliseconds. */
  busyTimeoutMs: number;
}

const memory = ':memory:';

/** The first bytes of every SQLite file (https://www.sqlite.org/fileformat.html, 1.3). */
const fileHeader = 'SQLite format 3\0';

/** More than the ledger has queries; a bound because a list in a query has a text of its own for every length. */
const cachedStatements = 300;

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
 * @throws Failure ledger_unreadable, ledger_not_writable, ledger_full, ledger_busy or database_invalid
 */
export async function openSqlite(path: string, options: SqliteOptions): Promise<SqliteDialects> {
  let database: Connection | undefined;
  try {
    if (path !== memory) prepareFile(path);
    database = new Database(path);
    const opened = database;
    opened.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    await whenFree(options.busyTimeoutMs, () => refuseForeign(opened, path));
    if (path !== memory) makePrivate(path);
    // Switching to WAL needs the file alone and does not wait by itself.
    await whenFree(options.busyTimeoutMs, () => opened.prepare('PRAGMA journal_mode = WAL').all());
    opened.exec('PRAGMA synchronous = FULL');
    opened.exec('PRAGMA foreign_keys = ON');
    // What is erased at a customer's request must not survive in free pages.
    opened.prepare('PRAGMA secure_delete = ON').all();
    const connection = openConnection(opened, path);
    const permits = createSemaphore(1);
    const writes = transactions(connection, path, options);
    const lastly = (): void => closeWriter(connection);
    return {
      writer: dialectOf(connection, {
        ...writes,
        take: () => permits.take(),
        give: () => permits.end(),
        lastly,
      }),
      first: dialectOf(connection, {
        ...writes,
        take: () => permits.take('first'),
        give: () => permits.end(),
      }),
      reader:
        path === memory
          ? dialectOf(connection, { ...writes, take: () => permits.take(), give: () => permits.end() })
          : readerOf(path, options),
    };
  } catch (error) {
    database?.close();
    throw storageFailure(error, path);
  }
}

/** SQLite gives its -wal and -shm files the mode of the database file, so that one has to exist, private, first. */
function prepareFile(path: string): void {
  makePrivateFolder(dirname(path));
  closeSync(openSync(path, 'a', 0o600));
  const file = openSync(path, 'r+');
  try {
    const start = Buffer.alloc(fileHeader.length);
    const length = readSync(file, start, 0, start.length, 0);
    if (length > 0 && start.toString('latin1') !== fileHeader) {
      throw unreadableLedger(path, 'is not an SQLite database');
    }
  } finally {
    closeSync(file);
  }
}

function refuseForeign(database: Connection, path: string): void {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
    name: string;
  }[];
  if (tables.length > 0 && !tables.some(({ name }) => name === 'ledger_version')) {
    throw unreadableLedger(path, 'is a database of something else than gcsat');
  }
}

function makePrivate(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file)) chmodSync(file, 0o600);
  }
}

/** Null for a ledger in memory and for a file that is not there. */
function inodeOf(path: string): bigint | null {
  if (path === memory) return null;
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

/** Waits without holding up the event loop, as SQLite's own busy handler would. */
async function whenFree<T>(timeoutMs: number, work: () => T): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 25)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await sleep(pauseMs);
  }
}

/** How one kind of user shares a connection. */
interface Sharing {
  begin(): Promise<void> | void;
  commit(): void;
  rollback(): void;
  take(): Promise<void>;
  give(): void;
  /** When the last user has gone. */
  lastly?(): void;
}

interface OpenConnection {
  readonly database: Connection;
  readonly execute: (query: Pick<CompiledQuery, 'sql' | 'parameters'>) => QueryResult<unknown>;
  /** Forgets the prepared statements, which keep the file open. */
  readonly clear: () => void;
}

function openConnection(database: Connection, path: string): OpenConnection {
  const statements = new Map<string, Statement>();

  function statementFor(sql: string): Statement {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      const oldest = statements.keys().next();
      if (statements.size >= cachedStatements && !oldest.done) statements.delete(oldest.value);
      statements.set(sql, statement);
    }
    return statement;
  }

  return {
    database,
    clear: () => statements.clear(),
    execute(query) {
      try {
        const statement = statementFor(query.sql);
        const parameters = query.parameters.map(toStored);
        // `get` of libsql adds a column of its own; `all` does not.
        if (statement.reader)
          return { rows: (statement.all(parameters) as Record<string, unknown>[]).map(fromStored) };
        return { rows: [], numAffectedRows: BigInt(statement.run(parameters).changes) };
      } catch (error) {
        throw storageFailure(error, path);
      }
    },
  };
}

function transactions(
  { database, execute }: OpenConnection,
  path: string,
  options: SqliteOptions,
): Pick<Sharing, 'begin' | 'commit' | 'rollback'> {
  const opened = inodeOf(path);
  return {
    async begin() {
      try {
        // SQLite would go on writing into a file that nobody can open any more.
        if (inodeOf(path) !== opened) throw ledgerGone(path);
        // Left by a rollback that failed.
        rollBack(database);
        // IMMEDIATE: a transaction that first reads and then writes cannot lose its snapshot to another process.
        database.exec('PRAGMA busy_timeout = 0');
        await whenFree(options.busyTimeoutMs, () => database.exec('BEGIN IMMEDIATE'));
      } catch (error) {
        throw storageFailure(error, path);
      } finally {
        database.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
      }
    },
    commit() {
      execute({ sql: 'COMMIT', parameters: [] });
    },
    rollback: () => rollBackQuietly(database),
  };
}

function rollBack(database: Connection): void {
  // A full disk makes SQLite roll back by itself.
  if (database.inTransaction) database.exec('ROLLBACK');
}

function rollBackQuietly(database: Connection): void {
  try {
    rollBack(database);
  } catch {
    // The error that made the transaction fail says more, and the next transaction rolls back first.
  }
}

function closeWriter({ database, clear }: OpenConnection): void {
  clear();
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  } catch {
    // Whoever opens the file next does it; nothing is lost in the -wal file.
  }
  database.close();
}

/** Opened at the first read: many commands only write. */
function readerOf(path: string, options: SqliteOptions): Dialect {
  const permits = createSemaphore(1);
  const opened = inodeOf(path);
  let connection: OpenConnection | null = null;
  const open = (): OpenConnection => {
    if (connection !== null) return connection;
    // SQLite would make a new file where there is none.
    if (inodeOf(path) !== opened) throw ledgerGone(path);
    const database = new Database(path);
    database.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs}`);
    database.exec('PRAGMA query_only = ON');
    return (connection = openConnection(database, path));
  };
  return dialectOf(
    { execute: (query) => open().execute(query) },
    {
      take: () => permits.take(),
      give: () => permits.end(),
      begin() {
        try {
          const { database } = open();
          rollBack(database);
          database.exec('BEGIN');
        } catch (error) {
          throw storageFailure(error, path);
        }
      },
      commit: () => open().database.exec('COMMIT'),
      rollback: () => rollBackQuietly(open().database),
      lastly() {
        connection?.clear();
        connection?.database.close();
      },
    },
  );
}

/** What it throws rejects. */
function afterwards(work: () => void): Promise<void> {
  return new Promise((resolve) => {
    work();
    resolve();
  });
}

/** Whoever has the connection has it from BEGIN to COMMIT, so that nothing of another caller comes between. */
function dialectOf({ execute }: Pick<OpenConnection, 'execute'>, sharing: Sharing): Dialect {
  const connection: DatabaseConnection = {
    executeQuery: <R>(query: CompiledQuery) =>
      new Promise<QueryResult<R>>((resolve) => {
        resolve(execute(query) as QueryResult<R>);
      }),
    streamQuery: () => {
      throw new Error('The ledger reads in pages: a stream would hold its only connection.');
    },
  };
  let breathedAt = performance.now();

  /**
   * Every query is synchronous, so that work on the ledger alone would never let the event loop turn: signals, timers
   * and sockets would wait for its end.
   */
  async function breathe(): Promise<void> {
    if (performance.now() - breathedAt < longestBreathMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    breathedAt = performance.now();
  }

  async function acquireConnection(): Promise<DatabaseConnection> {
    await sharing.take();
    await breathe();
    return connection;
  }

  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection,
    beginTransaction: async () => sharing.begin(),
    commitTransaction: () => afterwards(() => sharing.commit()),
    rollbackTransaction: () => afterwards(() => sharing.rollback()),
    releaseConnection: () => {
      sharing.give();
      return Promise.resolve();
    },
    destroy: async () => {
      await acquireConnection();
      sharing.lastly?.();
      sharing.give();
    },
  };
  return {
    createDriver: () => driver,
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}
