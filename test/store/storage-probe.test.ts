import { statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openLedger } from '../../src/store/open.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { proveWritable } from '../../src/store/storage-probe.ts';
import { temporaryFolder } from '../support/run.ts';

async function newLedger(): Promise<Ledger> {
  const ledger = await openLedger(join(temporaryFolder(), 'ledger.db'));
  onTestFinished(() => ledger.close());
  return ledger;
}

const pagesOf = (ledger: Ledger): Promise<unknown> =>
  ledger.read(async (db) => (await sql`PRAGMA page_count`.execute(db)).rows[0]);

async function allowPages(ledger: Ledger, pages: number): Promise<void> {
  await ledger.write('ledger', (trx) => sql.raw(`PRAGMA max_page_count = ${pages}`).execute(trx));
}

/** Empties the log outside of any transaction, and therefore on a separate connection. */
function emptyLog({ location }: Ledger): void {
  const database = new DatabaseSync(location);
  database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  database.close();
}

test('a full disk shows, and room on it too', async () => {
  const ledger = await newLedger();
  await allowPages(ledger, 1);
  await expect(proveWritable(ledger)).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_full' });
  await allowPages(ledger, 1_000_000);
  await proveWritable(ledger);
});

test('it writes to the disk, leaves nothing, and does not let the ledger grow', async () => {
  const ledger = await newLedger();
  const log = `${ledger.location}-wal`;
  emptyLog(ledger);
  expect(statSync(log).size).toBe(0);
  await proveWritable(ledger);
  expect(statSync(log).size).toBeGreaterThan(16 * 1024);
  expect(await ledger.read((db) => db.selectFrom('checkpoints').selectAll().execute())).toEqual([]);
  const pages = await pagesOf(ledger);
  for (let turn = 0; turn < 10; turn += 1) await proveWritable(ledger);
  expect(await pagesOf(ledger)).toEqual(pages);
});
