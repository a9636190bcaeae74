const minute = 60_000;

/** Tries after which a closing waits for a person. */
export const mostAttempts = 8;

/**
 * Milliseconds until a closing that failed `attempts` times is tried again: doubling from one minute to about an
 * hour. Null after the last try.
 */
export function backOff(attempts: number): number | null {
  return attempts >= mostAttempts ? null : minute * 2 ** Math.max(0, attempts - 1);
}
