import { setMaxListeners } from 'node:events';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure, isContention } from '../../failure.ts';
import { resolveAbandonedReminders, resolveAbandonedSends } from '../../store/queue/claims.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { keepingClaim } from '../context/claim.ts';
import { customerLookup } from './customer-lookup.ts';
import { queueHealth, stopsTheQueue } from './queue-health.ts';
import type { ConversationRead } from '../survey/read-conversation.ts';
import type { Services } from '../context/services.ts';
import { processClosing, waiting, type WorkResult } from './process-closing.ts';

export interface QueueLimits {
  /** The most messages that may leave. */
  maxSends: number | null;
  /** The most closings to work on. */
  maxClosings: number | null;
  /** Epoch milliseconds after which nothing new is begun. */
  deadline: number | null;
}

export type QueueEnd = 'done' | 'max_sends' | 'limit' | 'duration' | 'stopped';

export interface QueueRun {
  sent: number;
  scheduled: number;
  suppressed: number;
  uncertain: number;
  failed: number;
  end: QueueEnd;
  /** What stopped the run; work already begun is still finished, and the rest stays in the queue. */
  failure: Failure | null;
}

/** Enough closings at once to fill the permitted rate even when Gladly is slow; the pacing keeps them in line. */
const mostWorkers = 16;
/** With a small rate share, fewer are begun, so that reads do not grow old and a stop does not wait for many. */
const readingMilliseconds = 8000;
const requestsPerClosing = 4;

/** A closing that this process has claimed, with its conversation if that was read to find it. */
export interface Work {
  closing: Closing;
  read: ConversationRead | null;
}

/** One piece of work with its result. */
export interface FinishedWork extends WorkResult {
  /** Null when it failed before the closing was known. */
  closing: Closing | null;
}

/**
 * The next due closing; null when there is none. A Failure counts for one piece of work, unless it stops the rest. A
 * source that waits for work returns null when the signal aborts, because the run has stopped.
 */
export type NextWork = (ended: AbortSignal) => Promise<Work | null>;

/**
 * Works on the queue until nothing is due or a limit is reached. A closing that fails, even by a defect in gcsat, is
 * kept with its back-off and never stops the rest, unless everything fails or the rest would fail the same way.
 */
export async function workQueue(
  services: Services,
  next: NextWork,
  limits: QueueLimits,
  onFinished: (finished: FinishedWork) => void,
): Promise<QueueRun> {
  const counts = { sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0 };
  let limit: QueueEnd = 'done';
  const askForCustomer = customerLookup(services);
  const health = queueHealth();
  /** Closings that another process changed while we worked on them; once is harmless. */
  const leftToOthers = new Set<string>();
  const failedBefore = new Set<string>();
  let begun = 0;
  let working = 0;
  let stop: { error: unknown } | null = null;
  const ended = new AbortController();
  // Each worker that waits for work listens to this signal.
  setMaxListeners(0, ended.signal);
  const end = (): void => ended.abort();

  /** Why nothing new may be begun; null when it may. `wait`: work under way may use up the last permitted send. */
  const obstacle = (): QueueEnd | 'wait' | null => {
    if (limits.maxClosings !== null && begun >= limits.maxClosings) return 'limit';
    if (limits.deadline !== null && services.clock() >= limits.deadline) return 'duration';
    if (limits.maxSends === null) return null;
    const left = limits.maxSends - counts.sent - counts.uncertain;
    if (left <= 0) return 'max_sends';
    return working >= left ? 'wait' : null;
  };

  const workOnNext = async (): Promise<FinishedWork | null> => {
    let closing: Closing | null = null;
    try {
      const work = await next(ended.signal);
      if (work === null) return null;
      closing = work.closing;
      const result = await keepingClaim(services, closing, (row) =>
        processClosing(services, row, { askForCustomer, read: work.read }),
      );
      if (result.outcome !== 'waiting') leftToOthers.delete(closing.id);
      return { closing, ...result };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const id = closing?.id;
      if (id === undefined || !isContention(error) || leftToOthers.has(id))
        return { closing, outcome: 'failed', reasons: [], failure: error, row: null };
      leftToOthers.add(id);
      return { closing, ...waiting };
    }
  };

  const count = (finished: FinishedWork): void => {
    const { closing, outcome, failure } = finished;
    if (failure !== null && stopsTheQueue(failure)) throw failure;
    if (closing !== null) {
      // A long run may retry a closing that failed earlier in it.
      if (failedBefore.delete(closing.id)) counts.failed -= 1;
      if (outcome === 'failed') failedBefore.add(closing.id);
    }
    if (outcome in counts) counts[outcome as keyof typeof counts] += 1;
    onFinished(finished);
    health.note(finished);
  };

  const loop = async (): Promise<void> => {
    while (stop === null) {
      services.signal.throwIfAborted();
      const hindrance = obstacle();
      if (hindrance === 'wait') {
        await services.sleep(20);
        continue;
      }
      if (hindrance !== null) {
        limit = hindrance;
        return;
      }
      begun += 1;
      working += 1;
      try {
        const result = await workOnNext();
        if (result === null) {
          begun -= 1;
          return;
        }
        count(result);
      } finally {
        working -= 1;
      }
    }
  };

  await resolveAbandonedSends(services.ledger, timeNow(services.clock));
  await resolveAbandonedReminders(services.ledger, timeNow(services.clock));
  services.signal.addEventListener('abort', end);
  await Promise.all(
    Array.from({ length: workersFor(services.settings.ratePercent) }, () =>
      loop().catch((error: unknown) => {
        stop ??= { error };
        end();
      }),
    ),
  );
  services.signal.removeEventListener('abort', end);
  const stopped = stop as { error: unknown } | null;
  if (stopped !== null) {
    if (stopped.error instanceof Failure) return { ...counts, end: 'stopped', failure: stopped.error };
    throw stopped.error;
  }
  const forbidden = health.forbidden();
  if (forbidden !== null) return { ...counts, end: 'stopped', failure: forbidden };
  return { ...counts, end: limit, failure: null };
}

function workersFor(ratePercent: number): number {
  const requestMilliseconds = 1000 / (10 * (ratePercent / 100));
  const inTime = Math.ceil(readingMilliseconds / (requestsPerClosing * requestMilliseconds));
  return Math.min(mostWorkers, Math.max(2, inTime));
}
