import { closingStates, type ClosingState } from '../../domain/closing/transitions.ts';
import { isTrial, type DeliveryName } from '../../domain/delivery.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import { Failure } from '../../failure.ts';
import { currentAnswer } from '../../store/answers/answers.ts';
import { cardsOf } from '../../store/answers/cards.ts';
import { cardFailureOf, type CardFailure } from '../../store/answers/cards-due.ts';
import { resolveAbandonedSends } from '../../store/queue/claims.ts';
import type { Closing } from '../../store/closings/closing.ts';
import { findClosings, listClosings, type ClosingFilter } from '../../store/closings/closings.ts';
import { cancelClosing, confirmSent, retryClosing } from '../../store/queue/decisions.ts';
import type { Ledger } from '../../store/open.ts';
import { story, type Story } from '../../store/closings/story.ts';
import { visitsOf, type VisitTally } from '../../store/answers/visits.ts';

/** States as they are listed: a message that is leaving at this very moment has no end yet, so its closing is pending. */
export const listedStates = closingStates.filter((state) => state !== 'sending');

type ListedState = (typeof listedStates)[number];

/** One closing as `surveys list` tells it. Fields may be added, never renamed or removed. */
export interface SurveyEntry {
  surveyId: string | null;
  closingId: string;
  conversationId: string;
  state: ListedState;
  customer: { id: string; email: string | null } | null;
  agent: { id: string | null; name: string | null; email: string | null } | null;
  closedAt: string;
  sentAt: string | null;
  dueAt: string | null;
  provider: string | null;
  answer: {
    rating: number;
    resolved: boolean | null;
    comment: string | null;
    answeredAt: string;
  } | null;
  card: { itemId: string; postedAt: string | null } | null;
  reasons: Reason[];
  error: { code: string; message: string; hint: string } | null;
}

/** The whole story of one closing. */
export interface SurveyStory extends Omit<SurveyEntry, 'state'> {
  state: ClosingState;
  evidence: unknown;
  url: string | null;
  externalId: string | null;
  attempts: number;
  reopenedAt: string | null;
  history: Story['history'];
  messages: Story['messages'];
  answers: Story['answers'];
  cards: Story['cards'];
  /** Why the newest answer has no card in Gladly yet; null when it has one, or was not tried. */
  cardFailure: CardFailure | null;
  /** What was seen of the survey besides its answers; never scored. */
  visits: VisitTally[];
  /** Other closings of the same conversation. */
  otherClosings: string[];
}

/** What a process left in doubt when it was killed is listed as that. */
export async function* listSurveys(
  ledger: Ledger,
  { states, ...filter }: Omit<ClosingFilter, 'states'> & { states?: readonly ListedState[] },
  now: string,
): AsyncGenerator<SurveyEntry> {
  await resolveAbandonedSends(ledger, now);
  const wanted = states?.flatMap((state) =>
    state === 'pending' ? (['pending', 'sending'] as const) : [state],
  );
  const closings = listClosings(ledger, { ...filter, ...(wanted === undefined ? {} : { states: wanted }) });
  for await (const closing of closings) yield entryOf(ledger, closing);
}

/**
 * @param anyId a survey, closing or conversation id; of several closings of a conversation the newest
 * @throws Failure kind not_found, code `survey_not_found`
 */
export async function tellSurvey(ledger: Ledger, anyId: string, now: string): Promise<SurveyStory> {
  await resolveAbandonedSends(ledger, now);
  const [closing, ...others] = await findClosingsOrFail(ledger, anyId);
  const told = await story(ledger, closing.id);
  const { surveyId } = closing;
  return {
    ...(await entryOf(ledger, closing)),
    state: closing.state,
    evidence: closing.evidence,
    url: closing.surveyUrl,
    externalId: closing.externalId,
    attempts: closing.attempts,
    reopenedAt: closing.reopenedAt,
    history: told.history,
    messages: told.messages,
    answers: told.answers,
    cards: told.cards,
    cardFailure: surveyId === null ? null : await cardFailureOf(ledger, surveyId),
    visits: surveyId === null ? [] : await visitsOf(ledger, surveyId),
    otherClosings: others.map(({ id }) => id),
  };
}

