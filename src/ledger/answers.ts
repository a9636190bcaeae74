import { sql, type Kysely, type Transaction } from 'kysely';
import type { SurveyAnswer } from '../domain/card.ts';
import { allows } from '../domain/closing-states.ts';
import { closingIn, fromJson, move, toJson } from './closing-rows.ts';
import { expectCard, settleCard } from './cards-due.ts';
import type { Closing, ClosingError } from './closings.ts';
import { arrivedMessage, askedBefore, closeMessage } from './messages.ts';
import { within, type Ledger } from './open.ts';
import type { AnswersTable, CardsTable, LedgerTables } from './tables.ts';

/** One revision of a customer's answer. */
export interface Answer extends SurveyAnswer {
  /** How it came, e.g. `page` or `post`. */
  source: string;
}

export interface NewAnswer {
  surveyId: string;
  /** Null: an answer to a survey that this ledger did not make. */
  closingId: string | null;
  rating: number;
  resolved: boolean | null;
  comment: string | null;
  at: string;
  source: string;
}

/** What the ledger knows when an answer comes. */
export interface BeforeAnswer {
  closing: Closing | null;
  first: Answer | null;
  current: Answer | null;
}

/**
 * Keeps an answer as a new revision, unless it says the same as the current one. It also proves that the survey
 * arrived: nobody is asked again, also where a person had the closing decided anew. A closing that never had a message
 * keeps its state.
 * @param admit called once within the transaction; pure. What it throws refuses the answer
 * @throws Failure closing_not_found
 */
export async function recordAnswer(
  ledger: Ledger,
  given: NewAnswer,
  admit: (known: BeforeAnswer) => void = () => undefined,
): Promise<{ answer: Answer; changed: boolean }> {
  return within(ledger, async (trx) => {
    const closing = given.closingId === null ? null : await closingIn(trx, given.closingId);
    const current = await newestAnswer(trx, given.surveyId);
    const first = current === null || current.revision === 1 ? current : await firstAnswer(trx, current);
    admit({ closing: closing && (await askedBefore(trx, closing, given.surveyId)), first, current });
    const { answer, changed } = nextAnswer(current, given);
    if (!changed) {
      // The answer may have come before the survey did, e.g. by hand; the same words again now prove its arrival.
      if (closing !== null && closing.state !== 'answered') {
        await noteArrival(trx, closing, { ...answer, answeredAt: given.at });
      }
      return { answer, changed };
    }
    await trx
      .insertInto('answers')
      .values({
        survey_id: answer.surveyId,
        revision: answer.revision,
        closing_id: given.closingId,
        rating: answer.rating,
        resolved: answer.resolved === null ? null : Number(answer.resolved),
        comment: answer.comment,
        answered_at: answer.answeredAt,
        source: answer.source,
      })
      .execute();
    await expectCard(trx, answer, given.closingId);
    if (closing !== null) await noteArrival(trx, closing, answer);
    return { answer, changed };
  });
}

/** The answer that `recordAnswer` would return, without writing it. */
export async function previewAnswer(ledger: Ledger, given: NewAnswer): Promise<Answer> {
  return nextAnswer(await newestAnswer(ledger.db, given.surveyId), given).answer;
}

function nextAnswer(current: Answer | null, given: NewAnswer): { answer: Answer; changed: boolean } {
  const { surveyId, rating, resolved, comment, source } = given;
  if (current?.rating === rating && current.resolved === resolved && current.comment === comment) {
    return { answer: current, changed: false };
  }
  const revision = (current?.revision ?? 0) + 1;
  return {
    answer: { surveyId, revision, rating, resolved, comment, answeredAt: given.at, source },
    changed: true,
  };
}

async function noteArrival(trx: Transaction<LedgerTables>, closing: Closing, answer: Answer): Promise<void> {
  const at = answer.answeredAt;
  if (allows('answer_earlier', closing.state)) {
    const message = await arrivedMessage(trx, closing.id, answer.surveyId);
    if (message === null) return;
    const { surveyId, provider, address, leftAt, sequence } = message;
    const proof = { at, outcome: 'sent', externalId: null, error: null } as const;
    await closeMessage(trx, closing.id, proof, sequence);
    const survey = { surveyId, provider, address, leftAt, sentAt: leftAt };
    const change = { ...survey, dueAt: null, error: null, reasons: [] };
    await move(trx, closing.id, 'answer_earlier', at, change, `rating ${answer.rating}`);
    return;
  }
  if (!allows('answer', closing.state)) return;
  if (closing.state === 'sending' || closing.state === 'uncertain') {
    await closeMessage(trx, closing.id, { at, outcome: 'sent', externalId: null, error: null });
  }
  const change = { sentAt: closing.sentAt ?? closing.leftAt, error: null };
  await move(trx, closing.id, 'answer', at, change, `rating ${answer.rating}`);
}

export async function currentAnswer(ledger: Ledger, surveyId: string): Promise<Answer | null> {
  return newestAnswer(ledger.db, surveyId);
}

/** The first and the newest revision, which may be the same one; null where there is no answer. */
export async function outermostAnswers(
  ledger: Ledger,
  surveyId: string,
): Promise<{ first: Answer; newest: Answer } | null> {
  const newest = await newestAnswer(ledger.db, surveyId);
  if (newest === null) return null;
  return { first: newest.revision === 1 ? newest : await firstAnswer(ledger.db, newest), newest };
}

