import { surveyIdOf } from '../../domain/survey/token.ts';
import type { CardSubject } from '../../domain/survey/card.ts';
import type { Closing, ClosingReading, ClosingReport } from '../../domain/closing/closing.ts';
import { closingIdOf, credibleTime, openingIdOf } from '../../domain/closing/identity.ts';
import { formatInstant, timeNow } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import type { Unasked } from '../../store/answers/answers.ts';
import { knownClosing } from '../../store/closings/closing-reports.ts';
import { closingById } from '../../store/closings/closings.ts';
import { findClosings } from '../../store/views/found-closings.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';
import { creditClosing } from '../survey/credit.ts';
import { brandOf } from '../survey/brand.ts';
import { readingOf } from '../survey/facts.ts';
import { closedAtOf, readFully } from '../survey/read-conversation.ts';
import { conversationUrl } from '../../domain/survey/conversation-url.ts';

/** What a card says about a closing. */
export interface CardFacts extends Pick<Closing, 'agent' | 'evidence'> {
  /** Null while the conversation is open. */
  closedAt: string | null;
}

/** The survey that an answer belongs to. */
export interface AnswerTarget {
  surveyId: string;
  /** Also set for a closing that this answer makes known; null while the conversation is open. */
  closingId: string | null;
  conversationId: string;
  customerId: string;
  /** As read now; once the answer is stored, the ledger's row counts instead. */
  facts: CardFacts;
  /** Null while the conversation is open: there is no closing to answer. */
  unasked: Unasked | null;
}

/** @throws Failure kind not_found, code `survey_not_found` */
export async function targetOfSurvey(
  { ledger }: Services,
  surveyId: string,
  closingId?: string,
): Promise<AnswerTarget> {
  const closing =
    closingId === undefined
      ? (await findClosings(ledger, surveyId)).find((candidate) => candidate.surveyId === surveyId)
      : await closingById(ledger, closingId);
  const customerId = closing?.customerId ?? null;
  if (closing === undefined || closing === null || customerId === null) {
    throw new Failure('not_found', 'survey_not_found', `there is no survey ${surveyId} in the ledger`, {
      hint: 'List the surveys with `gcsat surveys list`.',
    });
  }
  return targetOfClosing(closing, surveyId, customerId);
}

/** The evidence was frozen with the survey, so a later reassignment changes nothing. */
function targetOfClosing(closing: Closing, surveyId: string, customerId: string): AnswerTarget {
  const { id, conversationId } = closing;
  const unasked = { report: null, reading: null };
  return { surveyId, closingId: id, conversationId, customerId, facts: closing, unasked };
}

/**
 * An answer given for a conversation is about its current closing; earlier closings stay as they are. A person records
 * what a customer really said, so it always belongs to the live lane.
 */
export async function targetOfConversation(
  services: Services,
  conversationId: string,
  steps: Steps,
): Promise<AnswerTarget> {
  const lane = 'live';
  const read = await readFully(services, conversationId, steps);
  const { conversation, customer } = read;
  const closedAt = conversation.status === 'CLOSED' ? closedAtOf(read, read.items) : null;
  const key =
    closedAt === null
      ? null
      : ({ lane, conversationId: conversation.id, closedAt: formatInstant(closedAt) } as const);
  const closing = key === null ? null : await knownClosing(services.ledger, key);
  if (closing !== null && closing.surveyId !== null)
    return targetOfClosing(closing, closing.surveyId, customer.id);

  const credit = await creditClosing(services, read, closedAt, steps);
  const reading = (id: string): ClosingReading => ({
    ...readingOf(read, credit, { id, closedAt, reopened: false }),
    ...brandOf(services.settings, read),
  });
  const about = { conversationId: conversation.id, customerId: customer.id };
  if (key === null) {
    const id = openingIdOf(conversation.id, read.items);
    return {
      ...about,
      surveyId: surveyIdOf(id),
      closingId: null,
      facts: { ...reading(id), closedAt: null },
      unasked: null,
    };
  }
  const report: ClosingReport = {
    ...key,
    customerId: customer.id,
    source: 'post',
    seenAt: timeNow(services.clock),
  };
  const closingId = closing?.id ?? closingIdOf(conversation.id, key.closedAt, lane);
  return {
    ...about,
    surveyId: surveyIdOf(closingId),
    closingId,
    facts: { ...reading(closingId), closedAt: closing?.closedAt ?? key.closedAt },
    unasked: { report, reading: reading(closingId) },
  };
}

/** The same at every try, so that a repeat finds its own card: a closing's facts come from the ledger's row alone. */
export async function cardSubject(
  services: Services,
  { conversationId, customerId }: Pick<AnswerTarget, 'conversationId' | 'customerId'>,
  { closedAt, agent, evidence }: CardFacts,
): Promise<CardSubject> {
  return {
    timeZone: (await services.organization()).timezone,
    conversationId,
    agentName: agent?.name ?? agent?.id ?? null,
    channel: evidence?.attribution?.channel ?? null,
    closedAt: credibleTime(closedAt, evidence?.conversation.closedAt),
    conversationUrl: conversationUrl(services.settings.policy.conversationLink, {
      origin: services.settings.origin,
      customerId,
      conversationId,
    }),
  };
}
