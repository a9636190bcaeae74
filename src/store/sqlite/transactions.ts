import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Database } from './engine.ts';
import { isBusy, storageFailure } from './failures.ts';
import type { WriteCounter } from './write-counter.ts';
import type { Watch } from './watch.ts';
import { nextWrites } from './writes.ts';

export interface Transactions {
  begin(): Promise<void> | void;
  commit(): void;
  rollback(): void;
}

/** Tries again while the file is busy. SQLite's own busy handler would hold up the event loop. */
export async function whenFree<T>(timeoutMs: number, work: () => T): Promise<T> {
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

export interface WritingOptions {
  path: string;
  busyTimeoutMs: number;
  watch: Watch;
  writeCounter: WriteCounter;
  /** Called in every transaction. @throws Failure when this program must no longer use the tables */
  refuse: (connection: Connection) => void;
  /** Called when something was written. */
  written: () => void;
}

export function writing(connection: Connection, options: WritingOptions): Transactions {
  const { database, execute } = connection;
  const { path, busyTimeoutMs, watch, writeCounter } = options;
  const numberOf = (sql: string): number =>
    Number(Object.values(execute({ sql, parameters: [] }).rows[0] ?? {})[0]);
  const changes = (): number => numberOf('SELECT total_changes()');
  let begun = { changes: 0, writes: 0 };
  return {
    async begin() {
      try {
        watch.refuseGone();
        // A rollback that failed may have left a transaction.
        rollBack(database);
        // IMMEDIATE: a transaction that first reads and then writes cannot lose its snapshot to another process.
        database.exec('PRAGMA busy_timeout = 0');
        await whenFree(busyTimeoutMs, () => database.exec('BEGIN IMMEDIATE'));
        begun = { changes: changes(), writes: numberOf('PRAGMA user_version') };
        watch.refuseOverwritten(begun.writes);
        options.refuse(connection);
      } catch (error) {
        rollBackQuietly(database);
        throw storageFailure(error, path);
      } finally {
        database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
      }
    },
    commit() {
      const hasWritten = changes() !== begun.changes;
      const writes = nextWrites(begun.writes);
      if (hasWritten) execute({ sql: `PRAGMA user_version = ${writes}`, parameters: [] });
      execute({ sql: 'COMMIT', parameters: [] });
      if (!hasWritten) return;
      // A write to a file that is gone must not be acknowledged.
      watch.refuseGone();
      watch.committed(writes);
      writeCounter.raise(writes);
      options.written();
    },
    rollback: () => rollBackQuietly(database),
  };
}

/** @param open called for every use, so that nothing is opened before the first */
export function reading(
  open: () => Connection,
  path: string,
  refuse: (connection: Connection) => void,
): Transactions {
  return {
    begin() {
      try {
        const connection = open();
        rollBack(connection.database);
        connection.database.exec('BEGIN');
        refuse(connection);
      } catch (error) {
        throw storageFailure(error, path);
      }
    },
    commit: () => open().database.exec('COMMIT'),
    rollback: () => rollBackQuietly(open().database),
  };
}

function rollBack(database: Database): void {
  // A full disk makes SQLite roll back by itself.
  if (database.isTransaction) database.exec('ROLLBACK');
}

function rollBackQuietly(database: Database): void {
  try {
    rollBack(database);
  } catch {
    // The error that made the transaction fail says more, and the next transaction rolls back first.
  }
}
