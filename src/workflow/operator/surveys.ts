import type { ListedState, SurveyEntry, SurveyStory } from '../../documents/surveys.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { Failure } from '../../failure.ts';
import { resolveAbandonedSends } from '../../store/queue/claims.ts';
import { cancelClosing, confirmSent, resendClosing, retryClosing } from '../../store/queue/decisions.ts';
import type { Ledger } from '../../store/ledger.ts';
import {
  asResolved,
  findClosings,
  listClosings,
  type ClosingFilter,
  type ListedClosing,
} from '../../store/views/surveys.ts';
import { story } from '../../store/views/story.ts';

/** Newest first. What a process left in doubt when it was killed is listed as that. */
export async function* listSurveys(
  ledger: Ledger,
  { states, ...filter }: Omit<ClosingFilter, 'states'> & { states?: readonly ListedState[] },
  now: string,
): AsyncGenerator<SurveyEntry> {
  const wanted = states?.flatMap((state) =>
    state === 'pending' ? (['pending', 'sending'] as const) : [state],
  );
  const given = { ...filter, ...(wanted === undefined ? {} : { states: wanted }) };
  for await (const listed of listClosings(ledger, given, now)) yield entryOf(listed);
}

/**
 * @param anyId a survey, closing or conversation id; of several closings of a conversation the newest
 * @throws Failure kind not_found, code `survey_not_found`
 */
export async function showSurvey(ledger: Ledger, anyId: string, now: string): Promise<SurveyStory> {
  const [found, ...others] = await findClosingsOrFail(ledger, anyId);
  const { closing: stored, ...lists } = await story(ledger, found.id);
  const closing = asResolved(stored, now);
  const answer = lists.answers.findLast(({ surveyId }) => surveyId === closing.surveyId) ?? null;
  const card =
    lists.cards.findLast(({ state, surveyId }) => state === 'posted' && surveyId === closing.surveyId) ??
    null;
  return {
    ...entryOf({ closing, answer, card }),
    state: closing.state,
    evidence: closing.evidence,
    url: closing.surveyUrl,
    externalId: closing.externalId,
    attempts: closing.attempts,
    reopenedAt: closing.reopenedAt,
    ...lists,
    otherClosings: others.map(({ id }) => id),
  };
}

/**
 * A person, or what Gladly shows, says that an uncertain message did arrive.
 *
 * @param itemId of the message in Gladly, where it was found there
 * @throws Failure when the closing is in another state
 */
export async function confirmSurvey(
  ledger: Ledger,
  anyId: string,
  at: string,
  itemId: string | null = null,
): Promise<Closing> {
  const closing = await resolvedClosing(ledger, anyId, at);
  return confirmSent(ledger, closing.id, at, itemId);
}

/** A person says that an uncertain message did not leave. @throws Failure when the closing is in another state */
export async function resendSurvey(ledger: Ledger, anyId: string, at: string): Promise<Closing> {
  const closing = await resolvedClosing(ledger, anyId, at);
  return resendClosing(ledger, closing.id, at);
}

/**
 * A person has the closing decided again.
 *
 * @throws Failure when the closing is in a state that forbids it
 */
export async function retrySurvey(ledger: Ledger, anyId: string, at: string): Promise<Closing> {
  const closing = await resolvedClosing(ledger, anyId, at);
  if (closing.state === 'pending' || closing.state === 'scheduled') return closing;
  return retryClosing(ledger, closing.id, at);
}

/** A person stops a survey that has not left. @throws Failure when it left, or never was */
export async function cancelSurvey(ledger: Ledger, anyId: string, at: string): Promise<SurveyEntry> {
  const { id } = await onlyClosing(ledger, anyId);
  const closing = await cancelClosing(ledger, id, at);
  const { answers, cards } = await story(ledger, id);
  return entryOf({
    closing,
    answer: answers.findLast(({ surveyId }) => surveyId === closing.surveyId) ?? null,
    card: cards.findLast(({ state }) => state === 'posted') ?? null,
  });
}

/** The one closing that an id means. A message that was leaving when its process ended is in doubt; a live process still has it in hand. */
export async function resolvedClosing(ledger: Ledger, anyId: string, at: string): Promise<Closing> {
  const closing = await onlyClosing(ledger, anyId);
  if (closing.state !== 'sending') return closing;
  await resolveAbandonedSends(ledger, at);
  return onlyClosing(ledger, closing.id);
}

/** A command that changes a closing must name one: a conversation that closed several times does not. */
async function onlyClosing(ledger: Ledger, anyId: string): Promise<Closing> {
  const [closing, ...others] = await findClosingsOrFail(ledger, anyId);
  if (others.length === 0) return closing;
  const ids = [closing, ...others].map(({ id }) => id).join(', ');
  throw new Failure('usage', 'closing_ambiguous', `conversation ${anyId} has several closings: ${ids}`, {
    hint: 'Name one of them.',
  });
}

async function findClosingsOrFail(ledger: Ledger, anyId: string): Promise<[Closing, ...Closing[]]> {
  const [closing, ...others] = await findClosings(ledger, anyId);
  if (closing !== undefined) return [closing, ...others];
  throw new Failure(
    'not_found',
    'survey_not_found',
    `the ledger knows no survey, closing or conversation ${anyId}`,
    { hint: 'List what it knows with `gcsat surveys list`.' },
  );
}

function entryOf({ closing, answer, card }: ListedClosing): SurveyEntry {
  const { customer } = closing;
  return {
    surveyId: closing.surveyId,
    closingId: closing.id,
    conversationId: closing.conversationId,
    lane: closing.lane,
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
