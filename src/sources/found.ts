import { participantOf } from '../domain/attribution/timeline.ts';
import { idOf, storableId, wordOf } from '../domain/values/json.ts';
import type { TimeRange } from '../domain/values/time-range.ts';
import type { Found, SourceName } from '../ports/closing-source.ts';

/** An event of Gladly that may close or reopen a conversation, from whichever source. */
interface ConversationEvent {
  conversationId: unknown;
  customerId: unknown;
  /** ISO-8601 in UTC with milliseconds. */
  at: string;
  /** As the source has it. */
  initiator: unknown;
}

/** Whether an event is a closing or a reopening; null for any other type. */
export function kindOf(type: string | undefined): 'closing' | 'reopening' | null {
  const name = wordOf(type);
  if (name === 'CONVERSATION/CLOSED') return 'closing';
  return name === 'CONVERSATION/REOPENED' ? 'reopening' : null;
}

export function foundOf(kind: 'closing' | 'reopening', event: ConversationEvent, source: SourceName): Found {
  const conversationId = storableId(event.conversationId);
  if (conversationId === null) return { withoutId: kind };
  if (kind === 'reopening') return { reopening: { conversationId, reopenedAt: event.at } };
  return {
    closing: {
      conversationId,
      customerId: idOf(event.customerId),
      closedAt: event.at,
      closedBy: participantOf(event.initiator),
      source,
    },
  };
}

/** Times in the same format are ordered as their texts are. */
export function isWithin({ since, until }: TimeRange, at: string): boolean {
  return at >= since && at < until;
}
