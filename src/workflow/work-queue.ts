import { setMaxListeners } from 'node:events';
import { backOff } from '../domain/back-off.ts';
import { timeNow } from '../domain/instant.ts';
import type { Reason } from '../domain/reason.ts';
import type { SurveyOutcome } from '../domain/survey-document.ts';
import { about, Failure } from '../failure.ts';
import { renewClaim, settleAbandoned, settleInterrupted } from '../ledger/claims.ts';
import type { Closing } from '../ledger/closing.ts';
import { recordFailure } from '../ledger/decisions.ts';
import { keepingClaim } from './claim.ts';
import { customerLookup } from './customer-lookup.ts';
import { defectOf } from './defect.ts';
import { isForbidden, isOthers, stopsTheRest } from './each-conversation.ts';
import { errorFields } from './error-fields.ts';
import type { ConversationRead } from './read-conversation.ts';
import type { Services } from './services.ts';
import { createSteps } from './steps.ts';
import { surveyPending } from './survey-pending.ts';

export interface QueueLimits {
  /** Most messages that may leave. */
  maxSends: number | null;
  /** Most closings that are worked on. */
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
  /** What stopped the run; what was begun is finished all the same, and what is left stays in the queue. */
  failure: Failure | null;
}

/** As many closings at once as slow answers need to fill the permitted rate; the pacing keeps them in line. */
const mostWorkers = 16;
/** At a small share fewer are begun, so that reads do not grow old and a stop does not wait for many. */
const readingMilliseconds = 8000;
const requestsPerClosing = 4;
/** So many failures in a row, with nothing done between them, are not the closings' fault; messages in doubt alike. */
const hopelessFailures = 12;

/** A closing that this process has claimed, with its conversation where that was read to find it. */
export interface Work {
  closing: Closing;
  read: ConversationRead | null;
}

/** What one piece of work came to; `waiting`: the closing is to be looked at again, or is somebody else's. */
export interface SettledWork {
  /** Null where the failure came before the closing was known. */
  closing: Closing | null;
  outcome: SurveyOutcome | 'waiting';
  reasons: readonly Reason[];
  failure: Failure | null;
}

type WorkResult = Omit<SettledWork, 'closing'>;

const waiting: WorkResult = { outcome: 'waiting', reasons: [], failure: null };

/**
 * The next closing that is due; null when there is none. A Failure is that of one piece of work, unless it stops the
 * rest. Whoever waits for work answers null when the signal aborts, because the run has stopped.
 */
export type NextWork = (ended: AbortSignal) => Promise<Work | null>;

/**
 * Works on the queue until nothing is due, or a limit is reached. A closing that fails, also by a defect of ours, is kept
 * with its back-off and never stops the rest, unless everything fails or the rest would fail alike.
 */
