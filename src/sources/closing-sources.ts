import { formatInstant, parseReportTime } from '../domain/values/instant.ts';
import { utcDays } from '../domain/values/time-range.ts';
import type { TimeRange } from '../domain/values/time-range.ts';
import { Failure } from '../failure.ts';
import type { GladlyClient } from '../gladly/client.ts';
import { plain } from '../gladly/http/errors.ts';
import { daysAtOnce, reportOfDays } from './report-days.ts';

/** That a conversation closed, as one source tells it. Times are ISO-8601 in UTC with milliseconds. */
export interface ReportedClosing {
  conversationId: string;
  customerId: string | null;
  closedAt: string;
  source: 'events' | 'report' | 'conversations';
}

export interface ReportedReopening {
  conversationId: string;
  reopenedAt: string;
}

/** `unidentified`: of which conversation is not told, so that it is of no use to anybody but has to be told of. */
export type Found =
  { closing: ReportedClosing } | { reopening: ReportedReopening } | { unidentified: 'closing' | 'reopening' };

/** Where Gladly can be asked for the closings of a stretch of time; no operation lists conversations. */
export interface ClosingSource {
  name: 'events' | 'report';
  /**
   * The closings and reopenings of the range, one at a time as they arrive, in the order in which Gladly tells
   * them. One and the same may come twice. The signal ends it at the next one; what waits for Gladly's answer ends
   * with the client's own signal. Fails as the client does.
   */
  find(range: TimeRange, signal?: AbortSignal): AsyncIterable<Found>;
}

