import { Failure } from '../../failure.ts';
import { waitHint, type Problem } from './errors.ts';

export interface RetryInfo {
  operation: string;
  /** The number of the try that failed, from 1. */
  attempt: number;
  waitMs: number;
  /** The code of that failure, e.g. `timeout`. */
  why: string;
}

export interface RetryOptions {
  clock: () => number;
  /** From 0 to less than 1. */
  random: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal?: AbortSignal;
  onRetry?: (info: RetryInfo) => void;
}

/** The tries of one request that is safe to repeat. */
export interface Tries {
  /** A try is about to leave. Throws the last try's failure when the time for tries is over. */
  leaving(): void;
  /** Waits until the next try may be made. Throws the problem's failure when there is no next try. */
  again(problem: Problem): Promise<void>;
  /** The tries have made progress: their time starts again, their count does not. */
  progressed(): void;
}

const mostTries = 6;
/** For reports: Gladly makes only ten a minute for the whole organization. */
export const mostReportTries = 3;
const firstBackOffMs = 250;
const longestBackOffMs = 8000;

/**
 * At most `most` tries, or 6 when Gladly's rate limit is the reason; the last one begins within `triesMs` of the first.
 * Before each repeat comes a random part of a wait that doubles every time, or the wait of `Retry-After` if that is
 * longer.
 */
export function startTries(
  options: RetryOptions,
  operation: string,
  triesMs: number,
  most = mostTries,
): Tries {
  let attempt = 0;
  let startedMs: number | null = null;
  let last: Problem | null = null;

  const overMs = (): number => (startedMs ?? options.clock()) + triesMs;

  return {
    leaving() {
      if (last !== null && options.clock() > overMs()) throw last.failure;
      startedMs ??= options.clock();
      attempt += 1;
    },
    async again(problem) {
      last = problem;
      const mostNow = problem.failure.code === 'rate_limited' ? mostTries : most;
      if (!problem.repeatable || attempt >= mostNow) throw problem.failure;
      options.signal?.throwIfAborted();
      const retryAfterMs = problem.refusal?.retryAfterMs ?? 0;
      const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (attempt - 1));
      const waitMs = Math.max(retryAfterMs, options.random() * backOffMs);
      if (options.clock() + waitMs > overMs()) throw outOfTime(problem.failure, retryAfterMs);
      options.onRetry?.({ operation, attempt, waitMs, why: problem.failure.code });
      try {
        await options.sleep(waitMs, options.signal);
      } finally {
        options.signal?.throwIfAborted();
      }
    },
    progressed() {
      startedMs = null;
    },
  };
}

function outOfTime(failure: Failure, retryAfterMs: number): Failure {
  if (retryAfterMs === 0) return failure;
  return new Failure(failure.kind, failure.code, failure.message, {
    hint: waitHint(retryAfterMs),
    ...(failure.conversationId === null ? {} : { conversationId: failure.conversationId }),
    cause: failure,
  });
}
