import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Database } from './engine.ts';
import { isBusy, ledgerGone, storageFailure } from './failures.ts';
import { inodeOf } from './files.ts';

export interface Transactions {
  begin(): Promise<void> | void;
  commit(): void;
  rollback(): void;
}

/** Waits without holding up the event loop, as SQLite's own busy handler would. */
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

export function writing(
  { database, execute }: Connection,
  path: string,
  busyTimeoutMs: number,
): Transactions {
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
        await whenFree(busyTimeoutMs, () => database.exec('BEGIN IMMEDIATE'));
      } catch (error) {
        throw storageFailure(error, path);
      } finally {
        database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
      }
    },
    commit() {
      execute({ sql: 'COMMIT', parameters: [] });
    },
    rollback: () => rollBackQuietly(database),
  };
}

/** @param open called for every use, so that nothing is opened before the first */
export function reading(open: () => Connection, path: string): Transactions {
  return {
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
