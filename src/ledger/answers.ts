import type { Kysely, Transaction } from 'kysely';
import type { SurveyAnswer } from '../domain/card.ts';
import { allows } from '../domain/closing-states.ts';
import { closingIn, move } from './closing-rows.ts';
import type { Closing } from './closings.ts';
import { closeMessage } from './messages.ts';
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

/**
 * Keeps an answer as a new revision, unless it says the same as the current one. It also proves that the survey
 * arrived; a closing that never had one keeps its state.
 * @throws Failure closing_not_found
 */
export async function recordAnswer(
  ledger: Ledger,
  given: NewAnswer,
): Promise<{ answer: Answer; changed: boolean }> {
  return within(ledger, async (trx) => {
    const closing = given.closingId === null ? null : await closingIn(trx, given.closingId);
    const { answer, changed } = await nextAnswer(trx, given);
    if (!changed) return { answer, changed };
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
    if (closing !== null) await noteArrival(trx, closing, answer);
    return { answer, changed };
  });
}

/** The answer that `recordAnswer` would return, without writing it. */
export async function previewAnswer(ledger: Ledger, given: NewAnswer): Promise<Answer> {
  return (await nextAnswer(ledger.db, given)).answer;
}

async function nextAnswer(
  db: Kysely<LedgerTables>,
  given: NewAnswer,
): Promise<{ answer: Answer; changed: boolean }> {
  const { surveyId, rating, resolved, comment, source } = given;
  const current = await newestAnswer(db, surveyId);
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
  if (!allows('answer', closing.state)) return;
  const at = answer.answeredAt;
  if (closing.state === 'sending' || closing.state === 'uncertain') {
    await closeMessage(trx, closing.id, { at, outcome: 'sent', externalId: null, error: null });
  }
  const change = { sentAt: closing.sentAt ?? closing.leftAt, error: null };
  await move(trx, closing.id, 'answer', at, change, `rating ${answer.rating}`);
}

export async function currentAnswer(ledger: Ledger, surveyId: string): Promise<Answer | null> {
  return (await newestAnswer(ledger.db, surveyId)) ?? null;
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

/** Survey ids, with their closings, whose newest answer has no posted card: oldest answer first. */
export async function answersWithoutCard(
  ledger: Ledger,
  limit: number,
): Promise<{ surveyId: string; closingId: string | null }[]> {
  const rows = await ledger.db
    .selectFrom('answers')
    .select(['answers.survey_id', 'answers.closing_id'])
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('answers as newer')
            .select('newer.revision')
            .whereRef('newer.survey_id', '=', 'answers.survey_id')
            .whereRef('newer.revision', '>', 'answers.revision'),
        ),
      ),
    )
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('cards')
            .select('cards.item_id')
            .whereRef('cards.survey_id', '=', 'answers.survey_id')
            .whereRef('cards.revision', '=', 'answers.revision')
            .where('cards.state', '=', 'posted'),
        ),
      ),
    )
    .orderBy('answers.answered_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ surveyId: row.survey_id, closingId: row.closing_id }));
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
  await changeCard(ledger, itemId, { state: 'posted', posted_at: at });
}

export async function markCardDeleted(ledger: Ledger, itemId: string): Promise<void> {
  await changeCard(ledger, itemId, { state: 'deleted' });
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

async function newestAnswer(db: Kysely<LedgerTables>, surveyId: string): Promise<Answer | undefined> {
  const row = await db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : toAnswer(row);
}

async function changeCard(ledger: Ledger, itemId: string, change: Partial<CardsTable>): Promise<void> {
  await within(ledger, (trx: Transaction<LedgerTables>) =>
    trx.updateTable('cards').set(change).where('item_id', '=', itemId).execute(),
  );
}
