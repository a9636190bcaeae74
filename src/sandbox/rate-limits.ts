/** The ways to count a rate limit. Gladly does not state which one it uses. */
export const windowKinds = ['leaky', 'fixed', 'sliding'] as const;

export type WindowKind = (typeof windowKinds)[number];

export interface RateLimit {
  readonly limit: number;
  /** Counts one request; false when it is over the limit. Times are milliseconds that never run backwards. */
  take(now: number): boolean;
  /** How many more requests would be granted now. */
  remaining(now: number): number;
}

/** A bucket that holds `limit` requests and drains evenly within one window. */
function leakyBucket(limit: number, windowMs: number): RateLimit {
  let level = 0;
  let seen = 0;
  const leak = (now: number): void => {
    level = Math.max(0, level - ((now - seen) * limit) / windowMs);
    seen = now;
  };
  return {
    limit,
    take: (now) => {
      leak(now);
      if (level + 1 > limit) return false;
      level += 1;
      return true;
    },
    remaining: (now) => {
      leak(now);
      return Math.floor(limit - level);
    },
  };
}

/** At most `limit` requests in each second (or minute) of the clock. */
function fixedWindow(limit: number, windowMs: number): RateLimit {
  let current = -1;
  let count = 0;
  const turn = (now: number): void => {
    const window = Math.floor(now / windowMs);
    if (window !== current) count = 0;
    current = window;
  };
  return {
    limit,
    take: (now) => {
      turn(now);
      if (count >= limit) return false;
      count += 1;
      return true;
    },
    remaining: (now) => {
      turn(now);
      return limit - count;
    },
  };
}

/** At most `limit` requests in any stretch of the window's length. */
function slidingWindow(limit: number, windowMs: number): RateLimit {
  let granted: number[] = [];
  const forget = (now: number): void => {
    granted = granted.filter((at) => at > now - windowMs);
  };
  return {
    limit,
    take: (now) => {
      forget(now);
      if (granted.length >= limit) return false;
      granted.push(now);
      return true;
    },
    remaining: (now) => {
      forget(now);
      return limit - granted.length;
    },
  };
}

export function rateLimit(kind: WindowKind, limit: number, windowMs: number): RateLimit {
  switch (kind) {
    case 'leaky':
      return leakyBucket(limit, windowMs);
    case 'fixed':
      return fixedWindow(limit, windowMs);
    case 'sliding':
      return slidingWindow(limit, windowMs);
  }
}

/** The contract's two tiers: reports, and everything else. An organization has one bucket for all methods. */
export interface Limits {
  all: RateLimit;
  reports: RateLimit;
  reportsAtOnce: number;
  /** Milliseconds that never run backwards. */
  clock: () => number;
}

export interface LimitOptions {
  requestsPerSecond?: number;
  window?: WindowKind;
  reportsPerMinute?: number;
  /** Milliseconds; the machine's steady clock unless given. */
  clock?: () => number;
}

export function limitsOf(options: LimitOptions = {}): Limits {
  const kind = options.window ?? 'leaky';
  return {
    all: rateLimit(kind, options.requestsPerSecond ?? 10, 1000),
    reports: rateLimit('sliding', options.reportsPerMinute ?? 10, 60_000),
    reportsAtOnce: 2,
    clock: options.clock ?? (() => performance.now()),
  };
}
