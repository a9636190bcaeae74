import { decide, isSurveyed, reservedAddress } from '../domain/eligibility.ts';
import type { Reason } from '../domain/reason.ts';
import { surveyIdOf, surveyLinks } from '../domain/survey-token.ts';
import type { SurveyOutcome } from '../domain/survey-document.ts';
import { settleInterrupted } from '../ledger/claims.ts';
import type { Closing } from '../ledger/closings.ts';
import { decideClosing, retryClosing } from '../ledger/decisions.ts';
import { namedAgent, customerOf, evidenceOf, factsOf } from './assess.ts';
import { withClaim } from './claim.ts';
import { deliverSurvey, DecideAgain, type Delivered } from './deliver-survey.ts';
import { describe, type ConversationResult } from './describe.ts';
import { historyOf, suppressionStart } from './history.ts';
import { lookAtClosing, type Look } from './look-at-closing.ts';
import { publicUrlOf } from './open-delivery.ts';
import { previewVerdict } from './preview-closing.ts';
import type { Services } from './services.ts';
import type { Steps } from './steps.ts';

/** Decisions that one message may need; more would mean that Gladly takes minutes, or that processes fight. */
const mostLooks = 3;

/**
 * The whole flow for one closing: read, attribute, decide, deliver, record. Every repetition, also at the same time
 * and after a crash at any point, leads to one verdict and at most one survey.
 *
 * @throws Failure for what kept the closing from being looked at or worked on; what became of the message itself is
 *   the document's outcome.
 */
export async function surveyClosing(
  services: Services,
  request: { conversationId: string; closingId: string | null },
  steps: Steps,
): Promise<ConversationResult> {
  await readyToDeliver(services);
  let look = await lookAtClosing(services, { ...request, record: true }, steps);
  const { row } = look;
  if (row === null || look.read.conversation.status !== 'CLOSED') return refuse(services, look, steps);

  return withClaim(services, row.id, async (claimed) => {
    const own = await settled(services, claimed);
    if (isSurveyed(own, services.settings.delivery)) return describeExisting(look, steps, own);
    let current = own;
    for (let looks = 1; ; looks += 1) {
      current = await decideNow(services, look, current, steps);
      if (current.state === 'suppressed') return describeRow(look, steps, current);
      if (isInFuture(current, services)) return describeRow(look, steps, current);
      try {
        const delivered = await deliverSurvey(services, look, current, steps);
        return describeDelivered(look, steps, delivered);
      } catch (error) {
        if (!(error instanceof DecideAgain) || looks === mostLooks) throw error;
        look = await lookAtClosing(services, { ...request, closingId: row.id, record: true }, steps);
        current = look.row ?? current;
      }
    }
  });
}

/**
 * A missing setting or a broken template has to be known before anything is read or recorded.
 *
 * @throws Failure kind configuration
 */
export async function readyToDeliver(services: Services): Promise<void> {
  publicUrlOf(services.settings);
  await services.provider();
}

/** The conversation is open: there is no closing to survey, and what waited for one is called off. */
async function refuse(services: Services, look: Look, steps: Steps): Promise<ConversationResult> {
  const verdict = await previewVerdict(services, look);
  const reasons = 'suppress' in verdict ? verdict.suppress : [];
  return describe(look, steps, { outcome: 'suppressed', reasons, row: look.row });
}

async function settled(services: Services, closing: Closing): Promise<Closing> {
  const now = new Date(services.clock()).toISOString();
  return closing.state === 'sending' ? settleInterrupted(services.ledger, closing, now) : closing;
}

async function decideNow(services: Services, look: Look, closing: Closing, steps: Steps): Promise<Closing> {
  const { ledger, settings, worker } = services;
  const { policy, delivery } = settings;
  const now = services.clock();
  const at = new Date(now).toISOString();
  if (closing.state === 'failed' || closing.state === 'suppressed') {
    await retryClosing(ledger, closing.id, at);
  }
  const surveyId = surveyIdOf(closing.id);
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
        facts: {
          readAt: look.read.readAt,
          evidence: evidenceOf(look.read, look.credit, look.closing),
          customer: customerOf(look.read),
          customerId: look.read.customer.id,
          agent: namedAgent(look.credit),
        },
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

function isInFuture(closing: Closing, { clock }: Services): boolean {
  return closing.dueAt !== null && Date.parse(closing.dueAt) > clock();
}

const existing: readonly Reason[] = [{ code: 'already_surveyed', detail: 'this closing has a survey' }];

function describeExisting(look: Look, steps: Steps, row: Closing): ConversationResult {
  const outcome = row.state === 'uncertain' ? 'uncertain' : 'already_surveyed';
  return describe(look, steps, { outcome, reasons: existing, row });
}

function describeRow(look: Look, steps: Steps, row: Closing): ConversationResult {
  const outcome: SurveyOutcome = row.state === 'scheduled' ? 'scheduled' : 'suppressed';
  return describe(look, steps, { outcome, reasons: row.reasons, row });
}

function describeDelivered(
  look: Look,
  steps: Steps,
  { row, outcome, failure }: Delivered,
): ConversationResult {
  if (outcome === 'uncertain' && failure !== null) {
    const warning = `the message may or may not have left: ${failure.message}; it is not repeated by itself`;
    return describe(look, steps, { outcome, reasons: [], row, warnings: [warning] });
  }
  return describe(look, steps, { outcome, reasons: [], row, failure });
}
