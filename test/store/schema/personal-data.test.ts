import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { personalData, type TableClass } from '../../../src/store/schema/personal-data.ts';
import { freshLedger } from '../support.ts';

test('every column of the ledger says what becomes of it where a customer is forgotten', async () => {
  const ledger = await freshLedger();
  const { rows } = await ledger.read((db) =>
    sql<{ table: string; column: string; isRequired: number }>`
      SELECT tables.name AS "table", info.name AS "column", info."notnull" AS "isRequired"
      FROM sqlite_master AS tables, pragma_table_info(tables.name) AS info
      WHERE tables.type = 'table'`.execute(db),
  );
  const classes = personalData as Record<string, TableClass | undefined>;
  const classed = Object.entries<TableClass>(personalData).flatMap(([table, { columns }]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  );
  expect(classed.toSorted()).toEqual(rows.map(({ table, column }) => `${table}.${column}`).toSorted());
  // What cannot be erased as it says would fail when somebody is forgotten.
  const impossible = rows.filter(
    ({ table, column, isRequired }) =>
      isRequired === 1 && classes[table]?.row === 'kept' && classes[table].columns[column] === 'null',
  );
  expect(impossible).toEqual([]);
  const unreached = Object.entries<TableClass>(personalData).filter(
    ([, { of, columns }]) => of === null && Object.values(columns).some((what) => what !== 'kept'),
  );
  expect(unreached).toEqual([]);
});
