import type { Closing } from '../../domain/closing/closing.ts';
import type { FullHour } from '../../documents/survey.ts';
import type { SendingPause } from '../../domain/closing/pause.ts';
import { doubtHint } from '../../domain/closing/doubt.ts';
import { isSurveyed } from '../../domain/closing/transitions.ts';
import { forgottenReason } from '../../domain/eligibility/reasons-of-facts.ts';
import { Failure } from '../../failure.ts';
import { timeNow, timeAt } from '../../domain/values/instant.ts';
import { resolveInterruptedSend } from '../../store/queue/claims.ts';
import { closingById } from '../../store/closings/closings.ts';
import { sendingPause } from '../../store/closings/pause.ts';
import { retryClosing } from '../../store/queue/acts.ts';
import { decideClosing, postponeClosing } from '../../store/queue/decisions.ts';
import { fullHour } from '../context/hourly-cap.ts';
import { withClaim } from '../context/claim.ts';
import { countsUnasked } from '../context/counts-unasked.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';
import { decideAndDeliver, readyToDeliver, untilDecided } from './decide.ts';
import { deliverySlot } from './delivery-slot.ts';
import { describe, type ConversationResult } from './describe.ts';
import { fullLook, lookAtClosing, undecidedUntil, type Look, type LookResult } from './look.ts';
import { previewVerdict } from './preview.ts';
import { readEverything, type Reads } from './read-conversation.ts';
import { keepFailure } from './keep-failure.ts';
import { existingSurvey, type ClosingResult } from './closing-result.ts';

/** How soon a conversation that still looks open is read again. */
const readAgainMilliseconds = 30_000;

/** A verdict and the look that led to it; null if no look was needed. */
export type SurveyedClosing = ClosingResult & { look: Look | null };

/**
 * The survey flow for one claimed closing: look, attribute, decide, deliver, record. However often it is repeated, even
 * concurrently or after a crash at any point, it leads to one verdict and at most one survey. Null when the closing has
 * to wait: Gladly still shows its conversation as before, or more closings of the same minute may arrive.
 *
 * @param readsOf makes fresh reads of the conversation for each look
 * @param first the look that led to the closing, if there was one
 */
export async function surveyClosing(
  services: Services,
  claimed: Closing,
  readsOf: () => Reads,
  steps: Steps,
  first: Look | null = null,
): Promise<SurveyedClosing | null> {
  let given: LookResult | null = first === null ? null : { look: first };
  const slot = await deliverySlot(services);
  const work = async (): Promise<SurveyedClosing | null> => {
    const closing = (await closingById(services.ledger, claimed.id)) ?? claimed;
    if (closing.state === 'suppressed') {
      return {
        row: closing,
        outcome: 'suppressed' as const,
        reasons: closing.reasons,
        failure: null,
        look: first,
      };
    }
    const request = { conversationId: closing.conversationId, closing, record: true };
    const looked = given ?? (await lookAtClosing(services, request, readsOf(), steps));
    given = null;
    if ('look' in looked) {
      const { look } = looked;
      return { ...(await decideAndDeliver(services, look, closing, { steps, slot })), look };
    }
    if ('certain' in looked) return { ...(await suppress(services, closing, looked)), look: null };
    const now = services.clock();
    const times = {
      at: timeAt(now),
      dueAt: timeAt(looked.until ?? now + readAgainMilliseconds),
    };
    await postponeClosing(services.ledger, closing.id, services.worker, times);
    return null;
  };
  try {
    return await untilDecided(async (looks) => {
      // Reads would grow old in line, so take the slot before reading.
      if (looks > 1 || slot.isCrowded()) await slot.take();
      return work();
    });
  } finally {
    slot.end();
  }
}

/** The row, resolved if a crash interrupted its message, and the survey that it already has, else null. */
export async function surveyBefore(
  { ledger, clock }: Services,
  claimed: Closing,
): Promise<{ row: Closing; survey: ClosingResult | null }> {
  const row =
    claimed.state === 'sending' ? await resolveInterruptedSend(ledger, claimed.id, timeNow(clock)) : claimed;
  return { row, survey: isSurveyed(row.state) ? existingSurvey(row) : null };
}

