import type { CardItem, CardSubject } from '../domain/card.ts';
import { makeCard } from '../domain/card.ts';
import { adoptedClosing, closingIdOf, closingTime } from '../domain/closing.ts';
import { formatInstant, timeNow, type Instant } from '../domain/instant.ts';
import { surveyIdOf } from '../domain/survey-token.ts';
import type { RequestFigures } from '../domain/survey-document.ts';
import { Failure } from '../failure.ts';
import {
  currentAnswer,
  previewAnswer,
  recordAnswer,
  type Answer,
  type NewAnswer,
  type Unasked,
} from '../ledger/answers.ts';
import type { Closing } from '../ledger/closing.ts';
import { closingsOfConversation, findClosings } from '../ledger/closings.ts';
import { creditedAgent, frozenFacts, type Evidence } from './assess.ts';
import { withLock } from './claim.ts';
import { conversationUrl } from './conversation-url.ts';
import { creditClosing, type Credit } from './credit.ts';
import { postCard } from './post-card.ts';
import { readFully, type FullRead } from './read-conversation.ts';
import type { Services } from './services.ts';
import type { Steps } from './steps.ts';

export interface AnswerContent {
  rating: number;
  resolved: boolean | null;
  comment: string | null;
}

export type PostRequest =
  | { conversationId: string; answer: AnswerContent }
  | { surveyId: string; closingId?: string; answer: AnswerContent | null };

/** What `post` tells. Times are RFC 3339 in UTC. */
export interface PostDocument {
  conversationId: string;
  surveyId: string;
  customerId: string;
  outcome: 'posted' | 'already_posted' | 'would_post';
  answer: {
    rating: number;
    resolved: boolean | null;
    comment: string | null;
    answeredAt: string;
    revision: number;
  };
  agent: { id: string | null; name: string | null; email: string | null } | null;
  card: { itemId: string; postedAt: string | null; body: CardItem };
  requests: RequestFigures;
}

/** The survey that an answer belongs to, with what its card tells. */
interface Target {
  surveyId: string;
  closingId: string | null;
  conversationId: string;
  customerId: string;
  subject: CardSubject;
  agent: PostDocument['agent'];
  /** Null for a conversation that is open: it has no closing that could be answered. */
  unasked: Unasked | null;
}

/**
 * Records an answer and puts its card on the customer's timeline. The same answer again changes nothing; another one
 * takes the place of the card.
 *
 * @throws Failure kind not_found for a conversation or survey that does not exist.
 */
export async function postAnswer(
  services: Services,
  request: PostRequest,
  { dryRun, steps }: { dryRun: boolean; steps: Steps },
): Promise<PostDocument> {
  const target =
    'surveyId' in request
      ? await targetOfSurvey(services, request.surveyId, request.closingId)
      : await targetOfConversation(services, request.conversationId, steps);
  if (dryRun) return preview(services, target, request.answer, steps);
  // Two posts of one survey at the same time would each miss the other's card.
  return withLock(services, `card of survey ${target.surveyId}`, async () => {
    const answer = await recordedAnswer(services, target, request.answer);
    const posted = await steps.run('post card', () =>
      postCard(services, answer, target.subject, target.customerId),
    );
    return {
      ...describeTarget(target, answer, steps),
      customerId: posted.customerId,
      outcome: posted.wasThere ? 'already_posted' : 'posted',
      card: { itemId: posted.item.id, postedAt: posted.postedAt, body: posted.item },
    };
  });
}

async function preview(
  services: Services,
  target: Target,
  content: AnswerContent | null,
  steps: Steps,
): Promise<PostDocument> {
  const answer =
    content === null
      ? await storedAnswer(services, target)
      : await previewAnswer(services.ledger, newAnswer(services, target, content));
  const body = makeCard(answer, target.subject, services.clock());
  return {
    ...describeTarget(target, answer, steps),
    outcome: 'would_post',
    card: { itemId: body.id, postedAt: null, body },
  };
}

function describeTarget(
  { conversationId, surveyId, customerId, agent }: Target,
  { rating, resolved, comment, answeredAt, revision }: Answer,
  steps: Steps,
): Omit<PostDocument, 'outcome' | 'card'> {
  const answer = { rating, resolved, comment, answeredAt, revision };
  return { conversationId, surveyId, customerId, answer, agent, requests: steps.requests() };
}

async function recordedAnswer(
  services: Services,
  target: Target,
  content: AnswerContent | null,
): Promise<Answer> {
  if (content === null) return storedAnswer(services, target);
  return (await recordAnswer(services.ledger, newAnswer(services, target, content))).answer;
}

function newAnswer(
  { clock }: Services,
  { surveyId, closingId, unasked }: Target,
  content: AnswerContent,
): NewAnswer {
  const told = { surveyId, closingId, ...content, at: timeNow(clock), source: 'post' };
  return unasked === null ? told : { ...told, unasked };
}

async function storedAnswer({ ledger }: Services, { surveyId }: Target): Promise<Answer> {
  const stored = await currentAnswer(ledger, surveyId);
  if (stored !== null) return stored;
  throw new Failure('not_found', 'answer_not_found', `survey ${surveyId} has no answer yet`, {
    hint: 'give --rating to record one, or wait for the customer',
  });
}

async function targetOfSurvey(services: Services, surveyId: string, closingId?: string): Promise<Target> {
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
function targetOfClosing(services: Services, closing: Closing, surveyId: string, customerId: string): Target {
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

async function targetOfConversation(
  services: Services,
  conversationId: string,
  steps: Steps,
): Promise<Target> {
  const read = await readFully(services, conversationId, steps);
  const { conversation, customer } = read;
  const known = await closingsOfConversation(services.ledger, conversation.id);
  const surveyed = known.find(({ surveyId }) => surveyId !== null);
  if (surveyed !== undefined)
    return targetOfClosing(services, surveyed, surveyIdOf(surveyed.id), customer.id);

  const closedAt = conversation.status === 'CLOSED' ? closingTime(conversation.closedAt, read.items) : null;
  const closedText = closedAt === null ? null : formatInstant(closedAt);
  const closing = closedText === null ? null : adoptedClosing(known, closedText);
  const closingId = closing?.id ?? closingIdOf(conversation.id, closedText ?? 'open');
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
      closedAt: closedText,
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
