import { errorOf } from '../../domain/closing/moves.ts';
import { waitAfter } from '../../domain/survey/alert.ts';
import { timeNow, timeAt } from '../../domain/values/instant.ts';
import { Failure, isContention, stopsTheRun } from '../../failure.ts';
import { cardFailureOf, cardsDue, noteCardFailure, type CardDue } from '../../store/answers/cards-due.ts';
import { defectOf } from '../context/defect.ts';
import { postAnswer } from './post-answer.ts';
import type { Services } from '../context/services.ts';
import { createSteps } from '../context/steps.ts';

/** The cards whose next try is due, longest overdue first. */
export async function missingCards({ ledger, clock }: Services, limit: number): Promise<CardDue[]> {
  return cardsDue(ledger, limit, timeNow(clock));
}

/**
 * Posts one card. A failure is stored with the time of the next try, and tries never end until Gladly takes the card.
 * The wait doubles from a minute to an hour, or to a day if Gladly refuses what the next try would repeat.
 *
 * @returns null once the card is on the timeline, else why it is not
 * @throws Failure that the next card would meet too
 */
export async function postMissingCard(
  services: Services,
  { surveyId, closingId }: CardDue,
): Promise<Failure | null> {
  const steps = createSteps(services, () => undefined);
  try {
    await postAnswer(services, { surveyId, closingId, answer: null }, { dryRun: false, steps });
    return null;
  } catch (error) {
    if (services.signal.aborted) throw error;
    const failure = error instanceof Failure ? error : defectOf(error);
    if (stopsTheRun(failure)) throw failure;
    // Contention: another process is posting it.
    if (!isContention(failure)) await keepFailure(services, surveyId, failure);
    return failure;
  }
}

async function keepFailure({ ledger, clock }: Services, surveyId: string, failure: Failure): Promise<void> {
  const now = clock();
  const before = await cardFailureOf(ledger, surveyId);
  await noteCardFailure(ledger, surveyId, {
    retryAt: timeAt(now + waitAfter(before?.tries ?? 0, failure.kind === 'temporary')),
    error: errorOf(failure),
  });
}
