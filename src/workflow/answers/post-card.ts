import type { Answer, Card } from '../../domain/survey/records.ts';
import { isSameCard, makeCard, type CardItem, type CardSubject } from '../../domain/survey/card.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { trialOf } from '../../domain/closing/identity.ts';
import { Failure } from '../../failure.ts';
import { beginCard, cardsOf, markCardDeleted, markCardPosted } from '../../store/answers/cards.ts';
import { closingById } from '../../store/closings/closings.ts';
import type { Services } from '../context/services.ts';

export interface PostedCard {
  item: CardItem;
  customerId: string;
  postedAt: string | null;
  /** The card was already on the timeline. */
  wasThere: boolean;
}

/**
 * Puts an answer's card on the customer's timeline exactly once: the item's id is derived, so a repeat finds its own
 * card. The card of an earlier revision is deleted first, because items cannot be changed.
 *
 * @throws Failure kind contract, code `card_id_taken`, when an item with that id says something else.
 */
export async function postCard(
  services: Services,
  answer: Answer,
  subject: CardSubject,
  { closingId, customerId }: { closingId: string | null; customerId: string },
): Promise<PostedCard> {
  const { client, ledger } = services;
  const item = makeCard(answer, subject, services.clock());
  const cards = [...(await cardsOfTrial(services, closingId)), ...(await cardsOf(ledger, answer.surveyId))];
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
  // An earlier try may have posted it with other facts about the conversation, so the body it stored counts.
  const first = JSON.parse(begun.body) as CardItem;
  const posted = await client.createCustomerItem(customerId, first);
  if (posted.created === 'taken') await confirmSame(services, first);
  const postedAt = timeNow(services.clock);
  await markCardPosted(ledger, begun, postedAt);
  return { item: first, customerId: posted.customerId, postedAt, wasThere: posted.created === 'taken' };
}

/** A trial of the same closing may have left a card, which the real answer replaces. */
async function cardsOfTrial({ ledger }: Services, closingId: string | null): Promise<Card[]> {
  const trial = closingId === null ? null : await closingById(ledger, trialOf(closingId));
  return trial === null || trial.surveyId === null ? [] : cardsOf(ledger, trial.surveyId);
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
    // A merge may have moved the card to a customer whom the ledger does not know.
    const gone = deleted === 'absent' ? await client.deleteItem(card.itemId) : deleted;
    // A card that was on its way when its process died may still arrive, so it is looked for again next time.
    if (card.state === 'posted' || gone === 'deleted') await markCardDeleted(ledger, card);
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
      hint: 'Look at the customer in Gladly: another program may use our ids, or the card was deleted there.',
    },
  );
}
