import type { Reading } from '../ledger/ledger.ts';
import { newestVersion, refuseNewer, stepsAfter } from '../schema/migrations.ts';
import { sorted } from './dialect.ts';
import { ledgerLock } from './locks.ts';
import type { Connections } from './pool.ts';
import { creation } from './tables.ts';
import type { Transactions } from './transactions.ts';

/** The version of the ledger; 0 if there is none yet. */
export function versionOn(connections: Connections): Promise<number> {
  return connections.use('in_line', async (session) => {
    const [exists] = await session.query(`SELECT to_regclass('ledger_version') IS NOT NULL AS yes`);
    if (exists?.rows[0]?.['yes'] !== true) return 0;
    const [found] = await session.query('SELECT max(version) AS version FROM ledger_version');
    return Number(found?.rows[0]?.['version'] ?? 0);
  });
}

/** Asks for the table itself: what `to_regclass` remembers may be from before this transaction had its lock. */
const isThere = `SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'ledger_version' AND pg_table_is_visible(oid)) AS yes`;

/**
 * Makes the tables. The lock ends with the transaction: if two processes do this at once, the second one finds them
 * made.
 *
 * @param lockMs how long to wait for another process
 */
export function createLedger(connections: Connections, lockMs: number): Promise<void> {
  return connections.use('in_line', async (session) => {
    try {
      const answers = await session.query(
        `BEGIN; SET LOCAL lock_timeout = ${Math.max(1, Math.round(lockMs))}; SELECT pg_advisory_xact_lock(${ledgerLock});
         ${isThere}`,
      );
      if (answers.at(-1)?.rows[0]?.['yes'] !== true) await session.query(creation.map(sorted).join(';\n'));
      await session.query('COMMIT');
    } catch (error) {
      await session.query('ROLLBACK').catch(() => session.break());
      throw error;
    }
  });
}

/**
 * Brings the tables to the newest version, one transaction per step, each of which holds the whole ledger. Readers go
 * on meanwhile, and processes of an older version are refused at their next transaction.
 *
 * @throws Failure ledger_too_new, ledger_busy when others write for longer than a write waits
 */
export async function migratePostgres(
  { write }: Pick<Transactions, 'write'>,
  from: number,
  shown: string,
): Promise<void> {
  for (let version = from; version < newestVersion;) {
    version = await write('ledger', async (trx) => {
      const before = await versionIn(trx);
      refuseNewer(before, shown);
      const [step] = stepsAfter(before);
      if (step === undefined) return before;
      await step(trx);
      await trx
        .insertInto('ledger_version')
        .values({ version: before + 1 })
        .execute();
      return before + 1;
    });
  }
}

async function versionIn(db: Reading): Promise<number> {
  const { version } = await db
    .selectFrom('ledger_version')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirstOrThrow();
  return version;
}
