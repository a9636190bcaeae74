import type { Answer } from '../../domain/survey/records.ts';
import { makeCard } from '../../domain/survey/card.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { PostDocument } from '../../documents/post.ts';
import {
  fitToForm,
  formOf,
  keptOptions,
  longestWords,
  noFormAnswers,
  type FormProblem,
  type GivenAnswers,
  type SurveyForm,
} from '../../domain/survey/form.ts';
import { Failure } from '../../failure.ts';
import { currentAnswer, previewAnswer, recordAnswer, type NewAnswer } from '../../store/answers/answers.ts';
import { sentForm } from '../../store/closings/forms.ts';
import { cardPostLock } from '../../store/answers/cards-due.ts';
import { closingById } from '../../store/closings/closings.ts';
import type { AnswerContent, FullContent } from './answer-content.ts';
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

/** As a person typed it, not yet checked against the survey's form. */
export type PostedAnswer = AnswerContent & Partial<GivenAnswers>;

export type PostRequest =
  | { conversationId: string; answer: PostedAnswer }
  | { surveyId: string; closingId?: string; answer: PostedAnswer | null };

/**
 * Records an answer and puts its card on the customer's timeline. The same answer again changes nothing; a different
 * answer replaces the card.
 *
 * @throws Failure kind not_found for a conversation or survey that does not exist; kind usage for a reason or an answer
 *   that the survey does not ask for.
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
  const content = request.answer === null ? null : await fittingContent(services, target, request.answer);
  if (dryRun) return preview(services, target, content, steps);
  // Two concurrent posts for one survey would each miss the other's card.
  return withLock(services, cardPostLock(target.surveyId), async () => {
    const answer = await recordedAnswer(services, target, content);
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
  content: FullContent | null,
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
  { rating, resolved, reason, comment, question, answeredAt, revision }: Answer,
  steps: Steps,
): Omit<PostDocument, 'outcome' | 'card'> {
  const answer = { rating, resolved, reason, comment, question, answeredAt, revision };
  return { conversationId, surveyId, customerId, answer, agent, requests: steps.requests() };
}

/** The row may have received its verdict since it was read, and the next try sees only the row. */
async function factsNow({ ledger }: Services, { closingId, facts }: AnswerTarget): Promise<CardFacts> {
  return (closingId === null ? null : await closingById(ledger, closingId)) ?? facts;
}

async function recordedAnswer(
  services: Services,
  target: AnswerTarget,
  content: FullContent | null,
): Promise<Answer> {
  if (content === null) return storedAnswer(services, target);
  return (await recordAnswer(services.ledger, newAnswer(services, target, content))).answer;
}

function newAnswer(
  { clock, settings }: Services,
  { surveyId, closingId, unasked }: AnswerTarget,
  content: FullContent,
): NewAnswer {
  const alerts = alertPlan(settings);
  const given = { surveyId, closingId, ...content, at: timeNow(clock), source: 'post', alerts };
  return unasked === null ? given : { ...given, unasked };
}

/** A survey that was sent takes what its own link asks; any other takes what the profile asks now. */
async function fittingContent(
  { ledger, settings }: Services,
  { surveyId }: AnswerTarget,
  { reason = '', answer = '', ...content }: PostedAnswer,
): Promise<FullContent> {
  if (reason.trim() === '' && answer.trim() === '') return { ...content, ...noFormAnswers };
  const sent = await sentForm(ledger, surveyId);
  const form = sent === null ? formOf(settings.policy) : sent.form;
  refuseUnasked(form, content.rating, { reason, answer });
  const { problems, ...fitting } = fitToForm(form, content.rating, { reason, answer });
  const [problem] = problems;
  if (problem === undefined || form === null) return { ...content, ...fitting };
  const chosen = problem === 'reason_unknown' ? reason : answer;
  throw misfit(
    problem === 'words_too_long' ? 'the --answer is too long' : `the survey does not offer '${chosen}'`,
    hintFor(form, problem),
  );
}

function refuseUnasked(form: SurveyForm | null, rating: number, { reason, answer }: GivenAnswers): void {
  const leaveOut = (option: string): string => `Leave out ${option}, or say it in --comment.`;
  const reasons = form?.reasons ?? null;
  if (reason.trim() !== '') {
    if (form === null || reasons === null) {
      throw misfit('the survey asks for no reason', leaveOut('--reason'));
    }
    if (rating > form.lowRating) {
      throw misfit(
        `the survey asks for a reason only up to a rating of ${form.lowRating}`,
        leaveOut('--reason'),
      );
    }
  }
  if (answer.trim() !== '' && (form?.question ?? null) === null) {
    throw misfit('the survey has no question of its own', leaveOut('--answer'));
  }
}

function hintFor(form: SurveyForm, problem: FormProblem): string {
  const { reasons, question } = form;
  const oneOf = (options: readonly string[]): string => `Use one of: ${options.join(' | ')}.`;
  if (problem === 'reason_unknown' && reasons !== null) return oneOf(keptOptions(form, reasons));
  if (question?.kind === 'choice') return oneOf(keptOptions(form, question.options));
  return problem === 'words_too_long'
    ? `Use at most ${longestWords} characters.`
    : 'Use a number from 0 to 10.';
}

function misfit(message: string, hint: string): Failure {
  return new Failure('usage', 'answer_misfit', message, { hint });
}

async function storedAnswer({ ledger }: Services, { surveyId }: AnswerTarget): Promise<Answer> {
  const stored = await currentAnswer(ledger, surveyId);
  if (stored !== null) return stored;
  throw new Failure('not_found', 'answer_not_found', `survey ${surveyId} has no answer yet`, {
    hint: 'Give --rating to record one, or wait for the customer.',
  });
}
