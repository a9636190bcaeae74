const minuteMs = 60_000;

/**
 * How long it may take to learn of the closings of one minute: webhooks come within seconds, and events lag by fifteen.
 */
const arrivalMs = 60_000;

/** A closing may belong to a bulk that begins before it or ends after it. */
export const bulkReachMs = minuteMs;

/**
 * When it is certain whether a closing was one of many: the minute after it is over, and the other closings have
 * arrived.
 *
 * @param closedAtMs epoch milliseconds
 */
export function bulkKnownAt(closedAtMs: number): number {
  return closedAtMs + bulkReachMs + arrivalMs;
}

/**
 * The same for a process that works until it is stopped: another process, or a catch-up of its own, may still be
 * finding the other closings, a few hundred at a time.
 *
 * @param firstSeenAtMs when the closing was found, epoch milliseconds
 */
export function bulkFoundAt(closedAtMs: number, firstSeenAtMs: number): number {
  return Math.max(bulkKnownAt(closedAtMs), firstSeenAtMs + arrivalMs);
}

/**
 * How many closings there were in the fullest minute that the closing at `at` belongs to, including that closing. The
 * result depends only on the times, not on the order in which they become known.
 *
 * @param others epoch milliseconds of the other closings by the same initiator
 */
export function bulkSize(others: readonly number[], at: number): number {
  const times = [...others.filter((time) => Math.abs(time - at) <= minuteMs), at].toSorted(
    (one, other) => one - other,
  );
  // A minute that ends before `at` has no more of these times than the one that ends with it.
  let most = 0;
  let first = 0;
  for (const [index, time] of times.entries()) {
    while (time - (times[first] ?? time) > minuteMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
