import { statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openLedger, type Ledger } from '../../src/store/open.ts';
import { proveWritable } from '../../src/store/storage-probe.ts';
import { temporaryFolder } from '../support/run.ts';

async function newLedger(): Promise<Ledger> {
  const ledger = await openLedger(join(temporaryFolder(), 'ledger.db'));
  onTestFinished(() => ledger.close());
  return ledger;
}

const pagesOf = async ({ db }: Ledger): Promise<unknown> =>
  (await sql`PRAGMA page_count`.execute(db)).rows[0];

test('a full disk shows, and room on it too', async () => {
  const ledger = await newLedger();
  await sql`PRAGMA max_page_count = 1`.execute(ledger.db);
  await expect(proveWritable(ledger)).rejects.toMatchObject({ kind: 'ledger', code: 'ledger_full' });
  await sql`PRAGMA max_page_count = 1000000`.execute(ledger.db);
  await proveWritable(ledger);
});

test('it writes to the disk, leaves nothing, and does not let the ledger grow', async () => {
  const ledger = await newLedger();
  const log = `${ledger.location}-wal`;
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(ledger.db);
  expect(statSync(log).size).toBe(0);
  await proveWritable(ledger);
  expect(statSync(log).size).toBeGreaterThan(16 * 1024);
  expect(await ledger.db.selectFrom('marks').selectAll().execute()).toEqual([]);
  const pages = await pagesOf(ledger);
  for (let turn = 0; turn < 10; turn += 1) await proveWritable(ledger);
  expect(await pagesOf(ledger)).toEqual(pages);
});
