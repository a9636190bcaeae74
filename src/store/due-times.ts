import { sql, type RawBuilder } from 'kysely';
import { timeAt } from '../domain/values/instant.ts';
import { backOff, longestBackOffMs } from '../domain/closing/back-off.ts';
import { waitAfter } from '../domain/survey/alert.ts';
import { clockDifferenceMs } from '../domain/values/stored-time.ts';
import { remnantsMs } from './erase/to-dos.ts';
import type { Reading, Writing } from './ledger/ledger.ts';

export interface Mending {
  /** For people: what was impossible, and what was done about it. */
  sentence: string;
  write: (trx: Writing) => Promise<unknown>;
}

interface Waiting {
  table: 'alerts' | 'cards_due' | 'medallia_counts' | 'erasures' | 'reminders';
  column: 'due_at' | 'retry_at';
  /** For people. */
  what: string;
  /** The longest wait before the first try, or after one at which nothing failed. */
  untriedMs: number;
  /** The longest wait after so many failed tries. */
  waitMs: (tries: number) => number;
  /** Which rows of the table; all if left out. */
  which?: RawBuilder<unknown>;
}

/** Beyond this many tries, the wait grows no longer. */
const mostTries = 12;
/** Quiet hours end within a day, which may have 25 hours. */
const quietMs = 25 * 3_600_000;

const refused = (tries: number): number => waitAfter(tries - 1, false);
const passing = (tries: number): number => backOff(tries, true);

/** What waits for a time that is too far ahead to be right: it would wait until the clock has passed that time. */
export async function dueTimesIn(
  db: Reading,
  nowMs: number,
  { reminderAfterMs }: { reminderAfterMs: number | null },
): Promise<Mending[]> {
  const latest = timeAt(nowMs + clockDifferenceMs);
  const waiting: Waiting[] = [
    { table: 'alerts', column: 'due_at', what: 'alerts', untriedMs: 0, waitMs: refused },
    { table: 'cards_due', column: 'retry_at', what: 'cards', untriedMs: 0, waitMs: refused },
    {
      ...{ table: 'medallia_counts', column: 'due_at', what: 'closings to be counted in Agent Connect' },
      ...{ untriedMs: 0, waitMs: passing },
    },
    {
      ...{ table: 'erasures', column: 'retry_at', what: 'erasures' },
      ...{ untriedMs: remnantsMs, waitMs: () => longestBackOffMs },
    },
    {
      ...{ table: 'reminders', column: 'due_at', what: 'reminders', untriedMs: quietMs, waitMs: passing },
      which: sql`at <= ${latest}`,
    },
  ];
  const found: Mending[] = [];
  for (const one of waiting) found.push(...(await overdueIn(db, nowMs, one)));
  if (reminderAfterMs !== null) found.push(...(await earlyRemindersIn(db, nowMs, reminderAfterMs)));
  return found;
}

/** Rows that wait longer than they can; they are tried now. */
async function overdueIn(
  db: Reading,
  nowMs: number,
  { table, column, what, untriedMs, waitMs, which }: Waiting,
): Promise<Mending[]> {
  const due = sql.ref(column);
  const after = (ms: number): string => timeAt(nowMs + ms + clockDifferenceMs);
  const failed = Array.from({ length: mostTries }, (_, index) => {
    const tries = index + 1;
    const isSo = tries === mostTries ? sql`tries >= ${tries}` : sql`tries = ${tries}`;
    return sql`(error IS NOT NULL AND ${isSo} AND ${due} > ${after(waitMs(tries))})`;
  });
  const untried = sql`(error IS NULL AND ${due} > ${after(untriedMs)})`;
  const where = sql`${due} > ${after(0)} AND (${sql.join([untried, ...failed], sql` OR `)})
    AND ${which ?? sql`1 = 1`}`;
  const { rows } = await sql<{ count: number | string }>`
    SELECT count(*) AS count FROM ${sql.table(table)} WHERE ${where}`.execute(db);
  const count = Number(rows[0]?.count ?? 0);
  if (count === 0) return [];
  return [
    {
      sentence: `The next try was set impossibly late (${what}: ${count}): the clock was wrong. It is made now`,
      write: (trx) =>
        sql`UPDATE ${sql.table(table)} SET ${due} = ${timeAt(nowMs)} WHERE ${where}`.execute(trx),
    },
  ];
}

/**
 * Reminders that were begun, or retried by a person, in the future. Mostly their due time is right all the same:
 * `afterMs` after their survey.
 */
async function earlyRemindersIn(db: Reading, nowMs: number, afterMs: number): Promise<Mending[]> {
  const latest = timeAt(nowMs + clockDifferenceMs);
  const early = await db
    .selectFrom('reminders')
    .innerJoin('closings', 'closings.id', 'reminders.closing_id')
    .select(['closing_id', 'reminders.due_at', 'sent_at', 'closings.left_at'])
    .where('reminders.due_at', '>', latest)
    .where('reminders.at', '>', latest)
    .execute();
  const mended = early.flatMap(({ closing_id: closingId, due_at: due, sent_at: sent, left_at: left }) => {
    const sentMs = Math.min(Date.parse(sent ?? left ?? timeAt(nowMs)), nowMs);
    const at = Math.max(nowMs, sentMs + afterMs);
    const isLate = due !== null && Date.parse(due) > at + longestBackOffMs + clockDifferenceMs;
    return isLate ? [{ closingId, at: timeAt(at) }] : [];
  });
  if (mended.length === 0) return [];
  return [
    {
      sentence: `Due times were set too late (reminders: ${mended.length}): the clock was wrong. They are correct now`,
      async write(trx) {
        for (const { closingId, at } of mended)
          await trx
            .updateTable('reminders')
            .set({ at, due_at: at })
            .where('closing_id', '=', closingId)
            .where('due_at', 'is not', null)
            .execute();
      },
    },
  ];
}
