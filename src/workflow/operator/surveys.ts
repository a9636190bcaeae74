import {
  listedState,
  type ListedState,
  type SurveyEntry,
  type SurveyStory,
} from '../../documents/surveys.ts';
import { importedEmail } from '../../domain/closing/imports.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { addressKey } from '../../domain/eligibility/addresses.ts';
import { Failure } from '../../failure.ts';
import { resolveAbandonedReminders, resolveAbandonedSends } from '../../store/queue/claims.ts';
import {
  cancelClosing,
  cancelClosings,
  confirmSent,
  resendClosing,
  retryClosing,
} from '../../store/queue/acts.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { findClosings, findClosingsOfCustomer } from '../../store/views/found-closings.ts';
import { asResolved, countListed, listClosings, type ListedClosing } from '../../store/views/surveys.ts';
import type { ClosingFilter } from '../../store/views/closing-filter.ts';
import { story } from '../../store/views/story.ts';
import { shownAnswer } from './shown-answer.ts';

export type SurveyFilter = Omit<ClosingFilter, 'states'> & { states?: readonly ListedState[] };

/** Newest first. A message whose process was killed while it was leaving is listed as uncertain. */
export async function* listSurveys(
  ledger: Ledger,
  filter: SurveyFilter,
  now: string,
): AsyncGenerator<SurveyEntry> {
  for await (const listed of listClosings(ledger, asStored(filter), now)) yield entryOf(listed);
}

/** How many surveys a list would show, counted up to ten thousand. */
export function countSurveys(ledger: Ledger, filter: SurveyFilter): Promise<number> {
  return countListed(ledger, asStored(filter));
}

/** The closings of a customer, by id or address. */
export async function closingIdsOfCustomer(ledger: Ledger, idOrAddress: string): Promise<string[]> {
  const closings = await findClosingsOfCustomer(ledger, idOrAddress, addressKey(idOrAddress));
  return closings.map(({ id }) => id);
}

function asStored({ states, ...filter }: SurveyFilter): ClosingFilter {
  const wanted = states?.flatMap((state) =>
    state === 'pending' ? (['pending', 'sending'] as const) : [state],
  );
  return { ...filter, ...(wanted === undefined ? {} : { states: wanted }) };
}

/**
 * @param anyId a survey, closing, conversation or customer id, or a customer's address; the newest of several closings
 * @throws Failure kind not_found, code `survey_not_found`
 */
