import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Kysely } from 'kysely';
import { Failure } from '../../failure.ts';

const usualPatienceMs = 10_000;
const betweenTriesMs = 50;

/**
 * `secure_delete` erases what is deleted while it is on. Data that was freed otherwise, or moved to another page, goes
 * only when the whole file is rewritten. Then the log is emptied, which waits for readers of the earlier state.
 */
export async function compact<Tables>(
  writer: Kysely<Tables>,
  patienceMs = usualPatienceMs,
): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (let isWritten = false; ;) {
    try {
      if (!isWritten) await withoutWaiting(writer, (db) => sql`VACUUM`.execute(db));
      isWritten = true;
      const { rows } = await withoutWaiting(writer, (db) =>
        sql<{ busy: number }>`PRAGMA wal_checkpoint(TRUNCATE)`.execute(db),
      );
      if (rows.every(({ busy }) => busy === 0)) return true;
      if (performance.now() >= deadline) return false;
    } catch (error) {
      const isBusy = error instanceof Failure && error.code === 'ledger_busy';
      if (!isBusy || performance.now() >= deadline) throw error;
    }
    await sleep(betweenTriesMs);
  }
}

/** SQLite's own waiting would hold up the event loop. */
function withoutWaiting<Tables, Result>(
  writer: Kysely<Tables>,
  work: (db: Kysely<Tables>) => Promise<Result>,
): Promise<Result> {
  return writer.connection().execute(async (db) => {
    const { rows } = await sql<{ timeout: number }>`PRAGMA busy_timeout`.execute(db);
    await sql`PRAGMA busy_timeout = 0`.execute(db);
    try {
      return await work(db);
    } finally {
      await sql.raw(`PRAGMA busy_timeout = ${rows[0]?.timeout ?? 0}`).execute(db);
    }
  });
}
