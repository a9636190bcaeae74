import { createHash, type Hash } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { Ledger, Reading, Writing } from './ledger/ledger.ts';
import {
  clearTable,
  insertRows,
  pagesOf,
  tablesInOrder,
  transferredTables,
  type Row,
  type TransferredTable,
} from './transfer.ts';
import { copyLock, unfinishedCopyOf } from './unfinished-copy.ts';
import { isClaimValid } from './ledger/workers.ts';

/** A table that both ledgers now have. `sha256`: over all values, in the order of the rows' keys. */
export interface MovedTable {
  table: TransferredTable;
  rows: number;
  sha256: string;
}

/**
 * Copies everything into another ledger; no other process writes to the first one meanwhile. What an earlier copy that
 * was stopped has brought over stays, as far as it is the same. At the end both are read, and have the same rows.
 *
 * @throws Failure ledger_in_use while a closing is in work, ledger_not_empty when the other ledger holds something
 * else, ledger_copy_differs
 */
export async function moveLedger(
  from: Ledger,
  to: Ledger,
  now: string,
  onTable: (table: TransferredTable) => void = () => undefined,
): Promise<MovedTable[]> {
  return from.write('ledger', async (source) => {
    await refuseWork(source, from, now);
    const copyName = `copy of ${createHash('sha256')
      .update(await nameOf(source))
      .digest('hex')}`;
    await to.write('ledger', (trx) => begin(trx, to, copyName));
    const moved: MovedTable[] = [];
    for (const table of tablesInOrder) {
      onTable(table);
      moved.push(await moveTable(source, to, table));
    }
    await to.write('ledger', (trx) => trx.deleteFrom('locks').where('name', '=', copyLock).execute());
    return moved;
  });
}

/** Names the ledger: no other ledger has the same key. */
async function nameOf(db: Reading): Promise<string> {
  const { key } = await db.selectFrom('address_keys').select('key').executeTakeFirstOrThrow();
  return key;
}

/** No closing may be in work: its claim would be lost with the ledger that it was made in. */
async function refuseWork(db: Reading, { location }: Ledger, now: string): Promise<void> {
  const claims = await db
    .selectFrom('closings')
    .select(['state', 'claimed_by', 'claim_until'])
    .where((eb) => eb.or([eb('claimed_by', 'is not', null), eb('state', '=', 'sending')]))
    .execute();
  const isInWork = claims.some(
    ({ state, claimed_by: by, claim_until: until }) =>
      state === 'sending' || isClaimValid(by ?? '', until ?? '', now, false),
  );
  if (!isInWork) return;
  throw new Failure(
    'ledger',
    'ledger_in_use',
    `A process is working on a closing of the ledger ${location}.`,
    {
      hint: 'Stop every gcsat that uses it, wait 30 s, and run this again.',
    },
  );
}

/** @throws Failure ledger_not_empty */
async function begin(trx: Writing, { location }: Ledger, copyName: string): Promise<void> {
  const unfinished = await unfinishedCopyOf(trx);
  if (unfinished === copyName) return;
  const [closing, organization] = [
    await trx.selectFrom('closings').select('id').limit(1).executeTakeFirst(),
    await trx.selectFrom('organization').select('id').executeTakeFirst(),
  ];
  if (closing !== undefined || organization !== undefined || unfinished !== null) {
    throw new Failure('usage', 'ledger_not_empty', `The ledger ${location} is not empty.`, {
      hint: 'Copy into a new ledger.',
    });
  }
  // The lock blocks nothing: it has expired already.
  await trx.insertInto('locks').values({ name: copyLock, claimed_by: copyName, claim_until: '' }).execute();
}

async function moveTable(source: Reading, to: Ledger, table: TransferredTable): Promise<MovedTable> {
  const last = await lastInCommon(source, to, table);
  if (last === null) await to.write('ledger', (trx) => clearTable(trx, table));
  for await (const page of pagesOf(source, table, last)) {
    await to.write('ledger', (trx) => insertRows(trx, table, page));
  }
  const [here, there] = [await digestOf(source, table), await to.read((db) => digestOf(db, table))];
  const { rows, sha256 } = here;
  if (sha256 === there.sha256 && rows === there.rows) return { table, rows, sha256 };
  throw new Failure(
    'ledger',
    'ledger_copy_differs',
    `The table ${table} of ${to.location} differs after the copy.`,
    {
      hint: 'Copy into another new ledger.',
    },
  );
}

/** The last row of the other ledger, if all of its rows are the same here; null: nothing can be kept. */
async function lastInCommon(source: Reading, to: Ledger, table: TransferredTable): Promise<Row | null> {
  const there = await to.read((db) => digestOf(db, table));
  if (there.last === null) return null;
  const here = await digestOf(source, table, there.rows);
  return here.sha256 === there.sha256 ? here.last : null;
}

async function digestOf(
  db: Reading,
  table: TransferredTable,
  most = Number.POSITIVE_INFINITY,
): Promise<{ rows: number; sha256: string; last: Row | null }> {
  const hash = createHash('sha256');
  let rows = 0;
  let last: Row | null = null;
  for await (const page of pagesOf(db, table)) {
    for (const row of page) {
      if (rows === most) return { rows, sha256: hash.digest('hex'), last };
      add(hash, row);
      rows += 1;
      last = row;
    }
  }
  return { rows, sha256: hash.digest('hex'), last };
}

/** The order in which a ledger has its columns does not matter. */
function add(hash: Hash, row: Row): void {
  const columns = Object.keys(row).toSorted();
  hash.update(`${JSON.stringify(columns.map((column) => [column, row[column]]))}\n`);
}

/** How many rows there are to move, for a dry run. */
export function countRows(ledger: Ledger): Promise<{ table: TransferredTable; rows: number }[]> {
  return ledger.read(async (db) => {
    const counts: { table: TransferredTable; rows: number }[] = [];
    for (const table of Object.keys(transferredTables) as TransferredTable[]) {
      const { count } = await db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      counts.push({ table, rows: Number(count) });
    }
    return counts;
  });
}
