import { formatInstant, parseInstant, type Instant } from '../values/instant.ts';
import type { TimelineItem } from '../attribution/timeline.ts';
import type { Lane } from '../values/lanes.ts';

/** Webhook, report, and `closedAt` differ a little for one closing; within this, they mean the same closing. */
export const sameClosingMilliseconds = 60_000;

export interface KnownClosing {
  id: string;
  /** RFC 3339. */
  closedAt: string;
  /** The earliest known reopening at or after this closing; null while there is none. */
  reopenedAt: string | null;
}

/**
 * The time of a closing, for people: a webhook whose time differs a lot from the conversation's is wrong. RFC 3339.
 *
 * @param shownAt by the conversation when the closing was decided; null: unknown
 */
export function credibleTime<Reported extends string | null>(
  reportedAt: Reported,
  shownAt: string | null | undefined,
): Reported | string {
  const difference = Math.abs(Date.parse(reportedAt ?? '') - Date.parse(shownAt ?? ''));
  return difference > sameClosingMilliseconds ? (shownAt ?? reportedAt) : reportedAt;
}

/** The id of a new closing: conversation, time first reported and lane, frozen when it is first written. */
export function closingIdOf(conversationId: string, closedAt: string, lane: Lane): string {
  return inLane(`${conversationId}@${closedAt}`, lane);
}

/** The id of the same closing in the trial lane. */
export function trialOf(liveClosingId: string): string {
  return inLane(liveClosingId, 'trial');
}

/** The closing's id without its lane: the same in every lane. */
export function withoutLane(closingId: string): string {
  return closingId.replace(/#trial$/, '');
}

/** Whether two closings in different lanes are the same closing of the conversation. Times are epoch milliseconds. */
export function isSameClosing(
  one: { conversationId: string; closedAt: number },
  other: { conversationId: string; closedAt: number | null },
): boolean {
  if (one.conversationId !== other.conversationId || other.closedAt === null) return false;
  return Math.abs(one.closedAt - other.closedAt) <= sameClosingMilliseconds;
}

function inLane(id: string, lane: Lane): string {
  return lane === 'live' ? id : `${id}#${lane}`;
}

/**
 * The known closing that a report of `closedAt` means: the nearest within 60 s with no known reopening between them.
 * A reopening separates the closings up to its own moment from those after it.
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
    .filter((closing) => !areSeparated(closing, { closedAt, reopenedAt }));
  return adoptable.reduce<Known | null>(
    (nearest, closing) => (nearest === null || distance(closing) < distance(nearest) ? closing : nearest),
    null,
  );
}

type Closed = Pick<KnownClosing, 'closedAt' | 'reopenedAt'>;

/** Whether the conversation was reopened after the earlier of two closings and before the later one. */
function areSeparated(one: Closed, other: Closed): boolean {
  const isEarlier = Date.parse(one.closedAt) <= Date.parse(other.closedAt);
  const [earlier, later] = isEarlier ? [one, other] : [other, one];
  return earlier.reopenedAt !== null && Date.parse(later.closedAt) > Date.parse(earlier.reopenedAt);
}

/**
 * When a closed conversation closed: `closedAt`, which Gladly does not promise, else the last change of status to
 * CLOSED in the timeline, else the last item; null if there is none of these.
 */
export function closingTime(closedAt: unknown, items: readonly TimelineItem[]): Instant | null {
  const written = parseInstant(closedAt);
  if (written !== null) return written;
  return latest(items.filter(isClosing)) ?? latest(items);
}

/**
 * Stands for a closing while a conversation is open: the same id until it closes, and another one after it reopens. It
 * comes from the timeline alone, so that every read gives the same id.
 */
export function openingIdOf(conversationId: string, items: readonly TimelineItem[]): string {
  const lastClosed = latest(items.filter(isClosing));
  return closingIdOf(
    conversationId,
    lastClosed === null ? 'open' : `open since ${formatInstant(lastClosed)}`,
    'live',
  );
}

function isClosing({ newStatus }: TimelineItem): boolean {
  return newStatus === 'CLOSED';
}

function latest(items: readonly TimelineItem[]): Instant | null {
  const times = items.flatMap(({ timestamp }) => timestamp ?? []);
  return times.length === 0 ? null : times.reduce((last, time) => (time > last ? time : last));
}
