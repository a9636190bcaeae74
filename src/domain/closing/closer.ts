import type { Participant, TimelineItem } from '../attribution/timeline.ts';
import { toMilliseconds, type Instant } from '../values/instant.ts';
import { sameClosingMilliseconds } from './identity.ts';

/**
 * Who closed the conversation at this time: the initiator of the change to CLOSED that is nearest to it, within the
 * minute in which times mean the same closing. Null if the timeline does not say: it may be cut, and Gladly does not
 * promise that an item has an initiator.
 */
export function closerOf(items: readonly TimelineItem[], closedAt: Instant | null): Participant | null {
  if (closedAt === null) return null;
  let nearest: ClosingNear | null = null;
  for (const near of closingsNear(items, closedAt)) {
    // Of two at the same distance, the later item wins.
    if (nearest === null || near.distance <= nearest.distance) nearest = near;
  }
  return nearest?.initiator ?? null;
}

/** Whether the timeline shows a closing at this time, give or take the minute in which times mean the same closing. */
export function tellsOfClosing(items: readonly TimelineItem[], closedAt: Instant): boolean {
  return closingsNear(items, closedAt).length > 0;
}

interface ClosingNear {
  initiator: Participant | null;
  /** Milliseconds from the time in question, before or after it. */
  distance: number;
}

function closingsNear(items: readonly TimelineItem[], closedAt: Instant): ClosingNear[] {
  const at = toMilliseconds(closedAt);
  return items.flatMap(({ newStatus, timestamp, initiator }) => {
    if (newStatus !== 'CLOSED' || timestamp === null) return [];
    const distance = Math.abs(toMilliseconds(timestamp) - at);
    return distance > sameClosingMilliseconds ? [] : [{ initiator, distance }];
  });
}

/** Gladly's rules, its own AI, and programs that use the API. What items call API, the report calls APPLICATION. */
const notPeople: ReadonlySet<string | null | undefined> = new Set([
  'AUTOMATION',
  'SYSTEM',
  'API',
  'APPLICATION',
]);

/** Whether a closing was certainly made without an agent. A type that we do not know, or none, says nothing. */
export function isByRule(closedBy: Participant | null): closedBy is Participant & { readonly type: string } {
  return notPeople.has(closedBy?.type);
}
