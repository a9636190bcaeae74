import { backOff } from '../../domain/closing/back-off.ts';
import type { Count } from '../../domain/closing/counting.ts';
import { errorOf } from '../../domain/closing/moves.ts';
import { timeNow, timeAt } from '../../domain/values/instant.ts';
import { Failure, isContention, stopsTheRun } from '../../failure.ts';
import {
  countLock,
  countsDue,
  dropCount,
  dueCount,
  markCountLeaving,
  postponeCount,
  recordCountOutcome,
} from '../../store/medallia/counts.ts';
import { sendingPause } from '../../store/closings/pause.ts';
import { withLock } from '../context/claim.ts';
import { countsUnasked } from '../context/counts-unasked.ts';
import { defectOf } from '../context/defect.ts';
import type { Services } from '../context/services.ts';
import { passes } from '../survey/retry-time.ts';
import { unaskedInteraction } from './unasked-interaction.ts';

/** What became of suppressed closings that are to count. `failed`: tried again later. */
export interface UnaskedCounts {
  counted: number;
  uncertain: number;
  leftOut: number;
  failed: number;
}

const atOnce = 20;

/**
 * Reports suppressed closings to Agent Connect, if the profile wants that, until none is due. Like a survey, each is
 * requested at most once: a request that was begun but not confirmed is uncertain until Agent Connect shows it.
 *
 * @param deadline epoch milliseconds after which nothing new is begun
 * @returns null when the profile counts nothing, or sending is paused
 * @throws Failure that the next closing would meet too
 */
export async function countUnasked(
  services: Services,
  deadline: number | null = null,
): Promise<UnaskedCounts | null> {
  const { ledger, settings, clock, signal } = services;
  if (!countsUnasked(settings)) return null;
  const counts: UnaskedCounts = { counted: 0, uncertain: 0, leftOut: 0, failed: 0 };
  for (;;) {
    const now = timeNow(clock);
    if ((await sendingPause(ledger, now)) !== null) return null;
    const due = await countsDue(ledger, atOnce, now);
    if (due.length === 0) return counts;
    for (const closingId of due) {
      signal.throwIfAborted();
      if (deadline !== null && clock() >= deadline) return counts;
      const result = await countOne(services, closingId);
      if (result === 'paused') return counts;
      if (result !== 'gone') counts[result] += 1;
    }
  }
}

/** As a side task of a survey run. A failure, unless of the ledger, does not stop the run: the closings wait. */
export async function countInPassing(
  services: Services,
  deadline: number | null,
): Promise<UnaskedCounts | null> {
  try {
    return await countUnasked(services, deadline);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'ledger' || services.signal.aborted) throw error;
    services.debug(`closings do not count at Agent Connect yet: ${error.message}`);
    return null;
  }
}

type CountResult = keyof UnaskedCounts | 'gone' | 'paused';

async function countOne(services: Services, closingId: string): Promise<CountResult> {
  try {
    return await withLock(services, countLock(closingId), () => tryCount(services, closingId));
  } catch (error) {
    if (services.signal.aborted || !(error instanceof Failure) || !isContention(error)) throw error;
    // Another process has it, or sending was just paused: leave it until next time.
    return 'paused';
  }
}

async function tryCount(services: Services, closingId: string): Promise<CountResult> {
  const { ledger, clock } = services;
  const found = await dueCount(ledger, closingId);
  if (found === null) return 'gone';
  const { count, closing } = found;
  // We hold the lock, so the process that was reporting this closing has ended.
  if (count.state === 'leaving') return record(services, count, 'uncertain', interrupted());
  if (closing.state !== 'suppressed') {
    await dropCount(ledger, closingId);
    return 'gone';
  }
  try {
    const provider = await services.provider();
    if (provider.count === undefined) return 'paused';
    const unasked = await unaskedInteraction(services, closing);
    const outcome = await provider.count(unasked, async () => {
      if (!(await markCountLeaving(ledger, closingId, timeNow(clock)))) throw new NotSuppressed();
    });
    if (outcome.status === 'sent') return await record(services, count, 'counted', null);
    if (outcome.status === 'uncertain') return await record(services, count, 'uncertain', outcome.failure);
    if (outcome.temporary) return await tryLater(services, count, outcome.failure);
    return await record(services, count, 'left_out', outcome.failure);
  } catch (error) {
    if (error instanceof NotSuppressed) return 'gone';
    if (
      services.signal.aborted ||
      (error instanceof Failure && (error.kind === 'ledger' || isContention(error)))
    )
      throw error;
    return tryLater(services, count, error instanceof Failure ? error : defectOf(error));
  }
}

/** A person had the closing decided again, or its customer answered. */
class NotSuppressed extends Error {}

const states = { counted: 'counted', uncertain: 'uncertain', left_out: 'leftOut' } as const;

async function record(
  { ledger, clock }: Services,
  { closingId }: Count,
  state: keyof typeof states,
  failure: Failure | null,
): Promise<CountResult> {
  const error = failure === null ? null : errorOf(failure);
  await recordCountOutcome(ledger, closingId, { state, at: timeNow(clock), error });
  return states[state];
}

/** A problem that only a person can fix is given up after its last try; an outage is waited out. */
async function tryLater(services: Services, count: Count, failure: Failure): Promise<CountResult> {
  const { ledger, clock } = services;
  const isHopeless = failure.code === 'count_impossible';
  const wait = isHopeless ? null : backOff(count.tries + 1, passes(failure) || stopsTheRun(failure));
  if (wait === null) return record(services, count, 'left_out', failure);
  const dueAt = timeAt(clock() + wait);
  await postponeCount(ledger, count.closingId, { dueAt, error: errorOf(failure) });
  if (stopsTheRun(failure)) throw failure;
  return 'failed';
}

function interrupted(): Failure {
  const message = 'the process ended while the closing was being reported to Agent Connect';
  return new Failure('temporary', 'count_interrupted', message, {
    hint: 'It is not reported again by itself. When Agent Connect shows it, it counts.',
  });
}
