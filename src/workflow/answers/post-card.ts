import { isSameCard, makeCard, type CardItem, type CardSubject } from '../../domain/survey/card.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { trialSurveyIdOf } from '../../domain/survey/token.ts';
import { Failure } from '../../failure.ts';
import type { Answer } from '../../store/answers/answers.ts';
import { beginCard, cardsOf, markCardDeleted, markCardPosted, type Card } from '../../store/answers/cards.ts';
import type { Services } from '../context/services.ts';

export interface PostedCard {
  item: CardItem;
  customerId: string;
  postedAt: string | null;
  /** The card stood on the timeline already. */
  wasThere: boolean;
}

/**
 * Puts the card of an answer on the customer's timeline, exactly once: the item's id is derived, so a repeat finds
 * itself. The card of an earlier revision is deleted first, because items cannot be changed, and so is that of a trial.
 *
 * @throws Failure kind contract, code `card_id_taken`, when an item of that id says something else.
 */
export async function postCard(
  services: Services,
  answer: Answer,
  subject: CardSubject,
  customerId: string,
): Promise<PostedCard> {
  const { client, ledger } = services;
  const item = makeCard(answer, subject, services.clock());
  const trials = await cardsOf(ledger, trialSurveyIdOf(answer.surveyId));
  const cards = [...trials, ...(await cardsOf(ledger, answer.surveyId))];
  const same = cards.find(({ itemId }) => itemId === item.id);
  await removeOthers(services, cards, item.id, customerId);
  if (same?.state === 'posted') {
    return { item, customerId: same.customerId, postedAt: same.postedAt, wasThere: true };
  }
  const begun = await beginCard(ledger, {
    itemId: item.id,
    surveyId: answer.surveyId,
    revision: answer.revision,
    customerId,
    body: JSON.stringify(item),
  });
  // A try before may have put it there, and what it tells of the conversation may have changed since.
  const first = JSON.parse(begun.body) as CardItem;
  const posted = await client.createCustomerItem(customerId, first);
  if (posted.created === 'taken') await confirmSame(services, first);
  const postedAt = timeNow(services.clock);
  await markCardPosted(ledger, item.id, postedAt);
  return { item: first, customerId: posted.customerId, postedAt, wasThere: posted.created === 'taken' };
}

async function removeOthers(
  { client, ledger }: Services,
  cards: readonly Card[],
  keep: string,
  customerId: string,
): Promise<void> {
  for (const card of cards) {
    if (card.itemId === keep || card.state === 'deleted') continue;
    const deleted = await client.deleteCustomerItem(customerId, card.itemId);
    // A merge may have taken the card to a customer whom the ledger does not know.
    const gone = deleted === 'absent' ? await client.deleteItem(card.itemId) : deleted;
    // A card that was on its way when its process died may arrive yet: it is looked for again next time.
    if (card.state === 'posted' || gone === 'deleted') await markCardDeleted(ledger, card.itemId);
  }
}

async function confirmSame({ client }: Services, item: CardItem): Promise<void> {
  const found = await client.getItem(item.id);
  if (found !== null && isSameCard(found, item)) return;
  throw new Failure(
    'contract',
    'card_id_taken',
    `Gladly has an item ${item.id} that is not this card${found === null ? ', and does not show it' : ''}`,
    {
      hint: 'look at the customer in Gladly: another program may use our ids, or the card was deleted there',
    },
  );
}
