import { Failure } from '../failure.ts';
import { answersWithoutCard, cardFailureOf, noteCardFailure } from '../ledger/answers.ts';
import type { Log } from '../domain/log.ts';
import type { Bell } from './serving/bell.ts';
import { defectOf, thrownBy } from './defect.ts';
import { isForbidden, isOthers, stopsTheRest } from './each-conversation.ts';
import { errorFields } from './error-fields.ts';
import { postAnswer } from './post-answer.ts';
import type { Services } from './services.ts';
import { createSteps } from './steps.ts';

/** A survey whose newest answer has no card yet. */
export interface MissingCard {
  surveyId: string;
  closingId: string;
}

export interface CardListener {
  cardPosted(): void;
  cardFailed(): void;
}

/** So that one card that Gladly does not take holds up no other. */
const mostCardsAtOnce = 4;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Those whose next try has come, oldest answer first. */
export async function missingCards({ ledger, clock }: Services, limit: number): Promise<MissingCard[]> {
  const missing = await answersWithoutCard(ledger, limit, new Date(clock()).toISOString());
  // Posted by hand for a conversation that the ledger knows nothing of: only a post by hand can repeat it.
  return missing.flatMap(({ surveyId, closingId }) => (closingId === null ? [] : [{ surveyId, closingId }]));
}

/**
 * Posts one card. A failure is kept with the time of the next try, for ever until Gladly takes the card: from a minute
 * doubling to an hour, or to a day where Gladly refuses what the next try would repeat.
 *
 * @returns null when it stands on the timeline, else why not
 * @throws Failure that the next card would meet too
 */
export async function postMissingCard(
  services: Services,
  { surveyId, closingId }: MissingCard,
): Promise<Failure | null> {
  const steps = createSteps(services, () => undefined);
  try {
    await postAnswer(services, { surveyId, closingId, answer: null }, { dryRun: false, steps });
    return null;
  } catch (error) {
    if (services.signal.aborted) throw error;
    const failure = error instanceof Failure ? error : defectOf(error);
    if (stopsTheRest(failure) && !isForbidden(failure)) throw failure;
    // Whoever is faster posts it.
    if (!isOthers(failure)) await keepFailure(services, surveyId, failure);
    return failure;
  }
}

/**
 * Posts cards as soon as they are missing, some at once, until the services stop.
 *
 * @throws Failure that all cards would meet; what was begun is finished.
 */
export async function postCards(
  services: Services,
  bell: Bell,
  { listener, log }: { listener: CardListener; log: Log },
  went: () => void,
): Promise<void> {
  const { signal } = services;
  const posting = new Map<string, Promise<void>>();
  const troubles: unknown[] = [];

  const post = async (missing: MissingCard): Promise<void> => {
    try {
      const failure = await postMissingCard(services, missing);
      if (failure === null) {
        went();
        listener.cardPosted();
        log.info({ survey: missing.surveyId }, 'card posted');
      } else {
        listener.cardFailed();
        tellFailure(log, missing, failure);
      }
    } catch (error) {
      troubles.push(error);
    } finally {
      posting.delete(missing.surveyId);
      bell.ring();
    }
  };

  try {
    while (!signal.aborted && troubles.length === 0) {
      if (posting.size < mostCardsAtOnce) {
        const missing = await missingCards(services, posting.size + mostCardsAtOnce);
        const free = missing.filter(({ surveyId }) => !posting.has(surveyId));
        for (const one of free.slice(0, mostCardsAtOnce - posting.size)) posting.set(one.surveyId, post(one));
      }
      await bell.wait(signal);
    }
  } finally {
    await Promise.all(posting.values());
  }
  if (troubles.length > 0) throw troubles[0];
}

function tellFailure(log: Log, { surveyId: survey }: MissingCard, failure: Failure): void {
  const { kind, code, hint } = failure;
  if (kind !== 'defect') log.warn({ survey, code, hint }, 'card not posted');
  else log.error({ survey, ...errorFields(thrownBy(failure)) }, 'unexpected, please report it');
}

async function keepFailure({ ledger, clock }: Services, surveyId: string, failure: Failure): Promise<void> {
  const now = clock();
  const before = await cardFailureOf(ledger, surveyId);
  const { code, message, hint } = failure;
  await noteCardFailure(ledger, surveyId, {
    retryAt: new Date(now + waitAfter(failure, before?.tries ?? 0)).toISOString(),
    error: { code, message, hint },
  });
}

function waitAfter({ kind }: Failure, triesBefore: number): number {
  return Math.min(minute * 2 ** Math.min(triesBefore, 20), kind === 'temporary' ? hour : day);
}
