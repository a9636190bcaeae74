import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openLedger } from '../../../src/store/open.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { freshLedger } from '../support.ts';

type Column = Record<'table' | 'column' | 'type' | 'filled', unknown>;

async function ofFile(ledger: Ledger): Promise<{ columns: Column[]; indexes: unknown[]; keys: unknown[] }> {
  return ledger.read(async (db) => {
    const columns = await sql<Column>`
      SELECT master.name AS "table", info.name AS "column", lower(info.type) AS type, "notnull" = 1 OR pk > 0 AS filled
      FROM sqlite_master AS master, pragma_table_info(master.name) AS info
      WHERE master.type = 'table' ORDER BY 1, 2`.execute(db);
    const indexes = await sql`
      SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`.execute(db);
    const keys = await sql`
      SELECT master.name AS "table", info.name AS "column", pk AS place
      FROM sqlite_master AS master, pragma_table_info(master.name) AS info
      WHERE master.type = 'table' AND pk > 0 ORDER BY 1, 3`.execute(db);
    return {
      columns: columns.rows.map((column) => ({ ...column, filled: column.filled === 1 })),
      indexes: indexes.rows,
      keys: keys.rows,
    };
  });
}

async function ofServer(ledger: Ledger): Promise<Awaited<ReturnType<typeof ofFile>>> {
  return ledger.read(async (db) => {
    const columns = await sql<Column>`
      SELECT table_name AS "table", column_name AS "column", data_type AS type, is_nullable = 'NO' AS filled
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'commits'
      ORDER BY table_name COLLATE "C", column_name COLLATE "C"`.execute(db);
    const indexes = await sql`
      SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey'
      ORDER BY indexname COLLATE "C"`.execute(db);
    const keys = await sql`
      SELECT table_name AS "table", column_name AS "column", ordinal_position AS place
      FROM information_schema.key_column_usage JOIN information_schema.table_constraints USING (table_name, constraint_name)
      WHERE constraint_type = 'PRIMARY KEY' AND key_column_usage.table_schema = 'public' AND table_name <> 'commits'
      ORDER BY table_name COLLATE "C", 3`.execute(db);
    return { columns: columns.rows, indexes: indexes.rows, keys: keys.rows };
  });
}

test('a ledger on a server has the tables, columns, keys and indexes of one in a file', async () => {
  const file = await openLedger(':memory:');
  const expected = await ofFile(file);
  await file.close();
  const found = await ofServer(await freshLedger());
  expect(expected.columns.length).toBeGreaterThan(100);
  expect(found.columns).toEqual(expected.columns);
  expect(found.indexes).toEqual(expected.indexes);
  expect(found.keys).toEqual(expected.keys);
});

test('every text is in the order of its bytes', async () => {
  const ledger = await freshLedger();
  const { rows } = await ledger.read((db) =>
    sql`SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type = 'text' AND table_name <> 'commits'
      AND collation_name IS DISTINCT FROM 'C'`.execute(db),
  );
  expect(rows).toEqual([]);
});
