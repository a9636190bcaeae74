import type { Attribution, ConsideredItem, Response } from '../../domain/attribution/credit.ts';
import {
  lacking,
  lastContactResponse,
  solveTruncated,
  withoutRefused,
  type ContactFinding,
} from '../../domain/attribution/contacts.ts';
import { parseInstant, toMilliseconds, type Instant } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import {
  contactEventsOfDay,
  contactEventsOfReports,
  reachedByEvents,
  type ContactStretch,
} from '../../sources/contact-events.ts';
import { reportLagMs } from '../../sources/lags.ts';
import type { SkippingExcluded } from './excluded-agents.ts';
import type { ConversationRead, TimelineRead } from './read-conversation.ts';
import type { Services } from '../context/services.ts';

interface CutTimeline {
  read: ConversationRead & TimelineRead;
  closedAt: Instant | null;
  /** The attribution from the part that Gladly shows. */
  visible: Attribution;
  skippingExcluded: SkippingExcluded;
  /** Collects why a source could not help. */
  troubles: Failure[];
}

/**
 * Finds the last response of a conversation whose timeline is cut: from the events of the last 24 hours, else from the
 * ContactTimestampsReport. Null if neither names it: it is never guessed. A source that lacks a response the timeline
 * itself shows has not answered, and that is added to `troubles`.
 */
export async function solveTimeline(services: Services, cut: CutTimeline): Promise<Response | null> {
  const { client, clock, sleep } = services;
  const { read, closedAt, visible, troubles } = cut;
  const now = clock();
  const until = closedAt === null ? now : toMilliseconds(closedAt);
  const question = { conversationId: read.conversation.id, since: beginningOf(read) ?? until, until };

  const ofDay = reachedByEvents(until, now)
    ? await unlessRefused(troubles, async () =>
        findingOf('events', await contactEventsOfDay(client, question, { clock, sleep }), cut),
      )
    : null;
  if (ofDay === 'refused' && now - until < reportLagMs) {
    // The newest part of a report may still lack the last response.
    return null;
  }
  if (ofDay !== null && ofDay !== 'refused') return solveTruncated(visible, ofDay);

  const ofReports = await unlessRefused(troubles, async () => {
    const newer: ContactStretch['events'] = [];
    for await (const { since, events } of contactEventsOfReports(client, question)) {
      const finding = await findingOf('report', { since, events }, cut, newer);
      if (finding !== null) return finding;
      newer.push(...events);
    }
    return null;
  });
  return ofReports === 'refused' ? null : solveTruncated(visible, ofReports);
}

/**
 * @param newer events that the source gave for the time after this stretch
 * @throws temporary Failure when the source lacks a response that the timeline shows
 */
async function findingOf(
  source: 'events' | 'report',
  { since, events }: ContactStretch,
  { read, visible, closedAt, skippingExcluded }: CutTimeline,
  newer: ContactStretch['events'] = [],
): Promise<ContactFinding> {
  const possible = withoutRefused(events, visible);
  const finding = await skippingExcluded(
    (isExcluded) => lastContactResponse(possible, closedAt, isExcluded),
    (found) => (found !== null && 'responder' in found ? [found.responder.agentId] : []),
  );
  const lacked = lacking(visible, { since, events: [...events, ...newer] }, finding);
  if (lacked !== null) throw incomplete(source, read.conversation.id, lacked);
  return finding;
}

function incomplete(source: 'events' | 'report', conversationId: string, { at }: ConsideredItem): Failure {
  const lacks = source === 'events' ? 'events lack' : 'ContactTimestampsReport lacks';
  const message = `the ${lacks} a response in conversation ${conversationId} that its timeline shows at ${at ?? 'no time'}`;
  return new Failure('temporary', 'contacts_incomplete', message, {
    hint: 'Gladly may not have it yet: run it again later.',
    conversationId,
  });
}

async function unlessRefused(
  troubles: Failure[],
  ask: () => Promise<ContactFinding>,
): Promise<ContactFinding | 'refused'> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'interrupted' || error.kind === 'terminated')
      throw error;
    troubles.push(error);
    return 'refused';
  }
}

/** Epoch milliseconds of the conversation's first sign of life. */
function beginningOf({ conversation, items }: ConversationRead & TimelineRead): number | null {
  const times = [parseInstant(conversation.createdAt), ...items.map(({ timestamp }) => timestamp)];
  const [first] = times.filter((time) => time !== null);
  return first === undefined ? null : toMilliseconds(first);
}
