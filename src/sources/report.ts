import { utcDays, type TimeRange } from '../domain/values/time-range.ts';
import { idOf } from '../domain/values/json.ts';
import type { GladlyClient } from '../gladly/client.ts';
import { readTime } from '../gladly/resources/fields.ts';
import type { ClosingSource, Found } from '../ports/closing-source.ts';
import { foundOf, isWithin, kindOf } from './found.ts';
import { reportOfDays, unreadableTime } from './report-days.ts';

const metricSet = 'ConversationTimestampsReport';
const columns = ['Timestamp', 'Event Type', 'Conversation ID', 'Customer ID'] as const;

/** The ConversationTimestampsReport: any time in the past but about the last hour, in whole days of UTC. */
export function reportSource(client: Pick<GladlyClient, 'report'>): ClosingSource {
  async function* find(range: TimeRange, signal?: AbortSignal): AsyncGenerator<Found, void, undefined> {
    for await (const row of reportOfDays(client, metricSet, utcDays(range), columns, signal)) {
      const kind = kindOf(row['Event Type']);
      if (kind === null) continue;
      const conversationId = idOf(row['Conversation ID']);
      const at = readTime(row['Timestamp']);
      if (at === null) {
        if (conversationId !== null) throw unreadableTime(metricSet, row['Timestamp'], conversationId);
        yield { withoutId: kind };
      } else if (isWithin(range, at)) {
        yield foundOf(kind, { conversationId, customerId: row['Customer ID'], at }, 'report');
      }
    }
  }
  return { name: 'report', find };
}
