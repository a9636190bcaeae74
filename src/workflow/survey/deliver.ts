import { chooseAddress } from '../../domain/eligibility/addresses.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { formOf } from '../../domain/survey/form.ts';
import type { DeliveryOutcome, SurveyMessage } from '../../ports/delivery-provider.ts';
import { advising, Failure } from '../../failure.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { doubtHint } from '../../domain/closing/doubt.ts';
import { markLeaving, recordDelivery } from '../../store/queue/decisions.ts';
import { limiterStore } from '../../store/limiter.ts';
import { composeMessage } from './compose-message.ts';
import type { DeliverySlot } from './delivery-slot.ts';
import { isFresh, markInTime, Overslept, overslept } from './leaving.ts';
import type { Look } from './look.ts';
import { hourlyCapOf } from '../context/hourly-cap.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';
import type { ClosingResult } from './closing-result.ts';

/** Tries of one message within one run. */
const mostTries = 3;
const longestPauseMilliseconds = 10_000;

type NotSent = DeliveryOutcome & { status: 'not_sent' };

/**
 * The decision has to be made again; nothing left. The reads grew too old while waiting for the pacing, or another
 * process changed the closing, e.g. because a newer closing of the address took its place.
 */
export class DecideAgain extends Error {}

/**
 * Sends the message of a closing that is decided and due. The row says `sending` before the message leaves, so that
 * after a crash the ledger shows a message that may have left.
 *
 * @throws DecideAgain when the decision no longer holds; nothing left then.
 */
export async function deliverSurvey(
  services: Services,
  look: Look,
  closing: Closing,
  { steps, slot }: { steps: Steps; slot: DeliverySlot },
): Promise<ClosingResult> {
  const { ledger, worker } = services;
  await slot.take();
  const provider = await services.provider();
  const { delivery, policy } = services.settings;
  // If customers answer elsewhere, gcsat has no page to ask on.
  const form = traitsOf(delivery).publicUrl === 'unused' ? null : formOf(policy);
  const message = await composeMessage(services, closing, {
    agent: look.credit.agent,
    channel: look.credit.attribution.response?.channel ?? null,
    customer: look.read.customer,
    organization: look.read.organization,
    address: addressOf(services, look),
  });
  const mark = async (): Promise<number> => {
    const at = timeNow(services.clock);
    const cap = hourlyCapOf(services);
    const marking = markLeaving(ledger, closing.id, worker, at, { form, cap });
    return marking.catch((error: unknown) => {
      throw error instanceof Failure && overtaken.has(error.code) ? new DecideAgain() : error;
    });
  };
  const deliverOnce = async (): Promise<{ outcome: DeliveryOutcome; row: Closing }> => {
    const marked: { sequence?: number } = {};
    const record = async (outcome: DeliveryOutcome) => {
      const at = timeNow(services.clock);
      const row = await recordDelivery(ledger, closing.id, at, outcome, closing.attempts, marked.sequence);
      return { outcome, row };
    };
    try {
      const given = await steps.run('deliver', () =>
        provider.deliver(message, async () => {
          const { readAt, customerReadAt } = look.read;
          const oldest = Math.min(Date.parse(readAt), Date.parse(customerReadAt));
          if (!isFresh(oldest, services.clock())) throw new DecideAgain();
          await markInTime(async () => {
            marked.sequence = await mark();
          });
        }),
      );
      return await record(given.status === 'uncertain' ? withDoubt(given, message) : given);
    } catch (error) {
      if (error instanceof Overslept)
        return record({ status: 'not_sent', temporary: true, later: true, failure: overslept() });
      // Whatever the error, the message may have left, so no hint may suggest sending it again.
      throw marked.sequence !== undefined && error instanceof Failure
        ? advising(doubtHint(message.surveyId), error)
        : error;
    }
  };
  for (let tries = 1; ; tries += 1) {
    const { outcome, row } = await deliverOnce();
    const reasons: [] = [];
    if (outcome.status === 'sent') return { row, outcome: 'sent', reasons, failure: null };
    if (outcome.status === 'uncertain')
      return { row, outcome: 'uncertain', reasons, failure: outcome.failure };
    // Another process took the closing over while this one stood still; it could not know that nothing left.
    if (row.state === 'uncertain') return { row, outcome: 'uncertain', reasons, failure: outcome.failure };
    const wait = row.state === 'scheduled' ? await waitBeforeRepeat(services, outcome, tries) : null;
    if (wait === null) return { row, outcome: 'failed', reasons, failure: refusalOf(outcome) };
    await services.sleep(wait);
  }
}

const overtaken: ReadonlySet<string> = new Set(['closing_changed', 'closing_forgotten']);

function withDoubt<Outcome extends { failure: Failure }>(
  outcome: Outcome,
  { surveyId }: SurveyMessage,
): Outcome {
  return { ...outcome, failure: advising(doubtHint(surveyId), outcome.failure) };
}

/** Milliseconds until a message that certainly did not leave is tried again; null leaves that to a later run. */
async function waitBeforeRepeat(
  { ledger, clock }: Services,
  { temporary, later, failure }: NotSent,
  tries: number,
): Promise<number | null> {
  if (!temporary || later === true || failure.kind !== 'temporary' || tries >= mostTries) return null;
  const pause = (await limiterStore(ledger).pausedUntil('requests')) - clock();
  if (pause > longestPauseMilliseconds) return null;
  return Math.max(pause, 0) + Math.random() * 250 * 2 ** tries;
}

/** The decision found an address in this same read. */
function addressOf({ settings }: Services, { read }: Look): string {
  const choice = chooseAddress(traitsOf(settings.delivery).addressKind, read.customer);
  if ('address' in choice) return choice.address;
  throw new Error('a survey was decided without an address to send it to');
}

/** A refused message is a failure of this one item, not a breach of the other side's contract. */
export function refusalOf({ failure, temporary }: NotSent): Failure {
  if (temporary || failure.kind !== 'contract') return failure;
  return new Failure('partial', failure.code, failure.message, {
    hint: 'Fix what the error names (often the sender, GCSAT_FROM), then run `gcsat surveys retry`.',
    cause: failure,
  });
}
