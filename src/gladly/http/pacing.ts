import {
  freshLimiter,
  isPausedAt,
  pauseSlots,
  reserveSlot,
  type Bucket,
  type LimiterState,
  type Priority,
  type Slot,
  type SlotAsk,
} from '../../domain/values/request-slot.ts';
import { createLine } from './line.ts';

/** Where the organisation's budget is kept; all who share a store share the budget. Times are epoch milliseconds. */
export interface LimiterStore {
  reserve(bucket: Bucket, ask: SlotAsk): Promise<Slot>;
  pause(bucket: Bucket, untilMs: number): Promise<void>;
  /** A store that knows it lets a request which already waits for its slot heed the pause of another process. */
  pausedUntil?(bucket: Bucket): Promise<number>;
}

export interface RatelimitHeaders {
  limit: number | null;
  remaining: number | null;
}

export interface Pacer {
  /** Resolves when one request of the kind may leave. An aborted signal ends the waiting with its reason. */
  grant(kind: 'request' | 'report', signal?: AbortSignal): Promise<void>;
  /** What an answer's `Ratelimit-*` headers said. They can slow us down and never speed us up. */
  observe(headers: RatelimitHeaders): Promise<void>;
  /** Gladly answered 429: pauses everybody. A report's 429 pauses reports for as long as it says, all else briefly. */
  rateLimited(retryAfterMs: number | null, kind?: 'request' | 'report'): Promise<void>;
}

export interface PacerOptions {
  store: LimiterStore;
  /** Percent of the organisation's limit that is ours, more than 0 and at most 100. */
  ratePercent: number;
  priority: Priority;
  clock: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Requests in a second, and reports in a minute, that Gladly grants to one organisation (Rate Limit). */
const requestsPerSecond = 10;
const reportsPerMinute = 10;
/** Slower than the share by this much: measured to draw no 429 from fixed and sliding windows and leaky buckets. */
const slack = 1.02;
const longestPauseMs = 60_000;
const shortPauseMs = 1000;

/** A budget of one process: for commands without a ledger, and for tests. */
export function memoryLimiterStore(): LimiterStore {
  const states: Record<Bucket, LimiterState> = { requests: freshLimiter, reports: freshLimiter };
  return {
    reserve(bucket, ask) {
      const { state, slot } = reserveSlot(states[bucket], ask);
      states[bucket] = state;
      return Promise.resolve(slot);
    },
    pause(bucket, untilMs) {
      states[bucket] = pauseSlots(states[bucket], untilMs);
      return Promise.resolve();
    },
    pausedUntil(bucket) {
      return Promise.resolve(states[bucket].pausedUntilMs);
    },
  };
}

/**
 * Spaces our requests evenly within our share of the organisation's rate limit. Within a process the first to ask
 * is the first to go, and only the head of the line asks the store.
 */
export function createPacer(options: PacerOptions): Pacer {
  const { store, priority, clock } = options;
  const share = options.ratePercent / 100;
  const lines = { requests: createLine(), reports: createLine() };
  const seen: Record<Bucket, LimiterState> = { requests: freshLimiter, reports: freshLimiter };
  let limit = requestsPerSecond;

  const intervalMs = (bucket: Bucket): number =>
    bucket === 'requests' ? (1000 / (limit * share)) * slack : (60_000 / (reportsPerMinute * share)) * slack;

  const sleepUntil = async (timeMs: number, signal: AbortSignal | undefined): Promise<void> => {
    const waitMs = timeMs - clock();
    if (waitMs > 0) await options.sleep(waitMs, signal);
    signal?.throwIfAborted();
  };

  const isPaused = async (bucket: Bucket): Promise<boolean> => {
    const known = [seen[bucket].pausedUntilMs, (await store.pausedUntil?.(bucket)) ?? 0];
    const nowMs = clock();
    return known.some((untilMs) => isPausedAt(untilMs, nowMs));
  };

  const takeSlot = async (bucket: Bucket, signal: AbortSignal | undefined): Promise<void> => {
    const leave = await lines[bucket].enter(signal);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const nowMs = clock();
        const slot = await store.reserve(bucket, { nowMs, intervalMs: intervalMs(bucket), priority });
        if ('askAgainMs' in slot) {
          await sleepUntil(Math.max(slot.askAgainMs, nowMs + 1), signal);
          continue;
        }
        await sleepUntil(slot.atMs, signal);
        // A 429 that another request drew meanwhile holds for this one as well.
        if (!(await isPaused(bucket))) return;
      }
    } catch (error) {
      // Sleeps may reject in their own way; who waits is told the signal's reason.
      signal?.throwIfAborted();
      throw error;
    } finally {
      leave();
    }
  };

  const pause = async (bucket: Bucket, forMs: number): Promise<void> => {
    const untilMs = clock() + forMs;
    seen[bucket] = pauseSlots(seen[bucket], untilMs);
    await store.pause(bucket, untilMs);
  };

  return {
    async grant(kind, signal) {
      if (kind === 'report') await takeSlot('reports', signal);
      await takeSlot('requests', signal);
    },
    async observe(headers) {
      const organisationLimit = headers.limit ?? limit;
      if (!Number.isInteger(organisationLimit) || organisationLimit < 1) return;
      limit = Math.min(requestsPerSecond, organisationLimit);
      // Our own rate would have left more than one request of this second unused, so others have used them.
      const othersAreThere = organisationLimit > limit * share + 1;
      if (headers.remaining === 0 && othersAreThere) await pause('requests', shortPauseMs);
    },
    async rateLimited(retryAfterMs, kind = 'request') {
      const askedMs = retryAfterMs === null || Number.isNaN(retryAfterMs) ? shortPauseMs : retryAfterMs;
      const forMs = Math.min(Math.max(askedMs, 0), longestPauseMs);
      if (kind === 'request') return pause('requests', forMs);
      await pause('reports', forMs);
      await pause('requests', Math.min(forMs, shortPauseMs));
    },
  };
}
