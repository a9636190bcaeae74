import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { personalData, type TableClass } from '../../../src/store/schema/personal-data.ts';
import { freshLedger } from '../support.ts';

test('every column of the ledger says what becomes of it where a customer is forgotten', async () => {
  const ledger = await freshLedger();
  const { rows } = await ledger.read((db) =>
    sql<{ table: string; column: string; required: number }>`
      SELECT tables.name AS "table", info.name AS "column", info."notnull" AS required
      FROM sqlite_master AS tables, pragma_table_info(tables.name) AS info
      WHERE tables.type = 'table'`.execute(db),
  );
  const classed = Object.entries<TableClass>(personalData).flatMap(([table, { columns }]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  );
  expect(classed.toSorted()).toEqual(rows.map(({ table, column }) => `${table}.${column}`).toSorted());
  // A column that cannot be erased as declared would fail when somebody is forgotten.
  const erased = Object.entries<TableClass>(personalData).flatMap(([table, { row, columns }]) =>
    Object.entries(columns).flatMap(([column, what]) =>
      row === 'kept' && what === 'null' ? [`${table}.${column}`] : [],
    ),
  );
  const required = rows.filter((row) => row.required === 1).map(({ table, column }) => `${table}.${column}`);
  const impossible = erased.filter((name) => required.includes(name));
  expect(impossible).toEqual([]);
  const unreached = Object.entries<TableClass>(personalData).filter(
    ([, { of, columns }]) => of === null && Object.values(columns).some((what) => what !== 'kept'),
  );
  expect(unreached).toEqual([]);
});
