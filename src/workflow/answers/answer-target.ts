import type { CardSubject } from '../../domain/survey/card.ts';
import { closingIdOf, openingIdOf } from '../../domain/closing/identity.ts';
import { wasTrial } from '../../domain/delivery.ts';
import { formatInstant, timeNow } from '../../domain/values/instant.ts';
import { surveyIdOf } from '../../domain/survey/token.ts';
import { Failure } from '../../failure.ts';
import type { Unasked } from '../../store/answers/answers.ts';
import type { Closing, ClosingReport } from '../../store/closings/closing.ts';
import { findClosings } from '../../store/closings/closings.ts';
import type { Facts } from '../../store/queue/decisions.ts';
import { knownClosing } from '../../store/closings/closing-reports.ts';
import { frozenFacts, type Evidence } from '../survey/assess.ts';
import { conversationUrl } from './conversation-url.ts';
import { creditClosing } from '../survey/credit.ts';
import { closedAtOf } from '../survey/look-at-closing.ts';
import { readFully } from '../survey/read-conversation.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';

/** What a card tells of a closing. */
export interface ToldClosing {
  /** Null for a conversation that is open. */
  closedAt: string | null;
  agent: Closing['agent'];
  evidence: unknown;
}

/** The survey that an answer belongs to. */
export interface AnswerTarget {
  surveyId: string;
  /** Also of a closing that becomes known by the answer; null for a conversation that is open. */
  closingId: string | null;
  conversationId: string;
  customerId: string;
  /** As it was read; once the answer is kept, the ledger's row is what counts. */
  told: ToldClosing;
  /** Null for a conversation that is open: it has no closing that could be answered. */
  unasked: Unasked | null;
}

/** @throws Failure kind not_found, code `survey_not_found` */
export async function targetOfSurvey(
  services: Services,
  surveyId: string,
  closingId?: string,
): Promise<AnswerTarget> {
  const closings = await findClosings(services.ledger, closingId ?? surveyId);
  const closing = closings.find((candidate) => closingId !== undefined || candidate.surveyId === surveyId);
  if (closing?.customerId === undefined || closing.customerId === null) {
    throw new Failure('not_found', 'survey_not_found', `there is no survey ${surveyId} in the ledger`, {
      hint: 'list the surveys with `gcsat surveys list`',
    });
  }
  return targetOfClosing(closing, surveyId, closing.customerId);
}

/** The evidence was frozen with the survey: a later reassignment changes nothing. */
function targetOfClosing(closing: Closing, surveyId: string, customerId: string): AnswerTarget {
  const { id, conversationId } = closing;
  const unasked = { sighting: null, facts: null };
  return { surveyId, closingId: id, conversationId, customerId, told: closing, unasked };
}

/**
 * An answer to a conversation is about the closing that the conversation is in now: what came of an earlier one stays
 * as it is.
 */
export async function targetOfConversation(
  services: Services,
  conversationId: string,
  steps: Steps,
): Promise<AnswerTarget> {
  const read = await readFully(services, conversationId, steps);
  const { conversation, customer } = read;
  const closedAt = conversation.status === 'CLOSED' ? closedAtOf(read, read.items) : null;
  const closing =
    closedAt === null ? null : await knownClosing(services.ledger, conversation.id, formatInstant(closedAt));
  // What a person tells of a conversation is said by the customer, and answers no trial.
  if (closing !== null && closing.surveyId !== null && !wasTrial(closing))
    return targetOfClosing(closing, closing.surveyId, customer.id);

  const credit = await creditClosing(services, read, closedAt, steps);
  const facts = (id: string): Facts => frozenFacts(read, credit, { id, closedAt, reopened: false });
  if (closedAt === null) {
    const id = openingIdOf(conversation.id, read.items);
    return {
      surveyId: surveyIdOf(id),
      closingId: null,
      conversationId: conversation.id,
      customerId: customer.id,
      told: { ...facts(id), closedAt: null },
      unasked: null,
    };
  }
  const sighting: ClosingReport = {
    conversationId: conversation.id,
    customerId: customer.id,
    closedAt: formatInstant(closedAt),
    source: 'post',
    seenAt: timeNow(services.clock),
  };
  const closingId = closing?.id ?? closingIdOf(conversation.id, sighting.closedAt);
  return {
    surveyId: surveyIdOf(closingId),
    closingId,
    conversationId: conversation.id,
    customerId: customer.id,
    told: { ...facts(closingId), closedAt: closing?.closedAt ?? sighting.closedAt },
    unasked: { sighting, facts: facts(closingId) },
  };
}

/** Told alike by every try, so that a card meets itself: a closing's from the ledger's row alone. */
export function cardSubject(
  { settings }: Services,
  { conversationId, customerId }: Pick<AnswerTarget, 'conversationId' | 'customerId'>,
  { closedAt, agent, evidence }: ToldClosing,
): CardSubject {
  return {
    conversationId,
    agentName: agent?.name ?? agent?.id ?? null,
    channel: (evidence as Evidence | null)?.attribution?.channel ?? null,
    closedAt,
    conversationUrl: conversationUrl(settings.policy.conversationLink, {
      origin: settings.origin,
      customerId,
      conversationId,
    }),
  };
}
