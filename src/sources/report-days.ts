import { oneLine } from '../domain/values/one-line.ts';
import { Failure, isForbidden, stopsTheRun } from '../failure.ts';
import type { GladlyClient } from '../gladly/client.ts';
import { isDoubtfulCount, isNearLimit } from '../gladly/resources/limits.ts';
import { emptyReport } from '../gladly/resources/report-table.ts';

/** Days of a report in one request. Gladly states no limit, and permits few requests a minute. */
export const daysAtOnce = 7;

/** How often a report may break off after its first row. Before that, the client tries again by itself. */
const mostBreaks = 5;

/** What the caller of `reportOfDays` learns besides the rows. */
export interface DaysListener {
  /** These days could not be read, or not in full, and reading went on. Without a listener, the failure is thrown. */
  unread(days: readonly string[], failure: Failure): void;
  /** So round a number of rows for one day may be a limit that nobody knows of, but mostly is not. */
  round(day: string, rows: number): void;
  /** Gladly gave an empty report for these days, without even headings, twice in a row. */
  empty(days: readonly string[]): void;
}

/** After this many unreadable pieces in a row, the rest is not requested: Gladly makes few reports a minute. */
const hopelessPieces = 2;

/**
 * The rows of a report for many days (YYYY-MM-DD in UTC, ascending and without a gap), requested in pieces of a week. A
 * piece that Gladly refuses, does not answer in time, or breaks off, or that is as full as a report can be, is
 * requested again in halves, down to single days; the pieces after it are as small. A piece for which something else
 * than a report came is requested day by day. A piece that is requested again gives its rows again.
 *
 * @throws the Failure of a single day's report when there is no listener, and any Failure that every request would meet
 */
export async function* reportOfDays(
  client: Pick<GladlyClient, 'report'>,
  metricSet: string,
  days: readonly string[],
  columns: readonly string[],
  signal?: AbortSignal,
  listener?: DaysListener,
): AsyncGenerator<Record<string, string>, void, undefined> {
  let size = daysAtOnce;
  /** Days before this index are requested one at a time. */
  let singleUntil = 0;
  let breaks = 0;
  let failed = 0;
  let from = 0;
  while (from < days.length) {
    signal?.throwIfAborted();
    const piece = days.slice(from, from + (from < singleUntil ? 1 : size));
    const [startAt = '', endAt = startAt] = [piece[0], piece.at(-1)];
    let rows = 0;
    try {
      for await (const row of client.report({ metricSet, startAt, endAt, timezone: 'UTC' }, columns)) {
        signal?.throwIfAborted();
        rows += 1;
        yield row;
      }
      if (isDoubtfulCount(rows)) {
        if (piece.length > 1 || isNearLimit(rows)) throw fullReport(metricSet, startAt, rows);
        listener?.round(startAt, rows);
      }
      failed = 0;
      from += piece.length;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const isBroken = rows > 0 && error.kind === 'temporary' && breaks < mostBreaks;
      if (isBroken) breaks += 1;
      if (piece.length > 1 && error.code === 'not_an_answer') singleUntil = from + piece.length;
      else if (piece.length > 1 && (isBroken || mayBeTooLarge(error))) size = Math.ceil(piece.length / 2);
      else if (error.code === emptyReport && listener !== undefined) {
        listener.empty(piece);
        from += piece.length;
      } else if (!isBroken) {
        if (listener === undefined || stopsTheRun(error)) throw error;
        // A full day says nothing about the others.
        failed = error.code === fullReportCode ? 0 : failed + 1;
        const isHopeless = failed >= hopelessPieces || isForbidden(error) || error.code === 'missing_heading';
        const unread = isHopeless ? days.slice(from) : piece;
        listener.unread(unread, error);
        from += unread.length;
      }
    }
  }
}

export function mayBeTooLarge(error: unknown): boolean {
  const codes = ['refused', 'timeout', 'endless_answer', fullReportCode];
  return error instanceof Failure && codes.includes(error.code);
}

const fullReportCode = 'report_incomplete';

/** A report of a single day cannot be requested in smaller parts. */
export function fullReport(metricSet: string, day: string, rows: number): Failure {
  const message = `The ${metricSet} for ${day} has ${rows} rows, and Gladly may have left out more`;
  const hint = 'Find the missing conversations in Gladly, and give their ids to `gcsat replay`.';
  return new Failure('partial', fullReportCode, message, { hint });
}

/** A row that names a conversation but has no readable time. */
export function unreadableTime(metricSet: string, cell: string | undefined, conversationId: string): Failure {
  const message = `The ${metricSet} gives '${oneLine(cell ?? '', 40)}' as the time of conversation ${oneLine(conversationId, 80)}`;
  const hint = 'Gladly may have changed how the report writes times: update gcsat, and report this.';
  return new Failure('contract', 'report_time_unreadable', message, { hint, conversationId });
}
