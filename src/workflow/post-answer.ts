import type { CardItem, CardSubject } from '../domain/card.ts';
import { makeCard } from '../domain/card.ts';
import { adoptedClosing, closingIdOf, closingTime } from '../domain/closing.ts';
import { formatInstant } from '../domain/instant.ts';
import { surveyIdOf } from '../domain/survey-token.ts';
import type { RequestFigures } from '../domain/survey-document.ts';
import { Failure } from '../failure.ts';
import { currentAnswer, previewAnswer, recordAnswer, type Answer } from '../ledger/answers.ts';
import { closingsOfConversation, findClosings, type Closing } from '../ledger/closings.ts';
import { creditedAgent, type Evidence } from './assess.ts';
import { conversationUrl } from './conversation-url.ts';
import { creditClosing } from './credit.ts';
import { postCard } from './post-card.ts';
import { readFully } from './read-conversation.ts';
import type { Services } from './services.ts';
import type { Steps } from './steps.ts';

export interface AnswerContent {
  rating: number;
  resolved: boolean | null;
  comment: string | null;
}

export type PostRequest =
  { conversationId: string; answer: AnswerContent } | { surveyId: string; answer: AnswerContent | null };

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
      ? await targetOfSurvey(services, request.surveyId)
      : await targetOfConversation(services, request.conversationId, steps);
  const answer = await answerOf(services, target, request.answer, dryRun);
  const document = (
    outcome: PostDocument['outcome'],
    body: CardItem,
    posted: { at: string | null; customerId: string },
  ): PostDocument => ({
    conversationId: target.conversationId,
    surveyId: target.surveyId,
    customerId: posted.customerId,
    outcome,
    answer: {
      rating: answer.rating,
      resolved: answer.resolved,
      comment: answer.comment,
      answeredAt: answer.answeredAt,
      revision: answer.revision,
    },
    agent: target.agent,
    card: { itemId: body.id, postedAt: posted.at, body },
    requests: steps.requests(),
  });
  if (dryRun) {
    const card = makeCard(answer, target.subject, services.clock());
    return document('would_post', card, { at: null, customerId: target.customerId });
  }
  const posted = await steps.run('post card', () =>
    postCard(services, answer, target.subject, target.customerId),
  );
  return document(posted.wasThere ? 'already_posted' : 'posted', posted.item, {
    at: posted.postedAt,
    customerId: posted.customerId,
  });
}

async function answerOf(
  { ledger, clock }: Services,
  { surveyId, closingId }: Target,
  content: AnswerContent | null,
  dryRun: boolean,
): Promise<Answer> {
  if (content === null) {
    const stored = await currentAnswer(ledger, surveyId);
    if (stored !== null) return stored;
    throw new Failure('not_found', 'answer_not_found', `survey ${surveyId} has no answer yet`, {
      hint: 'give --rating to record one, or wait for the customer',
    });
  }
  const at = new Date(clock()).toISOString();
  const given = { surveyId, closingId, ...content, at, source: 'post' };
  return dryRun ? previewAnswer(ledger, given) : (await recordAnswer(ledger, given)).answer;
}

async function targetOfSurvey(services: Services, surveyId: string): Promise<Target> {
  const closings = await findClosings(services.ledger, surveyId);
  const closing = closings.find((candidate) => candidate.surveyId === surveyId);
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
  const credit = await creditClosing(services, read, closedAt, steps);
  const agent = creditedAgent(credit);
  return {
    surveyId: surveyIdOf(closing?.id ?? closingIdOf(conversation.id, closedText ?? 'open')),
    closingId: closing?.id ?? null,
    conversationId,
    customerId: customer.id,
    agent,
    subject: {
      conversationId,
      agentName: agent?.name ?? agent?.id ?? null,
      channel: credit.attribution.response?.channel ?? null,
      closedAt: closedText,
      conversationUrl: urlOf(services, customer.id, conversationId),
    },
  };
}

function urlOf({ settings }: Services, customerId: string, conversationId: string): string | null {
  return conversationUrl(settings.policy.conversationLink, {
    origin: settings.origin,
    customerId,
    conversationId,
  });
}
