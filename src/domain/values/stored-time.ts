/**
 * Times that were written by a clock that was ahead, or before it was set back, lie where no time can be. What is read
 * back is compared with this, before anything is decided by it.
 */

/** Clocks of two machines differ by less than this, and a step of this much does no harm. */
export const clockDifferenceMs = 5 * 60_000;

/** Before gcsat was made: a machine without a battery starts its clock years in the past. */
const earliestMs = Date.UTC(2025, 0, 1);

/** @param aheadMs how far ahead of its writing such a time may lie */
export function isAhead(timeMs: number, nowMs: number, aheadMs: number): boolean {
  return timeMs > nowMs + aheadMs;
}

/** Whether something can have happened then. */
export function canHaveHappened(timeMs: number, nowMs: number): boolean {
  return timeMs >= earliestMs && !isAhead(timeMs, nowMs, clockDifferenceMs);
}
