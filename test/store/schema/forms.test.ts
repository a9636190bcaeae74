import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { toAnswer } from '../../../src/store/answers/rows.ts';
import { everyVersion, opened, shapeOf, temporaryFile } from '../support.ts';

/** A file as an earlier version left it, with its customers' answers. */
function earlier(): string {
  const path = temporaryFile();
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, '../version-13.sql'), 'utf8'));
  database.close();
  return path;
}

test('what was asked and answered before there were forms stays as it was', async () => {
  const path = earlier();
  const before = new DatabaseSync(path);
  const count = (table: string) => Number(before.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
  const [messages, answers] = [count('messages'), count('answers')];
  before.close();
  const ledger = await opened(path);
  const versions = await ledger.read((db) => db.selectFrom('ledger_version').select('version').execute());
  expect(versions.map(({ version }) => version)).toEqual(everyVersion);
  const rows = await ledger.read((db) => db.selectFrom('answers').selectAll().execute());
  expect([messages, rows.length]).toEqual([expect.any(Number), answers]);
  expect(answers).toBeGreaterThan(0);
  for (const row of rows) expect(toAnswer(row)).toMatchObject({ reason: null, question: null });
  const sent = await ledger.read((db) => db.selectFrom('messages').select('form_id').execute());
  expect(sent).toEqual(Array.from({ length: messages }, () => ({ form_id: null })));
});

test('it ends with the same tables as a new one', async () => {
  expect(await shapeOf(await opened(earlier()))).toEqual(await shapeOf(await opened(temporaryFile())));
});
