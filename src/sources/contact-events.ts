import type { ContactEvent } from '../domain/attribution/contacts.ts';
import { parseInstant, parseReportTime } from '../domain/values/instant.ts';
import { Failure } from '../failure.ts';
import type { GladlyClient } from '../gladly/client.ts';
import type { GladlyEvent } from '../gladly/resources/events.ts';

/** Which contacts are asked about: those of one conversation, between two times (epoch milliseconds). */
export interface ContactQuestion {
  conversationId: string;
  since: number;
  until: number;
}

const day = 86_400_000;
const eventWindow = day - 60_000;
/** `GET /events` runs up to 15 s behind. */
const eventLag = 15_000;

/** Columns of the ContactTimestampsReport that attribution needs. */
const reportColumns = [
  'Timestamp',
  'Event Type',
  'Contact ID',
  'Conversation ID',
  'Channel',
  'Initiator Type',
  'Initiator ID',
] as const;

export function reachedByEvents(until: number, now: number): boolean {
  return until > now - eventWindow;
}

/**
 * The conversation's contact events of the last 24 hours. The stream runs behind, so that a question about the last
 * seconds is asked once they can be in it.
 */
export async function contactEventsOfDay(
  client: Pick<GladlyClient, 'events'>,
  question: ContactQuestion,
  time: { clock: () => number; sleep: (ms: number) => Promise<void> },
): Promise<ContactEvent[]> {
  const settled = question.until + eventLag + 1000;
  if (time.clock() < settled) await time.sleep(Math.min(settled - time.clock(), eventLag + 1000));
  const startAt = new Date(Math.max(question.since, time.clock() - eventWindow)).toISOString();
  const found: ContactEvent[] = [];
  for await (const event of client.events({ startAt, entities: ['CONTACT'] })) {
    const contact = fromEvent(event, question.conversationId);
    if (contact !== null) found.push(contact);
  }
  return found;
}

/** The same from the ContactTimestampsReport, in UTC days, the newest first until a response is found. */
export async function* contactEventsOfReports(
  client: Pick<GladlyClient, 'report'>,
  question: ContactQuestion,
): AsyncGenerator<ContactEvent[]> {
  let until = question.until;
  for (let days = 1; until >= question.since; days *= 4) {
    const since = Math.max(question.since, startOfDay(until) - (days - 1) * day);
    const rows = client.report(
      {
        metricSet: 'ContactTimestampsReport',
        startAt: dateOf(since),
        endAt: dateOf(until),
        timezone: 'UTC',
      },
      reportColumns,
    );
    const found: ContactEvent[] = [];
    for await (const row of rows) {
      if (row['Conversation ID'] === question.conversationId) found.push(fromRow(row));
    }
    yield found;
    until = startOfDay(since) - 1;
  }
}

function fromEvent(event: GladlyEvent, conversationId: string): ContactEvent | null {
  const { content } = event;
  const at = parseInstant(event.timestamp);
  if (content['conversationId'] !== conversationId || at === null) return null;
  return {
    type: event.type,
    at,
    contactId: text(content['contactId']),
    channel: text(content['channel']),
    initiator: event.initiator,
    acceptedBy: text(content['agentId']),
    status: text(content['status']),
    messageId: text(content['messageId']),
  };
}

function fromRow(row: Record<string, string>): ContactEvent {
  const at = parseReportTime(row['Timestamp'] ?? '');
  if (at === null) {
    throw new Failure(
      'contract',
      'report_time_unreadable',
      'a ContactTimestampsReport row has no readable time',
      {
        hint: 'the report may have changed its format; please report it',
      },
    );
  }
  return {
    type: row['Event Type'] ?? '',
    at,
    contactId: text(row['Contact ID']),
    channel: text(row['Channel']),
    initiator: { id: text(row['Initiator ID']), type: text(row['Initiator Type']) },
    acceptedBy: null,
    status: null,
    messageId: null,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function startOfDay(at: number): number {
  return Math.floor(at / day) * day;
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
