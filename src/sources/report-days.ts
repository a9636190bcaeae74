import { oneLine } from '../domain/values/one-line.ts';
import { Failure } from '../failure.ts';
import type { GladlyClient } from '../gladly/client.ts';

/** Days of a report in one request. Gladly states no limit, and permits few requests a minute. */
export const daysAtOnce = 7;

/** How often a report may break off after its first row. Before that, the client tries again by itself. */
const mostBreaks = 5;

/**
 * The rows of a report for many days (YYYY-MM-DD in UTC, ascending and without a gap), requested in pieces of a week. A
 * piece that Gladly refuses, does not answer in time or breaks off is requested in halves, down to single days, and so are
 * the pieces after it. One that breaks off is requested again, and its rows are given again.
 *
 * @throws Failure of the report of a single day
 */
export async function* reportOfDays(
  client: Pick<GladlyClient, 'report'>,
  metricSet: string,
  days: readonly string[],
  columns: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Record<string, string>, void, undefined> {
  let size = daysAtOnce;
  let breaks = 0;
  let from = 0;
  while (from < days.length) {
    signal?.throwIfAborted();
    const piece = days.slice(from, from + size);
    const [startAt = '', endAt = startAt] = [piece[0], piece.at(-1)];
    let given = false;
    try {
      for await (const row of client.report({ metricSet, startAt, endAt, timezone: 'UTC' }, columns)) {
        signal?.throwIfAborted();
        given = true;
        yield row;
      }
      from += piece.length;
    } catch (error) {
      const isBroken = given && error instanceof Failure && error.kind === 'temporary';
      if (isBroken && breaks < mostBreaks) breaks += 1;
      else if (piece.length === 1 || !mayBeTooLarge(error)) throw error;
      if (piece.length > 1) size = Math.ceil(piece.length / 2);
    }
  }
}

function mayBeTooLarge(error: unknown): boolean {
  return error instanceof Failure && (error.code === 'refused' || error.code === 'timeout');
}

/** A row about a conversation whose time cannot be read. */
export function unreadableTime(metricSet: string, cell: string | undefined, conversationId: string): Failure {
  const message = `The ${metricSet} gives '${oneLine(cell ?? '', 40)}' as a time of conversation ${oneLine(conversationId, 80)}`;
  const hint = 'Gladly may have changed how the report writes times: update gcsat, and report this.';
  return new Failure('contract', 'report_time_unreadable', message, { hint, conversationId });
}
