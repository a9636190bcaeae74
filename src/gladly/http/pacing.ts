import {
  freshLimiter,
  isPausedAt,
  pauseSlots,
  reserveSlot,
  type Bucket,
  type LimiterState,
  type Priority,
} from '../../domain/values/request-slot.ts';
import { createSemaphore, type PermitOrder } from '../../domain/values/semaphore.ts';
import type { LimiterStore } from '../../ports/limiter.ts';

export interface RateLimitHeaders {
  limit: number | null;
  remaining: number | null;
}

export interface Pacer {
  /**
   * Resolves when one request of this kind may leave. An aborted signal ends the wait with its reason. `first` goes
   * ahead of every other request that waits in line in this process.
   */
  grant(kind: 'request' | 'report', signal?: AbortSignal, order?: PermitOrder): Promise<void>;
  /** The `Ratelimit-*` headers of an answer. They can slow us down but never speed us up. */
  observe(headers: RateLimitHeaders): Promise<void>;
  /**
   * Gladly answered 429, which pauses every process. A 429 for a report pauses reports for as long as Gladly asks, and
   * everything else briefly.
   */
  rateLimited(retryAfterMs: number | null, kind?: 'request' | 'report'): Promise<void>;
}

export interface PacerOptions {
  store: LimiterStore;
  /** Percent of the organization's limit that we may use, more than 0 and at most 100. */
  ratePercent: number;
  priority: Priority;
  clock: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** What Gladly permits one organization (Rate Limit). */
const requestsPerSecond = 10;
const reportsPerMinute = 10;
/** Two percent slower than our share: measured to draw no 429 from fixed windows, sliding windows, or leaky buckets. */
const slack = 1.02;
/**
 * A slot that passed longer ago than this is given up. Whatever held up this process, such as an unavailable ledger,
 * probably held up the others too, and all their requests would leave at once.
 */
const latestMs = 250;
const longestPauseMs = 60_000;
const shortPauseMs = 1000;
/** After a 429 for a report that names no wait: six tries outlast the minute in which Gladly counts reports. */
const reportPauseMs = 12_000;

type GladlyBucket = Exclude<Bucket, 'medallia'>;

/** A budget for one process: for commands without a ledger, and for tests. */
export function memoryLimiterStore(): LimiterStore {
  const states: Record<Bucket, LimiterState> = {
    requests: freshLimiter,
    reports: freshLimiter,
    medallia: freshLimiter,
  };
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
    pausedUntil: (bucket) => Promise.resolve(states[bucket].pausedUntilMs),
  };
}

/**
 * Spaces our requests evenly within our share of the organization's rate limit. Within a process, requests leave in the
 * order in which they were made, except that `first` ones go ahead. Only the request at the head of the line asks the
 * store.
 */
export function createPacer(options: PacerOptions): Pacer {
  const { store, priority, clock } = options;
  const share = options.ratePercent / 100;
  const line = { requests: createSemaphore(1), reports: createSemaphore(1) };
  const seen: Record<GladlyBucket, LimiterState> = { requests: freshLimiter, reports: freshLimiter };
  let limit = requestsPerSecond;

  const intervalMs = (bucket: GladlyBucket): number =>
    bucket === 'requests' ? (1000 / (limit * share)) * slack : (60_000 / (reportsPerMinute * share)) * slack;

  const sleepUntil = async (timeMs: number, signal: AbortSignal | undefined): Promise<void> => {
    const waitMs = timeMs - clock();
    if (waitMs > 0) await options.sleep(waitMs, signal);
    signal?.throwIfAborted();
  };

  const isPaused = async (bucket: GladlyBucket): Promise<boolean> => {
    const known = [seen[bucket].pausedUntilMs, await store.pausedUntil(bucket)];
    const nowMs = clock();
    return known.some((untilMs) => isPausedAt(untilMs, nowMs));
  };

  const takeSlot = async (
    bucket: GladlyBucket,
    signal: AbortSignal | undefined,
    order: PermitOrder | undefined,
  ): Promise<void> => {
    await line[bucket].take(order, signal);
    // Give up a slot only once: on a slow machine, every slot may have passed before it is used.
    let hasGivenUp = false;
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
        // Another request, or another process, may have drawn a 429 during the wait.
        if (await isPaused(bucket)) continue;
        if (hasGivenUp || clock() - slot.atMs <= latestMs) return;
        hasGivenUp = true;
      }
    } catch (error) {
      // A sleep may reject with an error of its own; the caller gets the signal's reason.
      signal?.throwIfAborted();
      throw error;
    } finally {
      line[bucket].end();
    }
  };

  const pause = async (bucket: GladlyBucket, forMs: number): Promise<void> => {
    const untilMs = clock() + forMs;
    seen[bucket] = pauseSlots(seen[bucket], untilMs);
    await store.pause(bucket, untilMs);
  };

  return {
    async grant(kind, signal, order) {
      if (kind === 'report') await takeSlot('reports', signal, order);
      await takeSlot('requests', signal, order);
    },
    async observe(headers) {
      const organizationLimit = headers.limit ?? limit;
      if (!Number.isInteger(organizationLimit) || organizationLimit < 1) return;
      limit = Math.min(requestsPerSecond, organizationLimit);
      // At our own rate, more than one request of this second would be left; if none is, others have used them.
      const othersAreActive = organizationLimit > limit * share + 1;
      if (headers.remaining === 0 && othersAreActive) await pause('requests', shortPauseMs);
    },
    async rateLimited(retryAfterMs, kind = 'request') {
      const unasked = kind === 'report' ? reportPauseMs : shortPauseMs;
      const askedMs = retryAfterMs === null || Number.isNaN(retryAfterMs) ? unasked : retryAfterMs;
      const forMs = Math.min(Math.max(askedMs, 0), longestPauseMs);
      if (kind === 'request') return pause('requests', forMs);
      await pause('reports', forMs);
      await pause('requests', Math.min(forMs, shortPauseMs));
    },
  };
}
