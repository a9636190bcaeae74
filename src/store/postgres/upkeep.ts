import { setTimeout as sleep } from 'node:timers/promises';
import type { Connections, Session } from './pool.ts';
import { codeOf, isLost } from './failures.ts';

/** The size of the ledger's tables and indexes. */
export function bytesOf(connections: Connections): Promise<number> {
  return connections.use('in_line', async (session) => {
    const [answer] = await session.query(
      `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint AS bytes FROM pg_class
       WHERE relkind = 'r' AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('ledger_version'))`,
    );
    return Number(answer?.rows[0]?.['bytes'] ?? 0);
  });
}

/**
 * Reads every row, including values that are stored apart from it, so that a server with checksums checks them.
 *
 * @returns a sentence for each table that cannot be read
 */
export async function problemsOf(connections: Connections): Promise<string[]> {
  const problems: string[] = [];
  for (const { name } of await connections.use('in_line', tablesOf)) {
    try {
      await connections.use('in_line', (session) =>
        session
          .query(
            `BEGIN READ ONLY; SET LOCAL statement_timeout = ${rewriteMs};
           SELECT sum(length(row_of_table::text)) FROM ${name} AS row_of_table; COMMIT`,
          )
          .catch(async (error: unknown) => {
            await session.query('ROLLBACK').catch(() => session.break());
            throw error;
          }),
      );
    } catch (error) {
      // Damaged data, a damaged index, a page or a file that cannot be read.
      if (!/^(XX00[012]|58P01|58030)$/.test(codeOf(error))) throw error;
      problems.push(`the table ${name} cannot be read (${codeOf(error)})`);
    }
  }
  return problems;
}

const betweenTriesMs = 250;
const rewriteMs = 30 * 60_000;

/**
 * Rewrites every table without the rows that were erased, which lie in its pages until then. Rows that an older
 * transaction may still see would stay, so this waits for such transactions to end.
 *
 * @returns false: a table was in use for too long, or a transaction still reads an earlier state
 */
export async function rewriteTables(connections: Connections, patienceMs: number): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    if (await connections.use('in_line', isUnread)) break;
    if (performance.now() >= deadline) return false;
    await sleep(betweenTriesMs);
  }
  const tables = await connections.use('in_line', tablesOf);
  for (const { name, index } of tables) {
    const isDone = await connections.use('in_line', (session) => rewrite(session, name, index, patienceMs));
    if (!isDone) return false;
  }
  return true;
}

/** VACUUM FULL does the same, but only outside a transaction, where a timeout would outlast it behind a pooler. */
async function rewrite(session: Session, name: string, index: string, lockMs: number): Promise<boolean> {
  try {
    await session.query(
      `BEGIN; SET LOCAL lock_timeout = ${Math.max(1, Math.round(lockMs))}; SET LOCAL statement_timeout = ${rewriteMs};
       CLUSTER ${name} USING ${index}; COMMIT`,
    );
    return true;
  } catch (error) {
    if (isLost(error)) throw error;
    await session.query('ROLLBACK').catch(() => session.break());
    if (codeOf(error) === '55P03') return false;
    throw error;
  }
}

async function tablesOf(session: Session): Promise<{ name: string; index: string }[]> {
  const [answer] = await session.query(
    `SELECT indrelid::regclass::text AS name, relname AS index FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
     WHERE indisprimary AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass('ledger_version'))
     ORDER BY 1`,
  );
  return (answer?.rows ?? []).map(({ name, index }) => ({ name: String(name), index: String(index) }));
}

/** Whether no other session in this database has a snapshot, as far as this user can see. */
async function isUnread(session: Session): Promise<boolean> {
  const [answer] = await session.query(
    `SELECT count(*) AS readers FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL`,
  );
  return Number(answer?.rows[0]?.['readers']) === 0;
}
