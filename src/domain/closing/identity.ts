import { formatInstant, parseInstant, type Instant } from '../values/instant.ts';
import type { TimelineItem } from '../attribution/timeline.ts';

/** Webhook, report and `closedAt` tell slightly different times of one closing; within this they mean the same. */
export const sameClosingMilliseconds = 60_000;

export interface KnownClosing {
  id: string;
  /** RFC 3339. */
  closedAt: string;
  /** The earliest known reopening at or after this closing; null while there is none. */
  reopenedAt: string | null;
}

/** The id of a new closing: the conversation and the time first seen, frozen when it is first written. */
export function closingIdOf(conversationId: string, closedAt: string): string {
  return `${conversationId}@${closedAt}`;
}

/**
 * The known closing that a sighting at `closedAt` means: the nearest within 60 s with no known reopening between them.
 * A reopening parts the closings up to its own moment from those after it.
 *
 * @param reopenedAt the earliest known reopening at or after `closedAt`
 */
export function adoptedClosing<Known extends KnownClosing>(
  known: readonly Known[],
  closedAt: string,
  reopenedAt: string | null = null,
): Known | null {
  const at = Date.parse(closedAt);
  const distance = (closing: KnownClosing): number => Math.abs(Date.parse(closing.closedAt) - at);
  const adoptable = known
    .filter((closing) => distance(closing) <= sameClosingMilliseconds)
    .filter((closing) => !areParted(closing, { closedAt, reopenedAt }));
  return adoptable.reduce<Known | null>(
    (nearest, closing) => (nearest === null || distance(closing) < distance(nearest) ? closing : nearest),
    null,
  );
}

type Closed = Pick<KnownClosing, 'closedAt' | 'reopenedAt'>;

/** Whether the conversation was reopened after the earlier of two closings and before the later one. */
function areParted(one: Closed, other: Closed): boolean {
  const isEarlier = Date.parse(one.closedAt) <= Date.parse(other.closedAt);
  const [earlier, later] = isEarlier ? [one, other] : [other, one];
  return earlier.reopenedAt !== null && Date.parse(later.closedAt) > Date.parse(earlier.reopenedAt);
}

/**
 * When a closed conversation closed: `closedAt`, which Gladly does not promise, else the last change of status to
 * CLOSED in the timeline, else the last item. Null where nothing tells.
 */
export function closingTime(closedAt: unknown, items: readonly TimelineItem[]): Instant | null {
  const told = parseInstant(closedAt);
  if (told !== null) return told;
  return latest(items.filter(isClosing)) ?? latest(items);
}

/**
 * What stands for a closing while a conversation is open: the same until it closes, and another one when it is open
 * again. The timeline alone tells that alike to every read: reopenings are noted nowhere else, and not by everybody.
 */
export function openingIdOf(conversationId: string, items: readonly TimelineItem[]): string {
  const lastClosed = latest(items.filter(isClosing));
  return closingIdOf(
    conversationId,
    lastClosed === null ? 'open' : `open since ${formatInstant(lastClosed)}`,
  );
}

function isClosing({ newStatus }: TimelineItem): boolean {
  return newStatus === 'CLOSED';
}

function latest(items: readonly TimelineItem[]): Instant | null {
  return items.reduce<Instant | null>(
    (last, { timestamp }) => (timestamp !== null && (last === null || timestamp > last) ? timestamp : last),
    null,
  );
}
