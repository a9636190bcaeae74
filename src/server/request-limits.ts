import { remember } from './remember.ts';

/** How often something may happen: `burst` times at once, and `perMinute` more times each minute. */
export interface Allowance {
  burst: number;
  perMinute: number;
}

export interface Limiter {
  /** Uses one up and returns null, or returns the seconds to wait if none is left. */
  take(key: string): number | null;
}

interface Bucket {
  left: number;
  filledAt: number;
}

/** The number of keys remembered at once. */
const mostKeys = 10_000;
/** A key can be part of a path, as the client wrote it. */
const longestKey = 64;

/** @param clock epoch milliseconds; setting it back locks nobody out */
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
      remember(buckets, key, { left: isFree ? left - 1 : left, filledAt: now }, mostKeys);
      return isFree ? null : Math.max(1, Math.ceil((1 - left) / perMillisecond / 1000));
    },
  };
}
