import { isTrial } from '../../domain/delivery.ts';
import { decide, isSurveyed, reservedAddress } from '../../domain/eligibility/decide.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import type { SurveyOutcome } from '../../documents/survey.ts';
import { surveyIdBy, surveyLinks } from '../../domain/survey/token.ts';
import { Failure } from '../../failure.ts';
import { resolveInterruptedSend } from '../../store/queue/claims.ts';
import type { Closing } from '../../store/closings/closing.ts';
import { decideClosing, isKeptFrom } from '../../store/queue/decisions.ts';
import { factsOf, frozenFacts } from './assess.ts';
import { DecideAgain, deliverSurvey } from './deliver-survey.ts';
import { historyOf, suppressionStart } from './history.ts';
import type { Look } from './look-at-closing.ts';
import { publicUrlOf } from '../context/open-delivery.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';

/** What became of one closing. */
export interface Settled {
  row: Closing;
  outcome: SurveyOutcome;
  reasons: readonly Reason[];
  /** Why the message was not sent, or why nobody knows whether it was. */
  failure: Failure | null;
}

/**
 * A missing setting or a broken template has to be known before anything is read or recorded.
 *
 * @throws Failure kind configuration
 */
export async function readyToDeliver(services: Services): Promise<void> {
  publicUrlOf(services.settings);
  await services.settings.surveySecret();
  await services.provider();
}

/** What the row says after a crash, and whether it leaves anything to do: null when the closing is to be decided. */
export async function settleBefore(
  services: Services,
  claimed: Closing,
): Promise<{ row: Closing; settled: Settled | null }> {
  const now = timeNow(services.clock);
  const row =
    claimed.state === 'sending' ? await resolveInterruptedSend(services.ledger, claimed, now) : claimed;
  const { delivery } = services.settings;
  if (isKeptFrom(delivery, row)) {
    // A real survey is on its way, or may be: a trial must not take its place.
    return { row, settled: { row, outcome: 'scheduled', reasons: [], failure: null } };
  }
  if (isTrial(delivery) && row.state === 'suppressed' && row.reasons.some(isCancellation)) {
    // A real delivery would take the trial's closing up again, which a person called off.
    return { row, settled: { row, outcome: 'suppressed', reasons: row.reasons, failure: null } };
  }
  if (!isSurveyed(row, delivery)) return { row, settled: null };
  return { row, settled: existingSurvey(row) };
}

function isCancellation({ code }: Reason): boolean {
  return code === 'cancelled';
}

function existingSurvey(row: Closing): Settled {
  const outcome = row.state === 'uncertain' ? 'uncertain' : 'already_surveyed';
  const reasons: Reason[] = [{ code: 'already_surveyed', detail: 'this closing has a survey' }];
  return { row, outcome, reasons, failure: null };
}

/**
 * Decides about a claimed closing that was looked at, reserves the address, and sends the one message when it is due.
 *
 * @throws DecideAgain when the look is no longer good enough; nothing left then.
 */
export async function decideAndDeliver(
  services: Services,
  look: Look,
  claimed: Closing,
  steps: Steps,
): Promise<Settled> {
  // Suppressed since it was taken: by a newer closing of the address, or by a person.
  const row = claimed.state === 'suppressed' ? claimed : await decideNow(services, look, claimed, steps);
  if (isSurveyed(row, services.settings.delivery)) return existingSurvey(row);
  if (row.state === 'suppressed') return { row, outcome: 'suppressed', reasons: row.reasons, failure: null };
  if (row.dueAt !== null && Date.parse(row.dueAt) > services.clock()) {
    return { row, outcome: 'scheduled', reasons: row.reasons, failure: null };
  }
  return { ...(await deliverSurvey(services, look, row, steps)), reasons: [] };
}

/** Decisions that one message may need; more would mean that Gladly takes minutes, or that processes fight. */
const mostLooks = 3;

/** Looks and decides until the decision holds long enough for the message to leave. */
export async function untilDecided<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DecideAgain)) throw error;
      if (looks === mostLooks) throw neverFresh(error);
    }
  }
}

function neverFresh(cause: DecideAgain): Failure {
  return new Failure(
    'temporary',
    'reads_too_old',
    'what was read grew too old before the message could leave',
    {
      hint: 'run it again; with a larger --rate-share it goes faster',
      cause,
    },
  );
}

async function decideNow(services: Services, look: Look, closing: Closing, steps: Steps): Promise<Closing> {
  const { ledger, settings, worker } = services;
  const { policy, delivery } = settings;
  const now = services.clock();
  const at = new Date(now).toISOString();
  const surveyId = surveyIdBy(delivery, closing.id);
  const links = surveyLinks(publicUrlOf(settings), await settings.surveySecret(), surveyId);
  const facts = factsOf(look.read, look.credit, look.closing);
  return steps.run('decide', () =>
    decideClosing(
      ledger,
      {
        closingId: closing.id,
        worker,
        at,
        address: reservedAddress(facts, delivery),
        since: suppressionStart(policy, now),
        facts: frozenFacts(look.read, look.credit, look.closing),
        delivery,
      },
      (own, address) => {
        const history = historyOf(own, address);
        // A reopening that was seen after this read; the read itself tells of the earlier ones.
        const reopened = facts.reopened || (own.reopenedAt ?? '') > look.read.readAt;
        const verdict = decide({ facts: { ...facts, reopened }, history, policy, delivery, now });
        if ('suppress' in verdict) return { suppress: verdict.suppress };
        const dueAt = new Date(verdict.send.dueAt).toISOString();
        return {
          send: { dueAt, surveyId, provider: delivery, surveyUrl: links.survey },
          displaces: verdict.displaces,
        };
      },
    ),
  );
}
