const minute = 60_000;

/** Tries after which a closing waits for a person, if its failure may last. */
export const mostAttempts = 8;

/** The longest wait between two tries. */
export const longestBackOffMs = minute * 2 ** (mostAttempts - 2);

/**
 * Milliseconds until a closing that failed `attempts` times is tried again: doubling from one minute to about an hour.
 * Null after the last try.
 *
 * @param passes the failure passes by itself, as an outage does: then the closing is tried until it is too old to
 *   survey
 */
export function backOff(attempts: number, passes: true): number;
export function backOff(attempts: number, passes: boolean): number | null;
export function backOff(attempts: number, passes: boolean): number | null {
  if (attempts >= mostAttempts && !passes) return null;
  return minute * 2 ** Math.min(Math.max(0, attempts - 1), mostAttempts - 2);
}
