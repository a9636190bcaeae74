import type { Closing } from '../../domain/closing/closing.ts';
import { isSurveyed } from '../../domain/closing/transitions.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { decide, reservedAddress, suppressionStart } from '../../domain/eligibility/decide.ts';
import { timeNow, timeAt } from '../../domain/values/instant.ts';
import { surveyIdOf, surveyLinks } from '../../domain/survey/token.ts';
import { Failure } from '../../failure.ts';
import { sendingPause } from '../../store/closings/pause.ts';
import { decideClosing } from '../../store/queue/decisions.ts';
import { fullHour } from '../context/hourly-cap.ts';
import { countsUnasked } from '../context/counts-unasked.ts';
import { publicUrlOf } from '../context/open-delivery.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';
import { DecideAgain, deliverSurvey } from './deliver.ts';
import type { DeliverySlot } from './delivery-slot.ts';
import { factsOf, readingOf } from './facts.ts';
import { settingsNow } from './brand.ts';
import type { Look } from './look.ts';
import { existingSurvey, type ClosingResult } from './closing-result.ts';

/**
 * Detects a missing setting or a broken template before anything is read or recorded.
 *
 * @throws Failure kind configuration
 */
export async function readyToDeliver(services: Services): Promise<void> {
  const { settings } = services;
  publicUrlOf(settings);
  await settings.surveySecret();
  await services.provider();
}

/**
 * Decides a claimed closing from its look, reserves the address, and sends the message if it is due and sending is not
 * held back by a pause or a full hour.
 *
 * @throws DecideAgain when the look is too old or the closing changed; nothing left then.
 */
export async function decideAndDeliver(
  services: Services,
  look: Look,
  claimed: Closing,
  { steps, slot }: { steps: Steps; slot: DeliverySlot },
): Promise<ClosingResult> {
  // A newer closing of the address, or a person, suppressed it after it was claimed.
  const row = claimed.state === 'suppressed' ? claimed : await decideNow(services, look, claimed, steps);
  if (isSurveyed(row.state)) return existingSurvey(row);
  if (row.state === 'suppressed') return { row, outcome: 'suppressed', reasons: row.reasons, failure: null };
  if (row.dueAt !== null && Date.parse(row.dueAt) > services.clock()) {
    return { row, outcome: 'scheduled', reasons: row.reasons, failure: null };
  }
  const paused: ClosingResult = { row, outcome: 'scheduled', reasons: row.reasons, failure: null };
  if ((await sendingPause(services.ledger, timeNow(services.clock))) !== null) return paused;
  if ((await fullHour(services)) !== null) return paused;
  return deliverSurvey(services, look, row, { steps, slot }).catch((error: unknown) => {
    if (error instanceof Failure && codesOfWaiting.has(error.code)) return paused;
    throw error;
  });
}

/** Nothing may leave right now; the closing waits as it is. */
const codesOfWaiting: ReadonlySet<string> = new Set(['sending_paused', 'hourly_cap_reached']);

/** One message may need this many looks; more would mean that Gladly takes minutes, or that processes compete. */
const mostLooks = 3;

/** Looks and decides until the decision holds long enough for the message to leave. */
export async function untilDecided<Result>(work: (looks: number) => Promise<Result>): Promise<Result> {
  for (let looks = 1; ; looks += 1) {
    try {
      return await work(looks);
    } catch (error) {
      if (!(error instanceof DecideAgain)) throw error;
      if (looks === mostLooks) throw neverFresh(error);
    }
  }
}

function neverFresh(cause: DecideAgain): Failure {
  const message = 'the data from Gladly was too old by the time the message could leave';
  const hint = 'Run it again; a larger --rate-share makes it faster.';
  return new Failure('temporary', 'reads_too_old', message, { hint, cause });
}

async function decideNow(services: Services, look: Look, closing: Closing, steps: Steps): Promise<Closing> {
  const { ledger, settings, worker } = services;
  const { policy, delivery } = settings;
  const now = services.clock();
  const surveyId = surveyIdOf(closing.id);
  const { brand } = look.brand;
  const links = surveyLinks(publicUrlOf(settingsNow(settings, brand)), await services.linkKey(), surveyId);
  const hasPage = traitsOf(delivery).publicUrl !== 'unused';
  const facts = factsOf(look.read, look.credit, look.closing);
  const input = {
    closingId: closing.id,
    worker,
    at: timeAt(now),
    address: reservedAddress(facts, delivery),
    since: suppressionStart(policy, now),
    reading: { ...readingOf(look.read, look.credit, look.closing), ...look.brand },
    countsUnasked: countsUnasked(settings),
    closedBy: look.credit.closedBy,
    seeksBulk: policy.bulkClosings !== null,
  };
  return steps.run('decide', () =>
    decideClosing(ledger, input, (own, address) => {
      // A reopening may have been reported after this read; the read itself shows earlier ones.
      const reopened = facts.reopened || (own.reopenedAt ?? '') > look.read.readAt;
      const history = { own, ...address };
      const verdict = decide({ facts: { ...facts, reopened }, history, policy, delivery, brand, now });
      if ('suppress' in verdict) return { suppress: verdict.suppress };
      const dueAt = timeAt(verdict.send.dueAt);
      return {
        send: { dueAt, surveyId, provider: delivery, surveyUrl: hasPage ? links.survey : null },
        displaces: verdict.displaces,
      };
    }),
  );
}
