import { sql } from 'kysely';
import { hashedAddress } from '../../domain/eligibility/hashed-address.ts';
import { addressKeyOf } from '../addresses/hashes.ts';
import type { Writing } from '../ledger/ledger.ts';
import { personalData, type ColumnClass, type TableClass } from '../schema/personal-data.ts';
import { inParts } from './subject.ts';

export interface Erased {
  closings: readonly string[];
  surveys: readonly string[];
  /** Normalized. */
  unsubscribed: readonly string[];
  /** Paths. */
  recordings: readonly string[];
}

/** Erases what `personalData` says, in all tables. Repeating it changes nothing. */
export async function eraseRows(
  trx: Writing,
  { closings, surveys, unsubscribed, recordings }: Erased,
  at: string,
): Promise<void> {
  const key = await addressKeyOf(trx);
  const values = { closing: closings, survey: surveys, address: unsubscribed, recording: recordings };
  for (const [table, { of, row, columns }] of Object.entries<TableClass>(personalData)) {
    if (of === null || of.what === 'address') continue;
    await inParts(values[of.what], async (part) => {
      const isTheirs = sql`${sql.ref(of.column)} IN (${sql.join(part)})`;
      if (row === 'deleted') {
        await sql`DELETE FROM ${sql.table(table)} WHERE ${isTheirs}`.execute(trx);
        return [];
      }
      for (const [column, what] of Object.entries(columns)) {
        await eraseColumn(trx, { table, column, what, isTheirs }, key);
      }
      return [];
    });
  }
  await hashUnsubscribed(trx, unsubscribed, key);
  await inParts(closings, async (part) => {
    await trx.updateTable('closings').set({ forgotten_at: at }).where('id', 'in', part).execute();
    return [];
  });
}

async function eraseColumn(
  trx: Writing,
  {
    table,
    column,
    what,
    isTheirs,
  }: { table: string; column: string; what: ColumnClass; isTheirs: ReturnType<typeof sql> },
  key: string,
): Promise<void> {
  if (what === 'kept') return;
  const [into, name] = [sql.table(table), sql.ref(column)];
  if (what === 'null' || what === 'empty') {
    const value = what === 'null' ? null : '';
    await sql`UPDATE ${into} SET ${name} = ${value} WHERE ${isTheirs}`.execute(trx);
    return;
  }
  const rewritten =
    what === 'hash' ? (address: string): string => hashedAddress(key, address) : what.rewritten;
  // Each text once, however many rows have it.
  const found = await sql<{ value: string }>`
    SELECT DISTINCT ${name} AS value FROM ${into} WHERE ${isTheirs} AND ${name} IS NOT NULL`.execute(trx);
  for (const { value } of found.rows) {
    await sql`UPDATE ${into} SET ${name} = ${rewritten(value)} WHERE ${isTheirs} AND ${name} = ${value}`.execute(
      trx,
    );
  }
}

/** If an address was unsubscribed again after it was forgotten, the first time counts. */
async function hashUnsubscribed(trx: Writing, addresses: readonly string[], key: string): Promise<void> {
  for (const address of addresses) {
    const row = await trx
      .deleteFrom('unsubscribes')
      .where('address', '=', address)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) continue;
    await trx
      .insertInto('unsubscribes')
      .values({ ...row, address: hashedAddress(key, address) })
      .onConflict((conflict) => conflict.column('address').doNothing())
      .execute();
  }
}