export async function workQueue(
  services: Services,
  next: NextWork,
  limits: QueueLimits,
  onSettled: (settled: SettledWork) => void,
): Promise<QueueRun> {
  const { ledger } = services;
  const counts = { sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0 };
  let limit: QueueEnd = 'done';
  const askForCustomer = customerLookup(services);
  const now = (): string => timeNow(services.clock);
  /** Closings that somebody else changed while they were worked on; once is no trouble. */
  const leftToOthers = new Set<string>();
  let begun = 0;
  let working = 0;
  let failuresInARow = 0;
  let doubtsInARow = 0;
  /** One refusal alone tells nothing of the others; the second one tells of all where nothing is permitted. */
  const permission = { any: false, refused: 'nobody' as 'nobody' | 'one' | Failure };
  let stop: { error: unknown } | null = null;
  const ended = new AbortController();
  // Each worker that waits for work listens to it.
  setMaxListeners(0, ended.signal);
  const end = (): void => ended.abort();

  /** Why nothing new may be begun; null when it may. `wait`: what is being done may use up the last permitted send. */
  const obstacle = (): QueueEnd | 'wait' | null => {
    if (limits.maxClosings !== null && begun >= limits.maxClosings) return 'limit';
    if (limits.deadline !== null && services.clock() >= limits.deadline) return 'duration';
    if (limits.maxSends === null) return null;
    const left = limits.maxSends - counts.sent - counts.uncertain;
    if (left <= 0) return 'max_sends';
    return working >= left ? 'wait' : null;
  };

  /** What became of a claimed closing; a failure is recorded before anybody else can take the closing. */
  const settle = async (closing: Closing, read: Work['read']): Promise<WorkResult> => {
    try {
      const steps = createSteps(services, () => undefined);
      return (await surveyPending(services, closing, { askForCustomer, read, steps })) ?? waiting;
    } catch (error) {
      // Work that is stopped may end by anything.
      if (error instanceof Failure ? stopsTheRest(error) && !isForbidden(error) : services.signal.aborted)
        throw error;
      const failure = about(
        closing.conversationId,
        error instanceof Failure ? error : defectIn(services, closing, error),
      );
      if (!(await renewClaim(ledger, closing.id, services.worker, now()))) return waiting;
      // Whatever failed while the message was leaving, nobody knows whether it left; a trial's is repeated without harm.
      const { state } = await settleInterrupted(ledger, closing, now());
      if (state === 'uncertain') return { outcome: 'uncertain', reasons: [], failure };
      const { code, message, hint } = failure;
      const retryAt = retryTime(services, closing, failure);
      await recordFailure(ledger, closing.id, services.worker, now(), { code, message, hint }, retryAt);
      return { outcome: 'failed', reasons: [], failure };
    }
  };

  const workOnNext = async (): Promise<SettledWork | null> => {
    let closing: Closing | null = null;
    try {
      const work = await next(ended.signal);
      if (work === null) return null;
      closing = work.closing;
      const result = await keepingClaim(services, closing, (row) => settle(row, work.read));
      if (result.outcome !== 'waiting') leftToOthers.delete(closing.id);
      return { closing, ...result };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const id = closing?.id;
      if (id === undefined || !isOthers(error) || leftToOthers.has(id))
        return { closing, outcome: 'failed', reasons: [], failure: error };
      leftToOthers.add(id);
      return { closing, ...waiting };
    }
  };

  const count = (settled: SettledWork): void => {
    const { outcome, failure } = settled;
    if (failure !== null && stops(failure)) throw failure;
    if (outcome in counts) counts[outcome as keyof typeof counts] += 1;
    onSettled(settled);
    failuresInARow = isTrouble(settled) ? failuresInARow + 1 : 0;
    // Only a message that is taken shows that messages are taken.
    if (outcome === 'uncertain') doubtsInARow += 1;
    else if (outcome === 'sent') doubtsInARow = 0;
    if (failure !== null && isForbidden(failure)) {
      permission.refused = permission.refused === 'nobody' ? 'one' : failure;
    } else if (outcome !== 'waiting') permission.any = true;
    if (failure !== null && Math.max(failuresInARow, doubtsInARow) >= hopelessFailures) throw failure;
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

  await settleAbandoned(ledger, now());
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
  const { any, refused } = permission;
  if (refused instanceof Failure && !any) return { ...counts, end: 'stopped', failure: refused };
  return { ...counts, end: limit, failure: null };
}

function workersFor(ratePercent: number): number {
  const requestMilliseconds = 1000 / (10 * (ratePercent / 100));
  const inTime = Math.ceil(readingMilliseconds / (requestsPerClosing * requestMilliseconds));
  return Math.min(mostWorkers, Math.max(2, inTime));
}

/** What the next closing may meet too. Messages in doubt most of all: each of them is left to a person. */
export function isTrouble({ outcome, failure }: SettledWork): boolean {
  if (failure === null) return false;
  if (outcome === 'uncertain') return true;
  return outcome === 'failed' && (passes(failure) || failure.kind === 'defect');
}

/** An outage, or a permission that is missing, must not use up the tries of all closings that meet it. */
function passes(failure: Failure): boolean {
  return failure.kind === 'temporary' || isForbidden(failure);
}

/** What Gladly does not permit for one conversation stops nothing; to send is permitted for all or for none. */
function stops(failure: Failure): boolean {
  return stopsTheRest(failure) && !(isForbidden(failure) && failure.conversationId !== null);
}

function defectIn({ debug }: Services, { id }: Closing, error: unknown): Failure {
  debug(`closing ${id}: ${JSON.stringify(errorFields(error))}`);
  return defectOf(error);
}

/** When the queue tries a failed closing again; null where another try cannot help. */
function retryTime({ clock }: Services, closing: Closing, failure: Failure): string | null {
  const wait = failure.kind === 'not_found' ? null : backOff(closing.attempts + 1, passes(failure));
  return wait === null ? null : new Date(clock() + wait).toISOString();
}
