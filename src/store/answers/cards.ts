import type { Card } from '../../domain/survey/records.ts';
import { cardsLock, clearCardDue } from './cards-due.ts';
import type { Ledger, Writing } from '../ledger/ledger.ts';
import { closingForgotten } from '../closings/closing-failures.ts';
import type { CardsTable } from '../ledger/answer-tables.ts';

/**
 * Records a card before it is posted. A card that was begun before is returned as it is.
 * @throws Failure closing_forgotten
 */
export async function beginCard(
  ledger: Ledger,
  card: Pick<Card, 'itemId' | 'surveyId' | 'revision' | 'customerId' | 'body'>,
): Promise<Card> {
  return ledger.write({ names: [cardsLock(card.surveyId)] }, async (trx) => {
    const forgotten = await trx
      .selectFrom('closings')
      .select('id')
      .where('survey_id', '=', card.surveyId)
      .where('forgotten_at', 'is not', null)
      .executeTakeFirst();
    if (forgotten !== undefined) throw closingForgotten(forgotten);
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

export async function markCardPosted(
  ledger: Ledger,
  { itemId, surveyId }: Pick<Card, 'itemId' | 'surveyId'>,
  at: string,
): Promise<void> {
  await ledger.write({ names: [cardsLock(surveyId)] }, async (trx) => {
    await changeCard(trx, itemId, { state: 'posted', posted_at: at });
    await clearCardDue(trx, itemId);
  });
}

export async function markCardDeleted(
  ledger: Ledger,
  { itemId, surveyId }: Pick<Card, 'itemId' | 'surveyId'>,
): Promise<void> {
  await ledger.write({ names: [cardsLock(surveyId)] }, (trx) =>
    changeCard(trx, itemId, { state: 'deleted' }),
  );
}

/** The cards of a survey, oldest revision first. */
export async function cardsOf(ledger: Ledger, surveyId: string): Promise<Card[]> {
  const rows = await ledger.read((db) =>
    db.selectFrom('cards').selectAll().where('survey_id', '=', surveyId).orderBy('revision').execute(),
  );
  return rows.map(toCard);
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

async function changeCard(trx: Writing, itemId: string, change: Partial<CardsTable>): Promise<void> {
  await trx.updateTable('cards').set(change).where('item_id', '=', itemId).execute();
}
