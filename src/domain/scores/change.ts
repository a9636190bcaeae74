import type { Share } from './share.ts';

/** A difference of two shares with its interval; null where one of them has nothing to count. */
export interface Change {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * How much a share is above an earlier one, with its 95% interval by Newcombe's hybrid score (method 10), which is made
 * from the limits of both shares.
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

/** Whether chance alone explains a change well enough: its interval contains 0. Null where there is none. */
export function mayBeChance({ low, high }: Change): boolean | null {
  return low === null || high === null ? null : low <= 0 && high >= 0;
}

const unknown: Change = { value: null, low: null, high: null };
