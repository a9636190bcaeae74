import type { Share } from './share.ts';

/** A difference of two shares with its interval; null if one of them has nothing to count. */
export interface Change {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * How far a share is above an earlier one, with its 95% interval by Newcombe's hybrid score (method 10), which combines
 * the limits of both shares.
 */
export function changeOf(now: Share, before: Share): Change {
  if (now.value === null || now.low === null || now.high === null) return unknown;
  if (before.value === null || before.low === null || before.high === null) return unknown;
  const value = now.value - before.value;
  return {
    value,
    low: value - Math.hypot(now.value - now.low, before.high - before.value),
    high: value + Math.hypot(now.high - now.value, before.value - before.low),
  };
}

/** Whether chance alone may explain a change: its interval contains 0. Null if there is no interval. */
export function mayBeChance({ low, high }: Change): boolean | null {
  return low === null || high === null ? null : low <= 0 && high >= 0;
}

const unknown: Change = { value: null, low: null, high: null };
