import type { Answer } from '../../domain/survey/records.ts';
import { makeCard } from '../../domain/survey/card.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { PostDocument } from '../../documents/post.ts';
import { Failure } from '../../failure.ts';
import { currentAnswer, previewAnswer, recordAnswer, type NewAnswer } from '../../store/answers/answers.ts';
import { cardPostLock } from '../../store/answers/cards-due.ts';
import { closingById } from '../../store/closings/closings.ts';
import {
  cardSubject,
  targetOfConversation,
  targetOfSurvey,
  type AnswerTarget,
  type CardFacts,
} from './answer-target.ts';
import { alertPlan } from '../context/alert-plan.ts';
import { withLock } from '../context/claim.ts';
import { postCard } from './post-card.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';

export interface AnswerContent {
  rating: number;
  resolved: boolean | null;
  comment: string | null;
}

export type PostRequest =
  | { conversationId: string; answer: AnswerContent }
  | { surveyId: string; closingId?: string; answer: AnswerContent | null };

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
  return withLock(services, cardPostLock(target.surveyId), async () => {
    const answer = await recordedAnswer(services, target, request.answer);
    const facts = await factsNow(services, target);
    const posted = await steps.run('post card', async () =>
      postCard(services, answer, await cardSubject(services, target, facts), target),
    );
    return {
      ...describeTarget(target, facts, answer, steps),
      customerId: posted.customerId,
      outcome: posted.wasThere ? 'already_posted' : 'posted',
      card: { itemId: posted.item.id, postedAt: posted.postedAt, body: posted.item },
    };
  });
}

async function preview(
  services: Services,
  target: AnswerTarget,
  content: AnswerContent | null,
  steps: Steps,
): Promise<PostDocument> {
  const answer =
    content === null
      ? await storedAnswer(services, target)
      : await previewAnswer(services.ledger, newAnswer(services, target, content));
  const body = makeCard(answer, await cardSubject(services, target, target.facts), services.clock());
  return {
    ...describeTarget(target, target.facts, answer, steps),
    outcome: 'would_post',
    card: { itemId: body.id, postedAt: null, body },
  };
}

function describeTarget(
  { conversationId, surveyId, customerId }: AnswerTarget,
  { agent }: CardFacts,
  { rating, resolved, comment, answeredAt, revision }: Answer,
  steps: Steps,
): Omit<PostDocument, 'outcome' | 'card'> {
  const answer = { rating, resolved, comment, answeredAt, revision };
  return { conversationId, surveyId, customerId, answer, agent, requests: steps.requests() };
}

/** The row may have got its verdict since it was read, and the next try sees only the row. */
async function factsNow({ ledger }: Services, { closingId, facts }: AnswerTarget): Promise<CardFacts> {
  return (closingId === null ? null : await closingById(ledger, closingId)) ?? facts;
}

async function recordedAnswer(
  services: Services,
  target: AnswerTarget,
  content: AnswerContent | null,
): Promise<Answer> {
  if (content === null) return storedAnswer(services, target);
  return (await recordAnswer(services.ledger, newAnswer(services, target, content))).answer;
}

function newAnswer(
  { clock, settings }: Services,
  { surveyId, closingId, unasked }: AnswerTarget,
  content: AnswerContent,
): NewAnswer {
  const alerts = alertPlan(settings);
  const given = { surveyId, closingId, ...content, at: timeNow(clock), source: 'post', alerts };
  return unasked === null ? given : { ...given, unasked };
}

async function storedAnswer({ ledger }: Services, { surveyId }: AnswerTarget): Promise<Answer> {
  const stored = await currentAnswer(ledger, surveyId);
  if (stored !== null) return stored;
  throw new Failure('not_found', 'answer_not_found', `survey ${surveyId} has no answer yet`, {
    hint: 'Give --rating to record one, or wait for the customer.',
  });
}
