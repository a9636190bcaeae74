/**
 * A clock that ran ahead, or that was set back since, leaves behind times that are impossible now. Stored times are
 * checked against these limits before anything is decided by them.
 */

/** The clocks of two machines differ by less than this, and a step of this size does no harm. */
export const clockDifferenceMs = 5 * 60_000;

/** Before gcsat existed: a machine without a battery starts its clock years in the past. */
const earliestMs = Date.UTC(2025, 0, 1);

/** @param aheadMs how far in the future such a time may lie when it is written */
export function isAhead(timeMs: number, nowMs: number, aheadMs: number): boolean {
  return timeMs > nowMs + aheadMs;
}

/** Whether something can have happened at this time. */
export function canHaveHappened(timeMs: number, nowMs: number): boolean {
  return timeMs >= earliestMs && !isAhead(timeMs, nowMs, clockDifferenceMs);
}
