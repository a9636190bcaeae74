import type { Closing } from '../../domain/closing/closing.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { itemShowing } from '../../domain/survey/shown-message.ts';
import { Failure } from '../../failure.ts';
import type { Services } from '../context/services.ts';

/** `found`: the message is there. `absent`: it was not seen. `unseen`: nothing could be searched. */
export type MessageSearch =
  { result: 'found'; itemId: string | null } | { result: 'absent' } | { result: 'unseen'; why: string };

/** Besides the closing's own conversation: a message that has just left is in one of the newest. */
const mostConversations = 10;

/**
 * Looks for an uncertain message in the timelines that Gladly's API shows. Finding it proves that it left; not finding
 * it proves nothing. Reads at most eleven timelines.
 */
export async function findMessage(
  { client }: Pick<Services, 'client'>,
  { provider, surveyUrl, conversationId, customerId, leftAt }: Closing,
): Promise<MessageSearch> {
  if (provider === null || traitsOf(provider).gladlyRequests === 0 || surveyUrl === null) {
    return { result: 'unseen', why: 'it did not go through Gladly' };
  }
  try {
    const ofCustomer = customerId === null ? [] : await client.getCustomerConversations(customerId);
    const later = ofCustomer
      .filter(
        ({ id, closedAt }) => id !== conversationId && (closedAt === null || closedAt >= (leftAt ?? '')),
      )
      .slice(-mostConversations)
      .map(({ id }) => id);
    for (const id of [conversationId, ...later]) {
      const { items } = await client.getConversationItems(id);
      const shown = itemShowing(items, surveyUrl);
      if (shown !== null) return { result: 'found', itemId: shown.itemId };
    }
    return { result: 'absent' };
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'interrupted' || error.kind === 'terminated')
      throw error;
    return { result: 'unseen', why: error.message };
  }
}
