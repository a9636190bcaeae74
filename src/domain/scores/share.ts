/** `count` out of `of`, as a share with its interval; all three are null if `of` is 0. */
export interface Share {
  readonly of: number;
  readonly count: number;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** The normal quantile for 95% intervals. */
const z95 = 1.959963984540054;

/** A share with its 95% interval by Wilson: 0 <= low <= value <= high <= 1. */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { of, count, value: null, low: null, high: null };
  const value = count / of;
  const spread = (z95 * z95) / of;
  const center = (value + spread / 2) / (1 + spread);
  const half = (z95 * Math.sqrt((value * (1 - value)) / of + spread / (4 * of))) / (1 + spread);
  // Rounding must not put a limit on the other side of the share, or outside of 0 to 1.
  const low = Math.min(value, Math.max(0, center - half));
  const high = Math.max(value, Math.min(1, center + half));
  return { of, count, value, low, high };
}