export async function showSurvey(ledger: Ledger, anyId: string, now: string): Promise<SurveyStory> {
  const ofCustomer = async (): Promise<Closing[]> => findClosingsOfCustomer(ledger, anyId, addressKey(anyId));
  const [found, ...others] = await findClosingsOrFail(ledger, anyId, ofCustomer);
  const { closing: stored, ...lists } = await story(ledger, found.id);
  const closing = asResolved(stored, now);
  const answer = lists.answers.findLast(({ surveyId }) => surveyId === closing.surveyId) ?? null;
  const card =
    lists.cards.findLast(({ state, surveyId }) => state === 'posted' && surveyId === closing.surveyId) ??
    null;
  return {
    ...entryOf({ ...lists, closing, answer, card }),
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
 * A person, or evidence in Gladly, says that an uncertain message did arrive.
 *
 * @param itemId the message's item in Gladly, if it was found there
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

/** A person stops a survey that has not left; see `cancelClosing`. @throws Failure when it left or does not exist */
export async function cancelSurvey(ledger: Ledger, anyId: string, at: string, countsUnasked?: boolean) {
  const { id } = await onlyClosing(ledger, anyId);
  await cancelClosing(ledger, id, at, countsUnasked);
  return entryOfClosing(ledger, id, at);
}

/** The closing as a list shows it. */
export async function entryOfClosing(ledger: Ledger, id: string, now: string): Promise<SurveyEntry> {
  const { closing: stored, ...lists } = await story(ledger, id);
  const closing = asResolved(stored, now);
  return entryOf({
    ...lists,
    closing,
    answer: lists.answers.findLast(({ surveyId }) => surveyId === closing.surveyId) ?? null,
    card: lists.cards.findLast(({ state }) => state === 'posted') ?? null,
  });
}

/** The closings that the ids name, each once, as a list shows them. @throws Failure if an id names none or several */
export async function surveysNamed(
  ledger: Ledger,
  ids: readonly string[],
  at: string,
): Promise<SurveyEntry[]> {
  const found = new Map<string, SurveyEntry>();
  for (const id of ids) {
    const closing = asResolved(await onlyClosing(ledger, id), at);
    found.set(closing.id, entryOf({ closing, answer: null, card: null }));
  }
  return [...found.values()];
}

/**
 * A person stops many surveys that have not left.
 *
 * @returns the stopped surveys, and the ids of closings whose state forbids it
 */
export async function cancelSurveys(
  ledger: Ledger,
  entries: readonly SurveyEntry[],
  at: string,
  countsUnasked = false,
): Promise<{ cancelled: SurveyEntry[]; left: string[] }> {
  const closings = await cancelClosings(
    ledger,
    entries.map(({ closingId }) => closingId),
    at,
    countsUnasked,
  );
  const byId = new Map(closings.map((closing) => [closing.id, closing]));
  return {
    cancelled: entries.flatMap((entry) => {
      const closing = byId.get(entry.closingId);
      return closing === undefined
        ? []
        : [{ ...entryOf({ closing, answer: null, card: null }), answer: entry.answer }];
    }),
    left: entries.map(({ closingId }) => closingId).filter((id) => !byId.has(id)),
  };
}

/**
 * The one closing that an id names. If the process that was sending its message has ended, the message becomes
 * uncertain; while that process lives, the closing stays as it is.
 */
export async function resolvedClosing(ledger: Ledger, anyId: string, at: string): Promise<Closing> {
  const closing = await onlyClosing(ledger, anyId);
  if (closing.reminder === 'leaving') await resolveAbandonedReminders(ledger, at);
  else if (closing.state !== 'sending') return closing;
  await resolveAbandonedSends(ledger, at);
  return onlyClosing(ledger, closing.id);
}

/** A command that changes a closing must name exactly one; a conversation that closed several times is ambiguous. */
export async function onlyClosing(ledger: Ledger, anyId: string): Promise<Closing> {
  const [closing, ...others] = await findClosingsOrFail(ledger, anyId);
  if (others.length === 0) return closing;
  const ids = [closing, ...others].map(({ id }) => id).join(', ');
  throw new Failure('usage', 'closing_ambiguous', `conversation ${anyId} has several closings: ${ids}`, {
    hint: 'Name one of them.',
  });
}

async function findClosingsOrFail(
  ledger: Ledger,
  anyId: string,
  otherwise: () => Promise<Closing[]> = () => Promise.resolve([]),
): Promise<[Closing, ...Closing[]]> {
  const found = await findClosings(ledger, anyId);
  const [closing, ...others] = found.length > 0 ? found : await otherwise();
  if (closing !== undefined) return [closing, ...others];
  throw new Failure(
    'not_found',
    'survey_not_found',
    `the ledger knows no survey, closing or conversation ${anyId}`,
    { hint: 'List what it knows with `gcsat surveys list`.' },
  );
}

type Shown = Pick<ListedClosing, 'closing' | 'answer' | 'card'> & Partial<ListedClosing>;

function entryOf({ closing, answer, card, notes = [], medallia = null }: Shown): SurveyEntry {
  return {
    surveyId: closing.surveyId,
    closingId: closing.id,
    conversationId: closing.conversationId,
    lane: closing.lane,
    state: listedState(closing.state),
    customer: shownCustomer(closing),
    agent: closing.agent,
    closedAt: closing.closedAt,
    sentAt: closing.sentAt,
    remindedAt: closing.remindedAt,
    reminderState: closing.reminder,
    dueAt: closing.dueAt,
    ...{ provider: closing.provider, brand: closing.brand },
    answer: answer === null ? null : shownAnswer(answer),
    card: card === null ? null : { itemId: card.itemId, postedAt: card.postedAt },
    reasons: closing.reasons,
    error: closing.error,
    notes,
    forgottenAt: closing.forgottenAt,
    imported: closing.imported,
    medallia,
  };
}

/** If the customer was never read, only the id is known, or what an import gave. */
function shownCustomer(closing: Shown['closing']): SurveyEntry['customer'] {
  const { customer, customerId } = closing;
  if (customer !== null) return { id: customer.id, email: customer.email, phone: customer.phone };
  const email = importedEmail(closing);
  return customerId === null && email === null ? null : { id: customerId, email, phone: null };
}
