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
  const [later, earlier] = [measured(now), measured(before)];
  if (later === null || earlier === null) return { value: null, low: null, high: null };
  const value = later.value - earlier.value;
  return {
    value,
    low: value - Math.hypot(later.value - later.low, earlier.high - earlier.value),
    high: value + Math.hypot(later.high - later.value, earlier.value - earlier.low),
  };
}

function measured({ value, low, high }: Change): { value: number; low: number; high: number } | null {
  return value === null || low === null || high === null ? null : { value, low, high };
}

/** Whether chance alone may explain a change: its interval contains 0. Null if there is no interval. */
export function mayBeChance({ low, high }: Change): boolean | null {
  return low === null || high === null ? null : low <= 0 && high >= 0;
}
