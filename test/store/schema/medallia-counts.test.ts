import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { closingsOfConversation } from '../../../src/store/closings/closings.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { openCounts } from '../../../src/store/medallia/counts.ts';
import { medalliaCursor, unmatchedMedalliaRows } from '../../../src/store/medallia/rows.ts';
import { everyVersion, opened, shapeOf, temporaryFile } from '../support.ts';

/** A file as version 13 left it, changed. */
function versionThirteen(...more: string[]): string {
  const path = temporaryFile();
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, '../version-13.sql'), 'utf8'));
  for (const script of more) database.exec(script);
  database.close();
  return path;
}

const stranger = `INSERT INTO medallia_rows
  SELECT 'stranger', 48009, 'another', interaction_url, channel, requested_at, sent_at, delivery_status, answered_at, rating,
    resolved, comment, employee_email, employee_id, closing_id, due, read_at
  FROM medallia_rows WHERE interaction_id = 'requested by others'`;

function rowsOf(ledger: Ledger) {
  return ledger.read((db) => db.selectFrom('medallia_rows').selectAll().orderBy('sequence').execute());
}

test('a ledger of version 13 keeps its rows, and those of imports find their closings', async () => {
  const ledger = await opened(versionThirteen(stranger));
  const versions = await ledger.read((db) => db.selectFrom('ledger_version').select('version').execute());
  expect(versions.map(({ version }) => version)).toEqual(everyVersion);
  const [imported] = await closingsOfConversation(ledger, 'requested by others', 'live');
  expect(imported).toMatchObject({ state: 'suppressed', imported: expect.stringMatching(/^row-/) });
  expect(await rowsOf(ledger)).toMatchObject([
    { sequence: 48_001, delivered_at: null, only_counted: 0, closing_id: expect.stringContaining('@') },
    { sequence: 48_003, rating: 4, closing_id: expect.stringContaining('@') },
    { sequence: 48_004, closing_id: imported?.id },
    { sequence: 48_009, closing_id: null },
  ]);
  expect(await unmatchedMedalliaRows(ledger, 10)).toMatchObject([{ uuid: 'stranger' }]);
  expect(await medalliaCursor(ledger, 'http://127.0.0.1:36527')).toBe(48_004);
  // What was suppressed before is not counted afterward.
  expect(await openCounts(ledger)).toMatchObject({ count: 0, uncertain: 0, leftOut: 0 });
});

test('it ends with the same tables as a new one', async () => {
  const older = await shapeOf(await opened(versionThirteen()));
  expect(older).toEqual(await shapeOf(await opened(temporaryFile())));
});
