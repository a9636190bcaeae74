import type { ContactEvent } from '../domain/attribution/contacts.ts';
import { parseGladlyTime, timeAt } from '../domain/values/instant.ts';
import { idOf, wordOf } from '../domain/values/json.ts';
import type { GladlyClient } from '../gladly/client.ts';
import type { GladlyEvent } from '../gladly/resources/events.ts';
import { eventLagMs, eventReachMs } from './lags.ts';
import { isDoubtfulCount } from '../gladly/resources/limits.ts';
import { fullReport, mayBeTooLarge, unreadableTime } from './report-days.ts';

/** The contact events of a conversation that a source gave, from one moment on. */
export interface ContactStretch {
  /** Epoch milliseconds. */
  since: number;
  events: ContactEvent[];
}

/** The contacts of one conversation between two times (epoch milliseconds). */
export interface ContactQuestion {
  conversationId: string;
  since: number;
  until: number;
}

const day = 86_400_000;
/** Added to the lag, for the rounding of timers and clocks. */
const marginMs = 1000;

const metricSet = 'ContactTimestampsReport';
/** The columns that attribution needs. */
const columns = [
  'Timestamp',
  'Event Type',
  'Contact ID',
  'Conversation ID',
  'Channel',
  'Initiator Type',
  'Initiator ID',
] as const;

const neededTypes = new Set(
  ['MESSAGE_SENT', 'OFFER_ACCEPTED', 'STARTED', 'ENDED'].map((name) => `CONTACT/${name}`),
);

function isNeeded(type: string | undefined): boolean {
  return neededTypes.has(wordOf(type) ?? '');
}

export function reachedByEvents(until: number, now: number): boolean {
  return until > now - eventReachMs;
}

/**
 * The conversation's contact events of the last 24 hours. The stream runs behind, so a question about the last seconds
 * waits until the stream can have them.
 */
export async function contactEventsOfDay(
  client: Pick<GladlyClient, 'events'>,
  question: ContactQuestion,
  { clock, sleep }: { clock: () => number; sleep: (ms: number) => Promise<void> },
): Promise<ContactStretch> {
  const behindMs = eventLagMs + marginMs;
  const waitMs = question.until + behindMs - clock();
  if (waitMs > 0) await sleep(Math.min(waitMs, behindMs));
  const since = Math.max(question.since, clock() - eventReachMs);
  const startAt = timeAt(since);
  const found: ContactEvent[] = [];
  // The stream has the contacts of all conversations.
  for await (const event of client.events({ startAt, entities: ['CONTACT'], isNeeded })) {
    const contact = fromEvent(event, question.conversationId);
    if (contact !== null) found.push(contact);
  }
  return { since, events: found };
}

/** The same from the ContactTimestampsReport, in days of UTC, newest first. The caller stops once it has a response. */
export async function* contactEventsOfReports(
  client: Pick<GladlyClient, 'report'>,
  { conversationId, since: first, until: last }: ContactQuestion,
): AsyncGenerator<ContactStretch> {
  let until = last;
  for (let days = 1; until >= first; days *= 4) {
    const since = Math.max(first, startOfDay(until) - (days - 1) * day);
    yield* contactEventsWithin(client, { conversationId, since, until });
    until = startOfDay(since) - 1;
  }
}

/**
 * If the report may have been cut, requests it again in halves, the newer one first: the missing rows may hold the last
 * response.
 */
async function* contactEventsWithin(
  client: Pick<GladlyClient, 'report'>,
  { conversationId, since, until }: ContactQuestion,
): AsyncGenerator<ContactStretch> {
  const request = { metricSet, startAt: dateOf(since), endAt: dateOf(until), timezone: 'UTC' };
  const found: ContactEvent[] = [];
  let rows = 0;
  try {
    for await (const row of client.report(request, columns)) {
      rows += 1;
      if (row['Conversation ID'] === conversationId && isNeeded(row['Event Type']))
        found.push(fromRow(row, conversationId));
    }
    if (isDoubtfulCount(rows)) throw fullReport(metricSet, request.startAt, rows);
  } catch (error) {
    const days = (startOfDay(until) - startOfDay(since)) / day + 1;
    if (days === 1 || !mayBeTooLarge(error)) throw error;
    const middle = startOfDay(since) + Math.floor(days / 2) * day;
    yield* contactEventsWithin(client, { conversationId, since: middle, until });
    yield* contactEventsWithin(client, { conversationId, since, until: middle - 1 });
    return;
  }
  yield { since: startOfDay(since), events: found };
}

function fromEvent(
  { type, timestamp, initiator, content }: GladlyEvent,
  conversationId: string,
): ContactEvent | null {
  const at = parseGladlyTime(timestamp);
  if (idOf(content['conversationId']) !== conversationId || at === null) return null;
  return {
    type: wordOf(type) ?? '',
    at,
    contactId: idOf(content['contactId']),
    channel: wordOf(content['channel']),
    initiator: { id: initiator.id, type: wordOf(initiator.type) },
    acceptedBy: idOf(content['agentId']),
    status: wordOf(content['status']),
    messageId: idOf(content['messageId']),
  };
}

function fromRow(row: Record<string, string>, conversationId: string): ContactEvent {
  const at = parseGladlyTime(row['Timestamp']);
  if (at === null) throw unreadableTime(metricSet, row['Timestamp'], conversationId);
  return {
    type: wordOf(row['Event Type']) ?? '',
    at,
    contactId: idOf(row['Contact ID']),
    channel: wordOf(row['Channel']),
    initiator: { id: idOf(row['Initiator ID']), type: wordOf(row['Initiator Type']) },
    acceptedBy: null,
    status: null,
    messageId: null,
  };
}

function startOfDay(at: number): number {
  return Math.floor(at / day) * day;
}

function dateOf(at: number): string {
  return timeAt(at).slice(0, 10);
}
