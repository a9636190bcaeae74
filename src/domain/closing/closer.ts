import type { Participant, TimelineItem } from '../attribution/timeline.ts';
import { toMilliseconds, type Instant } from '../values/instant.ts';
import { sameClosingMilliseconds } from './identity.ts';

/**
 * Who closed the conversation at this time: the initiator of the change to CLOSED that lies nearest to it, within the
 * minute in which times mean the same closing. Null where the timeline does not say: it may be cut, and Gladly promises
 * an initiator of no item.
 */
export function closerOf(items: readonly TimelineItem[], closedAt: Instant | null): Participant | null {
  if (closedAt === null) return null;
  const at = toMilliseconds(closedAt);
  let nearest: { distance: number; initiator: Participant | null } | null = null;
  for (const { newStatus, timestamp, initiator } of items) {
    if (newStatus !== 'CLOSED' || timestamp === null) continue;
    const distance = Math.abs(toMilliseconds(timestamp) - at);
    if (distance > sameClosingMilliseconds || (nearest !== null && distance > nearest.distance)) continue;
    nearest = { distance, initiator };
  }
  return nearest?.initiator ?? null;
}

/** Whether the timeline tells of a closing at this time, give or take the minute in which times mean the same closing. */
export function tellsOfClosing(items: readonly TimelineItem[], closedAt: Instant): boolean {
  const at = toMilliseconds(closedAt);
  return items.some(
    ({ newStatus, timestamp }) =>
      newStatus === 'CLOSED' &&
      timestamp !== null &&
      Math.abs(toMilliseconds(timestamp) - at) <= sameClosingMilliseconds,
  );
}

/** Gladly's rules, its own AI, and programs that use the API. In the report, APPLICATION is what items call API. */
const notPeople: ReadonlySet<string> = new Set(['AUTOMATION', 'SYSTEM', 'API', 'APPLICATION']);

/** Whether a closing was certainly made without an agent. A type that we do not know, or none, says nothing. */
export function isByRule(closedBy: Participant | null): boolean {
  return notPeople.has(closedBy?.type ?? '');
}
