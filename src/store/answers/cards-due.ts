import { sql, type Transaction } from 'kysely';
import type { SurveyAnswer } from '../../domain/survey/card.ts';
import { fromJson, toJson } from '../closings/rows.ts';
import type { ClosingError } from '../closings/closing.ts';
import { within, type Ledger } from '../open.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** A new revision is tried at once, whatever became of the one before. */
export async function expectCard(
  trx: Transaction<LedgerTables>,
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

/** What was answered to a survey that is given up is told to nobody. */
export async function expectNoCard(trx: Transaction<LedgerTables>, surveyId: string): Promise<void> {
  await trx.deleteFrom('cards_due').where('survey_id', '=', surveyId).execute();
}

/** The card of an older revision settles nothing: the customer has changed the answer meanwhile. */
export async function clearCardDue(trx: Transaction<LedgerTables>, itemId: string): Promise<void> {
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

/** Tries to post the card of an answer that Gladly did not take. */
export interface CardFailure {
  tries: number;
  /** When it is tried again; null: only a person does. */
  retryAt: string | null;
  error: ClosingError;
}

interface WithoutCard {
  surveyId: string;
  closingId: string | null;
}

/**
 * Surveys, with their closings, whose newest answer has no posted card: oldest answer first, and those of no closing
 * last.
 * @param now only those of closings that may be tried now, what has been due for longest first; without it none is left out
 */
export async function cardsDue(ledger: Ledger, limit: number, now?: string): Promise<WithoutCard[]> {
  if (now !== undefined) return dueCards(ledger, limit, now);
  const rows = await ledger.db
    .selectFrom('cards_due')
    .select(['survey_id', 'closing_id'])
    .orderBy((eb) => eb('closing_id', 'is', null))
    .orderBy('answered_at')
    .limit(limit)
    .execute();
  return rows.map(toWithoutCard);
}

/** Asked for after every card: each half has an index in its order, so that a queue after an outage is never sorted. */
async function dueCards({ db }: Ledger, limit: number, now: string): Promise<WithoutCard[]> {
  const due = db
    .selectFrom('cards_due')
    .select(['survey_id', 'closing_id'])
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
    .map(toWithoutCard);
}

function toWithoutCard(row: { survey_id: string; closing_id: string | null }): WithoutCard {
  return { surveyId: row.survey_id, closingId: row.closing_id };
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
