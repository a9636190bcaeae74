import type { Transaction } from 'kysely';
import type { SurveyAnswer } from '../domain/card.ts';
import type { LedgerTables } from './tables.ts';

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

/** The card of an older revision settles nothing: the customer has changed the answer meanwhile. */
export async function settleCard(trx: Transaction<LedgerTables>, itemId: string): Promise<void> {
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
