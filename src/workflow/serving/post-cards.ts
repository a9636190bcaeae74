import type { Log } from '../../ports/log.ts';
import type { Failure } from '../../failure.ts';
import { thrownBy } from '../context/defect.ts';
import { errorFields } from '../context/error-fields.ts';
import type { CardDue } from '../../store/answers/cards-due.ts';
import { missingCards, postMissingCard } from '../answers/missing-cards.ts';
import type { Services } from '../context/services.ts';
import type { WakeUp } from './wake-up.ts';

export interface CardListener {
  cardPosted(): void;
  cardFailed(): void;
}

/** So that one card that Gladly does not take holds up no other. */
const mostCardsAtOnce = 4;

/**
 * Posts cards as soon as they are missing, some at once, until the services stop.
 *
 * @throws Failure that all cards would meet; what was begun is finished.
 */
export async function postCards(
  services: Services,
  wakeUp: WakeUp,
  { listener, log }: { listener: CardListener; log: Log },
  onSuccess: () => void,
): Promise<void> {
  const { signal } = services;
  const posting = new Map<string, Promise<void>>();
  const troubles: unknown[] = [];

  const post = async (missing: CardDue): Promise<void> => {
    try {
      const failure = await postMissingCard(services, missing);
      if (failure === null) {
        onSuccess();
        listener.cardPosted();
        log.info({ survey: missing.surveyId }, 'card posted');
      } else {
        listener.cardFailed();
        logFailure(log, missing, failure);
      }
    } catch (error) {
      troubles.push(error);
    } finally {
      posting.delete(missing.surveyId);
      wakeUp.notify();
    }
  };

  try {
    while (!signal.aborted && troubles.length === 0) {
      if (posting.size < mostCardsAtOnce) {
        const missing = await missingCards(services, posting.size + mostCardsAtOnce);
        const free = missing.filter(({ surveyId }) => !posting.has(surveyId));
        for (const one of free.slice(0, mostCardsAtOnce - posting.size)) posting.set(one.surveyId, post(one));
      }
      await wakeUp.wait(signal);
    }
  } finally {
    await Promise.all(posting.values());
  }
  if (troubles.length > 0) throw troubles[0];
}

function logFailure(log: Log, { surveyId: survey }: CardDue, failure: Failure): void {
  const { kind, code, hint } = failure;
  if (kind !== 'defect') log.warn({ survey, code, hint }, 'card not posted');
  else log.error({ survey, ...errorFields(thrownBy(failure)) }, 'unexpected, please report it');
}
