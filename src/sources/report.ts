import { timeAt } from '../domain/values/instant.ts';
import { utcDays, type TimeRange } from '../domain/values/time-range.ts';
import { storableId } from '../domain/values/json.ts';
import { Failure } from '../failure.ts';
import type { GladlyClient } from '../gladly/client.ts';
import { readTime } from '../gladly/resources/fields.ts';
import { emptyReport } from '../gladly/resources/report-table.ts';
import type { ClosingSource, Found } from '../ports/closing-source.ts';
import { foundOf, isWithin, kindOf } from './found.ts';
import { reportOfDays, unreadableTime, type DaysListener } from './report-days.ts';

const metricSet = 'ConversationTimestampsReport';
const columns = [
  ...['Timestamp', 'Event Type', 'Conversation ID', 'Customer ID'],
  // A report without them still finds the closings.
  ...['Initiator ID?', 'Initiator Type?'],
] as const;

/** The ConversationTimestampsReport: any time in the past except about the last hour, in whole days of UTC. */
export function reportSource(client: Pick<GladlyClient, 'report'>): ClosingSource {
  async function* find(range: TimeRange, signal?: AbortSignal): AsyncGenerator<Found, void, undefined> {
    const heard: Found[] = [];
    const listener: DaysListener = {
      unread: (days, failure) => heard.push({ missing: partOf(range, days), failure }),
      round: (day, rows) => heard.push({ warning: roundWarning(day, rows) }),
      empty: (days) => heard.push({ warning: emptyWarning(days) }),
    };
    let unreadable: Failure | null = null;
    for await (const row of reportOfDays(client, metricSet, utcDays(range), columns, signal, listener)) {
      const kind = kindOf(row['Event Type']);
      if (kind === null) continue;
      const conversationId = storableId(row['Conversation ID']);
      const at = readTime(row['Timestamp']);
      if (at === null) {
        if (conversationId === null) yield { withoutId: kind };
        else unreadable ??= unreadableTime(metricSet, row['Timestamp'], conversationId);
      } else if (isWithin(range, at)) {
        const initiator = { id: row['Initiator ID'], type: row['Initiator Type'] };
        yield foundOf(kind, { conversationId, customerId: row['Customer ID'], at, initiator }, 'report');
      }
    }
    yield* heard;
    // A row without a readable time may belong to any of the days.
    if (unreadable !== null) throw unreadable;
  }
  return { name: 'report', find };
}

/**
 * Requests the report of one day, and reads only its beginning.
 *
 * @param day YYYY-MM-DD
 * @throws the Failure that a run would meet
 */
export async function tryReport(client: Pick<GladlyClient, 'report'>, day: string): Promise<void> {
  const request = { metricSet, startAt: day, endAt: day, timezone: 'UTC' };
  const rows = client.report(request, columns)[Symbol.asyncIterator]();
  try {
    await rows.next();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== emptyReport) throw error;
  } finally {
    await rows.return?.();
  }
}

/** The part of a range that lies in these days of UTC. */
function partOf({ since, until }: TimeRange, days: readonly string[]): TimeRange {
  const first = `${days[0] ?? ''}T00:00:00.000Z`;
  const end = timeAt(Date.parse(`${days.at(-1) ?? ''}T00:00:00.000Z`) + day);
  return { since: first > since ? first : since, until: end < until ? end : until };
}

function roundWarning(date: string, rows: number): string {
  return `The report for ${date} has exactly ${rows} rows: if that is a limit of Gladly's, closings of that day are missing`;
}

function emptyWarning(days: readonly string[]): string {
  const [first = '', last = first] = [days[0], days.at(-1)];
  const when = first === last ? first : `${first} to ${last}`;
  return `Gladly gave an empty report for ${when} twice: either no conversation closed then, or the report is not available`;
}

const day = 86_400_000;
