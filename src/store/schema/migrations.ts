import { sql, type Kysely } from 'kysely';
import { Failure } from '../../failure.ts';
import type { Reading, Writing } from '../ledger/ledger.ts';
import { respellAddresses } from './address-keys.ts';
import { addAlerts } from './alerts.ts';
import { addBrands } from './brands.ts';
import { addForgetting } from './forgetting.ts';
import { addForms } from './forms.ts';
import { addGroups } from './groups.ts';
import { addImports } from './imports.ts';
import { separateLanes } from './lanes.ts';
import { addMedallia } from './medallia.ts';
import { addMedalliaCounts } from './medallia-counts.ts';
import { addNotes } from './notes.ts';
import { addPause } from './pause.ts';
import { addReminders } from './reminders.ts';
import { indexSent } from './sent.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { indexTopicTimes } from './topic-times.ts';
import { addEvents, addIndexes, createTables, indexQueues } from './versions.ts';

/** Migrations after version 11 also run on PostgreSQL: their statements must be valid in both databases. */
type Migration = (trx: Writing) => Promise<void>;

/** In order: a ledger's version is the number of migrations applied to it. Never edit a released one. */
const migrations: readonly Migration[] = [
  createTables,
  addEvents,
  addIndexes,
  indexQueues,
  separateLanes,
  respellAddresses,
  addPause,
  addGroups,
  addNotes,
  addForgetting,
  addAlerts,
  addMedallia,
  addImports,
  addMedalliaCounts,
  indexSent,
  addBrands,
  addForms,
  addReminders,
  indexTopicTimes,
];

/** The version of the ledgers that this gcsat writes. */
export const newestVersion = migrations.length;

/** The steps that a ledger of this version still lacks. */
export function stepsAfter(version: number): readonly Migration[] {
  return migrations.slice(version);
}

/**
 * Brings a file's tables to the newest version. A new file gets all steps in one transaction, which is much quicker; a
 * file with rows gets one transaction per step. If two processes open a file at once, each step still runs only once.
 * @throws Failure ledger_too_new when a newer gcsat has already changed the ledger.
 */
export async function migrate(db: Kysely<LedgerTables>, location: string): Promise<void> {
  let version = await versionOf(db, location);
  while (version < migrations.length) {
    version = await db.transaction().execute(async (trx) => {
      await trx.schema
        .createTable('ledger_version')
        .ifNotExists()
        .addColumn('version', 'integer', (column) => column.primaryKey())
        .execute();
      const before = await versionOf(trx, location);
      const steps = before === 0 ? migrations : migrations.slice(before, before + 1);
      for (const [index, step] of steps.entries()) {
        await step(trx);
        await trx
          .insertInto('ledger_version')
          .values({ version: before + index + 1 })
          .execute();
      }
      return before + steps.length;
    });
  }
}

async function versionOf(db: Reading, location: string): Promise<number> {
  // Every start asks this, and looking up this one name takes much less time than reading every table's definition.
  const { rows } = await sql`SELECT 1 FROM sqlite_master WHERE name = 'ledger_version'`.execute(db);
  if (rows.length === 0) return 0;
  const row = await db
    .selectFrom('ledger_version')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirst();
  const version = (row?.version as number | null | undefined) ?? 0;
  refuseNewer(version, location);
  return version;
}

/** @throws Failure ledger_too_new */
export function refuseNewer(version: number, location: string): void {
  if (version <= migrations.length) return;
  throw new Failure(
    'ledger',
    'ledger_too_new',
    `The ledger ${location} has version ${version}; this gcsat knows versions up to ${migrations.length}.`,
    { hint: 'Use the newer gcsat that changed this ledger, or another ledger (--database).' },
  );
}
