/** How often something may be done: `burst` at once, and so many again each minute. */
export interface Allowance {
  burst: number;
  perMinute: number;
}

export interface Limiter {
  /** Takes one; seconds to wait when there is none left, else null. */
  take(key: string): number | null;
}

interface Bucket {
  left: number;
  filledAt: number;
}

/** Keys that are remembered at once. Somebody who invents keys only makes the limiter forget others. */
const mostKeys = 10_000;
/** A key may be a path's part as the client wrote it. */
const longestKey = 64;

/** @param clock epoch milliseconds; it may be set back without anybody being locked out */
export function createLimiter({ burst, perMinute }: Allowance, clock: () => number): Limiter {
  const buckets = new Map<string, Bucket>();
  const perMillisecond = perMinute / 60_000;
  return {
    take(text) {
      const key = text.slice(0, longestKey);
      const now = clock();
      const known = buckets.get(key) ?? { left: burst, filledAt: now };
      const left = Math.min(burst, known.left + Math.max(0, now - known.filledAt) * perMillisecond);
      const isFree = left >= 1;
      buckets.delete(key);
      buckets.set(key, { left: isFree ? left - 1 : left, filledAt: now });
      if (buckets.size > mostKeys) {
        const oldest = buckets.keys().next();
        if (!oldest.done) buckets.delete(oldest.value);
      }
      return isFree ? null : Math.max(1, Math.ceil((1 - left) / perMillisecond / 1000));
    },
  };
}