/** What one source is asked for. */
export interface Cover {
  source: ClosingSource;
  range: TimeRange;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `GET /events` refuses what is older than 24 hours by Gladly's clock, which need not be ours. */
const eventReach = day - minute;
/** The stream of events runs up to this far behind. */
const eventLag = 15 * second;
/** The report runs about an hour behind. */
const reportLag = 90 * minute;
/** Where both are needed, the report ends this long ago. */
const reportEnd = 23 * hour;
/**
 * And the events begin so much earlier: the two tell slightly different times of one closing, so that one at the
 * seam must be in both stretches. The rest of the 24 hours is left for the waiting until the events are asked.
 */
const seam = 15 * minute;

/**
 * Conversation events of the last 24 hours (Events API), in order of time.
 *
 * @throws Failure `events_passed` when the range begins before that by now; nothing is left out silently
 */
export function eventSource(client: Pick<GladlyClient, 'events'>, clock: () => number): ClosingSource {
  async function* find(range: TimeRange, signal?: AbortSignal): AsyncGenerator<Found, void, undefined> {
    const [since, until, now] = [Date.parse(range.since), Date.parse(range.until), clock()];
    // Whether the bounds belong to the answer is not stated: what lies around them is asked for and left out here.
    const [startMs, endMs] = [since - second, until + second];
    if (startMs < now - day) throw eventsPassed(range);
    const query = { startAt: iso(startMs), ...(endMs < now ? { endAt: iso(endMs) } : {}) };
    for await (const event of client.events({ ...query, entities: ['CONVERSATION'] })) {
      signal?.throwIfAborted();
      const { timestamp, content } = event;
      const kind = kindOf(event.type);
      if (kind === null || !within(range, timestamp)) continue;
      const conversationId = idOf(content['conversationId']);
      if (conversationId === null) {
        yield { unidentified: kind };
      } else if (kind === 'closing') {
        const customerId = idOf(content['customerId']);
        yield { closing: { conversationId, customerId, closedAt: timestamp, source: 'events' } };
      } else {
        yield { reopening: { conversationId, reopenedAt: timestamp } };
      }
    }
  }
  return { name: 'events', find };
}

const metricSet = 'ConversationTimestampsReport';
const reportColumns = ['Timestamp', 'Event Type', 'Conversation ID', 'Customer ID'] as const;

/** The ConversationTimestampsReport, for any time in the past but about the last hour, in whole days of UTC. */
export function reportSource(client: Pick<GladlyClient, 'report'>): ClosingSource {
  async function* find(range: TimeRange, signal?: AbortSignal): AsyncGenerator<Found, void, undefined> {
    for await (const row of reportOfDays(client, metricSet, utcDays(range), reportColumns, signal)) {
      const kind = kindOf(row['Event Type']?.trim());
      if (kind === null) continue;
      const conversationId = idOf(row['Conversation ID']);
      const cell = row['Timestamp'] ?? '';
      if (conversationId === null) {
        const at = parseReportTime(cell);
        if (at === null || within(range, formatInstant(at))) yield { unidentified: kind };
        continue;
      }
      const at = timeOf(cell, conversationId);
      if (!within(range, at)) continue;
      if (kind === 'closing') {
        const customerId = idOf(row['Customer ID']);
        yield { closing: { conversationId, customerId, closedAt: at, source: 'report' } };
      } else {
        yield { reopening: { conversationId, reopenedAt: at } };
      }
    }
  }
  return { name: 'report', find };
}

/**
 * Which sources tell the closings of a range, without a gap and with the fewest requests; in order of time. They may be
 * asked in any order, but the events soon: what is old enough for them passes out of their reach. What lies in the
 * future is left out, so there may be nothing to ask. `explanation`: sentences for people, also about what may be
 * missing.
 *
 * @throws Failure `events_out_of_reach` when events are wanted for what is older than they are
 */
export function chooseSources(
  range: TimeRange,
  wanted: 'auto' | 'events' | 'report',
  nowMs: number,
  sources: { events: ClosingSource; report: ClosingSource },
): { covers: Cover[]; explanation: string[] } {
  const until = Math.min(Date.parse(range.until), nowMs);
  const since = Date.parse(range.since);
  if (until <= since) return { covers: [], explanation: ['Nothing of the range has passed yet.'] };

  const stretch = (source: ClosingSource, from: number, to: number): Cover => ({
    source,
    range: { since: iso(from), until: iso(to) },
  });
  const reached = since >= nowMs - eventReach;
  if (wanted === 'events' && !reached) throw eventsOutOfReach(range, nowMs);
  const chosen = ((): Cover[] => {
    if (wanted === 'events' || (wanted === 'auto' && reached)) return [stretch(sources.events, since, until)];
    if (wanted === 'report' || until <= nowMs - reportLag) return [stretch(sources.report, since, until)];
    const seamAt = nowMs - reportEnd;
    return [stretch(sources.report, since, seamAt), stretch(sources.events, seamAt - seam, until)];
  })();
  return { covers: chosen, explanation: [...chosen.map(described), ...missingOf(chosen, nowMs)] };
}

function described({ source, range }: Cover): string {
  if (source.name === 'events') return `Events from ${range.since} until ${range.until} (1 request).`;
  const days = utcDays(range);
  const requests = Math.ceil(days.length / daysAtOnce);
  const dates = days.length === 1 ? range.since.slice(0, 10) : `${days[0] ?? ''} to ${days.at(-1) ?? ''}`;
  const count = `${requests} ${requests === 1 ? 'request' : 'requests'}`;
  return `The conversation timestamps report for ${dates}, in days of UTC (${count}).`;
}

function missingOf(covers: readonly Cover[], nowMs: number): string[] {
  const last = covers.at(-1);
  if (last === undefined) return [];
  const isReport = last.source.name === 'report';
  const told = nowMs - (isReport ? reportLag : eventLag);
  if (Date.parse(last.range.until) <= told) return [];
  const why = isReport ? 'the report runs about an hour behind' : 'events run up to 15 seconds behind';
  return [`Closings after ${iso(told)} may be missing: ${why}.`];
}

function eventsOutOfReach(range: TimeRange, nowMs: number): Failure {
  const message = `Events reach back to ${iso(nowMs - eventReach)} only, and the range begins at ${range.since}`;
  const hint = 'Let the range begin within the last 24 hours, or use the report, or auto for both.';
  return new Failure('usage', 'events_out_of_reach', message, { hint });
}

function eventsPassed(range: TimeRange): Failure {
  const message = `Events do not reach back to ${range.since} any more: it took too long until they were asked`;
  return new Failure('temporary', 'events_passed', message, { hint: 'Run it again.' });
}

function kindOf(type: string | undefined): 'closing' | 'reopening' | null {
  if (type === 'CONVERSATION/CLOSED') return 'closing';
  return type === 'CONVERSATION/REOPENED' ? 'reopening' : null;
}

function timeOf(cell: string, conversationId: string): string {
  const at = parseReportTime(cell);
  if (at !== null) return formatInstant(at);
  const message = `The ${metricSet} has '${plain(cell, 40)}' for a time of conversation ${plain(conversationId, 80)}`;
  const hint = 'Gladly may have changed how the report writes times: update gcsat, and report this.';
  throw new Failure('contract', 'report_time_unreadable', message, { hint, conversationId });
}

/** Times of one spelling, so that their order is that of the texts. */
function within({ since, until }: TimeRange, at: string): boolean {
  return at >= since && at < until;
}

/** The contract says text; a number names something just as well. */
function idOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
