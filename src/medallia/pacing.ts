import { isPausedAt, type Priority } from '../domain/values/request-slot.ts';
import { createSemaphore } from '../domain/values/semaphore.ts';
import type { LimiterStore } from '../ports/limiter.ts';

export interface MedalliaPacer {
  /** Resolves when one request may leave. An aborted signal ends the wait with its reason. */
  grant(signal?: AbortSignal): Promise<void>;
  /** Agent Connect answered 429, which pauses every process. `retryAfterMs`: null when it did not say how long. */
  rateLimited(retryAfterMs: number | null): Promise<void>;
}

export interface MedalliaPacerOptions {
  store: LimiterStore;
  /** How many requests a minute we may make with one key. */
  perMinute: number;
  priority: Priority;
  clock: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

const bucket = 'medallia';
/** As for Gladly: two percent slower draws no 429, however requests are counted. */
const slack = 1.02;
/** Requests are counted by the minute, 100 for one key (contract, TooManyRequests). */
const unaskedPauseMs = 15_000;
const longestPauseMs = 60_000;

/** Spaces our requests to Agent Connect evenly. All processes on one ledger share one budget. */
export function createMedalliaPacer(options: MedalliaPacerOptions): MedalliaPacer {
  const { store, clock, priority } = options;
  const line = createSemaphore(1);
  const intervalMs = (60_000 / options.perMinute) * slack;

  const sleepUntil = async (timeMs: number, signal: AbortSignal | undefined): Promise<void> => {
    const waitMs = timeMs - clock();
    if (waitMs > 0) await options.sleep(waitMs, signal);
    signal?.throwIfAborted();
  };

  return {
    async grant(signal) {
      await line.take('in_line', signal);
      try {
        for (;;) {
          signal?.throwIfAborted();
          const nowMs = clock();
          const slot = await store.reserve(bucket, { nowMs, intervalMs, priority });
          if ('askAgainMs' in slot) {
            await sleepUntil(Math.max(slot.askAgainMs, nowMs + 1), signal);
            continue;
          }
          await sleepUntil(slot.atMs, signal);
          // Another process may have drawn a 429 during the wait.
          if (!isPausedAt(await store.pausedUntil(bucket), clock())) return;
        }
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      } finally {
        line.end();
      }
    },
    async rateLimited(retryAfterMs) {
      const askedMs = retryAfterMs ?? unaskedPauseMs;
      await store.pause(bucket, clock() + Math.min(Math.max(askedMs, 0), longestPauseMs));
    },
  };
}
