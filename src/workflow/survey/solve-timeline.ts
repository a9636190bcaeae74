import type { Attribution, Response } from '../../domain/attribution/credit.ts';
import {
  lastContactResponse,
  solveTruncated,
  type ContactEvent,
  type ContactFinding,
} from '../../domain/attribution/contacts.ts';
import { parseInstant, toMilliseconds, type Instant } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import { contactEventsOfDay, contactEventsOfReports, reachedByEvents } from '../../sources/contact-events.ts';
import { reportLagMs } from '../../sources/lags.ts';
import type { SkippingExcluded } from './excluded-agents.ts';
import type { ConversationRead, TimelineRead } from './read-conversation.ts';
import type { Services } from '../context/services.ts';

interface CutTimeline {
  read: ConversationRead & TimelineRead;
  closedAt: Instant | null;
  /** What the part that Gladly shows says. */
  visible: Attribution;
  skippingExcluded: SkippingExcluded;
  /** Gets what kept a source from helping. */
  troubles: Failure[];
}

/**
 * Finds the last response of a conversation whose timeline is cut: from the events of the last 24 hours, else from the
 * ContactTimestampsReport. Null where neither names it: it is never guessed.
 */
export async function solveTimeline(services: Services, cut: CutTimeline): Promise<Response | null> {
  const { client, clock, sleep } = services;
  const { read, closedAt, visible, troubles } = cut;
  const now = clock();
  const until = closedAt === null ? now : toMilliseconds(closedAt);
  const question = { conversationId: read.conversation.id, since: beginningOf(read) ?? until, until };

  const ofDay = reachedByEvents(until, now)
    ? await unlessRefused(troubles, async () =>
        judge(await contactEventsOfDay(client, question, { clock, sleep }), cut),
      )
    : null;
  if (ofDay === 'refused' && now - until < reportLagMs) {
    // The newest stretch of a report may still lack the last response.
    return null;
  }
  if (ofDay !== null && ofDay !== 'refused') return solveTruncated(visible, ofDay);

  const ofReports = await unlessRefused(troubles, async () => {
    for await (const events of contactEventsOfReports(client, question)) {
      const finding = await judge(events, cut);
      if (finding !== null) return finding;
    }
    return null;
  });
  return ofReports === 'refused' ? null : solveTruncated(visible, ofReports);
}

function judge(
  events: readonly ContactEvent[],
  { visible, closedAt, skippingExcluded }: CutTimeline,
): Promise<ContactFinding> {
  // Contact events do not show failed deliveries, but the timeline may.
  const refused = new Set(visible.considered.filter(({ counts }) => !counts).map(({ itemId }) => itemId));
  const possible = events.filter(({ messageId }) => messageId === null || !refused.has(messageId));
  return skippingExcluded(
    (isExcluded) => lastContactResponse(possible, closedAt, isExcluded),
    (finding) => (finding !== null && 'responder' in finding ? [finding.responder.agentId] : []),
  );
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
