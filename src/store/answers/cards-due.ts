import type { CardFailure } from '../../domain/survey/records.ts';
import { sql } from 'kysely';
import type { ClosingError } from '../../domain/closing/closing.ts';
import type { SurveyAnswer } from '../../domain/survey/card.ts';
import { fromJson, toJson } from '../closings/rows.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';

/** Answers and cards of one survey are written one after another. */
export function cardsLock(surveyId: string): string {
  return `cards ${surveyId}`;
}

/** Held by the process that posts or replaces the card of a survey. */
export function cardPostLock(surveyId: string): string {
  return `card of survey ${surveyId}`;
}

/** A new revision is tried at once, whatever became of the earlier one. */
export async function expectCard(
  trx: Writing,
  { surveyId, answeredAt }: SurveyAnswer,
  closingId: string | null,
): Promise<void> {
  const untried = { closing_id: closingId, answered_at: answeredAt, tries: 0, retry_at: null, error: null };
  await trx
    .insertInto('cards_due')
    .values({ survey_id: surveyId, ...untried })
    .onConflict((conflict) => conflict.column('survey_id').doUpdateSet(untried))
    .execute();
}

/** Only the card of the newest revision counts: the customer may have changed the answer meanwhile. */
export async function clearCardDue(trx: Writing, itemId: string): Promise<void> {
  await trx
    .deleteFrom('cards_due')
    .where('survey_id', '=', (eb) =>
      eb
        .selectFrom('cards')
        .select('cards.survey_id')
        .where('cards.item_id', '=', itemId)
        .where('cards.revision', '=', (of) =>
          of
            .selectFrom('answers')
            .select((newest) => newest.fn.max('answers.revision').as('revision'))
            .whereRef('answers.survey_id', '=', 'cards.survey_id'),
        ),
    )
    .execute();
}

/** A survey of a known closing whose newest answer has no card yet. */
export interface CardDue {
  surveyId: string;
  closingId: string;
}

/**
 * Cards that may be tried now, the longest due first. This is asked after every card, so each half has an index in its
 * order: a long queue after an outage is never sorted.
 */
export async function cardsDue(ledger: Ledger, limit: number, now: string): Promise<CardDue[]> {
  return ledger.read(async (db) => {
    const due = db
      .selectFrom('cards_due')
      .select(['survey_id', (eb) => eb.ref('closing_id').$notNull().as('closing_id')])
      // No closing: the card was posted by hand for a conversation that the ledger does not know, and only a post by
      // hand repeats it.
      .where('closing_id', 'is not', null)
      .limit(limit);
    const untried = await due
      .select('answered_at as due_at')
      // A literal: SQLite uses the partial index only if it can see the value.
      .where('tries', '=', sql.lit(0))
      .orderBy('answered_at')
      .execute();
    const again = await due
      .select((eb) => eb.ref('retry_at').$notNull().as('due_at'))
      .where('retry_at', '<=', now)
      .orderBy('retry_at')
      .execute();
    return [...untried, ...again]
      .sort((one, other) => (one.due_at < other.due_at ? -1 : 1))
      .slice(0, limit)
      .map(({ survey_id: surveyId, closing_id: closingId }) => ({ surveyId, closingId }));
  });
}

/** Cards of known closings. `failed`: Gladly did not accept the card. */
export async function outstandingCards(
  ledger: Ledger,
): Promise<{ count: number; failed: number; oldestAt: string | null }> {
  return ledger.read(async (db) => {
    const row = await db
      .selectFrom('cards_due')
      .select(({ fn }) => [
        fn.countAll().as('count'),
        fn.count('error').as('failed'),
        fn.min('answered_at').as('oldest'),
      ])
      .where('closing_id', 'is not', null)
      .executeTakeFirst();
    return {
      count: Number(row?.count ?? 0),
      failed: Number(row?.failed ?? 0),
      oldestAt: row?.oldest ?? null,
    };
  });
}

/** Records that Gladly did not accept the card of the newest answer; no effect if it has accepted the card since. */
export async function noteCardFailure(
  ledger: Ledger,
  surveyId: string,
  { retryAt, error }: Pick<CardFailure, 'retryAt' | 'error'>,
): Promise<void> {
  await ledger.write({ names: [cardsLock(surveyId)] }, (trx) =>
    trx
      .updateTable('cards_due')
      .set({ tries: sql`tries + 1`, retry_at: retryAt, error: toJson(error) })
      .where('survey_id', '=', surveyId)
      .execute(),
  );
}

/** Null if the card was not tried yet, or is posted. */
export async function cardFailureOf(ledger: Ledger, surveyId: string): Promise<CardFailure | null> {
  return ledger.read((db) => cardFailureIn(db, surveyId));
}

export async function cardFailureIn(db: Reading, surveyId: string): Promise<CardFailure | null> {
  const row = await db
    .selectFrom('cards_due')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .executeTakeFirst();
  if (row === undefined || row.error === null) return null;
  return { tries: row.tries, retryAt: row.retry_at, error: fromJson(row.error) as ClosingError };
}
