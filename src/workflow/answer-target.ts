import type { CardSubject } from '../domain/card.ts';
import { closingIdOf } from '../domain/closing.ts';
import { formatInstant, timeNow, type Instant } from '../domain/instant.ts';
import { surveyIdOf } from '../domain/survey-token.ts';
import { Failure } from '../failure.ts';
import type { Unasked } from '../ledger/answers.ts';
import type { Closing } from '../ledger/closing.ts';
import { findClosings } from '../ledger/closings.ts';
import { knownClosing } from '../ledger/sightings.ts';
import { creditedAgent, frozenFacts, type Evidence } from './assess.ts';
import { conversationUrl } from './conversation-url.ts';
import { creditClosing, type Credit } from './credit.ts';
import { closedAtOf } from './look-at-closing.ts';
import { readFully, type FullRead } from './read-conversation.ts';
import type { Services } from './services.ts';
import type { Steps } from './steps.ts';

/** The survey that an answer belongs to, with what its card tells. */
export interface AnswerTarget {
  surveyId: string;
  /** Null where the ledger has no row of the closing yet, and for a conversation that is open. */
  closingId: string | null;
  conversationId: string;
  customerId: string;
  subject: CardSubject;
  agent: { id: string | null; name: string | null; email: string | null } | null;
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
  return targetOfClosing(services, closing, surveyId, closing.customerId);
}

/** The evidence was frozen with the survey: a later reassignment changes nothing. */
function targetOfClosing(
  services: Services,
  closing: Closing,
  surveyId: string,
  customerId: string,
): AnswerTarget {
  const evidence = closing.evidence as Evidence | null;
  return {
    surveyId,
    closingId: closing.id,
    conversationId: closing.conversationId,
    customerId,
    agent: closing.agent,
    unasked: { sighting: null, facts: null },
    subject: {
      conversationId: closing.conversationId,
      agentName: closing.agent?.name ?? closing.agent?.id ?? null,
      channel: evidence?.attribution?.channel ?? null,
      closedAt: closing.closedAt,
      conversationUrl: urlOf(services, customerId, closing.conversationId),
    },
  };
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
  if (closing !== null && closing.surveyId !== null)
    return targetOfClosing(services, closing, closing.surveyId, customer.id);

  const told = closedAt === null ? 'open' : formatInstant(closedAt);
  const closingId = closing?.id ?? closingIdOf(conversation.id, told);
  const credit = await creditClosing(services, read, closedAt, steps);
  const agent = creditedAgent(credit);
  return {
    surveyId: surveyIdOf(closingId),
    closingId: closing?.id ?? null,
    conversationId,
    customerId: customer.id,
    agent,
    unasked: closedAt === null ? null : unaskedOf(services, read, credit, { id: closingId, closedAt }),
    subject: {
      conversationId,
      agentName: agent?.name ?? agent?.id ?? null,
      channel: credit.attribution.response?.channel ?? null,
      closedAt: closedAt === null ? null : formatInstant(closedAt),
      conversationUrl: urlOf(services, customer.id, conversationId),
    },
  };
}

function unaskedOf(
  { clock }: Services,
  read: FullRead,
  credit: Credit,
  closing: { id: string; closedAt: Instant },
): Unasked {
  const { conversation, customer } = read;
  return {
    sighting: {
      conversationId: conversation.id,
      customerId: customer.id,
      closedAt: formatInstant(closing.closedAt),
      source: 'post',
      seenAt: timeNow(clock),
    },
    facts: frozenFacts(read, credit, { ...closing, reopened: false }),
  };
}

function urlOf({ settings }: Services, customerId: string, conversationId: string): string | null {
  return conversationUrl(settings.policy.conversationLink, {
    origin: settings.origin,
    customerId,
    conversationId,
  });
}
