import { Kysely, type Transaction } from 'kysely';
import { Failure } from '../failure.ts';
import { sqlitePath } from './sqlite/location.ts';
import { migrate } from './schema/migrations.ts';
import { openSqlite, type SqliteOptions } from './sqlite/driver.ts';
import type { LedgerTables } from './schema/tables.ts';

export interface Ledger {
  /** For reading; what writes is `within` a transaction. */
  readonly db: Kysely<LedgerTables>;
  /** The same, for what somebody waits for: it goes before all work that is lined up. */
  readonly ahead: Kysely<LedgerTables>;
  /** The file, or `:memory:`. */
  readonly location: string;
  close(): Promise<void>;
}

/**
 * Opens the ledger, makes it if it is new, and brings its tables to this version.
 * @param location a path, `sqlite:path`, `sqlite:///absolute/path` or `:memory:`
 * @throws Failure `ledger` (ledger_busy, ledger_too_new, ledger_unreadable, ledger_not_writable, ledger_full) or
 * `configuration` (database_unsupported, database_invalid)
 */
export async function openLedger(
  location: string,
  options: SqliteOptions = { busyTimeoutMs: 10_000 },
): Promise<Ledger> {
  const path = sqlitePath(location);
  const dialects = await openSqlite(path, options);
  const db = new Kysely<LedgerTables>({ dialect: dialects['in line'] });
  const ahead = new Kysely<LedgerTables>({ dialect: dialects.ahead });
  try {
    await migrate(db, path);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, ahead, location: path, close: () => db.destroy() };
}

/**
 * One transaction: all of it or nothing. Every write is in one: only its beginning waits for other processes with the
 * event loop free, and sees that the file is still in its place. `work` must use only the transaction it is given, since
 * the ledger's own connection is taken until it ends.
 */
export function within<T>(ledger: Ledger, work: (trx: Transaction<LedgerTables>) => Promise<T>): Promise<T> {
  return ledger.db.transaction().execute(work);
}

/** The same, before all transactions that are lined up. */
export function withinAhead<T>(
  ledger: Ledger,
  work: (trx: Transaction<LedgerTables>) => Promise<T>,
): Promise<T> {
  return ledger.ahead.transaction().execute(work);
}

export interface BoundOrganization {
  /** Gladly's id, or the origin where Gladly told none. */
  organizationId: string;
  hostKind: 'com' | 'qa' | 'loopback' | 'other';
  /** Where it was reached first, e.g. `https://acme.gladly.com`. */
  origin: string;
}

/**
 * Ties the ledger to the organisation it is first used for, so that production and sandbox cannot mix.
 * @throws Failure ledger_of_other_organization
 */
export async function bindOrganization(ledger: Ledger, who: BoundOrganization): Promise<void> {
  const bound = await within(ledger, async (trx) => {
    await trx
      .insertInto('organization')
      .values({ id: 1, organization_id: who.organizationId, host_kind: who.hostKind, origin: who.origin })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    const row = await trx.selectFrom('organization').selectAll().executeTakeFirstOrThrow();
    // The address was all that was known: the id that Gladly tells later at the same one says more.
    if (row.organization_id === who.origin && row.origin === who.origin && row.host_kind === who.hostKind) {
      await trx.updateTable('organization').set({ organization_id: who.organizationId }).execute();
      return { ...row, organization_id: who.organizationId };
    }
    return row;
  });
  const isSame = bound.organization_id === who.organizationId || isUntold(bound, who);
  if (isSame && bound.host_kind === who.hostKind) return;
  throw otherOrganization(
    ledger,
    { organizationId: bound.organization_id, origin: bound.origin },
    { ...who, name: who.organizationId },
  );
}

/** An answer without an id at the address where the organisation was known by one. */
function isUntold(bound: { origin: string }, who: BoundOrganization): boolean {
  return who.organizationId === who.origin && bound.origin === who.origin;
}

export function otherOrganization(
  ledger: Ledger,
  bound: Pick<BoundOrganization, 'organizationId' | 'origin'>,
  asked: { origin: string; name?: string },
): Failure {
  const whom = asked.name === undefined ? asked.origin : `${asked.name} at ${asked.origin}`;
  return new Failure(
    'configuration',
    'ledger_of_other_organization',
    `The ledger ${ledger.location} belongs to the organisation ${bound.organizationId} at ${bound.origin}, not to ${whom}.`,
    { hint: 'Choose the profile of that organisation, or another ledger (--database).' },
  );
}

export async function boundOrganization(ledger: Ledger): Promise<BoundOrganization | null> {
  const row = await ledger.db.selectFrom('organization').selectAll().executeTakeFirst();
  if (row === undefined) return null;
  return {
    organizationId: row.organization_id,
    hostKind: row.host_kind as BoundOrganization['hostKind'],
    origin: row.origin,
  };
}
