import { CompiledQuery, sql } from 'kysely';
import { randomFrom, type Random } from '../src/sandbox/random.ts';
import type { Writing } from '../src/store/ledger/ledger.ts';
import { openLedger } from '../src/store/open.ts';
import type { LedgerTables } from '../src/store/ledger/tables.ts';
import { addClosing, filledNames, type Filled } from './filled-closing.ts';
import type { ReportedRange } from './report-server.ts';

/** Bounds the size of SQLite's log, not memory, because rows are made in small batches. */
const rowsInTransaction = 100_000;
const rowsInBatch = 1000;

/**
 * Fills a new ledger with the closings of a range, oldest first: 70 % were surveyed, and a quarter of these are
 * answered; 25 % are suppressed; the others are failed, scheduled, pending, or uncertain.
 */
export async function fillLedger(path: string, range: ReportedRange): Promise<void> {
  const ledger = await openLedger(path);
  const random = randomFrom(1, 'filled ledger');
  try {
    for (let from = 0; from < range.rows; from += rowsInTransaction) {
      const until = Math.min(range.rows, from + rowsInTransaction);
      await ledger.write('ledger', async (trx) => {
        // Rows land all over the indexes of ids: with the usual 2 MB of cache, filling would take hours.
        await sql.raw('PRAGMA cache_size = -1000000').execute(trx);
        for (let row = from; row < until; row += rowsInBatch) {
          await insertBatch(trx, range, row, Math.min(until, row + rowsInBatch), random);
        }
      });
    }
  } finally {
    await ledger.close();
  }
}

async function insertBatch(
  trx: Writing,
  range: ReportedRange,
  from: number,
  until: number,
  random: Random,
): Promise<void> {
  const filled: Filled = {
    closings: [],
    closing_reports: [],
    closing_topics: [],
    names: from === 0 ? filledNames() : [],
    reopenings: [],
    history: [],
    messages: [],
    answers: [],
    cards: [],
    cards_due: [],
    visits: [],
  };
  for (let row = from; row < until; row += 1) addClosing(filled, range, row, random);
  await insertAll(trx, 'closings', filled.closings);
  await insertAll(trx, 'closing_reports', filled.closing_reports);
  await insertAll(trx, 'closing_topics', filled.closing_topics);
  await insertAll(trx, 'names', filled.names);
  await insertAll(trx, 'reopenings', filled.reopenings);
  await insertAll(trx, 'history', filled.history);
  await insertAll(trx, 'messages', filled.messages);
  await insertAll(trx, 'answers', filled.answers);
  await insertAll(trx, 'cards', filled.cards);
  await insertAll(trx, 'cards_due', filled.cards_due);
  await insertAll(trx, 'visits', filled.visits);
}

/** Uses statements of equal length, because SQLite parses each text only once. */
async function insertAll<Table extends keyof Filled>(
  trx: Writing,
  table: Table,
  rows: readonly LedgerTables[Table][],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const places = `(${columns.map(() => '?').join(', ')})`;
  const insertRows = async (some: readonly LedgerTables[Table][]): Promise<void> => {
    const text = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${some.map(() => places).join(', ')}`;
    const values = some.flatMap<unknown>((row) => Object.values(row));
    await trx.executeQuery(CompiledQuery.raw(text, values));
  };
  const atOnce = 100;
  const whole = rows.length - (rows.length % atOnce);
  for (let from = 0; from < whole; from += atOnce) await insertRows(rows.slice(from, from + atOnce));
  for (const row of rows.slice(whole)) await insertRows([row]);
}