/** A person says that an uncertain message did arrive. @throws Failure when the closing is in another state */
export async function settleAsSent(ledger: Ledger, anyId: string, at: string): Promise<Closing> {
  const closing = await settledClosing(ledger, anyId, at);
  return confirmSent(ledger, closing.id, at);
}

/**
 * A person has the closing decided again: by a real delivery also where only trials have seen it, but not the other way.
 * @throws Failure when the closing is in a state that forbids it
 */
export async function readyAgain(
  ledger: Ledger,
  anyId: string,
  at: string,
  delivery: DeliveryName,
): Promise<Closing> {
  const closing = await settledClosing(ledger, anyId, at);
  if (closing.state === 'pending' || closing.state === 'scheduled') return closing;
  return retryClosing(ledger, closing.id, at, isTrial(delivery) ? undefined : delivery);
}

/** A person stops a survey that has not left. @throws Failure when it left, or never was */
export async function callOff(ledger: Ledger, anyId: string, at: string): Promise<SurveyEntry> {
  const closing = await onlyClosing(ledger, anyId);
  return entryOf(ledger, await cancelClosing(ledger, closing.id, at));
}

/** A message that was leaving when its process died is in doubt; only a process that lives has it in hand. */
async function settledClosing(ledger: Ledger, anyId: string, at: string): Promise<Closing> {
  const closing = await onlyClosing(ledger, anyId);
  if (closing.state !== 'sending') return closing;
  await resolveAbandonedSends(ledger, at);
  return onlyClosing(ledger, closing.id);
}

/** What changes a closing must name one: a conversation that closed several times does not. */
async function onlyClosing(ledger: Ledger, anyId: string): Promise<Closing> {
  const [closing, ...others] = await findClosingsOrFail(ledger, anyId);
  if (others.length === 0) return closing;
  const ids = [closing, ...others].map(({ id }) => id).join(', ');
  throw new Failure('usage', 'closing_ambiguous', `conversation ${anyId} has several closings: ${ids}`, {
    hint: 'name one of them',
  });
}

async function findClosingsOrFail(ledger: Ledger, anyId: string): Promise<[Closing, ...Closing[]]> {
  const [closing, ...others] = await findClosings(ledger, anyId);
  if (closing !== undefined) return [closing, ...others];
  throw new Failure(
    'not_found',
    'survey_not_found',
    `the ledger knows no survey, closing or conversation ${anyId}`,
    {
      hint: 'list what it knows with `gcsat surveys list`',
    },
  );
}

async function entryOf(ledger: Ledger, closing: Closing): Promise<SurveyEntry> {
  const { surveyId, customer } = closing;
  const answer = surveyId === null ? null : await currentAnswer(ledger, surveyId);
  const cards = surveyId === null ? [] : await cardsOf(ledger, surveyId);
  const card = cards.findLast(({ state }) => state === 'posted') ?? null;
  return {
    surveyId,
    closingId: closing.id,
    conversationId: closing.conversationId,
    state: closing.state === 'sending' ? 'pending' : closing.state,
    customer: customer === null ? null : { id: customer.id, email: customer.email },
    agent: closing.agent,
    closedAt: closing.closedAt,
    sentAt: closing.sentAt,
    dueAt: closing.dueAt,
    provider: closing.provider,
    answer:
      answer === null
        ? null
        : {
            rating: answer.rating,
            resolved: answer.resolved,
            comment: answer.comment,
            answeredAt: answer.answeredAt,
          },
    card: card === null ? null : { itemId: card.itemId, postedAt: card.postedAt },
    reasons: closing.reasons,
    error: closing.error,
  };
}