/** All revisions, oldest first. */
export async function answersOf(ledger: Ledger, surveyId: string): Promise<Answer[]> {
  const rows = await ledger.db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision')
    .execute();
  return rows.map(toAnswer);
}

/** Tries to post the card of an answer that Gladly did not take. */
export interface CardFailure {
  tries: number;
  /** When it is tried again; null: only a person does. */
  retryAt: string | null;
  error: ClosingError;
}

/**
 * Surveys, with their closings, whose newest answer has no posted card: oldest answer first, and those of no closing
 * last.
 * @param now leaves out those whose next try is later, or up to a person; without it none is left out
 */
export async function answersWithoutCard(
  ledger: Ledger,
  limit: number,
  now?: string,
): Promise<{ surveyId: string; closingId: string | null }[]> {
  const rows = await ledger.db
    .selectFrom('cards_due')
    .select(['survey_id', 'closing_id'])
    .$if(now !== undefined, (query) =>
      query.where((eb) => eb.or([eb('tries', '=', 0), eb('retry_at', '<=', now ?? '')])),
    )
    .orderBy((eb) => eb('closing_id', 'is', null))
    .orderBy('answered_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ surveyId: row.survey_id, closingId: row.closing_id }));
}

/** Notes that Gladly did not take the card of the newest answer; without effect once it has. */
export async function noteCardFailure(
  ledger: Ledger,
  surveyId: string,
  { retryAt, error }: Pick<CardFailure, 'retryAt' | 'error'>,
): Promise<void> {
  await within(ledger, (trx) =>
    trx
      .updateTable('cards_due')
      .set({ tries: sql`tries + 1`, retry_at: retryAt, error: toJson(error) })
      .where('survey_id', '=', surveyId)
      .execute(),
  );
}

/** Null when the card was not tried, or is posted. */
export async function cardFailureOf(ledger: Ledger, surveyId: string): Promise<CardFailure | null> {
  const row = await ledger.db
    .selectFrom('cards_due')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .executeTakeFirst();
  if (row === undefined || row.error === null) return null;
  return { tries: row.tries, retryAt: row.retry_at, error: fromJson(row.error) as ClosingError };
}

/** An answer on the customer's timeline in Gladly. */
export interface Card {
  /** The id that we gave the timeline item. */
  itemId: string;
  surveyId: string;
  /** Of the answer that it shows. */
  revision: number;
  customerId: string;
  /** `posting`: it may be there already. */
  state: 'posting' | 'posted' | 'deleted';
  body: string;
  postedAt: string | null;
}

/** Notes a card before it is posted. One that was begun before is returned as it is. */
export async function beginCard(
  ledger: Ledger,
  card: Pick<Card, 'itemId' | 'surveyId' | 'revision' | 'customerId' | 'body'>,
): Promise<Card> {
  return within(ledger, async (trx) => {
    await trx
      .insertInto('cards')
      .values({
        item_id: card.itemId,
        survey_id: card.surveyId,
        revision: card.revision,
        customer_id: card.customerId,
        state: 'posting',
        body: card.body,
      })
      .onConflict((conflict) => conflict.column('item_id').doNothing())
      .execute();
    const row = await trx
      .selectFrom('cards')
      .selectAll()
      .where('item_id', '=', card.itemId)
      .executeTakeFirstOrThrow();
    return toCard(row);
  });
}

export async function markCardPosted(ledger: Ledger, itemId: string, at: string): Promise<void> {
  await within(ledger, async (trx) => {
    await changeCard(trx, itemId, { state: 'posted', posted_at: at });
    await settleCard(trx, itemId);
  });
}

export async function markCardDeleted(ledger: Ledger, itemId: string): Promise<void> {
  await within(ledger, (trx) => changeCard(trx, itemId, { state: 'deleted' }));
}

/** Oldest revision first. */
export async function cardsOf(ledger: Ledger, surveyId: string): Promise<Card[]> {
  const rows = await ledger.db
    .selectFrom('cards')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision')
    .execute();
  return rows.map(toCard);
}

export function toAnswer(row: AnswersTable): Answer {
  return {
    surveyId: row.survey_id,
    revision: row.revision,
    rating: row.rating,
    resolved: row.resolved === null ? null : row.resolved === 1,
    comment: row.comment,
    answeredAt: row.answered_at,
    source: row.source,
  };
}

export function toCard(row: CardsTable): Card {
  return {
    itemId: row.item_id,
    surveyId: row.survey_id,
    revision: row.revision,
    customerId: row.customer_id,
    state: row.state,
    body: row.body,
    postedAt: row.posted_at,
  };
}

async function newestAnswer(db: Kysely<LedgerTables>, surveyId: string): Promise<Answer | null> {
  const row = await db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toAnswer(row);
}

async function firstAnswer(db: Kysely<LedgerTables>, { surveyId }: Answer): Promise<Answer> {
  const row = await db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision')
    .limit(1)
    .executeTakeFirstOrThrow();
  return toAnswer(row);
}

async function changeCard(
  trx: Transaction<LedgerTables>,
  itemId: string,
  change: Partial<CardsTable>,
): Promise<void> {
  await trx.updateTable('cards').set(change).where('item_id', '=', itemId).execute();
}
