import type { Log } from '../../ports/log.ts';
import type { CardDue } from '../../store/answers/cards-due.ts';
import { missingCards, postMissingCard } from '../answers/missing-cards.ts';
import type { Services } from '../context/services.ts';
import { logFailure } from './log-failure.ts';
import type { WakeUp } from './wake-up.ts';
import { workOff } from './work-off.ts';

export interface CardListener {
  cardPosted(): void;
  cardFailed(): void;
}

/**
 * Posts cards as soon as they are missing, until the services stop.
 *
 * @throws Failure that all cards would meet; cards already begun are finished.
 */
export async function postCards(
  services: Services,
  wakeUp: WakeUp,
  { listener, log }: { listener: CardListener; log: Log },
  onSuccess: () => void,
): Promise<void> {
  await workOff<CardDue>(services, wakeUp, {
    due: (limit) => missingCards(services, limit),
    keyOf: ({ surveyId }) => surveyId,
    async work(missing) {
      const failure = await postMissingCard(services, missing);
      if (failure === null) {
        onSuccess();
        listener.cardPosted();
        log.info({ survey: missing.surveyId }, 'card posted');
      } else {
        listener.cardFailed();
        logFailure(log, { survey: missing.surveyId }, failure, 'card not posted');
      }
    },
  });
}