async function suppress(
  { ledger, worker, clock, settings }: Services,
  { id }: Closing,
  { certain, reading }: Extract<LookResult, { certain: unknown }>,
): Promise<ClosingResult> {
  const undecided = { address: null, since: null, countsUnasked: countsUnasked(settings) };
  const input = { closingId: id, worker, at: timeNow(clock), reading, ...undecided };
  const row = await decideClosing(ledger, input, () => ({ suppress: certain }));
  return { row, outcome: 'suppressed', reasons: certain, failure: null };
}

/**
 * Surveys a conversation's current closing at a person's request: everything is read, and a closing that failed or was
 * suppressed is decided again.
 *
 * @param closingId a closing of the ledger; null: the conversation's current closing
 * @throws Failure when the closing could not be looked at or worked on; what became of the message is the document's
 *   outcome.
 */
export async function surveyConversation(
  services: Services,
  { conversationId, closingId }: { conversationId: string; closingId: string | null },
  steps: Steps,
): Promise<ConversationResult> {
  await readyToDeliver(services);
  const reads = readEverything(services, conversationId, steps);
  try {
    return await surveyNow(services, { conversationId, closingId }, reads, steps);
  } catch (error) {
    if (error instanceof Failure)
      await keepFailure(
        services,
        { closingId, conversation: reads.alone, organization: reads.organization },
        error,
      );
    throw error;
  }
}

async function surveyNow(
  services: Services,
  { conversationId, closingId }: { conversationId: string; closingId: string | null },
  reads: Reads,
  steps: Steps,
): Promise<ConversationResult> {
  const readsOf = (): Reads => readEverything(services, conversationId, steps);
  const closing = closingId === null ? null : await closingById(services.ledger, closingId);
  const first = await lookAtClosing(services, { conversationId, closing, record: true }, reads, steps);
  const look = fullLook(first);
  const { row } = look;
  if (row === null || look.read.conversation.status !== 'CLOSED') {
    // The conversation is open: there is no closing to survey.
    const verdict = await previewVerdict(services, look);
    const reasons = 'suppress' in verdict ? verdict.suppress : [];
    return describe(look, steps, { outcome: 'suppressed', reasons, row });
  }
  return withClaim(services, row.id, async (claimed) => {
    const before = await surveyBefore(services, claimed);
    if (before.survey !== null) return describeResult(look, steps, before.survey);
    const { forgottenAt } = before.row;
    if (forgottenAt !== null) {
      const reasons = [forgottenReason(forgottenAt)];
      return describe(look, steps, { outcome: 'suppressed', reasons, row: before.row });
    }
    const ready = await decidedAgain(services, before.row);
    const now = services.clock();
    const until = undecidedUntil(ready, services.settings.policy, now);
    if (until !== null)
      await steps.run('wait for closings of the same minute', () => services.sleep(until - now));
    const surveyed = await surveyClosing(services, ready, readsOf, steps, { ...look, row: ready });
    if (surveyed === null) throw new Error(`closing ${row.id} was postponed although everything was read`);
    return describeResult(surveyed.look ?? look, steps, surveyed, await waitsFor(services, surveyed.row));
  });
}

/** A person wants the verdict made again, once: a closing that is canceled meanwhile stays canceled. */
async function decidedAgain({ ledger, clock }: Services, closing: Closing): Promise<Closing> {
  if (closing.state !== 'failed' && closing.state !== 'suppressed') return closing;
  return retryClosing(ledger, closing.id, timeNow(clock));
}

/** What keeps a due survey from leaving. */
interface SendingBlock {
  pause: SendingPause | null;
  fullHour: FullHour | null;
}

async function waitsFor(services: Services, { state, dueAt }: Closing): Promise<SendingBlock> {
  const now = timeNow(services.clock);
  if (state !== 'scheduled' || (dueAt ?? now) > now) return { pause: null, fullHour: null };
  return { pause: await sendingPause(services.ledger, now), fullHour: await fullHour(services) };
}

function describeResult(
  look: Look,
  steps: Steps,
  result: ClosingResult,
  block: SendingBlock = { pause: null, fullHour: null },
): ConversationResult {
  const { row, outcome, reasons, failure } = result;
  if (outcome === 'uncertain') {
    const why = row.error === null ? '' : `: ${row.error.message}`;
    const warning = `the message may or may not have left${why} (${doubtHint(row.surveyId ?? '')})`;
    return describe(look, steps, { outcome, reasons, row, warnings: [warning] });
  }
  return describe(look, steps, { outcome, reasons, row, failure, ...block });
}
