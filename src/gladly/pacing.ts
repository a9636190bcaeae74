import { createLine } from './line.ts';

/** `requests` is everything that we send to Gladly; `reports` is Gladly's own, slower limit for reports. */
export type Bucket = 'requests' | 'reports';

/** A command run by hand goes before work in the background. */
export type Priority = 'hand' | 'background';

export interface SlotAsk {
  nowMs: number;
  /** Time between two requests. */
  intervalMs: number;
  priority: Priority;
}

/** Either the time at which this request may leave, or the time to ask again, because a hand-run command goes first. */
export type Slot = { atMs: number } | { askAgainMs: number };

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

export interface LimiterState {
  nextAtMs: number;
  pausedUntilMs: number;
  /** Until then a hand-run command is at work, and work in the background waits. */
  handUntilMs: number;
}

/** Requests in a second, and reports in a minute, that Gladly grants to one organisation (Rate Limit). */
const requestsPerSecond = 10;
const reportsPerMinute = 10;
/** Slower than the share by this much: measured to draw no 429 from fixed and sliding windows and leaky buckets. */
const slack = 1.02;
/** A stored time further ahead than this was written before the clock was set back. */
const farthestMs = 120_000;
const longestPauseMs = 60_000;
const shortPauseMs = 1000;

/**
 * One step of the generic cell rate algorithm without burst: the next slot is one interval after the last one,
 * never in the past, never inside a pause.
 */
export function advance(state: LimiterState, ask: SlotAsk): { state: LimiterState; slot: Slot } {
  // A small share of the reports is slower than the horizon.
  const aheadMs = Math.max(farthestMs, 4 * ask.intervalMs);
  const pausedUntilMs = believable(state.pausedUntilMs, ask.nowMs, farthestMs);
  const handUntilMs = believable(state.handUntilMs, ask.nowMs, aheadMs);
  const nextAtMs = believable(state.nextAtMs, ask.nowMs, aheadMs);
  if (ask.priority === 'background' && ask.nowMs < handUntilMs) {
    return { state: { nextAtMs, pausedUntilMs, handUntilMs }, slot: { askAgainMs: handUntilMs } };
  }
  const atMs = Math.max(ask.nowMs, nextAtMs, pausedUntilMs);
  return {
    state: {
      nextAtMs: atMs + ask.intervalMs,
      pausedUntilMs,
      handUntilMs: ask.priority === 'hand' ? atMs + 2 * ask.intervalMs : handUntilMs,
    },
    slot: { atMs },
  };
}

/** A budget of one process: for commands without a ledger, and for tests. */
export function memoryLimiterStore(): LimiterStore {
  const fresh = (): LimiterState => ({ nextAtMs: 0, pausedUntilMs: 0, handUntilMs: 0 });
  const states: Record<Bucket, LimiterState> = { requests: fresh(), reports: fresh() };
  return {
    reserve(bucket, ask) {
      const { state, slot } = advance(states[bucket], ask);
      states[bucket] = state;
      return Promise.resolve(slot);
    },
    pause(bucket, untilMs) {
      const { pausedUntilMs } = states[bucket];
      states[bucket].pausedUntilMs = Math.max(believable(pausedUntilMs, untilMs, farthestMs), untilMs);
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
  const pausedUntilMs: Record<Bucket, number> = { requests: 0, reports: 0 };
  let limit = requestsPerSecond;

  const intervalMs = (bucket: Bucket): number =>
    bucket === 'requests' ? (1000 / (limit * share)) * slack : (60_000 / (reportsPerMinute * share)) * slack;

  const sleepUntil = async (timeMs: number, signal: AbortSignal | undefined): Promise<void> => {
    const waitMs = timeMs - clock();
    if (waitMs > 0) await options.sleep(waitMs, signal);
    signal?.throwIfAborted();
  };

  const isPaused = async (bucket: Bucket): Promise<boolean> => {
    const known = [pausedUntilMs[bucket], (await store.pausedUntil?.(bucket)) ?? 0];
    const nowMs = clock();
    return known.some((timeMs) => believable(timeMs, nowMs, farthestMs) > nowMs);
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
    const nowMs = clock();
    const untilMs = nowMs + forMs;
    pausedUntilMs[bucket] = Math.max(believable(pausedUntilMs[bucket], nowMs, farthestMs), untilMs);
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

function believable(timeMs: number, nowMs: number, aheadMs: number): number {
  return timeMs > nowMs + aheadMs ? 0 : timeMs;
}
