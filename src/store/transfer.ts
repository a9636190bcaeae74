import { sql } from 'kysely';
import type { Reading, Writing } from './ledger/ledger.ts';
import type { LedgerTables } from './ledger/tables.ts';

type Table = keyof LedgerTables;

/**
 * Everything that a ledger holds, with the keys of each table, in an order in which no row refers to a row that is not
 * there yet. Left out are versions, which belong to the tables, and locks, which belong to the processes that work on
 * the ledger.
 */
export const transferredTables = {
  closings: ['id'],
  closing_reports: ['conversation_id', 'lane', 'closed_at'],
  closing_topics: ['closing_id', 'topic_id'],
  names: ['kind', 'id'],
  reopenings: ['conversation_id', 'reopened_at'],
  history: ['closing_id', 'sequence'],
  forms: ['id'],
  messages: ['closing_id', 'sequence'],
  answers: ['survey_id', 'revision'],
  cards: ['item_id'],
  cards_due: ['survey_id'],
  alerts: ['survey_id', 'revision', 'way'],
  reminders: ['closing_id'],
  medallia_rows: ['uuid'],
  medallia_counts: ['closing_id'],
  medallia_cursors: ['origin'],
  visits: ['survey_id', 'kind'],
  notes: ['closing_id', 'sequence'],
  unsubscribes: ['address'],
  checkpoints: ['lane', 'name'],
  directories: ['kind', 'id'],
  limits: ['bucket'],
  pauses: ['id'],
  address_keys: ['id'],
  media_files: ['path'],
  erasures: ['kind', 'name'],
  organization: ['id'],
} as const satisfies {
  readonly [T in Exclude<Table, 'ledger_version' | 'locks'>]: readonly (keyof LedgerTables[T])[];
};

export type TransferredTable = keyof typeof transferredTables;

export const tablesInOrder = Object.keys(transferredTables) as TransferredTable[];

export type Row = Readonly<Record<string, unknown>>;

const pageSize = 250;

/** The rows of a table in the order of their key, in pages, so that memory does not grow with the table. */
export async function* pagesOf(
  db: Reading,
  table: TransferredTable,
  after: Row | null = null,
): AsyncGenerator<readonly Row[], void> {
  const keys: readonly string[] = transferredTables[table];
  const key = sql.join(keys.map((column) => sql.ref(column)));
  for (let last = after; ;) {
    const { rows: page } = await sql<Row>`
      SELECT * FROM ${sql.table(table)}
      ${last === null ? sql`` : sql`WHERE (${key}) > (${sql.join(valuesOf(last, keys))})`}
      ORDER BY ${key} LIMIT ${sql.lit(pageSize)}`.execute(db);
    if (page.length > 0) yield page;
    last = page.at(-1) ?? null;
    if (last === null || page.length < pageSize) return;
  }
}

export async function insertRows(trx: Writing, table: TransferredTable, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const values = rows.map((row) => sql`(${sql.join(valuesOf(row, columns))})`);
  await sql`
    INSERT INTO ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    VALUES ${sql.join(values)}`.execute(trx);
}

export async function clearTable(trx: Writing, table: TransferredTable): Promise<void> {
  await sql`DELETE FROM ${sql.table(table)}`.execute(trx);
}

/** Copies everything that one ledger holds into a new ledger of the same version. */
export async function copyAll(from: Reading, to: Writing): Promise<void> {
  for (const table of tablesInOrder) {
    await clearTable(to, table);
    for await (const page of pagesOf(from, table)) await insertRows(to, table, page);
  }
}

function valuesOf(row: Row, columns: readonly string[]): unknown[] {
  return columns.map((column) => row[column] ?? null);
}
