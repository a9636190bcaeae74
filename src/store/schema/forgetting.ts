import { sql } from 'kysely';
import type { Writing } from '../ledger/ledger.ts';
import { customerKeys } from '../ledger/customer-keys.ts';

const statements = [
  // Null: nothing has been erased.
  'ALTER TABLE closings ADD COLUMN forgotten_at text',
  'ALTER TABLE closings ADD COLUMN email_key text',
  'ALTER TABLE closings ADD COLUMN phone_key text',
  'CREATE INDEX closings_kept ON closings (closed_at) WHERE forgotten_at IS NULL',
  // The key columns above replace these: they match any spelling of an address.
  'DROP INDEX closings_customer_email',
  'DROP INDEX closings_customer_phone',
  'CREATE INDEX cards_customer ON cards (customer_id)',
  'CREATE TABLE address_keys (id integer PRIMARY KEY, key text NOT NULL)',
  'INSERT INTO address_keys (id, key) VALUES (1, lower(hex(randomblob(32))))',
  `CREATE TABLE media_files (
    path text PRIMARY KEY NOT NULL,
    closing_id text REFERENCES closings (id),
    customer_id text,
    fetched_at text NOT NULL
  )`,
  'CREATE INDEX media_files_closing ON media_files (closing_id)',
  'CREATE INDEX media_files_customer ON media_files (customer_id)',
  `CREATE TABLE erasures (
    kind text NOT NULL,
    name text NOT NULL,
    tries integer NOT NULL,
    retry_at text,
    error text,
    PRIMARY KEY (kind, name)
  )`,
];

const pageSize = 1000;

/**
 * Customers can be forgotten: they are found by any spelling of their addresses, and what remains to be erased is
 * recorded.
 */
export async function addForgetting(trx: Writing): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(trx);
  for (let after = ''; ;) {
    const page = await trx
      .selectFrom('closings')
      .select(['id', 'customer'])
      .where('id', '>', after)
      .where('customer', 'is not', null)
      .orderBy('id')
      .limit(pageSize)
      .$narrowType<{ customer: string }>()
      .execute();
    if (page.length === 0) break;
    // Imported here because only ledgers with customers need it, and a start loads only what it needs.
    const { addressesIn } = await import('./stored-customer.ts');
    for (const { id, customer } of page) {
      const keys = customerKeys(addressesIn(customer));
      await trx.updateTable('closings').set(keys).where('id', '=', id).execute();
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) break;
    after = last.id;
  }
  for (const column of ['email_key', 'phone_key']) {
    await sql
      .raw(`CREATE INDEX closings_${column} ON closings (${column}) WHERE ${column} IS NOT NULL`)
      .execute(trx);
  }
}
